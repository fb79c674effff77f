//! Updates: everything in the list of what is known to be hostile, and what takes more than one message.

use super::{Scene, refusal_of_update};
use fuzz_targets::bytes::{hex, number};
use fuzz_targets::hostile::{self, HostileUpdate};
use postmortem::{ClientId, Command, Event, Replica, TextId, wire};
use tests::{TestPeer, insert};

#[tokio::test]
async fn every_hostile_update_is_refused_with_its_reason_while_the_bystander_works() {
    let mut scene = Scene::set().await;
    for HostileUpdate { name, update, code } in hostile::updates() {
        let mut attacker = scene.attacker().await;
        assert_eq!(refusal_of_update(&mut attacker, name, &update).await, code, "{name}");
        scene.bystander_goes_on().await;
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn a_hostile_update_as_the_answer_to_a_first_step_is_refused_too_and_closes_at_the_third() {
    let mut scene = Scene::set().await;
    for HostileUpdate { name, update, .. } in hostile::updates() {
        // An open page answers pings, however long this takes.
        scene.bystander.take_in_what_came().await;
        let mut attacker = scene.attacker().await;
        for _ in 0..3 {
            attacker.send(wire::missing(&update)).await;
        }
        assert_eq!(attacker.until_closed().await.code, 4400, "{name}");
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn an_update_cut_short_anywhere_is_refused() {
    let scene = Scene::set().await;
    let author = Replica::new(ClientId(77));
    author.apply(&scene.bystander.replica.diff(&[0]).expect("a document")).expect("a replica");
    let overview: TextId = "sections/overview".parse().expect("a section");
    let command = Command::EditText(overview, insert(0, "never arrives"));
    let update = author.run(&command).expect("an edit").update.expect("an update");
    for length in 0..update.len() {
        let mut attacker = scene.attacker().await;
        assert_eq!(refusal_of_update(&mut attacker, &format!("{length} bytes"), &update[..length]).await, "malformed");
    }
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn updates_that_wait_for_a_missing_one_wait_nowhere() {
    let scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let waiting = (0..3).map(|count| {
        let update = [hex("01 01"), number(1_000 + count), hex("00 84 63 00 01 78 00")].concat();
        wire::update(&update)
    });
    attacker.send(waiting.flatten().collect()).await;
    assert_eq!(attacker.until_closed().await.code, 4400);
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn deleting_everything_is_refused() {
    let scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    let everything = attacker.replica.state_vector();
    let count = usize::from(everything[0]);
    assert!(count < 0x80, "a count of one byte");
    // The state vector says of each client how many clocks it has: a range from 0 of that length deletes them.
    let mut rest = everything[1..].split_inclusive(|byte| *byte < 0x80);
    let mut deletions = vec![0, everything[0]];
    for _ in 0..count {
        deletions.extend(rest.next().expect("a client"));
        deletions.extend([1, 0]);
        deletions.extend(rest.next().expect("a clock"));
    }
    assert_eq!(refusal_of_update(&mut attacker, "everything", &deletions).await, "lost_part");
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn nobody_writes_under_the_client_id_of_another_persons_open_page() {
    let mut scene = Scene::set().await;
    scene.bystander_goes_on().await;
    let mut attacker = scene.attacker().await;
    let forger = Replica::new(scene.bystander.replica.client());
    forger.apply(&attacker.replica.diff(&[0]).expect("a document")).expect("a replica");
    let forged = forger.run(&Command::SetTitle("forged".into())).expect("an edit").update.expect("an update");
    assert_eq!(refusal_of_update(&mut attacker, "another's client id", &forged).await, "other_person");
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn who_goes_on_under_an_old_client_id_is_named_as_who_it_is() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    // Client 42 has one clock; the next is Mallory's, whoever brought the first.
    attacker.send(wire::update(&hex("01 01 2a 01 a8 2a 00 01 77 06 6d696e65203f 00"))).await;
    scene.bystander.until("the service arrives", |page| page.value().details.services == ["mine ?"]).await;
    let named = |page: &TestPeer| {
        page.events.iter().any(|event| match event {
            Event::Authors { authors } => authors.iter().any(|range| {
                let name = range.person.as_ref().map(|person| person.name.as_str());
                (range.client, range.from, name) == (ClientId(42), 1, Some("Mallory"))
            }),
            _ => false,
        })
    };
    scene.bystander.until("the bystander is told by whom", named).await;
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn a_history_written_anew_at_known_clocks_is_passed_over() {
    let scene = Scene::set().await;
    let before = scene.bystander.value();
    let mut attacker = scene.attacker().await;
    // The service and the letters of the entry, with other words at the same clocks.
    for forked in
        ["01 01 2a 00 28 01 04 6d657461 05 6f776e6572 01 77 01 79 00", "01 01 2b 02 04 00 2b 01 05 6f74686572 00"]
    {
        attacker.peer.edited(&[]).expect("counted");
        attacker.send(wire::update(&hex(forked))).await;
    }
    attacker.until_saved().await;
    assert_eq!(TestPeer::connect(&scene.mara, &scene.id).await.value(), before);
    scene.assert_unharmed().await;
}

#[tokio::test]
async fn half_a_character_and_strange_characters_are_the_same_text_for_everybody() {
    let mut scene = Scene::set().await;
    let mut attacker = scene.attacker().await;
    // "a😀b" behind the letters of the entry, and then one half of the middle one deleted.
    for update in ["01 01 2e 00 84 2b 06 06 61f09f988062 00", "00 01 2e 01 01 01"] {
        attacker.send(wire::update(&hex(update))).await;
    }
    // A line separator, an override of the direction, and NUL.
    attacker.send(wire::update(&hex("01 01 2f 00 84 2b 06 07 e280a8e280ae00 00"))).await;
    let text: TextId = "timeline/e/text".parse().expect("a text");
    let arrived = |page: &TestPeer| page.replica.text(&text).is_some_and(|text| text.contains('\0'));
    scene.bystander.until("all of it has arrived", arrived).await;
    let words = scene.bystander.replica.text(&text).expect("a text");
    assert!(words.contains("a\u{fffd}b"), "{words:?}");
    scene.assert_unharmed().await;
}
