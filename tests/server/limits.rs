//! How much one person, or one address, may make and ask.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::Method;
use serde_json::json;
use server::access::{Growth, Rate};
use std::time::Duration;
use tests::{Answer, PASSWORD, TestServer, Visitor};

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

/// Tries to sign in as somebody.
async fn try_as(person: &Visitor, stranger: &Visitor, password: &str) -> Answer {
    stranger.post("/api/sessions", json!({ "mail": person.person["mail"], "password": password })).await
}

/// Nobody yet, from another address of this machine.
fn elsewhere(server: &TestServer, number: u8) -> Visitor {
    server.stranger().coming_from([127, 0, 9, number].into())
}

#[tokio::test]
async fn one_address_tries_to_come_in_only_so_often() {
    let server = strict(|growth, rate| growth.sign_ins = rate);
    let mara = server.visitor("Mara").await;
    let stranger = server.stranger();
    // Whatever it is: a password, a link that is opened, one that makes an account.
    try_as(&mara, &stranger, "a wrong one altogether").await;
    let unknown = "0".repeat(64);
    stranger.post("/api/links", json!({ "token": unknown })).await;
    let account = json!({ "token": unknown, "name": "Noor", "mail": "noor@harbour.example", "password": PASSWORD });
    stranger.post("/api/accounts", account).await;
    let answer = try_as(&mara, &stranger, PASSWORD).await;
    assert_too_often(&answer);
    assert_eq!(answer.header("set-cookie"), "");
    try_as(&mara, &elsewhere(&server, 1), PASSWORD).await.expect(201);
    mara.start_postmortem("Who is signed in goes on").await;
}

#[tokio::test]
async fn who_mistypes_a_password_has_a_few_attempts_from_an_address() {
    let server = strict(|growth, rate| growth.sign_ins_of_pair = rate);
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let stranger = server.stranger();
    for _ in 0..3 {
        try_as(&mara, &stranger, "a wrong one altogether").await.expect(401);
    }
    assert_too_often(&try_as(&mara, &stranger, PASSWORD).await);
    try_as(&jonah, &stranger, PASSWORD).await.expect(201);
    try_as(&mara, &elsewhere(&server, 1), PASSWORD).await.expect(201);
    // Changing it is an attempt like any other.
    let jonah = jonah.coming_from([127, 0, 9, 2].into());
    let change = json!({ "old": "a wrong one altogether", "new": "lamp gravel seven otters" });
    for status in [401, 401, 401, 429] {
        let request = jonah.request(Method::PUT, "/api/session/password").json(&change);
        assert_eq!(jonah.send(request).await.status, status);
    }
}

#[tokio::test]
async fn guesses_from_elsewhere_lock_nobody_out_where_they_are_signed_in() {
    let server = strict(|growth, rate| growth.sign_ins_of_account = rate);
    let mara = server.visitor("Mara").await;
    let at_home = server.stranger();
    try_as(&mara, &at_home, PASSWORD).await.expect(201);
    for number in 1..3 {
        try_as(&mara, &elsewhere(&server, number), "a wrong one altogether").await.expect(401);
    }
    assert_too_often(&try_as(&mara, &elsewhere(&server, 3), PASSWORD).await);
    try_as(&mara, &at_home, PASSWORD).await.expect(201);
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
async fn a_company_comes_in_at_once_and_a_script_makes_hundreds_of_postmortems() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let stranger = server.stranger();
    // Behind one gateway everybody opens a link.
    for number in 0..299 {
        mara.start_postmortem(&format!("Incident {number}")).await;
        stranger.post("/api/links", json!({ "token": "0".repeat(64) })).await.expect(404);
    }
    try_as(&mara, &stranger, PASSWORD).await.expect(201);
}
