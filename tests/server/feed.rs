//! The live feed of the incident log: what changes is told to who follows it, in order, also when they were away.

use postmortem::Command;
use reqwest::Method;
use serde_json::{Value, json};
use server::cli::config::Settings;
use server::store::Store;
use server::store::audit::Actor;
use server::work::creation::New;
use tests::{Follower, TestPeer, TestServer, Visitor};

/// Where the log stands now.
async fn position(visitor: &Visitor) -> String {
    let log = visitor.get("/api/postmortems").await.expect(200);
    log["position"].as_str().expect("a position").to_owned()
}

/// Follows the log from now on, greeted.
pub async fn follower(visitor: &Visitor) -> Follower {
    let mut follower = Follower::connect(visitor, &position(visitor).await).await.expect("let in");
    assert_eq!(follower.next().await, json!({ "type": "welcome", "capabilities": ["create", "curate"] }));
    follower
}

/// A line of a post-mortem for which something holds, as soon as it is told.
async fn line(follower: &mut Follower, id: &str, holds: impl Fn(&Value) -> bool) -> Value {
    loop {
        let message = follower.next().await;
        assert_eq!(message["type"], "changed", "{message}");
        let lines = message["lines"].as_array().expect("lines");
        if let Some(line) = lines.iter().find(|line| line["id"] == id && holds(line)) {
            return line.clone();
        }
    }
}

#[tokio::test]
async fn a_new_post_mortem_a_title_and_a_deletion_are_told_to_who_follows() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let mut follower = follower(&jonah).await;
    let id = mara.start_postmortem("Disk full").await;
    let told = line(&mut follower, &id, |line| line["title"] == "Disk full").await;
    let listed = mara.get("/api/postmortems").await.expect(200)["postmortems"][0].clone();
    assert_eq!(told, listed, "a line of the feed is one of the log");

    let mut page = TestPeer::connect(&mara, &id).await;
    line(&mut follower, &id, |line| line["people"][0]["name"] == "Mara").await;
    page.run(&Command::SetTitle("Disk full in Frankfurt".into())).await;
    line(&mut follower, &id, |line| line["title"] == "Disk full in Frankfurt").await;
    let said = json!({ "section": "overview", "text": "Which disk?" });
    mara.post(&format!("/api/postmortems/{id}/comments"), said).await.expect(201);
    line(&mut follower, &id, |line| line["open_threads"] == 1).await;
    mara.patch("/api/session", json!({ "name": "Mara Lindqvist" })).await.expect(200);
    line(&mut follower, &id, |line| line["people"][0]["name"] == "Mara Lindqvist").await;
    page.cut();
    line(&mut follower, &id, |line| line["people"] == json!([])).await;

    assert_eq!(mara.delete(&format!("/api/postmortems/{id}")).await.status, 204);
    loop {
        let message = follower.next().await;
        if message["gone"] == json!([id]) {
            break;
        }
    }
}

#[tokio::test]
async fn who_was_away_hears_what_they_missed_also_over_a_restart() {
    let mut server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let before = position(&mara).await;
    let first = mara.start_postmortem("First").await;
    let mut caught_up = Follower::connect(&mara, &before).await.expect("let in");
    assert_eq!(caught_up.next().await["type"], "welcome");
    line(&mut caught_up, &first, |line| line["title"] == "First").await;
    server.restart();
    let jonah = server.visitor("Jonah").await;
    let second = jonah.start_postmortem("Second").await;
    // What was told before the restart leads on after it.
    let mut again = Follower::connect(&jonah, &before).await.expect("let in");
    assert_eq!(again.next().await["type"], "welcome");
    let mut missing = vec![first, second];
    while !missing.is_empty() {
        let message = again.next().await;
        let told: Vec<&str> =
            message["lines"].as_array().expect("lines").iter().filter_map(|l| l["id"].as_str()).collect();
        missing.retain(|id| !told.contains(&id.as_str()));
    }
}

#[tokio::test]
async fn who_comes_with_another_history_is_to_ask_for_the_log() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    for after in ["", "nonsense", "0123456789abcdef0123456789abcdef.999999.0"] {
        let mut follower = Follower::connect(&mara, after).await.expect("let in");
        assert_eq!(follower.next().await["type"], "welcome", "{after}");
        assert_eq!(follower.next().await, json!({ "type": "anew" }), "{after}");
        assert_eq!(follower.closed().await, 1000, "{after}");
    }
}

#[tokio::test]
async fn what_another_process_imports_beside_the_server_is_told() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let mut follower = follower(&mara).await;
    let elsewhere = Store::open(&Settings::in_folder(server.folder()).database).await.expect("the database");
    let new = New::empty("Imported beside", postmortem::Severity::Sev2).expect("a title");
    let id = new.keep(&elsewhere, &Actor::Operator).await.expect("kept");
    elsewhere.close().await;
    line(&mut follower, id.as_str(), |line| line["title"] == "Imported beside").await;
}

#[tokio::test]
async fn followers_are_bounded_with_all_connections_and_say_nothing() {
    let server = TestServer::with(|settings| settings.bounds.connections = 1);
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let mut only = follower(&mara).await;
    assert_eq!(Follower::connect(&jonah, "").await.err(), Some(503), "nobody gives way who has no more");
    assert_eq!(
        Follower::connect(&server.stranger(), "").await.err(),
        Some(401),
        "who is not signed in follows nothing"
    );
    only.say("hello").await;
    assert_eq!(only.closed().await, 1003);
}

#[tokio::test]
async fn another_sites_page_does_not_follow() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    assert_eq!(Follower::connect_from(&mara, "", "https://evil.example").await.err(), Some(403));
    assert_eq!(mara.get("/api/feed").await.status, 426);
}

#[tokio::test]
async fn a_stop_ends_followers_with_a_word() {
    let mut server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let mut follower = follower(&mara).await;
    let stopping = std::thread::spawn(move || server.stop());
    assert_eq!(follower.closed().await, 1012);
    stopping.join().expect("it stops well");
}

#[tokio::test]
async fn what_is_private_is_told_to_whom_it_names_and_is_gone_for_who_loses_it() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let mut follower = follower(&jonah).await;
    let private = json!({ "title": "Customer records", "access": "private" });
    let private = mara.post("/api/postmortems", private).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let open = mara.start_postmortem("Disk full").await;
    loop {
        let message = follower.next().await;
        assert!(!message.to_string().contains(&private), "there is no trace of it: {message}");
        if message.to_string().contains(&open) {
            break;
        }
    }
    let member = json!([{ "person": jonah.person["id"], "role": "viewer" }]);
    let change = async |id: &str, change: Value| {
        let request = mara.request(Method::PUT, &format!("/api/postmortems/{id}/access")).json(&change);
        mara.send(request).await.expect(200)
    };
    change(&private, json!({ "access": "private", "members": member })).await;
    let told = line(&mut follower, &private, |_| true).await;
    assert_eq!(told["access"], "private");
    for id in [&private, &open] {
        change(id, json!({ "access": "private", "members": [] })).await;
        loop {
            let message = follower.next().await;
            if message["gone"] == json!([id]) {
                break;
            }
            assert!(
                message["lines"].as_array().is_none_or(|lines| lines.iter().all(|line| line["id"] != **id)),
                "{message}"
            );
        }
    }
    let log = jonah.get("/api/postmortems").await.expect(200);
    assert_eq!(log["postmortems"], json!([]));
}
