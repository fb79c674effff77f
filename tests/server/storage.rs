//! While the store takes nothing, nothing is acknowledged and nobody sees what may be lost; everyone is told. When it
//! can again, everything that was accepted is saved, in its order, without anybody doing anything.

use postmortem::{Command, Event, SectionKey, TextId};
use server::config::Settings;
use server::sync::Pace;
use sqlx::{Connection, SqliteConnection};
use std::time::Duration;
use tests::{TestPeer, TestServer, insert};

fn overview() -> TextId {
    TextId::Section("overview".parse::<SectionKey>().expect("a section"))
}

fn is_told(page: &TestPeer, is_failing: bool) -> bool {
    page.events.contains(&Event::Storage { is_failing })
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
    let server = TestServer::hurried(Pace { patience: Duration::from_millis(50), ..Pace::default() });
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let (id, elsewhere) = (mara.start_postmortem("Disk full").await, mara.start_postmortem("Elsewhere").await);
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut watching = TestPeer::connect(&jonah, &id).await;
    let mut neighbour = TestPeer::connect(&jonah, &elsewhere).await;

    let lock = lock(&server).await;
    typing.run(&Command::EditText(overview(), insert(0, "Typed while the disk took nothing."))).await;
    for page in [&mut typing, &mut watching, &mut neighbour] {
        page.until("it is told that nothing can be saved", |page| is_told(page, true)).await;
        assert!(!is_told(page, false));
    }
    let late = TestPeer::connect(&jonah, &id).await;
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
