//! A database of a release before is opened, brought up and used, and nothing of it is lost.

use postmortem::TeamRole;
use serde_json::json;
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::path::Path;
use tests::TestServer;

/// What a release without accounts wrote: Mara's post-mortem with a comment and a published page, and somebody who did
/// nothing. The page is shortened.
const WITHOUT_ACCOUNTS: &str = include_str!("releases/without_accounts.sql");

fn write_database(file: &Path) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(false);
    let writing = async move {
        let mut database = options.connect().await.expect("a database");
        sqlx::raw_sql(WITHOUT_ACCOUNTS).execute(&mut database).await.expect("what the release wrote");
        // A summary that a crash left behind.
        let behind = sqlx::query("update postmortems set status = 'closed'");
        behind.execute(&mut database).await.expect("written");
        database.close().await.expect("closed");
    };
    let thread = std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(writing);
    });
    thread.join().expect("written");
}

#[tokio::test]
async fn names_of_before_stay_with_what_they_wrote_and_can_be_joined_to_an_account() {
    let server = TestServer::with(|settings| write_database(&settings.database));
    let (ada, mara) = (server.visitor_as("Ada", TeamRole::Admin).await, server.visitor("Mara Lindqvist").await);
    assert!(server.stranger().get("/api/postmortems").await.status == 401, "and so do sessions of names");
    let log = ada.get("/api/postmortems").await.expect(200);
    let listed = &log["postmortems"][0];
    assert_eq!((&listed["title"], &listed["open_threads"]), (&json!("Disk full"), &json!(1)));
    let id = listed["id"].as_str().expect("an id");
    let page = server.stranger().get(&format!("/p/{}", listed["publication"].as_str().expect("a slug"))).await;
    assert_eq!((page.status, page.text.contains("Disk full")), (200, true), "a link in a mail that was sent goes on");

    // Whoever did nothing is forgotten; the other is a name that nobody has an account for.
    let people = ada.get("/api/people").await.expect(200);
    let names = people["names"].as_array().expect("names");
    assert_eq!((names.len(), &names[0]["name"], &names[0]["postmortems"]), (1, &json!("Mara"), &json!(1)));
    let path = format!("/api/postmortems/{id}");
    let head = ada.get(&path).await.expect(200);
    assert_eq!((&listed["status"], &head["status"]), (&json!("closed"), &json!("draft")), "the document knows better");
    let listed = ada.get("/api/postmortems").await.expect(200)["postmortems"][0].clone();
    assert_eq!((&listed["status"], &listed["owner"]), (&json!("draft"), &head["owner"]), "once it was opened");
    assert_eq!(mara.delete(&path).await.status, 403, "it belongs to nobody yet");
    let joined = json!({"name": names[0]["id"]});
    let user = mara.person["id"].as_str().expect("an id");
    assert_eq!(ada.post(&format!("/api/people/{user}/names"), joined.clone()).await.status, 204);
    assert_eq!(ada.post(&format!("/api/people/{user}/names"), joined).await.status, 404, "once");
    let comment = mara.get(&path).await.expect(200)["threads"][0]["comments"][0].clone();
    assert_eq!(comment["author"]["name"], "Mara Lindqvist");
    let comment = format!("{path}/comments/{}", comment["id"].as_str().expect("an id"));
    mara.patch(&comment, json!({"text": "Which disk, and whose?"})).await.expect(200);
    assert_eq!(ada.patch(&comment, json!({"text": "Mine"})).await.code(), "not_yours");
    assert_eq!(mara.get("/api/people").await.expect(200)["people"].as_array().map(Vec::len), Some(3));
    assert_eq!(mara.delete(&path).await.status, 204, "it is hers now");
}

#[tokio::test]
async fn what_a_release_before_wrote_is_handed_over_before_anybody_has_opened_it() {
    let server = TestServer::with(|settings| write_database(&settings.database));
    let (ada, mara) = (server.visitor_as("Ada", TeamRole::Admin).await, server.visitor("Mara Lindqvist").await);
    let listed = ada.get("/api/postmortems").await.expect(200)["postmortems"][0].clone();
    let path = format!("/api/postmortems/{}", listed["id"].as_str().expect("an id"));
    ada.set(&format!("{path}/owner"), json!({"person": mara.person["id"]})).await.expect(200);
    let head = ada.get(&path).await.expect(200);
    assert_eq!(
        (&head["owner"], &head["status"]),
        (&json!("Mara Lindqvist"), &json!("draft")),
        "the status is the document's"
    );
    let listed = ada.get("/api/postmortems").await.expect(200)["postmortems"][0].clone();
    assert_eq!(listed["owner"], "Mara Lindqvist", "opening it has undone nothing");
    assert_eq!(mara.delete(&path).await.status, 204);
}
