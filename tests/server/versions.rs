//! Versions: what is kept of a post-mortem as it was, and bringing it back by ordinary edits.

use postmortem::{Command, ItemKind, SectionKey, Status, TextChange, TextId};
use serde_json::{Value, json};
use server::cli::config::Settings;
use server::sync::Pace;
use sqlx::{Connection, SqliteConnection};
use std::time::Duration;
use tests::{Scenario, TestPeer, TestServer, Visitor, answer, entry, fresh_id, insert, until};

fn overview() -> TextId {
    TextId::Section("overview".parse::<SectionKey>().expect("a section"))
}

async fn versions(visitor: &Visitor, id: &str) -> Vec<Value> {
    let listed = visitor.get(&format!("/api/postmortems/{id}/versions")).await.expect(200);
    listed["versions"].as_array().expect("a list").clone()
}

/// Asks until the newest version has a reason; the server keeps some a moment after what they are kept for.
async fn until_kept(visitor: &Visitor, id: &str, reason: &str) -> Value {
    let ask = async || {
        // The incident log waits for the summaries of all rooms, and so for what comes with them.
        visitor.get("/api/postmortems").await.expect(200);
        let newest = versions(visitor, id).await.into_iter().next();
        newest.filter(|newest| newest["reason"] == reason)
    };
    answer("a version is kept", ask).await
}

#[tokio::test]
async fn a_version_is_kept_of_what_was_published_and_of_each_status() {
    let Scenario { server: _server, mara, id } = Scenario::importing_at(
        TestServer::hurried(Pace { status_version: Duration::ZERO, ..Pace::default() }),
        "github",
    )
    .await;
    let page = TestPeer::connect(&mara, &id).await;
    assert_eq!(versions(&mara, &id).await, Vec::<Value>::new());
    mara.post(&format!("/api/postmortems/{id}/publications"), json!({})).await.expect(201);
    let mut published = json!(page.value());
    set_status(&mara, &id, Status::InReview).await;
    let newest = until_kept(&mara, &id, "status_change").await;
    assert_eq!([&newest["version"], &newest["by"]["name"]], [&json!(2), &json!("Mara")]);
    let kept = versions(&mara, &id).await;
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert_eq!([&kept[1]["reason"], &kept[1]["by"]["name"]], [&json!("published"), &json!("Mara")]);
    let shown = mara.get(&format!("/api/postmortems/{id}/versions/1")).await.expect(200);
    // A version names the owner of then, whoever has that account now.
    published.as_object_mut().expect("fields").remove("owner_id");
    assert_eq!(shown["postmortem"], published);
    assert_eq!(mara.get(&format!("/api/postmortems/{id}/versions/3")).await.status, 404);
    assert_eq!(mara.get("/api/postmortems/nope/versions").await.status, 404);
}

async fn set_status(visitor: &Visitor, id: &str, status: Status) {
    visitor.set(&format!("/api/postmortems/{id}/status"), json!({"status": status})).await.expect(200);
}

/// Changes the database behind the server's back.
async fn execute(server: &TestServer, statement: &'static str) {
    let database = Settings::in_folder(server.folder()).database;
    let mut other = SqliteConnection::connect(&format!("sqlite:{}", database.display())).await.expect("the database");
    sqlx::query(statement).execute(&mut other).await.expect("executed");
    other.close().await.expect("closed");
}

#[tokio::test]
async fn a_version_that_cannot_be_read_is_no_reason_to_keep_no_other() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let path = format!("/api/postmortems/{id}/publications");
    mara.post(&path, json!({})).await.expect(201);
    execute(&server, "update versions set reason = 'of a later release', made_at = 'some day'").await;
    // A page that is the same as before would be no reason to keep one.
    page.run(&Command::SetTitle("Disk full again".into())).await;
    page.until_saved().await;
    mara.post(&path, json!({})).await.expect(201);
    assert_eq!(mara.get(&format!("/api/postmortems/{id}/versions/2")).await.status, 200);
}

#[tokio::test]
async fn what_people_write_is_saved_even_where_no_version_can_be() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let mut page = TestPeer::connect(&mara, &id).await;
    execute(
        &server,
        "create trigger refused before insert on versions begin select raise(abort, 'there is no place'); end",
    )
    .await;
    mara.post(&format!("/api/postmortems/{id}/publications"), json!({})).await.expect(201);
    page.run(&Command::EditText(overview(), insert(0, "Saved all the same."))).await;
    page.until_saved().await;
    assert_eq!(versions(&mara, &id).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_status_that_changes_again_and_again_is_not_kept_each_time() {
    let Scenario { server: _server, mara, id } = Scenario::blank().await;
    mara.post(&format!("/api/postmortems/{id}/publications"), json!({})).await.expect(201);
    for status in [Status::InReview, Status::Draft, Status::InReview] {
        set_status(&mara, &id, status).await;
        // The incident log waits for the summaries of all rooms, and so for what comes with them.
        mara.get("/api/postmortems").await.expect(200);
    }
    let kept = versions(&mara, &id).await;
    assert_eq!(kept.len(), 1, "{kept:?}");
}

#[tokio::test]
async fn a_room_whose_log_no_longer_replays_keeps_what_it_holds_as_versions() {
    let pace = Pace { summary: Duration::from_millis(1), fold_after: 3, ..Pace::default() };
    let Scenario { mut server, mara, id } = Scenario::blank_at(TestServer::hurried(pace)).await;
    let mut page = TestPeer::connect(&mara, &id).await;
    execute(&server, "create table aside as select * from updates").await;
    execute(&server, "update updates set data = x'ff'").await;
    for word in ["three", "two ", "one "] {
        page.run(&Command::EditText(overview(), insert(0, word))).await;
        page.until_saved().await;
    }
    let kept = until_kept(&mara, &id, "activity").await;
    page.run(&Command::SetTitle("Mara".into())).await;
    page.until_saved().await;
    server.restart();
    let mara = server.visitor("Mara").await;
    let newest = versions(&mara, &id).await.into_iter().next().expect("a version");
    assert!(newest["version"].as_u64() > kept["version"].as_u64(), "{newest} after {kept}");
    let shown = mara.get(&format!("/api/postmortems/{id}/versions/{}", newest["version"])).await.expect(200);
    assert_eq!(shown["postmortem"]["sections"]["overview"], "one two three");
    assert_eq!(shown["postmortem"]["title"], "Mara");
    execute(&server, "insert or replace into updates select * from aside").await;
}

#[tokio::test]
async fn versions_are_kept_while_people_write() {
    let pace = Pace { version: Duration::from_millis(1), summary: Duration::from_millis(1), ..Pace::default() };
    let Scenario { server, mara, id } = Scenario::blank_at(TestServer::hurried(pace)).await;
    let jonah = server.visitor("Jonah").await;
    let (mut hers, mut his) = (TestPeer::connect(&mara, &id).await, TestPeer::connect(&jonah, &id).await);
    his.run(&Command::EditText(overview(), insert(0, "The disk filled up."))).await;
    his.until_saved().await;
    let first = until_kept(&mara, &id, "activity").await;
    assert_eq!(first["by"]["name"], "Jonah");
    hers.run(&Command::SetTitle("Mara".into())).await;
    hers.until_saved().await;
    until("a second version is kept", async || versions(&mara, &id).await.len() >= 2).await;
    let path = format!("/api/postmortems/{id}/versions/{}", first["version"]);
    let shown = mara.get(&path).await.expect(200);
    assert_eq!(shown["postmortem"]["sections"]["overview"], "The disk filled up.");
    assert_eq!(shown["postmortem"]["title"], "Disk full", "a version never changes");
}

#[tokio::test]
async fn a_version_comes_back_under_the_hands_of_a_concurrent_editor() {
    let Scenario { server, mara, id } = Scenario::importing("gitlab").await;
    let jonah = server.visitor("Jonah").await;
    let mut hers = TestPeer::connect(&mara, &id).await;
    mara.post(&format!("/api/postmortems/{id}/publications"), json!({})).await.expect(201);
    let version = hers.value();

    let spoiled = version.timeline[0].id.clone();
    let later = fresh_id();
    hers.run(&Command::SetTitle("Nothing happened".into())).await;
    hers.run(&Command::Delete(ItemKind::Entry, spoiled.clone())).await;
    hers.run(&Command::AddEntry(later.clone(), entry("2017-02-01T10:00:00Z", "written by mistake"))).await;
    let end = version.section("overview").encode_utf16().count() as u32;
    let gone = TextChange { from: 0, to: end, insert: "Gone. ".into() };
    hers.run(&Command::EditText(overview(), vec![gone])).await;
    hers.until_saved().await;
    let before = hers.value();

    // Jonah writes without having heard of what happens meanwhile: what he brings arrives in the middle of it.
    let mut his = TestPeer::connect(&jonah, &id).await;
    his.cut();
    let resolution = TextId::Section("resolution".parse().expect("a section"));
    his.run(&Command::EditText(resolution.clone(), insert(0, "Jonah wrote this. "))).await;
    his.run(&Command::EditText(TextId::Entry(later.clone()), insert(0, "Jonah: "))).await;
    let path = format!("/api/postmortems/{id}/restorations");
    let restoring = mara.post(&path, json!({ "version": 1 }));
    let (restored, ()) = tokio::join!(restoring, his.reconnect(&jonah, &id));
    let restored = restored.expect(201);
    let undo = restored["before"].as_u64().expect("the version that undoes it");
    his.until_saved().await;
    hers.until_equal(&mut his).await;

    let mut value = hers.value();
    let resolved = value.sections.get_mut(&"resolution".parse::<SectionKey>().expect("a section")).expect("there");
    assert!(resolved.starts_with("Jonah wrote this. "), "{resolved}");
    *resolved = resolved.replacen("Jonah wrote this. ", "", 1);
    assert_eq!(value, version);
    his.run(&Command::Restore(ItemKind::Entry, later.clone())).await;
    his.until_saved().await;
    let kept = his.replica.entry(&later).expect("brought back");
    assert_eq!(kept.text, "Jonah: written by mistake", "a later entry is only marked as deleted");

    mara.post(&path, json!({ "version": undo })).await.expect(201);
    hers.until("it is undone", |page| page.value().details == before.details).await;
    hers.until_equal(&mut his).await;
    let undone = hers.value();
    assert_eq!(undone.section("overview"), "Gone. ");
    assert!(undone.timeline.iter().all(|entry| entry.id != spoiled), "deleted again");
    assert!(undone.timeline.iter().any(|entry| entry.id == later), "and back again");

    let nothing = mara.post(&path, json!({ "version": undo })).await.expect(201);
    assert_eq!(nothing["before"], Value::Null, "nothing had to change");
    assert_eq!(server.stranger().post(&path, json!({ "version": 1 })).await.status, 401);
    assert_eq!(mara.post(&path, json!({ "version": 99 })).await.status, 404);
    let reasons: Vec<Value> = versions(&mara, &id).await.into_iter().map(|line| line["reason"].clone()).collect();
    assert_eq!(reasons, [json!("before_restore"), json!("before_restore"), json!("published")]);
    let brought = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(brought["title"], "Nothing happened");
}
