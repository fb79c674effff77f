//! While the store takes nothing, nothing is acknowledged and nobody sees what may be lost; everyone is told. When it
//! can again, everything that was accepted is saved, in its order, without anybody doing anything.

use futures_util::{SinkExt, StreamExt};
use postmortem::wire::{self, Message};
use postmortem::{ClientId, Command, Event, Replica, SectionKey, TextChange, TextId};
use serde_json::json;
use server::cli::config::Settings;
use server::sync::Pace;
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tests::{PATIENCE, Process, Scenario, TestPeer, TestServer, Visitor, answer, bare_socket, insert, until};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

fn overview() -> TextId {
    TextId::Section("overview".parse::<SectionKey>().expect("a section"))
}

/// Whether this is the last that a page was told of the disk. A slow one may have been told of for a moment before.
fn is_told(page: &TestPeer, is_failing: bool) -> bool {
    let told = page.events.iter().rfind(|event| matches!(event, Event::Storage { .. }));
    told == Some(&Event::Storage { is_failing })
}

/// Another program that holds the lock of the database for as long as this value is kept.
async fn lock(server: &TestServer) -> SqliteConnection {
    let database = Settings::in_folder(server.folder()).database;
    let mut other = SqliteConnection::connect(&format!("sqlite:{}", database.display())).await.expect("the database");
    sqlx::query("begin immediate").execute(&mut other).await.expect("the lock");
    other
}

#[tokio::test]
async fn everyone_is_told_when_nothing_can_be_saved_and_when_it_can_again() {
    let server = TestServer::hurried(Pace { patience: Duration::from_millis(200), ..Pace::default() });
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let (id, elsewhere) = (mara.start_postmortem("Disk full").await, mara.start_postmortem("Elsewhere").await);
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut watching = TestPeer::connect(&jonah, &id).await;
    let mut neighbour = TestPeer::connect(&jonah, &elsewhere).await;

    let lock = lock(&server).await;
    typing.run(&Command::EditText(overview(), insert(0, "Typed while the disk took nothing."))).await;
    for page in [&mut typing, &mut watching, &mut neighbour] {
        page.until("it is told that nothing can be saved", |page| is_told(page, true)).await;
    }
    let late = TestPeer::connect(&jonah, &id).await;
    for page in [&mut typing, &mut watching, &mut neighbour] {
        page.take_in_what_came().await;
        assert!(is_told(page, true), "nobody is told otherwise while it is so");
    }
    assert!(is_told(&late, true), "who joins meanwhile is told as well");
    assert_eq!(late.value().section("overview"), "");
    assert_eq!(watching.value().section("overview"), "");
    assert!(typing.peer.unsaved() > 0);

    lock.close().await.expect("released");
    typing.until_equal(&mut watching).await;
    assert_eq!(watching.value().section("overview"), "Typed while the disk took nothing.");
    for page in [&mut typing, &mut watching, &mut neighbour] {
        page.until("it is told that saving works again", |page| is_told(page, false)).await;
    }
}

/// A server that soon says what is wrong, and does not wait long for a lock.
fn impatient() -> TestServer {
    TestServer::with(|settings| {
        settings.pace.patience = Duration::from_millis(50);
        settings.store.busy = Duration::from_millis(20);
    })
}

/// How often saving has failed.
async fn failures(visitor: &Visitor) -> f64 {
    let page = visitor.get("/metrics").await.text;
    let line = page.lines().find_map(|line| line.strip_prefix("debrief_commit_failures_total "));
    line.and_then(|number| number.trim().parse().ok()).expect("a number")
}

#[tokio::test]
async fn a_lock_that_another_program_keeps_delays_and_loses_nothing() {
    let Scenario { mut server, mara, id } = Scenario::blank_at(impatient()).await;
    let jonah = server.visitor("Jonah").await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut watching = TestPeer::connect(&jonah, &id).await;
    let lock = lock(&server).await;
    for letter in "order".chars().rev() {
        typing.run(&Command::EditText(overview(), insert(0, &letter.to_string()))).await;
    }
    watching.until("it is told", |page| is_told(page, true)).await;
    until("saving is tried again and again", async || failures(&mara).await >= 2.0).await;
    // The store answers other questions meanwhile, and people open what was written before.
    assert_eq!(TestPeer::connect(&jonah, &id).await.value().section("overview"), "");
    let comment = mara.post("/api/postmortems", serde_json::json!({ "title": "Another" })).await;
    assert_eq!((comment.status, comment.code().as_str()), (503, "cannot_save"));
    lock.close().await.expect("released");
    typing.until_equal(&mut watching).await;
    assert_eq!(watching.value().section("overview"), "order");
    server.restart();
    let again = TestPeer::connect(&server.visitor("Mara").await, &id).await;
    assert_eq!(again.value().section("overview"), "order");
}

#[tokio::test]
async fn a_full_database_takes_what_waits_as_soon_as_something_is_deleted() {
    let mut server = TestServer::with(|settings| {
        settings.pace.patience = Duration::from_millis(50);
        settings.store.most_pages = Some(400);
    });
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let (id, ballast) = (mara.start_postmortem("Disk full").await, mara.start_postmortem("Ballast").await);
    let long = "A sentence among many. ".repeat(7_000);
    let replace = |length: usize| {
        let to = u32::try_from(length).expect("small");
        Command::EditText(overview(), vec![TextChange { from: 0, to, insert: long.clone() }])
    };
    let mut filling = TestPeer::connect(&mara, &ballast).await;
    for pasted in 0..4 {
        filling.run(&replace(long.len() * pasted.min(1))).await;
        filling.until_saved().await;
    }
    drop(filling);
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut watching = TestPeer::connect(&jonah, &id).await;
    let filled = timeout(PATIENCE, async {
        let mut length = 0;
        while typing.peer.unsaved() == 0 {
            typing.run(&replace(length)).await;
            length = long.len();
            typing.until("it is saved or cannot be", |page| page.peer.unsaved() == 0 || is_told(page, true)).await;
            // A slow disk is told of as well: it is full when saving fails.
            until("it is saved, or saving fails", async || {
                typing.take_in_what_came().await;
                typing.peer.unsaved() == 0 || (is_told(&typing, true) && failures(&mara).await > 0.0)
            })
            .await;
        }
    });
    assert!(filled.await.is_ok(), "the database never was full");
    typing.run(&Command::SetTitle("Written when nothing could be saved".into())).await;
    watching.until("it is told", |page| is_told(page, true)).await;
    assert!(typing.peer.unsaved() > 0);
    assert_eq!(watching.value().details.title, "Disk full");
    assert_eq!(mara.delete(&format!("/api/postmortems/{ballast}")).await.status, 204);
    typing.until_equal(&mut watching).await;
    typing.until("it is told that saving works again", |page| is_told(page, false)).await;
    let expected = typing.value();
    server.restart();
    assert_eq!(TestPeer::connect(&server.visitor("Mara").await, &id).await.value(), expected);
}

/// Compiles the disk that fails.
pub fn compile(folder: &Path) -> PathBuf {
    let library = folder.join("failing.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/server/failing.c");
    let mut compiler = std::process::Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    compiler.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).args([source, "-ldl"]);
    assert!(compiler.status().expect("a C compiler").success(), "the shim does not compile");
    library
}

#[tokio::test]
async fn a_disk_that_fails_loses_nothing_and_is_used_again_when_it_works() {
    let data = tempfile::tempdir().expect("a folder");
    let order = data.path().join("order");
    let environment = [("LD_PRELOAD", compile(data.path())), ("DISK_FAILS", order.clone())];
    let Scenario { server: process, mara, id } =
        Scenario::blank_at(Process::start_with(data.path(), &environment)).await;
    let jonah = process.visitor("Jonah").await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut watching = TestPeer::connect(&jonah, &id).await;
    let mut failed = 0.0;
    for how in ["full", "error", "sync"] {
        std::fs::write(&order, how).expect("ordered");
        let before = watching.value();
        typing.run(&Command::EditText(overview(), insert(0, how))).await;
        for page in [&mut typing, &mut watching] {
            page.events.retain(|event| matches!(event, Event::Head { .. }));
            page.until("it is told", |page| is_told(page, true)).await;
        }
        assert!(typing.peer.unsaved() > 0, "{how}");
        assert_eq!(watching.value(), before, "{how}");
        let failures = failures(&mara).await;
        assert!(failures > failed, "{how}: saving did not fail");
        failed = failures;
        std::fs::remove_file(&order).expect("taken back");
        typing.until_equal(&mut watching).await;
        watching.until("it is told that saving works again", |page| is_told(page, false)).await;
    }
    let expected = typing.value();
    assert_eq!(expected.section("overview"), "syncerrorfull");
    process.kill();
    let process = Process::start(data.path());
    assert_eq!(TestPeer::connect(&mara.at(process.address()), &id).await.value(), expected);
}

#[tokio::test]
async fn nothing_is_published_or_brought_back_while_nothing_can_be_saved() {
    let Scenario { server, mara, id } = Scenario::blank_at(impatient()).await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    mara.post(&format!("/api/postmortems/{id}/publications"), json!({})).await.expect(201);
    let lock = lock(&server).await;
    typing.run(&Command::EditText(overview(), insert(0, "Typed meanwhile."))).await;
    typing.until("it is told", |page| is_told(page, true)).await;
    for (path, body) in [("publications", json!({})), ("restorations", json!({ "version": 1 }))] {
        let answer = mara.post(&format!("/api/postmortems/{id}/{path}"), body).await;
        assert_eq!((answer.status, answer.text.contains("cannot_save")), (503, true), "{path}: {}", answer.text);
    }
    lock.close().await.expect("released");
    typing.until_saved().await;
    assert_eq!(typing.value().section("overview"), "Typed meanwhile.");
    let listed = mara.get(&format!("/api/postmortems/{id}/versions")).await.expect(200);
    assert_eq!(listed["versions"].as_array().map(Vec::len), Some(1), "{listed}");
}

#[tokio::test]
async fn what_is_beyond_the_bound_stays_with_its_writers_until_it_can_be_saved() {
    let server = TestServer::with(|settings| {
        settings.pace.patience = Duration::from_millis(50);
        settings.bounds.unsaved = 2_000;
    });
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut watching = TestPeer::connect(&mara, &id).await;
    let stock = Replica::new(ClientId(3));
    stock.apply(&typing.replica.diff(&[0]).expect("encoded")).expect("applied");
    let mut socket = bare_socket(&server.visitor("Jonah").await, &id).await;

    let lock = lock(&server).await;
    for paragraph in 0..30 {
        let text = format!("{paragraph:02} {}\n", "A paragraph of some length. ".repeat(8));
        typing.run(&Command::EditText(overview(), insert(0, &text))).await;
    }
    watching.until("it is told", |page| is_told(page, true)).await;
    // Whatever a stock client writes now is beyond the bound.
    let services =
        stock.run(&Command::SetServices(vec!["A stock client".into()])).expect("run").update.expect("an update");
    let severity = stock.run(&Command::SetTitle("By a stock client".into())).expect("run").update.expect("an update");
    for update in [services, severity] {
        socket.send(tungstenite::Message::Binary(wire::update(&update))).await.expect("sent");
    }
    typing.run(&Command::EditText(overview(), insert(0, "last"))).await;
    assert!(typing.peer.unsaved() > 0);
    lock.close().await.expect("released");

    // It is asked for everything, and answers as any Yjs client does.
    let answered = timeout(PATIENCE, async {
        let mut questions = 0;
        while questions < 2 {
            let tungstenite::Message::Binary(frame) = socket.next().await.expect("open").expect("readable") else {
                continue;
            };
            for message in wire::messages(&frame) {
                let Message::StateVector(seen) = message.expect("readable") else { continue };
                let lacking = wire::missing(&stock.diff(seen).expect("encoded"));
                questions += 1;
                if questions == 2 {
                    socket.send(tungstenite::Message::Binary(lacking)).await.expect("sent");
                }
            }
        }
    });
    assert!(answered.await.is_ok(), "what was passed over is asked for again");
    watching.until("the stock client's edits arrive", |page| page.value().details.title == "By a stock client").await;
    typing.until_equal(&mut watching).await;
    let overview = typing.value().section("overview").to_owned();
    assert!(overview.starts_with("last29 ") && overview.matches(" A paragraph").count() == 240, "{overview}");
    assert_eq!(typing.value().details.services, ["A stock client"]);
}

/// What `/readyz` says, once it says it.
async fn until_ready(server: &TestServer, status: u16) -> String {
    let stranger = server.stranger();
    let ask = async || {
        let told = stranger.get("/readyz").await;
        (told.status == status).then_some(told.text)
    };
    answer("the server notices", ask).await
}

#[tokio::test]
async fn a_server_that_cannot_save_is_not_ready_though_nobody_writes() {
    let server = impatient();
    assert_eq!(until_ready(&server, 200).await, "ok");
    let lock = lock(&server).await;
    assert!(until_ready(&server, 503).await.contains("Nothing can be saved at the moment"));
    lock.close().await.expect("released");
    assert_eq!(until_ready(&server, 200).await, "ok");
}

#[tokio::test]
async fn what_another_program_wrote_into_a_log_is_neither_overwritten_nor_taken_for_ones_own() {
    let Scenario { mut server, mara, id } = Scenario::blank_at(impatient()).await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut watching = TestPeer::connect(&mara, &id).await;
    typing.run(&Command::SetTitle("Mara".into())).await;
    typing.until_equal(&mut watching).await;
    let theirs = "insert into updates select postmortem_id, sequence + 1, data from updates \
                  where sequence = (select max(sequence) from updates)";
    execute(&server, theirs).await;
    typing.run(&Command::EditText(overview(), insert(0, "Typed meanwhile."))).await;
    for page in [&mut typing, &mut watching] {
        page.until("it is told that nothing can be saved", |page| is_told(page, true)).await;
    }
    assert!(typing.peer.unsaved() > 0);
    assert_eq!(watching.value().section("overview"), "");
    assert!(until_ready(&server, 503).await.contains("Nothing can be saved"));
    execute(&server, "delete from updates where sequence = (select max(sequence) from updates)").await;
    typing.until_equal(&mut watching).await;
    assert_eq!(watching.value().section("overview"), "Typed meanwhile.");
    assert_eq!(until_ready(&server, 200).await, "ok");
    server.restart();
    let again = TestPeer::connect(&server.visitor("Mara").await, &id).await;
    assert_eq!(again.value().section("overview"), "Typed meanwhile.");
}

/// Changes the database behind the server's back.
async fn execute(server: &TestServer, statement: &'static str) {
    let database = Settings::in_folder(server.folder()).database;
    let mut other = SqliteConnection::connect(&format!("sqlite:{}", database.display())).await.expect("the database");
    sqlx::query(statement).execute(&mut other).await.expect("executed");
    other.close().await.expect("closed");
}
