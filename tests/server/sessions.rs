//! Sessions: cookies, when they end, and what needs one.

use crate::feed::follower;
use futures_util::future::join_all;
use postmortem::Command;
use postmortem::api::close_code;
use reqwest::Method;
use serde_json::{Value, json};
use server::access::Rate;
use server::cli::config::Settings;
use sqlx::{Connection, SqliteConnection};
use std::time::Duration;
use tests::{
    Answer, PASSWORD, Scenario, TestPeer, TestServer, Visitor, answer, entry, fresh_id, outcome, upgrade_answer,
};

const OTHER_PASSWORD: &str = "lamp gravel seven otters";

async fn sign_in(server: &TestServer, mail: &Value, password: &str) -> Answer {
    server.stranger().post("/api/sessions", json!({ "mail": mail, "password": password })).await
}

/// Another browser of the same person.
async fn another_of(server: &TestServer, person: &Visitor) -> Visitor {
    server.stranger().signed_in(&sign_in(server, &person.person["mail"], PASSWORD).await)
}

/// The id of the session with which somebody asks.
async fn session_of(visitor: &Visitor) -> String {
    let devices = visitor.get("/api/sessions").await.expect(200)["devices"].clone();
    let this = devices.as_array().expect("a list").iter().find(|device| device["is_this"] == true);
    this.and_then(|device| device["id"].as_str()).expect("the one that asks").to_owned()
}

#[tokio::test]
async fn who_signs_in_gets_a_cookie_that_no_script_reads() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    assert_eq!(server.stranger().get("/api/session").await.expect(200), json!(null));
    let mail = mara.person["mail"].as_str().expect("an address").to_uppercase();
    let answer = sign_in(&server, &json!(format!(" {mail} ")), PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("debrief_session="), "{cookie}");
    for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=15552000"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    let again = server.stranger().signed_in(&answer);
    assert_eq!(again.get("/api/session").await.expect(200), mara.person);
    assert_eq!([&mara.person["role"], &mara.person["capabilities"]], [&json!("member"), &json!(["create", "curate"])]);
}

#[tokio::test]
async fn behind_https_the_cookie_is_this_servers_alone() {
    let server = TestServer::behind("https://debrief.example.org");
    let mara = server.visitor("Mara").await;
    let answer = sign_in(&server, &mara.person["mail"], PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-debrief_session=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
    // A name that other servers of the domain can set counts nowhere.
    let secret = mara.cookie().and_then(|cookie| cookie.split_once('=')).expect("a cookie").1;
    assert_eq!(person_of(&server, &format!("debrief_session={secret}")).await, Value::Null);
}

#[tokio::test]
async fn a_session_outlives_a_restart() {
    let mut server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let cookie = mara.cookie().expect("a cookie").to_owned();
    server.restart();
    let again = server.stranger();
    let answer = again.send(again.request(Method::GET, "/api/session").header("cookie", cookie)).await;
    assert_eq!(answer.expect(200), mara.person);
}

/// What the server says of who is signed in by these cookies.
async fn person_of(server: &TestServer, cookies: &str) -> Value {
    let stranger = server.stranger();
    stranger.send(stranger.request(Method::GET, "/api/session").header("cookie", cookies)).await.expect(200)
}

#[tokio::test]
async fn a_junk_cookie_beside_the_real_one_signs_nobody_out() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let real = mara.cookie().expect("a cookie");
    let unknown = format!("debrief_session={}", "0".repeat(64));
    for junk in ["debrief_session=junk", "debrief_session=", "debrief_session", unknown.as_str()] {
        for cookies in
            [format!("{junk}; {real}"), format!("{real}; {junk}"), format!("{junk}; {junk}; a=b; {real}; {junk}")]
        {
            assert_eq!(person_of(&server, &cookies).await, mara.person, "{cookies}");
        }
        assert_eq!(person_of(&server, junk).await, Value::Null, "{junk}");
    }
    // Two headers are what HTTP/2 makes of two cookies.
    let request = mara.request(Method::GET, "/api/session").header("cookie", &unknown);
    assert_eq!(mara.send(request).await.expect(200), mara.person);
    let many = format!("{unknown}; ").repeat(100);
    assert_eq!(person_of(&server, &format!("{many}{real}")).await, Value::Null, "there is an end to trying");
}

async fn database(server: &TestServer) -> SqliteConnection {
    let file = Settings::in_folder(server.folder()).database;
    SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("the database")
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_at_last_in_any_case() {
    let mut server = TestServer::start();
    let admin = server.token("Operator", postmortem::TeamRole::Admin).await;
    let settings = json!({
        "name": "Harbour", "members_are": "editor", "pages_are_for": "link", "idle_days": 2, "session_days": 5
    });
    let change = |settings: &Value| admin.request(Method::PUT, "/api/team").json(settings);
    admin.send(change(&settings)).await.expect(200);
    let mut never = settings.clone();
    never["idle_days"] = json!(0);
    assert_eq!(admin.send(change(&never)).await.status, 422);
    let [used, unused, old, fresh] = ["Used", "Unused", "Old", "Fresh"].map(|name| server.visitor(name));
    let (used, unused, old, fresh) = tokio::join!(used, unused, old, fresh);
    let signed_in = sign_in(&server, &fresh.person["mail"], PASSWORD).await;
    assert!(signed_in.header("set-cookie").contains(&format!("Max-Age={};", 5 * 24 * 60 * 60)), "{signed_in:?}");
    server.stop();
    let mut rows = database(&server).await;
    for (name, change) in [
        ("Used", "used_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-47 hours')"),
        ("Unused", "used_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-49 hours')"),
        ("Old", "ends_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-1 seconds')"),
    ] {
        let statement = format!("update sessions set {change} where user_id = (select id from users where name = ?)");
        sqlx::query(sqlx::AssertSqlSafe(statement)).bind(name).execute(&mut rows).await.expect("an older session");
    }
    server.restart();
    for (visitor, is_signed_in) in [(&used, true), (&fresh, true), (&unused, false), (&old, false)] {
        let person = if is_signed_in { &visitor.person } else { &Value::Null };
        assert_eq!(person_of(&server, visitor.cookie().expect("a cookie")).await, *person);
    }
    // Nothing is kept of those that are over; the people are there.
    let ask = async || {
        let left: u32 =
            sqlx::query_scalar("select count(*) from sessions").fetch_one(&mut rows).await.expect("a count");
        (left == 3).then_some(())
    };
    answer("ended sessions go", ask).await;
    rows.close().await.expect("closed");
    sign_in(&server, &unused.person["mail"], PASSWORD).await.expect(201);
}

/// Where a page connects that says as whose it writes.
fn as_whose(id: &str, person: &Value) -> String {
    format!("{id}?person={}", person["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn nothing_is_taken_from_a_page_whose_person_has_no_session() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let jonah = server.visitor("Jonah").await;
    let hers = as_whose(&id, &mara.person);
    let mut page = TestPeer::connect(&mara, &hers).await;
    page.cut();
    page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "typed meanwhile"))).await;
    // Without a session no socket opens; with another person's the page is told, and nothing is taken as theirs.
    let refused = upgrade_answer(&server.stranger(), &hers).await.expect_err("nobody is let in");
    assert_eq!(refused.status(), 401);
    assert_eq!(outcome(&jonah, &hers).await, close_code::SIGNED_OUT);
    page.reconnect(&jonah, &hers).await;
    assert_eq!(page.until_closed().await.code, close_code::SIGNED_OUT);
    assert_eq!(page.peer.unsaved(), 1);
    assert_eq!(outcome(&mara, &format!("{id}?person=&generation=1")).await, close_code::SIGNED_OUT);
    let whole = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(whole["timeline"], json!([]));

    // Who signs in again brings what was typed.
    page.reconnect(&another_of(&server, &mara).await, &hers).await;
    page.until_saved().await;
    let whole = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!([&whole["timeline"][0]["text"], &whole["timeline"][0]["author"]], ["typed meanwhile", "Mara"]);
}

#[tokio::test]
async fn a_request_in_the_name_of_a_session_that_ended_is_refused() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let jonah = server.visitor("Jonah").await;
    let named = |visitor: &Visitor, path: &str| {
        let person = mara.person["id"].as_str().expect("an id");
        visitor.request(Method::GET, path).header("debrief-person", person)
    };
    let path = format!("/api/postmortems/{id}/versions/1");
    let stranger = server.stranger();
    for visitor in [&stranger, &jonah] {
        let answer = visitor.send(named(visitor, &path)).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "no_session"));
    }
    assert_eq!(mara.send(named(&mara, &path)).await.status, jonah.get(&path).await.status);
    // Of several cookies, that of the person counts.
    let both = format!("{}; {}", jonah.cookie().expect("a cookie"), mara.cookie().expect("a cookie"));
    let answer = stranger.send(named(&stranger, "/api/session").header("cookie", both)).await;
    assert_eq!(answer.expect(200), mara.person);
    // Who is to come in anew is nobody yet.
    assert_eq!(jonah.send(named(&jonah, "/api/session")).await.expect(200), Value::Null);
}

#[tokio::test]
async fn who_signs_out_is_signed_out_at_once_in_that_browser_alone() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let other = another_of(&server, &mara).await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let mut kept = TestPeer::connect(&other, &id).await;
    let mut follower = follower(&mara).await;
    let session = session_of(&mara).await;
    let jonah = server.visitor("Jonah").await;
    assert_eq!(jonah.delete(&format!("/api/sessions/{session}")).await.status, 404, "it is not his");
    mara.delete(&format!("/api/sessions/{session}")).await.expect(204);
    assert_eq!(page.until_closed().await.code, close_code::SIGNED_OUT);
    assert_eq!(follower.closed().await, close_code::SIGNED_OUT);
    assert_eq!(mara.get("/api/postmortems").await.status, 401);
    kept.run(&Command::SetTitle("Mara".into())).await;
    kept.until_saved().await;
    assert_eq!(other.get("/api/sessions").await.expect(200)["devices"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn another_password_signs_every_other_browser_out() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let other = another_of(&server, &mara).await;
    let mut page = TestPeer::connect(&other, &id).await;
    let mut own = TestPeer::connect(&mara, &id).await;
    let change = async |old: &str, new: &str| {
        mara.send(mara.request(Method::PUT, "/api/session/password").json(&json!({ "old": old, "new": new }))).await
    };
    assert_eq!(change("a wrong one altogether", OTHER_PASSWORD).await.code(), "sign_in_failed");
    assert_eq!(change(PASSWORD, "qwertyuiopas").await.code(), "weak_password");
    change(PASSWORD, OTHER_PASSWORD).await.expect(204);
    assert_eq!(page.until_closed().await.code, close_code::SIGNED_OUT);
    assert_eq!(other.get("/api/postmortems").await.status, 401);
    own.run(&Command::SetTitle("Mara".into())).await;
    own.until_saved().await;
    assert_eq!(sign_in(&server, &mara.person["mail"], PASSWORD).await.status, 401);
    sign_in(&server, &mara.person["mail"], OTHER_PASSWORD).await.expect(201);
}

#[tokio::test]
async fn who_comes_in_while_the_password_changes_is_not_left_in() {
    let often = Rate { burst: 1_000, every: Duration::from_millis(1) };
    let server = TestServer::with(|settings| settings.growth.sign_ins_of_pair = often);
    let mara = server.visitor("Mara").await;
    let change = json!({ "old": PASSWORD, "new": OTHER_PASSWORD });
    let changing = mara.send(mara.request(Method::PUT, "/api/session/password").json(&change));
    // Some are always on their way with the old one.
    let coming = async || {
        let mut came = Vec::new();
        loop {
            let answer = sign_in(&server, &mara.person["mail"], PASSWORD).await;
            if answer.status != 201 {
                assert_eq!(answer.code(), "sign_in_failed");
                return came;
            }
            came.push(server.stranger().signed_in(&answer));
        }
    };
    let (changed, came) = tokio::join!(changing, join_all((0..4).map(|_| coming())));
    changed.expect(204);
    for browser in came.concat() {
        assert_eq!(browser.get("/api/sessions").await.status, 401);
    }
    assert_eq!(mara.get("/api/sessions").await.expect(200)["devices"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_wrong_address_and_a_wrong_password_are_answered_alike() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let wrong = sign_in(&server, &mara.person["mail"], "a wrong one altogether").await;
    assert_eq!((wrong.status, wrong.code().as_str()), (401, "sign_in_failed"));
    for mail in ["nobody@harbour.example", "no address", ""] {
        let answer = sign_in(&server, &json!(mail), PASSWORD).await;
        assert_eq!((answer.status, &answer.text), (401, &wrong.text), "{mail}");
        assert_eq!(answer.header("set-cookie"), "");
    }
    for body in [json!({}), json!({ "name": "Mara" }), json!({ "mail": "mara@harbour.example" })] {
        assert_eq!(server.stranger().post("/api/sessions", body).await.status, 422);
    }
}

#[tokio::test]
async fn another_sites_page_cannot_write_in_somebodys_name() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let create = || mara.request(Method::POST, "/api/postmortems").json(&json!({"title": "Forged"}));
    for (header, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let answer = mara.send(create().header(header, value)).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "foreign_origin"), "{header}: {value}");
    }
    let own = format!("http://{}", server.address());
    let answer = mara.send(create().header("origin", own).header("sec-fetch-site", "same-origin")).await;
    answer.expect(201);
}

#[tokio::test]
async fn a_form_cannot_stand_in_for_json() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let request = mara.request(Method::POST, "/api/postmortems").header("content-type", content_type);
        let answer = mara.send(request.body(r#"{"title": "Forged"}"#)).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "not_json"));
    }
}
