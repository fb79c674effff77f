//! What is deleted for good is gone from the disk: no byte of the database or its log tells of it once the log was folded.

use crate::operations::overview;
use postmortem::{Command, ItemKind, TextChange};
use serde_json::json;
use server::cli::config::Settings;
use server::sync::Pace;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::Path;
use std::time::Duration;
use tests::{PATIENCE, TestPeer, TestServer, entry, fresh_id, insert, until};
use tokio::time::timeout;

/// A server that folds its log soon.
fn quick(change: impl FnOnce(&mut Pace)) -> TestServer {
    TestServer::with(|settings| {
        settings.store.sweep_after = Duration::from_millis(5);
        settings.store.sweep_every = Duration::from_millis(20);
        change(&mut settings.pace);
    })
}

/// Where the words stand: the file and how far into it. The log comes first: what is folded meanwhile moves from there into
/// the database, and would be in neither the other way round.
fn place(folder: &Path, words: &str) -> Option<(&'static str, usize)> {
    ["debrief.db-wal", "debrief.db"].into_iter().find_map(|name| {
        let bytes = std::fs::read(folder.join(name)).unwrap_or_default();
        Some((name, bytes.windows(words.len()).position(|window| window == words.as_bytes())?))
    })
}

fn holds(folder: &Path, words: &str) -> bool {
    place(folder, words).is_some()
}

async fn until_gone(folder: &Path, words: &str) {
    until(&format!("{words:?} is gone from the disk"), async || !holds(folder, words)).await;
}

/// Changes the database as careful as the server is.
async fn execute(folder: &Path, statement: &'static str) {
    let options =
        SqliteConnectOptions::new().filename(Settings::in_folder(folder).database).pragma("secure_delete", "on");
    let mut other = options.connect().await.expect("the database");
    sqlx::query(statement).execute(&mut other).await.expect("executed");
    other.close().await.expect("closed");
}

#[tokio::test]
async fn a_deleted_postmortem_leaves_no_word_on_the_disk() {
    let server = quick(|_| {});
    let mara = server.visitor("Mara").await;
    let (doomed, kept) = (mara.start_postmortem("Quagmire").await, mara.start_postmortem("Evergreen").await);
    let path = format!("/api/postmortems/{doomed}");
    let mut page = TestPeer::connect(&mara, &doomed).await;
    let long = "Perambulation of the disk. ".repeat(700);
    page.run(&Command::EditText(overview(), insert(0, &long))).await;
    page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "A zeppelin landed"))).await;
    page.until_saved().await;
    let whole = mara.get(&path).await.expect(200);
    let comment = json!({"entry": whole["timeline"][0]["id"], "text": "Wherefore the kumquat?"});
    mara.post(&format!("{path}/comments"), comment).await.expect(201);
    mara.post(&format!("{path}/publications"), json!({})).await.expect(201);
    let taken_out =
        "insert into replaced_logs select postmortem_id, '2026-01-01', 'update', sequence, data from updates";
    execute(server.folder(), taken_out).await;
    let words = ["Quagmire", "Perambulation", "zeppelin", "kumquat"];
    for word in words {
        assert!(holds(server.folder(), word), "{word} was never there");
    }
    assert_eq!(mara.delete(&path).await.status, 204);
    for word in words {
        until_gone(server.folder(), word).await;
    }
    assert!(holds(server.folder(), "Evergreen"));
    mara.get(&format!("/api/postmortems/{kept}")).await.expect(200);
}

#[tokio::test]
async fn what_was_folded_and_thinned_leaves_no_word_on_the_disk() {
    let server = quick(|pace| {
        pace.fold_after = 6;
        pace.version = Duration::from_millis(1);
        pace.summary = Duration::from_millis(1);
    });
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    page.run(&Command::EditText(overview(), insert(0, "Perambulation"))).await;
    page.until_saved().await;
    // Versions hold the word until one is kept without it.
    let versions = format!("/api/postmortems/{id}/versions");
    let until_kept = async |words: &str| {
        let is_kept = async || {
            mara.get("/api/postmortems").await.expect(200);
            let listed = mara.get(&versions).await.expect(200);
            let Some(number) = listed["versions"][0]["version"].as_u64() else { return false };
            let newest = mara.get(&format!("{versions}/{number}")).await.expect(200);
            newest["postmortem"]["sections"]["overview"] == words
        };
        until(&format!("a version has {words:?}"), is_kept).await;
    };
    until_kept("Perambulation").await;
    assert!(holds(server.folder(), "Perambulation"));
    let taken_back = TextChange { from: 0, to: 13, insert: String::new() };
    page.run(&Command::EditText(overview(), vec![taken_back])).await;
    page.until_saved().await;
    until_kept("").await;
    // A year later only the last version of that day stays.
    execute(server.folder(), "update versions set made_at = '2020-01-01T10:00:00+00:00'").await;
    let gone = timeout(PATIENCE, async {
        let mut minute = 0;
        while holds(server.folder(), "Perambulation") {
            let id = fresh_id();
            page.run(&Command::AddEntry(id.clone(), entry(&format!("2018-10-21T23:{:02}:00Z", minute % 60), "x")))
                .await;
            page.run(&Command::Delete(ItemKind::Entry, id)).await;
            page.until_saved().await;
            minute += 1;
        }
    });
    assert!(gone.await.is_ok(), "it is still on the disk");
}
