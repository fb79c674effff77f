//! Bytes that no client of ours sends. The sender is told or closed, a bystander in the same room notices nothing, and
//! nothing of it is in the document.

use bytes::Bytes;
use postmortem::{Command, Event, Replica, wire};
use tests::{Closed, TestPeer, TestServer, Visitor, entry, fresh_id};
use tokio_tungstenite::tungstenite::Message;

/// A bystander at work, and what the document holds before the attack.
struct Scene {
    server: TestServer,
    mara: Visitor,
    mallory: Visitor,
    id: String,
    bystander: TestPeer,
}

impl Scene {
    async fn set() -> Self {
        let server = TestServer::start();
        let (mara, mallory) = (server.visitor("Mara").await, server.visitor("Mallory").await);
        let id = mara.start_postmortem("Disk full").await;
        let bystander = TestPeer::connect(&mara, &id).await;
        Self { server, mara, mallory, id, bystander }
    }

    async fn attacker(&self) -> TestPeer {
        TestPeer::connect(&self.mallory, &self.id).await
    }

    /// The bystander goes on, a newcomer sees only that, and so does who reads after a restart.
    async fn assert_unharmed(mut self) {
        let before = self.bystander.value();
        self.bystander.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "still typing"))).await;
        self.bystander.until_saved().await;
        assert!(self.bystander.closed.is_none());
        let after = self.bystander.value();
        assert_eq!(after.timeline.len(), before.timeline.len() + 1);
        assert_eq!(TestPeer::connect(&self.mara, &self.id).await.value(), after);
        self.server.restart();
        let mara = self.server.visitor("Mara").await;
        assert_eq!(TestPeer::connect(&mara, &self.id).await.value(), after);
    }
}

/// Updates from the list of hazards, each wrapped as a message of the protocol.
fn poisons() -> Vec<Vec<u8>> {
    let hex = |text: &str| -> Vec<u8> {
        let digits: Vec<u8> =
            text.bytes().filter_map(|byte| (byte as char).to_digit(16)).map(|digit| digit as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    };
    let mut nested = vec![1, 1, 9, 0, 8, 1, 4, b'm', b'e', b't', b'a', 1];
    nested.extend([117, 1].repeat(7_000));
    vec![
        // Leaves something pending, after which the library's usual encoding panics.
        hex("010201ffff02020646010101620474727565c6010201030162046e756c6c00"),
        // A string in an array that is read for ever.
        hex("010163000401016105f09f98807800"),
        // Claims 2^28 clients in four bytes.
        hex("ffffff7f"),
        // A state whose own encoding no longer decodes.
        hex("0101770162020101000203010001"),
        nested,
        vec![0xff; 10],
        vec![],
        vec![1],
        b"<script>alert(1)</script>".to_vec(),
    ]
}

#[tokio::test]
async fn poisoned_updates_stay_outside() {
    let scene = Scene::set().await;
    for poison in poisons() {
        let mut attacker = scene.attacker().await;
        for _ in 0..3 {
            attacker.send(wire::update(&poison)).await;
        }
        attacker.until_closed().await;
        let told = attacker.events.iter().any(|event| matches!(event, Event::Refused { .. }));
        assert!(told, "{poison:?}: {:?}", attacker.events);
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn a_poisoned_first_step_stays_outside_too() {
    let scene = Scene::set().await;
    for poison in poisons() {
        let mut attacker = scene.attacker().await;
        for _ in 0..3 {
            attacker.send(wire::missing(&poison)).await;
        }
        attacker.until_closed().await;
    }
    for claimed in [vec![0xff, 0xff, 0xff, 0x7f], vec![], vec![0xff; 12]] {
        let mut attacker = scene.attacker().await;
        for _ in 0..3 {
            attacker.send(wire::state_vector(&claimed)).await;
        }
        attacker.until_closed().await;
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn truncated_updates_stay_outside() {
    let scene = Scene::set().await;
    let author = Replica::new(77);
    author.apply(&scene.bystander.replica.diff(&[0]).expect("a document")).expect("a replica");
    let command = Command::AddEntry(fresh_id(), entry("2018-10-21T23:00:00Z", "never arrives"));
    let update = author.run(&command).expect("an edit").update.expect("an update");
    for length in (1..update.len()).step_by(7) {
        let mut attacker = scene.attacker().await;
        for _ in 0..3 {
            attacker.send(wire::update(&update[..length])).await;
        }
        attacker.until_closed().await;
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn frames_that_are_no_messages_are_answered_with_a_close() {
    let scene = Scene::set().await;
    for frame in [&[0xff; 16][..], &[0, 2, 200, 1], &[0, 9, 0], &[101, 5, b'x'], &[1, 255, 255, 255, 255, 15]] {
        let mut attacker = scene.attacker().await;
        attacker.send(Bytes::copy_from_slice(frame)).await;
        for _ in 0..3 {
            attacker.send(Bytes::copy_from_slice(frame)).await;
        }
        let closed = attacker.until_closed().await;
        assert!((4400..4500).contains(&closed.code) && closed.reason.ends_with('.'), "{frame:?}: {closed:?}");
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn kinds_of_messages_that_we_do_not_know_are_passed_over() {
    let scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    attacker.send(Bytes::from_static(&[42, 3, 1, 2, 3])).await;
    attacker.send(Bytes::new()).await;
    attacker.run(&Command::SetOwner("Mallory".into())).await;
    attacker.until_saved().await;
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

#[tokio::test]
async fn an_oversized_frame_is_refused_in_a_sentence() {
    let scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    attacker.send(wire::update(&vec![0; (1 << 20) + 1])).await;
    let closed = attacker.until_closed().await;
    assert_eq!(closed.code, 1009);
    assert!(closed.reason.contains("1 MiB"), "{closed:?}");
    let mut attacker = scene.attacker().await;
    attacker.send(wire::update(&vec![0; 20 << 20])).await;
    attacker.until_closed().await;
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn strange_presence_moves_nobody() {
    let scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let victim = scene.bystander.replica.client();
    for json in ["not json", "{\"person\":{\"name\":\"Mara\"}}", "null", &"[".repeat(2_000)] {
        let state = postmortem::presence::State { client: victim, clock: u64::from(u32::MAX), json: Some(json.into()) };
        attacker.send(wire::presence(&postmortem::presence::encode(&[state]))).await;
    }
    attacker.send(wire::presence(&[0xff, 0xff, 0xff, 0x7f])).await;
    attacker.run(&Command::SetOwner("Mallory".into())).await;
    let mut scene = scene;
    scene.bystander.until("the owner arrives", |page| page.value().details.owner == "Mallory").await;
    let own = scene.bystander.presences.get(&victim);
    assert!(own.is_none_or(|presence| presence.person.name == "Mara"), "{own:?}");
    scene.assert_unharmed().await;
}
