//! Signing in with a provider, where the provider, the browser or somebody between them does what they should not.

use postmortem::TeamRole;
use reqwest::header::COOKIE;
use reqwest::redirect::Policy;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tests::{ImitatedProvider, PASSWORD, SignInRequest, TestServer, Visitor, secret};

const MAIL: &str = "mara@pier.example";

/// A server with one provider or more, and the admin who set them up.
struct House {
    server: TestServer,
    admin: Visitor,
}

impl House {
    async fn new() -> Self {
        Self::of(TestServer::start()).await
    }

    async fn of(server: TestServer) -> Self {
        let admin = server.visitor_as("Ada", TeamRole::Admin).await;
        Self { server, admin }
    }

    /// Sets a provider up that lets everybody in as a member.
    async fn add(&self, id: &str, provider: &ImitatedProvider) {
        self.add_with(id, provider.origin(), json!({"otherwise": "member"})).await;
    }

    async fn add_with(&self, id: &str, issuer: &str, rules: Value) {
        let body = json!({"id": id, "name": "Harbour ID", "issuer": issuer, "client_id": "debrief",
            "client_secret": "gulls", "rules": rules});
        self.admin.post("/api/providers", body).await.expect(201);
    }

    fn browser(&self) -> Browser {
        let client = reqwest::Client::builder().no_proxy().cookie_store(true).redirect(Policy::none());
        Browser { origin: format!("http://{}", self.server.address()), client: client.build().expect("a client") }
    }

    /// Signs somebody in who comes from nowhere in particular, as far as they get.
    async fn sign_in(&self, id: &str, provider: &ImitatedProvider) -> (Browser, String) {
        let browser = self.browser();
        let end = browser.sign_in(id, provider).await;
        (browser, end)
    }

    /// The mail addresses and roles of everybody.
    async fn accounts(&self) -> Vec<(String, String)> {
        let people = self.admin.get("/api/people").await.expect(200);
        let text = |person: &Value, field: &str| person[field].as_str().unwrap_or_default().to_owned();
        let all = people["people"].as_array().expect("a list").iter();
        all.map(|person| (text(person, "mail"), text(person, "role"))).collect()
    }
}

/// A browser that is told where to go, and does not go there.
struct Browser {
    origin: String,
    client: reqwest::Client,
}

impl Browser {
    async fn go(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(format!("{}{path}", self.origin)).send().await.expect("an answer");
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        (answer.status().as_u16(), location.to_owned())
    }

    /// Begins a sign-in, and gives where the provider is.
    async fn begin(&self, id: &str, to: &str) -> SignInRequest {
        let (status, location) = self.go(&format!("/sign-in/{id}?to={to}")).await;
        assert_eq!(status, 303, "{location}");
        SignInRequest { url: Url::parse(&location).unwrap_or_else(|_| panic!("not to a provider: {location}")) }
    }

    /// Comes back, and gives where that leads.
    async fn finish(&self, id: &str, code: &str, state: &str) -> String {
        let (status, location) = self.go(&format!("/sign-in/{id}/callback?code={code}&state={state}")).await;
        assert_eq!(status, 303, "{location}");
        location
    }

    async fn sign_in(&self, id: &str, provider: &ImitatedProvider) -> String {
        let request = self.begin(id, "/").await;
        self.finish(id, &provider.code(&request), &request.parameter("state")).await
    }

    /// Who the server says that this is.
    async fn person(&self) -> Value {
        let answer = self.client.get(format!("{}/api/session", self.origin)).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }
}

/// Somebody whose address is verified.
fn mara() -> Value {
    json!({"email": MAIL, "email_verified": true, "name": "Mara Lindqvist"})
}

#[tokio::test]
async fn somebody_new_is_let_in_and_is_the_same_person_the_next_time() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    provider.know("1", mara());
    let browser = house.browser();
    let request = browser.begin("harbour", "/postmortems/0199-a").await;
    for (name, value) in [("client_id", "debrief"), ("response_type", "code"), ("code_challenge_method", "S256")] {
        assert_eq!(request.parameter(name), value);
    }
    assert_eq!(request.parameter("redirect_uri"), format!("{}/sign-in/harbour/callback", browser.origin));
    let code = provider.code(&request);
    assert_eq!(browser.finish("harbour", &code, &request.parameter("state")).await, "/postmortems/0199-a");
    let person = browser.person().await;
    assert_eq!(
        [&person["name"], &person["mail"], &person["role"]],
        [&json!("Mara Lindqvist"), &json!(MAIL), &json!("member")]
    );
    assert_eq!(person["has_password"], false, "she has none to change");
    assert_eq!(house.admin.get("/api/session").await.expect(200)["has_password"], true);
    // By what the provider calls her, whatever her address has become.
    provider.know("1", json!({"email": "other@pier.example", "email_verified": false}));
    let (again, end) = house.sign_in("harbour", &provider).await;
    assert_eq!((end.as_str(), again.person().await["id"].clone()), ("/", person["id"].clone()));
    // A link of the operator opens an account without a password.
    let store = server::store::Store::open(&house.server.folder().join("debrief.db")).await.expect("the database");
    let link =
        server::work::joining::operators_link(&store, TeamRole::Member, Some(MAIL.into())).await.expect("a link");
    store.close().await;
    let signed_in = house.server.stranger().post("/api/sessions", json!({"token": link.token})).await;
    assert_eq!(signed_in.expect(201)["id"], person["id"]);
}

#[tokio::test]
async fn a_browser_that_was_signed_in_is_somebody_else_from_then_on() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    let browser = house.browser();
    provider.know("1", mara());
    browser.sign_in("harbour", &provider).await;
    provider.know("2", json!({"email": "noor@pier.example", "email_verified": true}));
    browser.sign_in("harbour", &provider).await;
    let noor = browser.person().await;
    assert_eq!([&noor["mail"], &noor["name"]], [&json!("noor@pier.example"), &json!("noor")]);
    let (elsewhere, _) = house.sign_in("harbour", &provider).await;
    let devices = elsewhere.client.get(format!("{}/api/sessions", elsewhere.origin)).send().await.expect("an answer");
    let devices: Value = devices.json().await.expect("JSON");
    assert_eq!(devices["devices"].as_array().map(Vec::len), Some(2), "hers has ended: {devices}");
}

#[tokio::test]
async fn an_attempt_is_of_one_browser_and_used_once() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    provider.know("1", mara());
    let (own, other) = (house.browser(), house.browser());
    let request = own.begin("harbour", "/settings").await;
    let state = request.parameter("state");
    other.begin("harbour", "/").await;
    assert_eq!(other.finish("harbour", &provider.code(&request), &state).await, "/?sign-in=ended&by=harbour");
    assert_eq!(other.person().await, Value::Null);
    assert_eq!(own.finish("harbour", &provider.code(&request), &state).await, "/settings", "nobody used it up for her");
    assert_eq!(own.finish("harbour", &provider.code(&request), &state).await, "/?sign-in=ended&by=harbour");
    for query in ["", "?state=", "?code=x", "?state=x&state=y&code=z", "?error=access_denied"] {
        let (status, location) = other.go(&format!("/sign-in/harbour/callback{query}")).await;
        assert_eq!((status, location.as_str()), (303, "/?sign-in=ended&by=harbour"), "{query}");
    }
}

#[tokio::test]
async fn sign_ins_in_several_tabs_at_once_do_not_disturb_each_other() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    provider.know("1", mara());
    let browser = house.browser();
    let (one, two, three) = tokio::join!(
        browser.begin("harbour", "/settings"),
        browser.begin("harbour", "/settings/people"),
        browser.begin("harbour", "/settings/team")
    );
    for (request, to) in [(three, "/settings/team"), (one, "/settings"), (two, "/settings/people")] {
        let code = provider.code(&request);
        assert_eq!(browser.finish("harbour", &code, &request.parameter("state")).await, to);
    }
}

#[tokio::test]
async fn a_code_of_another_provider_is_shown_to_nobody() {
    let house = House::new().await;
    let (honest, evil) = (ImitatedProvider::start().await, ImitatedProvider::start().await);
    house.add("honest", &honest).await;
    house.add("evil", &evil).await;
    honest.know("1", mara());
    let browser = house.browser();
    // Sent back to the address of the other one.
    let request = browser.begin("honest", "/").await;
    let state = request.parameter("state");
    let code = honest.code(&request);
    assert_eq!(browser.finish("evil", &code, &state).await, "/?sign-in=untrusted&by=evil");
    // By one that says who it is.
    let request = browser.begin("evil", "/").await;
    let (code, state) = (honest.code(&request), request.parameter("state"));
    let path = format!("/sign-in/evil/callback?code={code}&state={state}&iss={}", honest.origin());
    assert_eq!(browser.go(&path).await.1, "/?sign-in=untrusted&by=evil");
    // And PKCE keeps a code from whoever has it without having asked for it.
    let (theirs, own) = (house.browser().begin("honest", "/").await, browser.begin("honest", "/").await);
    let stolen = honest.code(&theirs);
    assert_eq!(browser.finish("honest", &stolen, &own.parameter("state")).await, "/?sign-in=refused&by=honest");
    assert_eq!(browser.person().await, Value::Null);
}

#[tokio::test]
async fn a_token_that_does_not_hold_lets_nobody_in() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    let now = server::clock::now().timestamp();
    for (what, claim, problem) in [
        ("another nonce", json!({"nonce": "another"}), "untrusted"),
        ("no nonce", json!({"nonce": null}), "untrusted"),
        ("another audience", json!({"aud": "somebody-else"}), "untrusted"),
        ("an audience beside us", json!({"aud": ["debrief", "somebody-else"]}), "untrusted"),
        ("another issuer", json!({"iss": "https://elsewhere.example"}), "untrusted"),
        ("no subject", json!({"sub": null}), "untrusted"),
        ("long over", json!({"iat": now - 7200, "exp": now - 125}), "clock"),
        ("of the future", json!({"iat": now + 130}), "clock"),
    ] {
        let mut claims = mara();
        claims["sub"] = json!("1");
        for (name, value) in claim.as_object().expect("claims") {
            claims[name] = value.clone();
        }
        provider.say(|sayings| sayings.claims = claims.as_object().expect("claims").clone());
        let (browser, end) = house.sign_in("harbour", &provider).await;
        assert_eq!(end, format!("/?sign-in={problem}&by=harbour"), "{what}");
        assert_eq!(browser.person().await, Value::Null, "{what}");
    }
    // Two minutes are forgiven, either way.
    for claim in [json!({"iat": now - 7200, "exp": now - 100}), json!({"iat": now + 100})] {
        let mut claims = mara();
        claims.as_object_mut().expect("claims").extend(claim.as_object().expect("claims").clone());
        provider.know("1", claims);
        assert_eq!(house.sign_in("harbour", &provider).await.1, "/");
    }
}

#[tokio::test]
async fn keys_that_have_changed_are_looked_for_once_and_others_are_not_believed() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    provider.know("1", mara());
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/");
    assert_eq!(provider.key_readings(), 1);
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/");
    assert_eq!(provider.key_readings(), 1, "they are remembered");
    provider.say(|sayings| (sayings.signs_with, sayings.shows) = (1, 1));
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/");
    assert_eq!(provider.key_readings(), 2);
    // Signed with one that it does not show.
    provider.say(|sayings| sayings.signs_with = 0);
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/?sign-in=untrusted&by=harbour");
    assert_eq!(provider.key_readings(), 3);
    // And with none at all, which the provider says is fine.
    provider.say(|sayings| sayings.is_unsigned = true);
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/?sign-in=untrusted&by=harbour");
}

#[tokio::test]
async fn what_the_token_lacks_is_asked_for_and_has_to_be_of_the_same_person() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    provider.know("1", json!({}));
    let mut userinfo = mara();
    userinfo["sub"] = json!("2");
    provider.say(|sayings| sayings.userinfo = Some(userinfo.clone()));
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/?sign-in=untrusted&by=harbour");
    userinfo["sub"] = json!("1");
    // Some write it as a text.
    userinfo["email_verified"] = json!("true");
    provider.say(|sayings| sayings.userinfo = Some(userinfo));
    let (browser, end) = house.sign_in("harbour", &provider).await;
    assert_eq!((end.as_str(), &browser.person().await["mail"]), ("/", &json!(MAIL)));
}

#[tokio::test]
async fn an_address_that_nobody_has_verified_opens_no_account_and_makes_none() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    let known = house.server.visitor("Noor").await;
    let mail = known.person["mail"].clone();
    let before = house.accounts().await;
    for claims in [
        json!({"email": mail, "email_verified": false}),
        json!({"email": mail}),
        json!({"email": MAIL, "email_verified": false}),
        json!({"email": "nobody", "email_verified": true}),
        json!({}),
    ] {
        provider.know("1", claims.clone());
        assert_eq!(house.sign_in("harbour", &provider).await.1, "/?sign-in=unverified&by=harbour", "{claims}");
    }
    assert_eq!(house.accounts().await, before);
    // Once it is verified it is hers, in whatever letters.
    let shouted = mail.as_str().expect("an address").to_uppercase();
    provider.know("1", json!({"email": shouted, "email_verified": true}));
    let (browser, _) = house.sign_in("harbour", &provider).await;
    assert_eq!(browser.person().await["id"], known.person["id"]);
}

#[tokio::test]
async fn who_only_typed_an_address_has_no_way_in_any_more_once_its_owner_comes_with_a_provider() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    house.add("pier", &provider).await;
    let typed = house.server.visitor_as("Noor", TeamRole::Admin).await;
    let (id, mail) = (typed.person["id"].clone(), typed.person["mail"].clone());
    let made = typed.post("/api/postmortems", json!({"title": "Disk full"})).await.expect(201);
    let path = format!("/api/people/{}/links", id.as_str().expect("an id"));
    let opens = secret(&house.admin.post(&path, json!({})).await.expect(201));
    let invites = secret(&typed.post("/api/invitations", json!({"role": "admin"})).await.expect(201));
    provider.know("1", json!({"email": mail, "email_verified": true}));
    let (owner, end) = house.sign_in("harbour", &provider).await;
    assert_eq!((end.as_str(), &owner.person().await["id"]), ("/", &id));
    assert_eq!(typed.get("/api/session").await.expect(200), Value::Null);
    let stranger = house.server.stranger();
    let password = json!({"mail": mail, "password": PASSWORD});
    assert_eq!(stranger.post("/api/sessions", password).await.status, 401);
    for link in [opens, invites] {
        assert_eq!(stranger.post("/api/links", json!({"token": link})).await.code(), "link_ended");
    }
    let path = format!("/api/postmortems/{}", made["id"].as_str().expect("an id"));
    assert_eq!(house.admin.get(&path).await.expect(200)["owner"], "Noor", "what was written stays");
    // It is proven from then on: another provider ends nothing.
    house.sign_in("pier", &provider).await;
    assert_eq!(owner.person().await["id"], id);
}

#[tokio::test]
async fn who_joined_by_a_link_that_names_their_address_keeps_their_password_beside_a_provider() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    let made = house.admin.post("/api/invitations", json!({"role": "member", "mail": MAIL})).await.expect(201);
    let account = json!({"token": secret(&made), "name": "Mara", "mail": MAIL, "password": PASSWORD});
    let stranger = house.server.stranger();
    let joined = stranger.signed_in(&stranger.post("/api/accounts", account).await);
    provider.know("1", mara());
    let (browser, _) = house.sign_in("harbour", &provider).await;
    assert_eq!(browser.person().await["id"], joined.person["id"]);
    assert_eq!(joined.get("/api/session").await.expect(200)["id"], joined.person["id"]);
    stranger.post("/api/sessions", json!({"mail": MAIL, "password": PASSWORD})).await.expect(201);
}

#[tokio::test]
async fn after_a_link_for_a_new_password_a_provider_knows_somebody_by_a_verified_address_alone() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    provider.know("1", mara());
    let (browser, _) = house.sign_in("harbour", &provider).await;
    let id = browser.person().await["id"].clone();
    let path = format!("/api/people/{}/links", id.as_str().expect("an id"));
    let link = secret(&house.admin.post(&path, json!({})).await.expect(201));
    let stranger = house.server.stranger();
    stranger.post("/api/sessions", json!({"token": link, "new_password": PASSWORD})).await.expect(201);
    provider.know("1", json!({"email": MAIL, "email_verified": false}));
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/?sign-in=unverified&by=harbour");
    provider.know("1", mara());
    let (browser, _) = house.sign_in("harbour", &provider).await;
    assert_eq!(browser.person().await["id"], id);
    stranger.post("/api/sessions", json!({"mail": MAIL, "password": PASSWORD})).await.expect(201);
}

#[tokio::test]
async fn a_sign_in_under_way_ends_when_its_provider_becomes_another_one() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    provider.know("1", mara());
    let change = async |client: &str| {
        let body =
            json!({"name": "Pier", "issuer": provider.origin(), "client_id": client, "rules": {"otherwise": "member"}});
        house.admin.send(house.admin.request(Method::PUT, "/api/providers/harbour").json(&body)).await.expect(200);
    };
    let browser = house.browser();
    for (client, led) in [("debrief", "/settings"), ("another", "/?sign-in=ended&by=harbour")] {
        let request = browser.begin("harbour", "/settings").await;
        change(client).await;
        let end = browser.finish("harbour", &provider.code(&request), &request.parameter("state")).await;
        assert_eq!(end, led, "{client}");
    }
}

#[tokio::test]
async fn who_is_suspended_stays_out_by_whatever_door() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    provider.know("1", mara());
    let (browser, _) = house.sign_in("harbour", &provider).await;
    let person = browser.person().await["id"].as_str().expect("an id").to_owned();
    let suspended = house.admin.patch(&format!("/api/people/{person}"), json!({"is_suspended": true})).await;
    suspended.expect(200);
    assert_eq!(browser.person().await, Value::Null);
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/?sign-in=suspended&by=harbour");
    // Nor as somebody else with the same address.
    provider.know("2", mara());
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/?sign-in=suspended&by=harbour");
}

#[tokio::test]
async fn a_sign_in_leads_to_pages_of_ours_alone() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    provider.know("1", mara());
    let browser = house.browser();
    for to in [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/%5Celsewhere.example",
        "%2F%2Felsewhere.example",
        "/a%0d%0ab",
        "/api/session",
        "/metrics",
        "/p/0f",
    ] {
        let request = browser.begin("harbour", to).await;
        let end = browser.finish("harbour", &provider.code(&request), &request.parameter("state")).await;
        assert_eq!(end, "/", "{to}");
    }
    assert_eq!(browser.go("/sign-in/nowhere?to=//elsewhere.example").await.1, "/?sign-in=no_provider&by=nowhere");
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_on_the_page_that_was_asked_for() {
    let (house, mut provider) = (House::new().await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    house.add_with("slash", &format!("{}/", provider.origin()), json!({"otherwise": "member"})).await;
    provider.say(|sayings| sayings.refuses = Some((503, json!({"error": "closed"}))));
    let browser = house.browser();
    let down = "/settings?sign-in=unreachable&by=harbour";
    assert_eq!(browser.go("/sign-in/harbour?to=/settings").await.1, down);
    provider.say(|sayings| sayings.refuses = None);
    // Its name ends in a slash or not: it is for the provider to say.
    provider.know("1", mara());
    assert_eq!(browser.sign_in("slash", &provider).await, "/");
    // It goes down while somebody is there.
    let request = browser.begin("harbour", "/settings").await;
    let code = provider.code(&request);
    provider.stop().await;
    assert_eq!(browser.finish("harbour", &code, &request.parameter("state")).await, down);
    assert_eq!(
        browser.go("/sign-in/harbour?to=/settings").await.1,
        down,
        "nobody is sent to one that was there before"
    );
    assert_eq!(browser.person().await["mail"], json!(MAIL), "who is signed in goes on working");
}

#[tokio::test]
async fn a_claim_gives_a_role_at_each_sign_in_where_the_rule_says_so_and_the_last_admin_stays_one() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    let claim =
        |each: bool| json!({"name": "groups", "roles": [{"value": "leads", "role": "admin"}], "at_each_sign_in": each});
    house.add_with("each", provider.origin(), json!({"otherwise": "outsider", "claim": claim(true)})).await;
    house.add_with("once", provider.origin(), json!({"claim": claim(false)})).await;
    let role = async |id: &str, groups: Value| {
        let mut claims = mara();
        claims["groups"] = groups;
        provider.know("1", claims);
        let (browser, end) = house.sign_in(id, &provider).await;
        if end == "/" { browser.person().await["role"].clone() } else { json!(end) }
    };
    assert_eq!(role("once", json!([])).await, json!("/?sign-in=not_invited&by=once"));
    assert_eq!(role("each", json!(["staff"])).await, "outsider");
    assert_eq!(role("each", json!(["staff", "leads"])).await, "admin");
    assert_eq!(role("once", json!([])).await, "admin", "the rule is for whoever is new");
    assert_eq!(role("each", json!([])).await, "outsider");
    assert_eq!(role("each", json!("leads")).await, "admin");
    // Everybody else who could look after the team goes.
    let own = house.admin.person["id"].as_str().expect("an id");
    provider.know("1", mara());
    let (mara, _) = house.sign_in("once", &provider).await;
    let change = mara.client.patch(format!("{}/api/people/{own}", mara.origin)).json(&json!({"role": "member"}));
    assert_eq!(change.send().await.expect("an answer").status(), 200);
    assert_eq!(role("each", json!([])).await, "admin", "nobody could make another");
}

#[tokio::test]
async fn a_role_of_each_sign_in_goes_with_its_claim_and_comes_with_no_address_of_another_domain() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    let claim = json!({"name": "groups", "roles": [{"value": "leads", "role": "admin"}], "at_each_sign_in": true});
    house.add_with("each", provider.origin(), json!({"claim": claim, "domains": ["pier.example"]})).await;
    let role = async |mail: &str, groups: Value| {
        provider.know("1", json!({"email": mail, "email_verified": true, "groups": groups}));
        let (browser, end) = house.sign_in("each", &provider).await;
        assert_eq!(end, "/");
        browser.person().await["role"].clone()
    };
    assert_eq!(role(MAIL, json!(["leads"])).await, "admin");
    assert_eq!(role("mara@quay.example", json!([])).await, "admin", "of another domain nothing is taken either");
    assert_eq!(role(MAIL, json!([])).await, "outsider");
    assert_eq!(role("mara@quay.example", json!(["leads"])).await, "outsider");
}

#[tokio::test]
async fn a_role_that_a_provider_takes_away_holds_before_the_next_message() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    let claim = json!({"name": "groups", "roles": [{"value": "leads", "role": "admin"}], "at_each_sign_in": true});
    house.add_with("each", provider.origin(), json!({"otherwise": "member", "claim": claim})).await;
    let mut claims = mara();
    claims["groups"] = json!(["leads"]);
    provider.know("1", claims);
    let (before, _) = house.sign_in("each", &provider).await;
    let invitations = async || {
        let answer = before.client.get(format!("{}/api/invitations", before.origin)).send().await.expect("an answer");
        answer.status().as_u16()
    };
    assert_eq!(invitations().await, 200);
    provider.know("1", mara());
    house.sign_in("each", &provider).await;
    assert_eq!(invitations().await, 403);
}

#[tokio::test]
async fn people_of_a_domain_of_the_team_join_by_themselves_with_a_provider_and_not_with_a_password() {
    let (house, provider) = (House::new().await, ImitatedProvider::start().await);
    let door = async || house.server.stranger().get("/api/door").await.expect(200);
    let mut team = house.admin.get("/api/team").await.expect(200);
    team["domains"] = json!(["pier.example", "Gmail.com"]);
    let refused = house.admin.set("/api/team", team.clone()).await;
    assert!(
        refused.status == 422 && refused.message().starts_with("Anybody gets an address at gmail.com"),
        "{refused:?}"
    );
    team["domains"] = json!([" @Pier.Example "]);
    let request = house.admin.request(Method::PUT, "/api/team").json(&team);
    assert_eq!(house.admin.send(request).await.expect(200)["domains"], json!(["pier.example"]));
    assert_eq!(door().await["domains"], json!([]), "nothing proves an address yet");
    house.add_with("harbour", provider.origin(), json!({})).await;
    let listed = house.admin.get("/api/providers").await.expect(200);
    assert_eq!(listed["team_domains"], json!(["pier.example"]));
    let told = door().await;
    assert_eq!(
        (&told["domains"], &told["providers"]),
        (&json!(["pier.example"]), &json!([{"id": "harbour", "name": "Harbour ID"}]))
    );
    provider.know("1", mara());
    let (browser, _) = house.sign_in("harbour", &provider).await;
    assert_eq!(browser.person().await["role"], "member");
    provider.know("2", json!({"email": "eve@quay.example", "email_verified": true}));
    assert_eq!(house.sign_in("harbour", &provider).await.1, "/?sign-in=not_invited&by=harbour");
}

#[tokio::test]
async fn a_secret_is_told_to_nobody_and_another_provider_knows_nobody_by_the_names_of_the_one_before() {
    let (house, first, second) = (House::new().await, ImitatedProvider::start().await, ImitatedProvider::start().await);
    house.add("harbour", &first).await;
    first.know("1", mara());
    house.sign_in("harbour", &first).await;
    let listed = house.admin.get("/api/providers").await;
    assert_eq!(listed.expect(200)["providers"][0]["has_secret"], true);
    assert!(!listed.text.contains("gulls"), "{}", listed.text);
    let put = async |body: Value| {
        house.admin.send(house.admin.request(Method::PUT, "/api/providers/harbour").json(&body)).await
    };
    let mut moved =
        json!({"name": "Pier", "issuer": second.origin(), "client_id": "debrief", "rules": {"otherwise": "member"}});
    let refused = put(moved.clone()).await;
    assert_eq!(
        (refused.status, refused.message().as_str()),
        (422, "This is another provider. Write its secret as well.")
    );
    moved["client_secret"] = json!("terns");
    put(moved).await.expect(200);
    second.know("1", json!({"email": "eve@quay.example", "email_verified": true}));
    let (eve, _) = house.sign_in("harbour", &second).await;
    assert_eq!(eve.person().await["mail"], "eve@quay.example", "she is not who had this name at the other one");
    assert_eq!(house.admin.delete("/api/providers/harbour").await.status, 204);
    assert_eq!(house.browser().go("/sign-in/harbour?to=/").await.1, "/?sign-in=no_provider&by=harbour");
}

#[tokio::test]
async fn a_check_says_what_the_provider_is_or_its_own_words() {
    let (house, mut provider) = (House::new().await, ImitatedProvider::start().await);
    let check = async |issuer: &str| house.admin.post("/api/provider-checks", json!({"issuer": issuer})).await;
    let origin = provider.origin().to_owned();
    let found = check(&format!("{origin}/")).await.expect(200);
    assert_eq!((&found["issuer"], &found["keys"]), (&json!(origin), &json!(1)), "as it calls itself");
    provider.say(|sayings| sayings.issuer = Some("https://elsewhere.example".into()));
    let otherwise = check(&origin).await;
    assert!(otherwise.status == 422 && otherwise.message().starts_with("It calls itself otherwise:"), "{otherwise:?}");
    assert!(otherwise.message().contains("https://elsewhere.example"), "{otherwise:?}");
    provider.say(|sayings| sayings.refuses = Some((404, json!({"error": "no such tenant", "secret": "x"}))));
    assert_eq!(check(&origin).await.message(), "It answered 404 Not Found: no such tenant");
    provider.stop().await;
    let down = check(&origin).await;
    assert!(down.status == 422 && down.message().starts_with("It cannot be reached: nothing answers"), "{down:?}");
    assert!(!down.message().contains("os error"), "{down:?}");
}

#[tokio::test]
async fn what_an_admin_writes_wrong_is_said_in_a_sentence() {
    let house = House::new().await;
    let good =
        json!({"id": "harbour", "name": "Harbour ID", "issuer": "https://id.harbour.example", "client_id": "debrief"});
    for (field, value, words) in [
        ("id", json!("Harbour"), "small letters"),
        ("name", json!("  "), "Write what stands on the button"),
        ("name", json!("x".repeat(41)), "at most 40 characters"),
        ("issuer", json!("http://id.harbour.example"), "https"),
        ("client_id", json!(""), "Write the client id"),
        ("rules", json!({"otherwise": "admin"}), "Nobody is an admin without a claim"),
        ("rules", json!({"domains": ["harbour"]}), "“harbour” is no mail domain."),
        ("rules", json!({"claim": {"name": "groups", "roles": []}}), "Write 1 to 50 values"),
    ] {
        let mut wrong = good.clone();
        wrong[field] = value;
        let refused = house.admin.post("/api/providers", wrong).await;
        assert!(refused.status == 422 && refused.message().contains(words), "{field}: {refused:?}");
    }
    house.admin.post("/api/providers", good.clone()).await.expect(201);
    let twice = house.admin.post("/api/providers", good).await;
    assert!(twice.message().starts_with("Another provider has this address already."), "{twice:?}");
}

#[tokio::test]
async fn behind_https_a_sign_in_has_cookies_of_this_server_alone_and_says_so_to_the_provider() {
    let provider = ImitatedProvider::start().await;
    let house = House::of(TestServer::behind("https://debrief.example.org")).await;
    house.add("harbour", &provider).await;
    provider.know("1", mara());
    let browser = house.browser();
    let begun = browser.client.get(format!("{}/sign-in/harbour?to=/", browser.origin)).send().await.expect("an answer");
    let header = |answer: &reqwest::Response, name: &str| {
        let values = answer.headers().get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let [cookie] = <[String; 1]>::try_from(header(&begun, "set-cookie")).expect("one cookie");
    assert!(cookie.starts_with("__Host-debrief_sign_in_") && cookie.ends_with("; Secure"), "{cookie}");
    assert_eq!([header(&begun, "referrer-policy"), header(&begun, "cache-control")], [["no-referrer"], ["no-store"]]);
    let request = SignInRequest { url: Url::parse(&header(&begun, "location")[0]).expect("an address") };
    assert_eq!(request.parameter("redirect_uri"), "https://debrief.example.org/sign-in/harbour/callback");
    let secret = cookie.split(';').next().expect("a cookie");
    let path =
        format!("/sign-in/harbour/callback?code={}&state={}", provider.code(&request), request.parameter("state"));
    let finished = browser.client.get(format!("{}{path}", browser.origin)).header(COOKIE, secret).send().await;
    let cookies = header(&finished.expect("an answer"), "set-cookie");
    assert!(cookies[0].starts_with("__Host-debrief_session="), "{cookies:?}");
    assert!(cookies[1].starts_with("__Host-debrief_sign_in_") && cookies[1].contains("Max-Age=0"), "{cookies:?}");
}

#[tokio::test]
async fn attempts_from_one_address_are_counted_like_those_with_a_password() {
    let server = TestServer::with(|settings| {
        settings.growth.sign_ins = server::access::Rate { burst: 3, every: std::time::Duration::from_secs(3600) };
    });
    let (house, provider) = (House::of(server).await, ImitatedProvider::start().await);
    house.add("harbour", &provider).await;
    let browser = house.browser();
    for _ in 0..3 {
        browser.begin("harbour", "/").await;
    }
    assert_eq!(browser.go("/sign-in/harbour?to=/settings").await.1, "/settings?sign-in=too_often&by=harbour");
}
