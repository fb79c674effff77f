//! The transport: what is too large, too much, too slow, or never ends.

use super::Scene;
use super::raw::{RawSocket, frame};
use futures_util::future::join_all;
use postmortem::{Command, wire};
use serde_json::json;
use server::sync::{LARGEST_FRAME, Pace};
use tests::{Scenario, TestPeer, TestServer, fresh_id};
use tokio::io::AsyncWriteExt;

const BINARY: u8 = 0x82;
const UNFINISHED: u8 = 0x02;
const CONTINUED: u8 = 0x00;
const PING: u8 = 0x89;
const TOO_MUCH: Option<u16> = Some(4529);
const TOO_BIG: Option<u16> = Some(1009);

#[tokio::test]
async fn a_message_that_is_too_long_is_refused_in_a_sentence() {
    let scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    attacker.send(wire::update(&vec![0; (1 << 20) + 1])).await;
    let closed = attacker.until_closed().await;
    assert_eq!(closed.code, 1009);
    assert!(closed.reason.contains("1 MiB"), "{closed:?}");
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn a_frame_that_claims_to_be_too_large_is_not_waited_for() {
    let scene = Scene::set().await;
    let claimed = LARGEST_FRAME as u64 + 1;
    let mut attacker = RawSocket::upgrade(&scene.mara, &scene.id, "").await;
    let head = [vec![BINARY, 0x80 | 127], claimed.to_be_bytes().to_vec(), vec![0; 4]].concat();
    attacker.send(&head).await;
    assert_eq!(attacker.close_code().await, TOO_BIG);
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn fragments_without_an_end_are_cut_off() {
    let mut scene = Scene::set().await;
    let mut idle = RawSocket::upgrade(&scene.mara, &scene.id, "").await;
    idle.send(&frame(UNFINISHED, &[0; 1_000])).await;
    let mut attacker = RawSocket::upgrade(&scene.mara, &scene.id, "").await;
    attacker.send(&frame(UNFINISHED, &[0; 1 << 19])).await;
    for _ in 0..4 {
        attacker.send(&frame(CONTINUED, &[0; 1 << 19])).await;
    }
    assert_eq!(attacker.close_code().await, TOO_BIG);
    scene.bystander_goes_on().await;
    drop(idle);
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn a_flood_of_any_kind_ends_with_a_reason() {
    let mut scene = Scene::set().await;
    for (name, flood) in [
        ("a hundred thousand tiny frames", frame(BINARY, &[3]).repeat(100_000)),
        ("a hundred thousand empty frames", frame(BINARY, &[]).repeat(100_000)),
        ("a hundred thousand pings", frame(PING, b"x").repeat(100_000)),
        ("frames full of messages", frame(BINARY, &[3; 1_000]).repeat(100)),
        (
            "a megabyte a hundred times",
            frame(BINARY, &[&[42, 0xfb, 0xff, 0x3f][..], &[0; 1_048_571]].concat()).repeat(60),
        ),
    ] {
        let mut attacker = RawSocket::upgrade(&scene.mara, &scene.id, "").await;
        attacker.send(&flood).await;
        scene.bystander_goes_on().await;
        assert_eq!(attacker.close_code().await, TOO_MUCH, "{name}");
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn a_script_of_many_small_edits_is_no_flood() {
    let scene = Scene::set().await;
    let mut script = TestPeer::connect(&scene.mara, &scene.id).await;
    for count in 0..2_000 {
        script.run(&Command::SetTitle(format!("{count}"))).await;
    }
    script.until_saved().await;
    assert_eq!(script.closed, None);
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn compression_is_not_offered_so_that_nothing_unfolds() {
    let scene = Scene::set().await;
    let offered = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    let mut attacker = RawSocket::upgrade(&scene.mara, &scene.id, offered).await;
    assert!(attacker.answer.starts_with("HTTP/1.1 101"), "{}", attacker.answer);
    assert!(!attacker.answer.to_ascii_lowercase().contains("sec-websocket-extensions"), "{}", attacker.answer);
    // A frame that says it is compressed all the same.
    attacker.send(&frame(BINARY | 0x40, &[3])).await;
    assert_eq!(attacker.close_code().await, Some(1002));
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn upgrades_that_never_finish_hold_nobody_up() {
    let mut scene = Scene::set().await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = RawSocket::connect(scene.mara.address()).await;
        stream.write_all(b"GET /sync/x HTTP/1.1\r\nHost: x\r\nUpgr").await.expect("sent");
        slow.push(stream);
    }
    scene.bystander_goes_on().await;
    drop(scene.attacker().await);
    drop(slow);
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn coming_and_going_without_end_wears_nothing_out() {
    // A room that folds its log whenever it can.
    let pace = Pace { fold_after: 2, ..Pace::default() };
    let Scenario { server: _server, mara, id } = Scenario::blank_at(TestServer::hurried(pace)).await;
    for count in 0..100 {
        let mut page = TestPeer::connect(&mara, &id).await;
        assert_eq!(page.value().timeline.len(), count);
        page.run(&Command::AddEntry(fresh_id(), tests::entry("2018-10-21T23:07:00Z", "seen"))).await;
        page.until_saved().await;
    }
    assert_eq!(TestPeer::connect(&mara, &id).await.value().timeline.len(), 100);
}

#[tokio::test]
async fn many_pages_and_many_documents_of_one_person_are_served() {
    let mut scene = Scene::set().await;
    let pages: Vec<TestPeer> = join_all((0..200).map(|_| TestPeer::connect(&scene.mara, &scene.id))).await;
    let mut documents = Vec::new();
    for count in 0..50 {
        let id = scene.mara.start_postmortem(&format!("Number {count}")).await;
        documents.push(TestPeer::connect(&scene.mara, &id).await);
    }
    scene.bystander_goes_on().await;
    drop((pages, documents));
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn a_name_brings_no_line_of_its_own_into_the_log() {
    let server = TestServer::start();
    let mallory = server.visitor("Mallory\nerror: forged").await;
    assert_eq!(mallory.person["name"], "Mallory error: forged");
    let renamed = mallory.patch("/api/session", json!({ "name": "Mallory\nerror: again" })).await.expect(200);
    assert_eq!(renamed["name"], "Mallory error: again");
}
