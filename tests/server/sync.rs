//! The life of rooms: people converge, what is acknowledged stays, and a room comes and goes unnoticed.

use postmortem::wire::PLAIN_SUBPROTOCOL;
use postmortem::{Command, EntryChange, ItemKind, SectionKey, Severity, TeamRole, TextId};
use serde_json::json;
use server::sync::Pace;
use std::time::Duration;
use tests::{
    Scenario, TestPeer, TestServer, Visitor, entry, fresh_id, incident, insert, time, upgrade_answer, upgrade_status,
    upgrade_status_with,
};
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;

fn section(key: &str) -> TextId {
    TextId::Section(key.parse::<SectionKey>().expect("a section"))
}

#[tokio::test]
async fn two_people_typing_at_once_end_with_the_same_text() {
    let Scenario { server, mara, id } = Scenario::importing("github").await;
    let jonah = server.visitor("Jonah").await;
    let mut first = TestPeer::connect(&mara, &id).await;
    let mut second = TestPeer::connect(&jonah, &id).await;
    let item = first.value().timeline.first().expect("an entry").id.clone();
    for letter in "Mara was here. ".chars() {
        first.run(&Command::EditText(section("overview"), insert(0, &letter.to_string()))).await;
        second.run(&Command::EditText(section("overview"), insert(0, "j"))).await;
        second.run(&Command::EditText(TextId::Entry(item.clone()), insert(0, "k"))).await;
    }
    first.run(&Command::ChangeEntry(item.clone(), EntryChange::At(time("2018-10-21T22:51:00Z")))).await;
    second.run(&Command::SetSeverity(Severity::Sev2)).await;
    first.until_equal(&mut second).await;
    let value = first.value();
    assert_eq!(value.section("overview").matches('j').count(), 15 + first_overview_js());
    assert!(value.timeline.iter().any(|entry| entry.id == item && entry.text.starts_with("kkkkkkkkkkkkkkk")));
}

/// How many letters j the imported overview has of its own.
fn first_overview_js() -> usize {
    let file: serde_json::Value = serde_json::from_str(&incident("github")).expect("JSON");
    file["summary"].as_str().map_or(0, |summary| summary.matches('j').count())
}

#[tokio::test]
async fn what_was_typed_while_cut_off_arrives_afterwards() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let jonah = server.visitor("Jonah").await;
    let mut first = TestPeer::connect(&mara, &id).await;
    let mut second = TestPeer::connect(&jonah, &id).await;
    first.cut();
    first.run(&Command::EditText(section("overview"), insert(0, "Typed in a tunnel."))).await;
    second.run(&Command::EditText(section("resolution"), insert(0, "Typed at a desk."))).await;
    assert!(first.peer.unsaved() > 0);
    first.reconnect(&mara, &id).await;
    first.until_equal(&mut second).await;
    let value = second.value();
    assert_eq!([value.section("overview"), value.section("resolution")], ["Typed in a tunnel.", "Typed at a desk."]);
}

#[tokio::test]
async fn everything_is_there_after_a_restart_also_what_was_deleted_by_then() {
    let Scenario { mut server, mara, id } = Scenario::importing("cloudflare").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let item = page.value().timeline.first().expect("an entry").id.clone();
    page.run(&Command::Delete(ItemKind::Entry, item)).await;
    page.run(&Command::EditText(section("overview"), insert(0, "😀 emoji and 漢字. "))).await;
    page.until_saved().await;
    let before = page.value();
    server.restart();
    assert_eq!(page.until_closed().await.code, 1012);
    let mara = server.visitor("Mara").await;
    assert_eq!(TestPeer::connect(&mara, &id).await.value(), before);
}

#[tokio::test]
async fn a_room_that_folds_and_leaves_comes_back_as_it_was() {
    let pace =
        Pace { idle: Duration::from_millis(1), summary: Duration::from_millis(1), fold_after: 5, ..Pace::default() };
    let Scenario { server: _server, mara, id } = Scenario::importing_at(TestServer::hurried(pace), "facebook").await;
    let mut expected = None;
    for round in 0..5 {
        let mut page = TestPeer::connect(&mara, &id).await;
        if let Some(expected) = expected {
            assert_eq!(page.value(), expected);
        }
        for _ in 0..7 {
            page.run(&Command::EditText(section("overview"), insert(0, &round.to_string()))).await;
            page.until_saved().await;
        }
        expected = Some(page.value());
    }
}

#[tokio::test]
async fn many_who_open_at_once_share_one_room() {
    let Scenario { server: _server, mara, id } = Scenario::importing("gitlab").await;
    let mut pages = Vec::new();
    for page in futures_util::future::join_all((0..20).map(|_| TestPeer::connect(&mara, &id))).await {
        pages.push(page);
    }
    let mut last = pages.pop().expect("a page");
    last.run(&Command::SetTitle("One room".into())).await;
    for mut page in pages {
        last.until_equal(&mut page).await;
    }
}

#[tokio::test]
async fn people_see_who_is_there_until_they_leave() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let jonah = server.visitor("Jonah").await;
    let mut first = TestPeer::connect(&mara, &id).await;
    let mut second = TestPeer::connect(&jonah, &id).await;
    let client = second.replica.client();
    let frame = second.peer.moved(client, Some("sections/overview".into()), None).expect("a frame");
    second.send(frame).await;
    first
        .until("Jonah is seen", |page| {
            let presence = page.presences.get(&client);
            presence.is_some_and(|presence| {
                presence.person.name == "Jonah" && presence.place.as_deref() == Some("sections/overview")
            })
        })
        .await;
    drop(second);
    first.until("Jonah is gone", |page| !page.presences.contains_key(&client)).await;
}

#[tokio::test]
async fn a_quiet_room_is_spoken_to_before_stock_clients_give_up() {
    let Scenario { server, mara, id } =
        Scenario::blank_at(TestServer::hurried(Pace { keep_alive: Duration::from_millis(50), ..Pace::default() }))
            .await;
    let mut socket = tests::bare_socket(&server.visitor("Jonah").await, &id).await;
    let _page = TestPeer::connect(&mara, &id).await;
    use futures_util::StreamExt;
    for _ in 0..5 {
        let message = tokio::time::timeout(tests::PATIENCE, socket.next()).await.expect("in time");
        assert!(message.is_some_and(|message| message.is_ok()));
    }
}

#[tokio::test]
async fn only_pages_of_ours_are_let_in() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    for origin in ["https://evil.example", "null", "http://127.0.0.1"] {
        assert_eq!(upgrade_status(&mara, &id, origin).await, 403, "{origin}");
    }
    let own = format!("http://{}", server.address());
    assert_eq!(upgrade_status(&mara, &id, &own).await, 101);
    assert_eq!(upgrade_status(&mara, "nope", &own).await, 404);

    let Scenario { server: _proxied, mara, id } =
        Scenario::blank_at(TestServer::behind("https://debrief.example.org")).await;
    assert_eq!(upgrade_status(&mara, &id, "https://debrief.example.org").await, 101);
    assert_eq!(upgrade_status(&mara, &id, "http://debrief.example.org").await, 403);
}

#[tokio::test]
async fn an_address_of_the_sync_protocol_is_no_page() {
    let Scenario { server: _server, mara, id } = Scenario::blank().await;
    let answer = mara.get(&format!("/sync/{id}")).await;
    assert_eq!((answer.status, answer.code().as_str()), (426, "not_websocket"));
    assert_eq!(mara.get("/sync/nope").await.status, 404);
}

#[tokio::test]
async fn a_socket_without_a_session_is_refused_before_the_upgrade() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let unknown = "0".repeat(64);
    let cookie = Visitor::with_cookie(server.address(), &format!("debrief_session={unknown}"));
    for nobody in [server.stranger(), cookie, server.stranger().bearing(&unknown)] {
        // Whether there is such a post-mortem is not told either.
        for id in [&id, "nope"] {
            let refused = upgrade_answer(&nobody, id).await.expect_err("nobody is let in");
            let body = String::from_utf8_lossy(refused.body().as_deref().unwrap_or_default()).into_owned();
            assert_eq!(refused.status(), 401, "{body}");
            assert!(body.contains(r#""code":"no_session""#) && body.contains("Sign in first."), "{body}");
        }
    }
    assert_eq!(upgrade_status(&mara, &id, "https://evil.example").await, 403, "who is signed in hears what is wrong");
}

#[tokio::test]
async fn a_program_writes_with_its_token() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let deploys = server.token("Deploys", TeamRole::Member).await;
    let mut page = TestPeer::connect(&deploys, &id).await;
    page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "rolled back"))).await;
    page.until_saved().await;
    let whole = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(whole["timeline"][0]["author"], json!("Deploys"));
    // Clients that set no headers offer it beside the protocol that they speak.
    let offered = format!("{PLAIN_SUBPROTOCOL}, debrief.bearer.{}", deploys.token().expect("a token"));
    assert_eq!(upgrade_status_with(&server.stranger(), &id, &[(SEC_WEBSOCKET_PROTOCOL, &offered)]).await, 101);
}

#[tokio::test]
async fn nobody_is_turned_away_by_a_room_that_is_about_to_end() {
    let pace = Pace { idle: Duration::from_millis(1), summary: Duration::from_millis(1), ..Pace::default() };
    let Scenario { server: _server, mara, id } = Scenario::blank_at(TestServer::hurried(pace)).await;
    let visits = (0..8).map(|visitor| {
        let (mara, id) = (mara.clone(), id.clone());
        async move {
            for visit in 0..15 {
                let mut page = TestPeer::connect(&mara, &id).await;
                page.run(&Command::EditText(section("overview"), insert(0, "x"))).await;
                page.until_saved().await;
                assert_eq!(page.closed, None, "visitor {visitor}, visit {visit}");
            }
        }
    });
    futures_util::future::join_all(visits).await;
    assert_eq!(TestPeer::connect(&mara, &id).await.value().section("overview"), "x".repeat(120));
}

#[tokio::test]
async fn folding_the_log_amid_typing_loses_nothing() {
    let pace = Pace { summary: Duration::from_millis(1), fold_after: 3, ..Pace::default() };
    let Scenario { mut server, mara, id } = Scenario::importing_at(TestServer::hurried(pace), "github").await;
    let mut first = TestPeer::connect(&mara, &id).await;
    let mut second = TestPeer::connect(&mara, &id).await;
    for round in 0..60 {
        first.run(&Command::EditText(section("overview"), insert(0, "a"))).await;
        second.run(&Command::EditText(section("resolution"), insert(0, "b"))).await;
        if round % 7 == 0 {
            first.until_saved().await;
            second.until_saved().await;
        }
    }
    first.until_equal(&mut second).await;
    let expected = first.value();
    server.restart();
    let again = TestPeer::connect(&server.visitor("Mara").await, &id).await;
    assert_eq!(again.value(), expected);
    assert!(expected.section("overview").starts_with(&"a".repeat(60)));
}

#[tokio::test]
async fn who_joins_while_a_postmortem_is_deleted_is_told_that_it_is_gone() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    for _ in 0..5 {
        let id = mara.start_postmortem("Doomed").await;
        let path = format!("/api/postmortems/{id}");
        let joining = futures_util::future::join_all((0..10).map(|_| tests::outcome(&mara, &id)));
        let (outcomes, deleted) = tokio::join!(joining, mara.delete(&path));
        assert_eq!(deleted.status, 204);
        assert!(outcomes.iter().all(|code| [404, 4404].contains(code)), "{outcomes:?}");
        assert_eq!(mara.get(&path).await.status, 404);
    }
}
