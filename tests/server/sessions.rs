//! Names, cookies, and what needs them.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use postmortem::Command;
use postmortem::api::close_code;
use reqwest::Method;
use serde_json::{Value, json};
use server::access::{Growth, Rate};
use server::cli::config::Settings;
use sqlx::{Connection, SqliteConnection};
use std::time::Duration;
use tests::{Answer, Scenario, TestPeer, TestServer, Visitor, answer, entry, fresh_id, outcome};

#[tokio::test]
async fn a_visitor_who_gives_a_name_gets_a_session() {
    let server = TestServer::start();
    let stranger = server.stranger();
    assert_eq!(stranger.get("/api/session").await.expect(200), json!(null));
    let answer = stranger.post("/api/sessions", json!({"name": "  Mara\nLindqvist "})).await;
    assert_eq!(answer.expect(201)["name"], "Mara Lindqvist");
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!cookie.contains("Secure"), "{cookie}");
    let mara = server.visitor("Mara").await;
    assert_eq!(mara.get("/api/session").await.expect(200), mara.person);
}

#[tokio::test]
async fn behind_https_the_cookie_is_for_https_only() {
    let server = TestServer::behind("https://debrief.example.org");
    let answer = server.stranger().post("/api/sessions", json!({"name": "Mara"})).await;
    assert!(answer.header("set-cookie").contains("; Secure"));
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

/// A server where so many of a thing may be made, and another after an hour.
fn strict(change: impl FnOnce(&mut Growth, Rate)) -> TestServer {
    TestServer::with(|settings| change(&mut settings.growth, Rate { burst: 3, every: Duration::from_secs(3_600) }))
}

#[track_caller]
fn assert_too_often(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (429, "too_often"), "{}", answer.text);
    let seconds: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((3_000..=3_601).contains(&seconds), "{seconds}");
    assert!(answer.message().contains(&format!("Wait {seconds} s")), "{}", answer.message());
}

#[tokio::test]
async fn one_address_makes_no_sessions_without_end() {
    let server = strict(|growth, rate| growth.sessions = rate);
    let mara = server.visitor("Mara").await;
    let stranger = server.stranger();
    for name in [" ", "Jonah", "Iris"] {
        stranger.post("/api/sessions", json!({"name": name})).await;
    }
    let answer = stranger.post("/api/sessions", json!({"name": "Noor"})).await;
    assert_too_often(&answer);
    assert_eq!(answer.header("set-cookie"), "");
    mara.start_postmortem("Who has a name goes on").await;
}

#[tokio::test]
async fn one_person_and_one_address_start_no_postmortems_without_end() {
    let example = json!({"name": "github-2018-10-21"});
    let server = strict(|growth, rate| growth.postmortems_of_person = rate);
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    for _ in 0..4 {
        assert_eq!(mara.post("/api/examples", json!({"name": "nope"})).await.status, 404);
    }
    for _ in 0..3 {
        mara.start_postmortem("Disk full").await;
    }
    assert_too_often(&mara.post("/api/postmortems", json!({"title": "Disk full"})).await);
    assert_too_often(&mara.post("/api/imports", json!({"title": "Disk full"})).await);
    assert_too_often(&mara.post("/api/examples", example).await);
    jonah.start_postmortem("Another person's").await;

    let server = strict(|growth, rate| growth.postmortems = rate);
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    for visitor in [&mara, &jonah, &mara] {
        visitor.start_postmortem("Disk full").await;
    }
    assert_too_often(&jonah.post("/api/postmortems", json!({"title": "Disk full"})).await);
}

#[tokio::test]
async fn who_asks_without_end_is_told_to_wait_and_nobody_else_is() {
    let server = TestServer::with(|settings| settings.requests_per_second = 1);
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    // Five are saved up, and ten more may wait for a second each.
    let mut asked: FuturesUnordered<_> = (0..16).map(|_| mara.get("/api/session")).collect();
    let refused = loop {
        let answer = asked.next().await.expect("one more than may wait is refused");
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!((refused.status, refused.code().as_str()), (429, "too_often"), "{}", refused.text);
    assert!(refused.message().starts_with("Too many requests came from you"), "{}", refused.message());
    assert!(!refused.header("retry-after").is_empty());
    jonah.get("/api/session").await.expect(200);
}

#[tokio::test]
async fn a_script_makes_hundreds_of_sessions_and_postmortems_at_once() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    for number in 0..300 {
        mara.start_postmortem(&format!("Incident {number}")).await;
        server.visitor(&format!("Person {number}")).await;
    }
}

async fn database(server: &TestServer) -> SqliteConnection {
    let file = Settings::in_folder(server.folder()).database;
    SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("the database")
}

/// The names that users have, when there are so many.
async fn until_users(database: &mut SqliteConnection, count: usize) -> Vec<String> {
    let ask = async || {
        let users = sqlx::query_scalar("select name from users where id <> 'guest' order by name");
        let names: Vec<String> = users.fetch_all(&mut *database).await.expect("the users");
        (names.len() == count).then_some(names)
    };
    answer("idle sessions end", ask).await
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_and_so_does_a_person_who_did_nothing() {
    let mut server = TestServer::start();
    let (used, writing) = (server.visitor("Used").await, server.visitor("Writing").await);
    let (unused, fresh) = (server.visitor("Unused").await, server.visitor("Fresh").await);
    used.get("/api/session").await.expect(200);
    writing.start_postmortem("Disk full").await;
    // All were made two days ago but one, and the one who writes was last here two years ago.
    server.stop();
    let mut rows = database(&server).await;
    for statement in [
        "update sessions set created_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-2 days')
         where user_id <> (select id from users where name = 'Fresh')",
        "update sessions set used_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-2 years')
         where user_id = (select id from users where name = 'Writing')",
    ] {
        sqlx::query(statement).execute(&mut rows).await.expect("an older session");
    }
    server.restart();
    assert_eq!(until_users(&mut rows, 3).await, ["Fresh", "Used", "Writing"]);
    rows.close().await.expect("closed");
    for (visitor, person) in
        [(&used, &used.person), (&fresh, &fresh.person), (&unused, &Value::Null), (&writing, &Value::Null)]
    {
        assert_eq!(person_of(&server, visitor.cookie().expect("a cookie")).await, *person);
    }
}

#[tokio::test]
async fn a_name_of_nothing_or_of_a_novel_is_refused() {
    let server = TestServer::start();
    for name in [" ".to_owned(), "x".repeat(61)] {
        let answer = server.stranger().post("/api/sessions", json!({"name": name})).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"));
    }
}

#[tokio::test]
async fn the_first_people_differ_in_colour() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    assert_ne!(mara.person["color"], jonah.person["color"]);
}

#[tokio::test]
async fn writing_needs_a_name() {
    let server = TestServer::start();
    let stranger = server.stranger();
    let answer = stranger.post("/api/postmortems", json!({"title": "Disk full"})).await;
    assert_eq!((answer.status, answer.message().as_str()), (401, "Give your name first."));
    for path in ["/api/imports", "/api/examples"] {
        assert_eq!(stranger.post(path, json!({})).await.status, 401, "{path}");
    }
}

/// Where a page connects that says as whose it writes.
fn as_whose(id: &str, person: &Value) -> String {
    format!("{id}?person={}", person["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn nothing_is_taken_from_a_page_whose_person_has_no_session() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let jonah = server.visitor("Jonah").await;
    let mut page = TestPeer::connect(&mara, &as_whose(&id, &mara.person)).await;
    page.cut();
    page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "typed meanwhile"))).await;
    // Without a cookie, with one that is not known, with another person's: the page is told, and nothing is a guest's.
    let stranger = server.stranger();
    for whoever in [&stranger, &jonah] {
        assert_eq!(outcome(whoever, &as_whose(&id, &mara.person)).await, close_code::SIGNED_OUT);
        page.reconnect(whoever, &as_whose(&id, &mara.person)).await;
        assert_eq!(page.until_closed().await.code, close_code::SIGNED_OUT);
        assert_eq!(page.peer.unsaved(), 1);
    }
    assert_eq!(outcome(&stranger, &format!("{id}?person=&generation=1")).await, close_code::SIGNED_OUT);
    let whole = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(whole["timeline"], json!([]));

    // Who gives the name again brings what was typed, as themselves.
    let again = server.visitor("Mara").await;
    page.reconnect(&again, &as_whose(&id, &again.person)).await;
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
    // What hangs on nobody is answered.
    stranger.send(named(&stranger, &format!("/api/postmortems/{id}/comments"))).await.expect(200);
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
