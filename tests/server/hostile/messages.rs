//! Messages: frames that are none, questions asked too often, several messages in one frame.

use super::{Scene, refusal};
use bytes::Bytes;
use fuzz_targets::bytes::{hex, number};
use postmortem::{Command, Event, limits, wire};
use tests::Closed;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn frames_that_are_no_messages_are_answered_with_a_close() {
    let scene = Scene::set().await;
    for (name, frame) in [
        ("a number without an end", vec![0xff; 16]),
        ("a length that lies", hex("00 02 c8 01")),
        ("an unknown sync message", hex("00 09 00")),
        ("an event that ends early", hex("65 05 78")),
        ("states of three bytes where one is left", hex("01 03 00")),
        ("garbage behind a message", [wire::state_vector(&[0]).to_vec(), vec![0xff; 4]].concat()),
        ("more messages than a frame has", hex("03").repeat(limits::MESSAGES + 1)),
        ("denied access, cut short", hex("02 00 7f")),
    ] {
        let mut attacker = scene.attacker().await;
        attacker.send(frame.into()).await;
        let closed = attacker.until_closed().await;
        assert!(closed.code == 4401 && closed.reason.ends_with('.'), "{name}: {closed:?}");
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn kinds_of_messages_that_we_do_not_know_are_passed_over() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    for (name, frame) in [
        ("an unknown kind", hex("2a 03 01 02 03")),
        ("kind 255", hex("ff 01 01 00")),
        ("denied access", hex("02 00 01 78")),
        ("an acknowledgement", hex("64 01 05")),
        ("an event", wire::event(&Event::Deleted).to_vec()),
        ("an empty frame", Vec::new()),
    ] {
        attacker.send(frame.into()).await;
        attacker.run(&Command::SetTitle(name.into())).await;
        attacker.until_saved().await;
    }
    scene.bystander.until("the last arrives", |page| page.value().details.title == "an empty frame").await;
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn messages_glued_together_are_all_taken() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let mut glued = wire::state_vector(&[0]).to_vec();
    for title in ["first", "second", "third"] {
        let command = Command::SetTitle(title.into());
        let update = attacker.replica.run(&command).expect("an edit").update.expect("an update");
        glued.extend(attacker.peer.edited(&update).expect("connected"));
        glued.push(3);
    }
    attacker.send(glued.into()).await;
    attacker.until_saved().await;
    scene.bystander.until("the last arrives", |page| page.value().details.title == "third").await;
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn a_text_frame_is_refused_in_a_sentence() {
    let scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    attacker.send_message(Message::text("hello")).await;
    let closed = attacker.until_closed().await;
    assert_eq!(closed, Closed { code: 1003, reason: "Send binary frames of the Yjs sync protocol.".into() });
    scene.assert_unharmed().await;
}

/// One more than twice the clients of a document: a copy may have seen others than the document.
const CROWD: u32 = 2 * limits::CLIENTS as u32 + 1;

#[tokio::test]
async fn state_vectors_that_lie_are_refused() {
    let scene = Scene::set().await;
    let crowd = (0..CROWD).flat_map(|client| [number(client), number(1)].concat());
    let crowd: Vec<u8> = number(CROWD).into_iter().chain(crowd).collect();
    for (name, claimed) in [
        ("a count of three over the bytes of one", hex("03 01")),
        ("nothing", Vec::new()),
        ("a number without an end", vec![0xff; 12]),
        ("half a pair", hex("01 01")),
        ("one client too many", crowd),
    ] {
        let mut attacker = scene.attacker().await;
        assert_eq!(refusal(&mut attacker, name, wire::state_vector(&claimed)).await, "malformed", "{name}");
    }
    let mut attacker = scene.attacker().await;
    let million: Vec<u8> = number(1_000_000).into_iter().chain(hex("01 01").repeat(1_000_000)).collect();
    attacker.send(wire::state_vector(&million)).await;
    assert_eq!(attacker.until_closed().await.code, 1009);
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn who_asks_for_the_whole_document_again_and_again_is_closed() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    // Each frame is a turn of its own once the one before is acknowledged.
    for question in 0..=limits::ANSWERS {
        attacker.send(wire::state_vector(&[0])).await;
        attacker.run(&Command::SetTitle(format!("{question}"))).await;
        attacker.until("it is acknowledged or closed", |page| page.closed.is_some() || page.peer.unsaved() == 0).await;
    }
    let closed = attacker.until_closed().await;
    assert_eq!((closed.code, closed.reason.ends_with('.')), (4529, true));
    scene.bystander_goes_on().await;
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn a_thousand_questions_a_second_are_no_thousand_answers() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    for _ in 0..20 {
        let flood: Bytes = wire::state_vector(&[0]).repeat(500).into();
        attacker.send(flood).await;
    }
    scene.bystander_goes_on().await;
    scene.assert_unharmed().await;
}
