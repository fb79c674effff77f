//! Presence: whatever a client says of itself or of others, the others see where it is and who its session says it is.

use super::Scene;
use bytes::Bytes;
use fuzz_targets::bytes::hex;
use postmortem::presence::{State, encode};
use postmortem::{ClientId, Command, wire};
use tests::TestPeer;

fn says(client: ClientId, clock: u64, json: &str) -> Bytes {
    wire::presence(&encode(&[State { client, clock, json: Some(json.to_owned()) }]))
}

/// What is sent before has been taken in when an edit after it has arrived.
async fn until_taken_in(scene: &mut Scene, attacker: &mut TestPeer) {
    attacker.run(&Command::SetTitle("Mallory".into())).await;
    scene.bystander.until("the title arrives", |page| page.value().details.title == "Mallory").await;
    attacker.run(&Command::SetTitle("Mara".into())).await;
    scene.bystander.until("the title arrives", |page| page.value().details.title == "Mara").await;
}

#[tokio::test]
async fn states_that_make_no_sense_put_nobody_anywhere() {
    let mut scene = Scene::set().await;
    let long = format!(r#"{{"place":"{}"}}"#, "x".repeat(1 << 19));
    let wide = format!(r#"{{"cursor":{{"anchor":"{0}","head":"{0}"}}}}"#, "x".repeat(1 << 18));
    let nowhere = r#"{"cursor":{"anchor":{"item":{"client":9,"clock":9}},"head":{"item":{"client":9007199254740992,"clock":9}}}}"#;
    let styled = r#"{"user":{"id":"x","name":"<img src=x onerror=alert(1)>","color":"red;background:url(//x)"}}"#;
    for (name, json) in [
        ("no JSON", "not json"),
        ("lists in lists", "[[[]]]"),
        ("a list without an end", "["),
        ("half a megabyte", long.as_str()),
        ("a cursor of half a megabyte", wide.as_str()),
        ("a cursor at a client that cannot be", nowhere),
        ("a name and a colour of its own", styled),
        ("a list", "[]"),
        ("a place that is a number", r#"{"place":7}"#),
    ] {
        let mut attacker = scene.attacker().await;
        let client = attacker.replica.client();
        attacker.send(says(client, 5, json)).await;
        until_taken_in(&mut scene, &mut attacker).await;
        let seen = scene.bystander.presences.get(&client).expect("somebody is there");
        assert_eq!((seen.person.name.as_str(), &seen.place, &seen.cursor), ("Mallory", &None, &None), "{name}");
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn nobody_speaks_for_another_page() {
    let mut scene = Scene::set().await;
    let victim = scene.bystander.replica.client();
    let mut witness = scene.attacker().await;
    let mut attacker = scene.attacker().await;
    for clock in [2, u64::from(u32::MAX), (1 << 53) - 1] {
        attacker.send(says(victim, clock, r#"{"place":"timeline"}"#)).await;
        let gone = State { client: victim, clock, json: None };
        attacker.send(wire::presence(&encode(&[gone]))).await;
    }
    until_taken_in(&mut scene, &mut attacker).await;
    witness.until("the title arrives", |page| page.value().details.title == "Mara").await;
    let seen = witness.presences.get(&victim).expect("the bystander is still seen");
    assert_eq!((seen.person.name.as_str(), &seen.place), ("Mara", &None));
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn ten_thousand_pages_of_one_connection_are_one() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let crowd: Vec<State> = (0..10_000)
        .map(|client| State { client: ClientId(1_000 + client), clock: 1, json: Some("{}".into()) })
        .collect();
    attacker.send(wire::presence(&encode(&crowd))).await;
    // A new one with each message, come and gone.
    for client in 0..2_000 {
        let come_and_gone = [
            State { client: ClientId(20_000 + client), clock: 1, json: Some("{}".into()) },
            State { client: ClientId(20_000 + client), clock: 2, json: None },
        ];
        attacker.send(wire::presence(&encode(&come_and_gone))).await;
    }
    attacker.send(wire::presence(&hex("03 01"))).await;
    until_taken_in(&mut scene, &mut attacker).await;
    let newcomer = TestPeer::connect(&scene.mara, &scene.id).await;
    assert!(newcomer.presences.len() <= 2, "{:?}", newcomer.presences.keys());
    scene.assert_unharmed().await;
}
