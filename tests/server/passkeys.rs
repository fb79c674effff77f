//! Passkeys: made, used, renamed and removed; and where the device, the browser or somebody between them does what they should
//! not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use postmortem::{TeamRole, limits};
use reqwest::Method;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use server::access::{
    FreshCredential, RegistrationAnswer, RelyingParty, SignInAnswer, ask_to_register, ask_to_sign_in,
};
use server::cli::config::Settings;
use server::store::accounts::Account;
use server::store::passkeys::KeptPasskey;
use sqlx::{Connection, SqliteConnection};
use tests::{Authenticator, ImitatedProvider, PASSWORD, SignInRequest, TestServer, Visitor, secret};

/// Where people reach the server.
const ORIGIN: &str = "http://localhost:8080";

/// A browser that keeps cookies, with a device.
struct Browser {
    origin: String,
    client: reqwest::Client,
    device: Authenticator,
}

impl Browser {
    fn at(server: &TestServer) -> Self {
        let client = reqwest::Client::builder().no_proxy().cookie_store(true).build().expect("a client");
        let device = Authenticator::new(ORIGIN);
        Self { origin: format!("http://{}", server.address()), client, device }
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let request = self.client.request(method, format!("{}{path}", self.origin));
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status().as_u16(), answer.text().await.expect("a body"));
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask(Method::POST, path, &body).await
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, &Value::Null).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Signs somebody in by their password.
    async fn enter(&self, person: &Visitor) {
        let (status, body) = self.post("/api/sessions", json!({"mail": mail(person), "password": PASSWORD})).await;
        assert_eq!(status, 201, "{body}");
    }

    /// What it is asked to make a passkey.
    async fn begin_adding(&self) -> Value {
        let (status, body) = self.post("/api/passkey-attempts", json!({})).await;
        assert_eq!(status, 201, "{body}");
        body["options"].clone()
    }

    async fn finish_adding(&self, name: &str, credential: &Value) -> (u16, Value) {
        self.post("/api/passkeys", json!({"name": name, "credential": credential})).await
    }

    /// Adds a passkey and gives its id.
    async fn add(&mut self, name: &str) -> String {
        let options = self.begin_adding().await;
        let credential = self.device.make(&options);
        let (status, body) = self.finish_adding(name, &credential).await;
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().expect("an id").to_owned()
    }

    /// What it is asked to sign in.
    async fn begin(&self) -> Value {
        let (status, body) = self.post("/api/sign-in-attempts", json!({})).await;
        assert_eq!(status, 201, "{body}");
        body["options"].clone()
    }

    async fn finish(&self, passkey: &Value) -> (u16, Value) {
        self.post("/api/sessions", json!({"passkey": passkey})).await
    }

    /// Signs in with the device.
    async fn sign_in(&mut self) -> (u16, Value) {
        let options = self.begin().await;
        let signed = self.device.sign(&options);
        self.finish(&signed).await
    }

    /// Who the server says that this is.
    async fn person(&self) -> Value {
        self.get("/api/session").await["id"].clone()
    }
}

/// A server that is reached under its name, somebody of its team, and a browser in which they are signed in and have a passkey.
async fn with_passkey() -> (TestServer, Visitor, Browser) {
    let server = TestServer::behind(ORIGIN);
    let mara = server.visitor("Mara").await;
    let mut browser = Browser::at(&server);
    browser.enter(&mara).await;
    browser.add("Phone").await;
    (server, mara, browser)
}

/// Another browser with the same device.
fn another(server: &TestServer, browser: &Browser) -> Browser {
    Browser { device: browser.device.clone(), ..Browser::at(server) }
}

fn mail(person: &Visitor) -> &str {
    person.person["mail"].as_str().expect("an address")
}

/// The code of an error.
fn error_code(body: &Value) -> &str {
    body["error"]["code"].as_str().unwrap_or_default()
}

async fn change(server: &TestServer, statement: &'static str) {
    let file = Settings::in_folder(server.folder()).database;
    let mut rows = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("the database");
    sqlx::query(statement).execute(&mut rows).await.expect("changed");
    rows.close().await.expect("closed");
}

#[tokio::test]
async fn somebody_signs_in_by_their_device_without_naming_themselves() {
    let (server, mara, browser) = with_passkey().await;
    let listed = browser.get("/api/passkeys").await;
    assert_eq!((&listed["passkeys"][0]["name"], &listed["passkeys"][0]["used_at"]), (&json!("Phone"), &Value::Null));
    assert_eq!((&listed["at"], &listed["proof"]), (&json!(ORIGIN), &json!("nothing")));
    assert_eq!(browser.get("/api/door").await["passkeys_at"], ORIGIN);
    let mut elsewhere = another(&server, &browser);
    let options = elsewhere.begin().await;
    assert_eq!((&options["rpId"], &options["userVerification"]), (&json!("localhost"), &json!("required")));
    assert_eq!(options["allowCredentials"], json!([]), "nobody hears which there are");
    let (status, body) = elsewhere.sign_in().await;
    assert_eq!((status, &body["id"], &body["mail"]), (201, &mara.person["id"], &mara.person["mail"]), "{body}");
    assert_eq!(elsewhere.person().await, mara.person["id"]);
    assert!(elsewhere.get("/api/passkeys").await["passkeys"][0]["used_at"].is_string());
    // Each sign-in is a session of its own, and ends the one before in its browser.
    assert_eq!(elsewhere.sign_in().await.0, 201);
    let devices = elsewhere.get("/api/sessions").await;
    assert_eq!(devices["devices"].as_array().map(Vec::len), Some(3), "the first, the password's, this one: {devices}");
}

#[tokio::test]
async fn an_answer_is_taken_once_from_the_browser_that_was_asked_and_in_time() {
    let (server, mara, browser) = with_passkey().await;
    let (mut own, other) = (another(&server, &browser), Browser::at(&server));
    let options = own.begin().await;
    let signed = own.device.sign(&options);
    other.begin().await;
    let (status, body) = other.finish(&signed).await;
    assert_eq!((status, error_code(&body)), (403, "attempt_ended"), "another browser: {body}");
    assert_eq!(other.person().await, Value::Null);
    assert_eq!(own.finish(&signed).await.0, 201, "nobody used it up for her");
    let replaying = another(&server, &own);
    for browser in [&own, &replaying] {
        let (status, body) = browser.finish(&signed).await;
        assert_eq!((status, error_code(&body)), (403, "attempt_ended"), "{body}");
    }
    // What nobody was asked is answered by nobody.
    let mut made_up = options.clone();
    made_up["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let signed = own.device.sign(&made_up);
    assert_eq!(error_code(&own.finish(&signed).await.1), "attempt_ended");
    let options = own.begin().await;
    let late = own.device.sign(&options);
    let begun = own.begin_adding().await;
    // A device that cannot promise it makes one all the same.
    assert_eq!(begun["extensions"]["enforceCredentialProtectionPolicy"], false, "{begun}");
    let made = own.device.make(&begun);
    change(&server, "update passkey_attempts set ends_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-1 seconds')")
        .await;
    assert_eq!(error_code(&own.finish(&late).await.1), "attempt_ended");
    assert_eq!(error_code(&own.finish_adding("Late", &made).await.1), "attempt_ended");
    assert_eq!(own.person().await, mara.person["id"], "and whoever was signed in stays so");
}

#[tokio::test]
async fn what_was_asked_for_one_thing_is_no_answer_to_another() {
    let (server, _, browser) = with_passkey().await;
    let noor = server.visitor("Noor").await;
    let mut hers = another(&server, &browser);
    hers.enter(&noor).await;
    // To add what was asked of somebody else, and with what was asked to sign in.
    let options = browser.begin_adding().await;
    let made = hers.device.clone().make(&options);
    assert_eq!(error_code(&hers.finish_adding("Stolen", &made).await.1), "attempt_ended");
    let mut options = hers.begin_adding().await;
    let asked = hers.begin().await;
    options["challenge"] = asked["challenge"].clone();
    let made = hers.device.clone().make(&options);
    assert_eq!(error_code(&hers.finish_adding("Confused", &made).await.1), "attempt_ended");
    let mut asked = hers.begin().await;
    asked["challenge"] = hers.begin_adding().await["challenge"].clone();
    let signed = hers.device.sign(&asked);
    assert_eq!(error_code(&hers.finish(&signed).await.1), "attempt_ended");
    assert_eq!(hers.get("/api/passkeys").await["passkeys"], json!([]));
}

#[tokio::test]
async fn an_answer_that_does_not_hold_signs_nobody_in_and_all_are_refused_in_the_same_words() {
    let (server, _, browser) = with_passkey().await;
    let sentence = {
        let mut unknown = another(&server, &browser);
        unknown.device.passkeys.last_mut().expect("a passkey").id = vec![7; 16];
        let (status, body) = unknown.sign_in().await;
        assert_eq!((status, error_code(&body)), (401, "passkey_refused"), "an id that nobody has: {body}");
        body["error"]["message"].clone()
    };
    type Change = fn(&mut Authenticator);
    let wrong: [(&str, Change); 5] = [
        ("a page of another origin", |device| device.origin = "https://elsewhere.example".to_owned()),
        ("a page of another port", |device| device.origin = "http://localhost:8081".to_owned()),
        ("another server's name", |device| device.other_name = Some("elsewhere.example".to_owned())),
        ("a person who was not verified", |device| device.is_verified = false),
        ("another key", |device| {
            let id = device.passkeys[0].id.clone();
            let options = json!({"rp": {"id": "localhost"}, "user": {"id": "eA"}, "challenge": ""});
            device.make(&options);
            device.passkeys[1].id = id;
        }),
    ];
    for (what, change) in wrong {
        let mut browser = another(&server, &browser);
        change(&mut browser.device);
        let (status, body) = browser.sign_in().await;
        assert_eq!(
            (status, error_code(&body), &body["error"]["message"]),
            (401, "passkey_refused", &sentence),
            "{what}"
        );
        assert_eq!(browser.person().await, Value::Null, "{what}");
    }
    for (what, field, value) in [
        ("somebody else", "userHandle", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        ("no signature", "signature", json!("")),
        ("junk", "authenticatorData", json!("AAAA")),
    ] {
        let mut browser = another(&server, &browser);
        let options = browser.begin().await;
        let mut signed = browser.device.sign(&options);
        signed["response"][field] = value;
        let (status, body) = browser.finish(&signed).await;
        assert_eq!(
            (status, error_code(&body), &body["error"]["message"]),
            (401, "passkey_refused", &sentence),
            "{what}"
        );
    }
    let mut of_nobody = browser.device.clone().sign(&json!({"rpId": "localhost", "challenge": ""}));
    of_nobody["response"].as_object_mut().expect("a response").remove("userHandle");
    for junk in [of_nobody, json!({}), json!([]), json!("x"), json!({"id": "x", "response": {}})] {
        let (status, body) = Browser::at(&server).finish(&junk).await;
        assert_eq!((status, error_code(&body)), (401, "passkey_refused"), "{junk}: {body}");
    }
}

#[tokio::test]
async fn a_passkey_that_does_not_hold_is_not_added() {
    let server = TestServer::behind(ORIGIN);
    let mara = server.visitor("Mara").await;
    let mut browser = Browser::at(&server);
    browser.enter(&mara).await;
    type Change = fn(&mut Authenticator);
    let wrong: [(&str, Change); 3] = [
        ("a page of another origin", |device| device.origin = "https://elsewhere.example".to_owned()),
        ("another server's name", |device| device.other_name = Some("elsewhere.example".to_owned())),
        ("a person who was not verified", |device| device.is_verified = false),
    ];
    for (what, change) in wrong {
        let options = browser.begin_adding().await;
        let mut device = Authenticator::new(ORIGIN);
        change(&mut device);
        let (status, body) = browser.finish_adding("Phone", &device.make(&options)).await;
        assert_eq!((status, error_code(&body)), (422, "invalid"), "{what}: {body}");
    }
    for junk in [json!({}), json!(7), json!({"id": "x", "response": {"clientDataJSON": "e30"}})] {
        let (status, body) = browser.finish_adding("Phone", &junk).await;
        assert_eq!((status, error_code(&body)), (422, "invalid"), "{junk}: {body}");
    }
    for name in ["", "  ", &"x".repeat(limits::PASSKEY_NAME + 1)] {
        let options = browser.begin_adding().await;
        let made = browser.device.clone().make(&options);
        assert_eq!(browser.finish_adding(name, &made).await.0, 422, "{name:?}");
        // The attempt is still there for a better name.
        assert_eq!(browser.finish_adding(" Good \t name ", &made).await.1["name"], "Good name");
    }
    // One that there is cannot be added again, by whomever: whose it is would change.
    let options = browser.begin_adding().await;
    assert_eq!(options["excludeCredentials"].as_array().map(Vec::len), Some(3));
    assert_eq!(browser.add("Phone").await.len(), 36);
    let known = browser.device.passkeys[0].id.clone();
    let noor = server.visitor("Noor").await;
    let mut hers = Browser::at(&server);
    hers.enter(&noor).await;
    let options = hers.begin_adding().await;
    let made = same_id(&mut hers.device, &options, &known);
    let (status, body) = hers.finish_adding("Twice", &made).await;
    assert_eq!((status, error_code(&body)), (422, "invalid"), "{body}");
    assert_eq!(hers.get("/api/passkeys").await["passkeys"], json!([]));
}

/// A passkey that its device calls as another one is called.
fn same_id(device: &mut Authenticator, options: &Value, id: &[u8]) -> Value {
    let made = device.make(options);
    let own = &device.passkeys[0].id;
    let object = made["response"]["attestationObject"].as_str().expect("an object");
    let mut object = BASE64.decode(object).expect("base64url");
    let at = object.windows(own.len()).position(|window| window == own.as_slice()).expect("its id");
    object[at..at + own.len()].copy_from_slice(id);
    let mut made = made;
    made["response"]["attestationObject"] = json!(BASE64.encode(object));
    for field in ["id", "rawId"] {
        made[field] = json!(BASE64.encode(id));
    }
    made
}

/// Somebody with a passkey, as far as what is checked goes.
fn account() -> (Account, KeptPasskey, Authenticator) {
    let (person, mut device) = (tests::person(0), Authenticator::new(ORIGIN));
    let account = Account { person: person.clone(), mail: Some("mara@harbour.example".into()), role: TeamRole::Member };
    let asked = ask_to_register(&party(), &account, &[]).expect("asked");
    let made = RegistrationAnswer::read(&device.make(&asked.options)).expect("an answer");
    let FreshCredential { id, public_key, state, transports } = made.verify(&party(), &asked.state).expect("it holds");
    let passkey = KeptPasskey {
        id: "phone".parse().expect("an id"),
        credential: id,
        user: person.id,
        name: "Phone".into(),
        made_for: "localhost".into(),
        public_key,
        state,
        transports,
        created_at: tests::time("2018-10-21T23:07:00Z"),
        used_at: None,
    };
    (account, passkey, device)
}

fn party() -> RelyingParty {
    RelyingParty { name: "localhost".into(), origin: ORIGIN.into() }
}

/// Every answer of which one byte of a field is another one, and every one that ends too soon.
fn spoiled(answer: &Value, field: &str) -> Vec<Value> {
    let bytes = BASE64.decode(answer["response"][field].as_str().expect("a field")).expect("base64url");
    let with = |bytes: Vec<u8>| {
        let mut spoiled = answer.clone();
        spoiled["response"][field] = json!(BASE64.encode(bytes));
        spoiled
    };
    let changed = (0..bytes.len()).flat_map(|place| {
        [0x01, 0x80, 0xff].map(|bits| {
            let mut bytes = bytes.clone();
            bytes[place] ^= bits;
            bytes
        })
    });
    changed.chain((0..bytes.len()).map(|end| bytes[..end].to_vec())).map(with).collect()
}

#[test]
fn an_answer_of_which_one_byte_is_another_does_not_hold() {
    let (account, passkey, mut device) = account();
    let asked = ask_to_sign_in(&party()).expect("asked");
    let signed = device.sign(&asked.options);
    let holds = |answer: &Value| {
        let answer = SignInAnswer::read(answer)?;
        answer.verify(&party(), &asked.state, &passkey)
    };
    assert!(holds(&signed).is_ok());
    for field in ["clientDataJSON", "authenticatorData", "signature", "userHandle"] {
        for spoiled in spoiled(&signed, field) {
            assert!(holds(&spoiled).is_err(), "{field}: {spoiled}");
        }
    }
    // A device vouches for nothing when it makes one: whatever is made of that, it is a passkey or none.
    let asked = ask_to_register(&party(), &account, &[passkey]).expect("asked");
    let made = device.make(&asked.options);
    for spoiled in ["clientDataJSON", "attestationObject"].iter().flat_map(|field| spoiled(&made, field)) {
        if let Ok(answer) = RegistrationAnswer::read(&spoiled) {
            drop(answer.verify(&party(), &asked.state));
        }
    }
}

#[tokio::test]
async fn a_counter_that_does_not_go_up_refuses_the_copy_of_a_device() {
    let server = TestServer::behind(ORIGIN);
    let mara = server.visitor("Mara").await;
    let mut browser = Browser::at(&server);
    browser.enter(&mara).await;
    browser.device.counts = true;
    browser.add("Key").await;
    let mut copy = another(&server, &browser);
    assert_eq!(browser.sign_in().await.0, 201);
    assert_eq!(browser.sign_in().await.0, 201);
    let (status, body) = copy.sign_in().await;
    assert_eq!((status, error_code(&body)), (401, "passkey_refused"), "{body}");
    assert_eq!(copy.person().await, Value::Null);
    assert_eq!(browser.sign_in().await.0, 201, "the device that is ahead goes on");
}

#[tokio::test]
async fn a_removed_passkey_signs_nobody_in_and_ends_the_sessions_that_it_began() {
    let (server, mara, browser) = with_passkey().await;
    let id = browser.get("/api/passkeys").await["passkeys"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/passkeys/{id}");
    let (mut one, mut two) = (another(&server, &browser), another(&server, &browser));
    assert_eq!((one.sign_in().await.0, two.sign_in().await.0), (201, 201));
    let noor = server.visitor("Noor").await;
    assert_eq!(noor.delete(&path).await.status, 404, "it is not hers");
    assert_eq!(noor.patch(&path, json!({"name": "Mine"})).await.status, 404);
    assert_eq!(two.person().await, mara.person["id"]);
    let (status, _) = one.ask(Method::PATCH, &path, &json!({"name": "Old phone"})).await;
    assert_eq!(status, 204);
    assert_eq!(one.get("/api/passkeys").await["passkeys"][0]["name"], "Old phone");
    assert_eq!(one.ask(Method::DELETE, &path, &Value::Null).await.0, 204);
    assert_eq!(two.person().await, Value::Null);
    assert_eq!(one.person().await, mara.person["id"], "where it is removed one stays signed in");
    assert_eq!(browser.person().await, mara.person["id"], "and where one came in by the password");
    assert_eq!(error_code(&two.sign_in().await.1), "passkey_refused");
    assert_eq!(one.ask(Method::DELETE, &path, &Value::Null).await.0, 404);
}

#[tokio::test]
async fn who_is_suspended_is_not_let_in_and_is_once_they_may_again() {
    let (server, mara, browser) = with_passkey().await;
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let path = format!("/api/people/{}", mara.person["id"].as_str().expect("an id"));
    admin.patch(&path, json!({"is_suspended": true})).await.expect(200);
    let mut elsewhere = another(&server, &browser);
    let (status, body) = elsewhere.sign_in().await;
    assert_eq!((status, error_code(&body)), (403, "suspended"), "{body}");
    admin.patch(&path, json!({"is_suspended": false})).await.expect(200);
    assert_eq!(elsewhere.sign_in().await.0, 201);
}

#[tokio::test]
async fn a_link_for_a_new_password_removes_the_passkeys_and_a_changed_password_does_not() {
    let (server, mara, browser) = with_passkey().await;
    let mut elsewhere = another(&server, &browser);
    let changed = json!({"old": PASSWORD, "new": "lamp gravel seven otters"});
    assert_eq!(browser.ask(Method::PUT, "/api/session/password", &changed).await.0, 204);
    assert_eq!(elsewhere.sign_in().await.0, 201);
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let path = format!("/api/people/{}/links", mara.person["id"].as_str().expect("an id"));
    let token = secret(&admin.post(&path, json!({})).await.expect(201));
    assert_eq!(elsewhere.sign_in().await.0, 201, "a link that was not used changes nothing");
    let used = json!({"token": token, "new_password": "four gulls over a lamp"});
    assert_eq!(browser.post("/api/sessions", used).await.0, 201);
    assert_eq!(browser.get("/api/passkeys").await["passkeys"], json!([]));
    assert_eq!(elsewhere.person().await, Value::Null);
    assert_eq!(error_code(&elsewhere.sign_in().await.1), "passkey_refused");
}

#[tokio::test]
async fn who_only_typed_an_address_has_no_passkey_any_more_once_its_owner_comes_with_a_provider() {
    let (server, mara, browser) = with_passkey().await;
    let (admin, provider) = (server.visitor_as("Ada", TeamRole::Admin).await, ImitatedProvider::start().await);
    let body = json!({"id": "harbour", "name": "Harbour ID", "issuer": provider.origin(), "client_id": "debrief",
        "client_secret": "gulls"});
    admin.post("/api/providers", body).await.expect(201);
    provider.know("1", json!({"email": mail(&mara), "email_verified": true}));
    let client = reqwest::Client::builder().no_proxy().cookie_store(true).redirect(Policy::none());
    let owner = Browser { client: client.build().expect("a client"), ..another(&server, &browser) };
    let go = async |path: &str| {
        let answer = owner.client.get(format!("{}{path}", owner.origin)).send().await.expect("an answer");
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        location.expect("somewhere else").to_owned()
    };
    let asked = SignInRequest { url: go("/sign-in/harbour?to=/").await.parse().expect("the provider's address") };
    let (code, state) = (provider.code(&asked), asked.parameter("state"));
    assert_eq!(go(&format!("/sign-in/harbour/callback?code={code}&state={state}")).await, "/");
    assert_eq!(owner.person().await, mara.person["id"]);
    assert_eq!(owner.get("/api/passkeys").await["passkeys"], json!([]));
    let mut typed = another(&server, &browser);
    let (status, body) = typed.sign_in().await;
    assert_eq!((status, error_code(&body)), (401, "passkey_refused"), "{body}");
}

#[tokio::test]
async fn a_session_that_is_older_asks_for_the_password_or_for_a_new_one() {
    let (server, mara, browser) = with_passkey().await;
    change(&server, "update sessions set created_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-11 minutes')").await;
    assert_eq!(browser.get("/api/passkeys").await["proof"], "password");
    let (status, body) = browser.post("/api/passkey-attempts", json!({})).await;
    assert_eq!((status, error_code(&body)), (403, "proof_needed"), "{body}");
    let (status, body) = browser.post("/api/passkey-attempts", json!({"password": "wrong"})).await;
    assert_eq!((status, error_code(&body)), (401, "sign_in_failed"), "{body}");
    assert_eq!(browser.post("/api/passkey-attempts", json!({"password": PASSWORD})).await.0, 201);
    change(&server, "update accounts set password = null").await;
    assert_eq!(browser.get("/api/passkeys").await["proof"], "new_session");
    let (status, body) = browser.post("/api/passkey-attempts", json!({"password": PASSWORD})).await;
    assert_eq!((status, error_code(&body)), (403, "proof_needed"), "{body}");
    // Who has no password signs in by the passkey, and may add another one then.
    let mut again = another(&server, &browser);
    assert_eq!(again.sign_in().await.1["id"], mara.person["id"]);
    again.add("Second").await;
    let program = server.token("Deploys", TeamRole::Admin).await;
    assert_eq!(program.post("/api/passkey-attempts", json!({})).await.status, 422);
}

#[tokio::test]
async fn a_page_that_asks_for_somebody_takes_nobody_else() {
    let (server, mara, browser) = with_passkey().await;
    let noor = server.visitor("Noor").await;
    let mut elsewhere = another(&server, &browser);
    let options = elsewhere.begin().await;
    let signed = elsewhere.device.sign(&options);
    let wanted = json!({"passkey": signed, "person": noor.person["id"]});
    let (status, body) = elsewhere.post("/api/sessions", wanted).await;
    assert_eq!((status, error_code(&body)), (401, "passkey_refused"), "{body}");
    assert_eq!(elsewhere.person().await, Value::Null);
    let options = elsewhere.begin().await;
    let wanted = json!({"passkey": elsewhere.device.sign(&options), "person": mara.person["id"]});
    assert_eq!(elsewhere.post("/api/sessions", wanted).await.0, 201);
}

#[tokio::test]
async fn there_are_only_so_many_passkeys_of_a_person() {
    let (_server, _, mut browser) = with_passkey().await;
    for number in 1..limits::PASSKEYS - 1 {
        browser.add(&format!("Key {number}")).await;
    }
    // Two are begun at once, and there is room for one.
    let (one, other) = (browser.begin_adding().await, browser.begin_adding().await);
    let (one, other) = (browser.device.make(&one), browser.device.make(&other));
    assert_eq!(browser.finish_adding("Last", &one).await.0, 201);
    let (status, body) = browser.finish_adding("Too many", &other).await;
    assert_eq!((status, error_code(&body)), (422, "invalid"), "{body}");
    let (status, body) = browser.post("/api/passkey-attempts", json!({})).await;
    assert_eq!(status, 422, "{body}");
    let sentence = body["error"]["message"].as_str().unwrap_or_default();
    assert!(sentence.contains(&limits::PASSKEYS.to_string()), "{sentence}");
}

#[tokio::test]
async fn a_server_without_a_name_that_browsers_trust_says_why_there_are_no_passkeys() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let browser = Browser::at(&server);
    browser.enter(&mara).await;
    assert_eq!(browser.get("/api/door").await["passkeys_at"], Value::Null);
    let listed = browser.get("/api/passkeys").await;
    let obstacle = listed["obstacle"].as_str().unwrap_or_default();
    let named = format!("http://localhost:{}", server.address().port());
    assert!(listed["at"].is_null() && obstacle.contains(&named), "{listed}");
    for path in ["/api/passkey-attempts", "/api/sign-in-attempts"] {
        let (status, body) = browser.post(path, json!({})).await;
        assert_eq!((status, &body["error"]["message"]), (422, &json!(obstacle)), "{path}");
    }
    // Under the name of this machine there are.
    let asked = browser.client.get(format!("{}/api/door", browser.origin)).header("host", "localhost:1234");
    let door: Value = asked.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(door["passkeys_at"], "http://localhost:1234");
}

#[tokio::test]
async fn a_passkey_of_another_name_is_listed_with_it_and_survives_a_restart() {
    let (mut server, _, mut browser) = with_passkey().await;
    change(&server, "update passkeys set made_for = 'old.example.org'").await;
    browser.add("Here").await;
    let listed = browser.get("/api/passkeys").await;
    assert_eq!(listed["passkeys"][0]["made_for"], "old.example.org");
    assert_eq!(listed["passkeys"][1]["made_for"], Value::Null);
    server.restart();
    let mut again = another(&server, &browser);
    assert_eq!(again.sign_in().await.0, 201);
}

#[tokio::test]
async fn attempts_from_one_address_come_to_an_end() {
    let server = TestServer::with(|settings| {
        settings.public_url = Some(ORIGIN.parse().expect("a public URL"));
        settings.growth.sign_ins.burst = 3;
    });
    let browser = Browser::at(&server);
    browser.begin().await;
    let (status, _) = browser.finish(&json!({})).await;
    assert_eq!(status, 401);
    for _ in 0..3 {
        browser.post("/api/sign-in-attempts", json!({})).await;
    }
    let (status, body) = browser.post("/api/sign-in-attempts", json!({})).await;
    assert_eq!((status, error_code(&body)), (429, "too_often"), "{body}");
}
