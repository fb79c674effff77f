//! A copy of a document that was made anew since shares no history with it: it is turned away before anything is merged.

use postmortem::{Event, Generation};
use server::cli::config::Settings;
use sqlx::{Connection, SqliteConnection};
use tests::{Scenario, TestPeer, TestServer};

/// Stops the server and gives every document another generation, as making them anew would.
async fn make_anew(server: &mut TestServer) {
    server.stop();
    let database = Settings::in_folder(server.folder()).database;
    let mut connection =
        SqliteConnection::connect(&format!("sqlite:{}", database.display())).await.expect("the database");
    sqlx::query("update postmortems set generation = generation + 1").execute(&mut connection).await.expect("updated");
    connection.close().await.expect("closed");
    server.restart();
}

fn welcomed(page: &TestPeer) -> Option<Generation> {
    page.events.iter().rev().find_map(|event| match event {
        Event::Welcome { generation, .. } => Some(*generation),
        _ => None,
    })
}

#[tokio::test]
async fn a_copy_of_another_generation_is_turned_away_before_it_is_merged() {
    let Scenario { mut server, mara, id } = Scenario::blank().await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let held = welcomed(&page).expect("a welcome");
    page.reconnect_holding(&mara, &id, held).await;
    page.until("it is served", |page| page.peer.is_synced()).await;

    make_anew(&mut server).await;
    let mara = server.visitor("Mara").await;
    page.events.clear();
    let before = page.replica.state_vector();
    page.reconnect_holding(&mara, &id, held).await;
    let closed = page.until_closed().await;
    assert_eq!(closed.code, 4409);
    assert!(closed.reason.contains("Keep your copy as a file"), "{}", closed.reason);
    assert_eq!(page.events, Vec::new());
    assert_eq!(page.replica.state_vector(), before);

    let fresh = TestPeer::connect(&mara, &id).await;
    let now = welcomed(&fresh).expect("a welcome");
    assert_ne!(now, held);
    page.reconnect_holding(&mara, &id, now).await;
    page.until("it is served", |page| page.peer.is_synced()).await;
}

#[tokio::test]
async fn a_generation_that_is_no_number_is_refused_in_a_sentence() {
    let Scenario { server: _server, mara, id } = Scenario::blank().await;
    let answer = mara.get(&format!("/sync/{id}?generation=latest")).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "malformed"));
    assert!(answer.message().contains("A generation is a number"), "{}", answer.message());
}
