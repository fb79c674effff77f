//! Seeded runs of peers and a room over a network that cuts, delays and loses what was on its way. At rest all replicas
//! are equal and nothing typed is missing. A failing seed is printed and replays: `SEED=17 cargo test -p tests --test
//! convergence`.

#![expect(clippy::expect_used, reason = "a test may end at what it did not expect")]

mod golden;
mod hostile;
mod network;
mod plan;
mod undo;

use network::Network;

/// How many seeds the test run takes; a soak takes more.
const SEEDS: u64 = 300;

#[test]
fn every_seed_converges_and_loses_nothing() {
    let chosen = std::env::var("SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    let seeds = chosen.map_or(0..SEEDS, |seed| seed..seed + 1);
    for seed in seeds {
        let outcome = std::panic::catch_unwind(|| plan::run(seed));
        if let Err(panic) = outcome {
            eprintln!("SEED={seed} fails");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn two_people_in_the_same_entry_neither_lose_nor_double_a_keystroke() {
    let mut network = Network::new(2, 7);
    let entry = network.add_entry(0, "deploys locked");
    network.rest();
    for (count, letter) in "abcdefghij".chars().enumerate() {
        network.insert(0, &entry, 0, &letter.to_string());
        network.insert(1, &entry, u32::MAX, &letter.to_uppercase().to_string());
        if count % 3 == 0 {
            network.deliver_some();
        }
    }
    network.rest();
    let text = network.text(0, &entry);
    assert_eq!(text.len(), "deploys locked".len() + 20, "{text}");
    assert!(text.starts_with("jihgfedcba") && text.ends_with("ABCDEFGHIJ"), "{text}");
}

#[test]
fn what_is_typed_while_cut_off_arrives_after_the_return() {
    let mut network = Network::new(2, 8);
    let entry = network.add_entry(0, "link lost");
    network.rest();
    network.cut(1);
    network.insert(1, &entry, u32::MAX, ", failover started");
    network.insert(0, &entry, 0, "The ");
    assert!(network.unsaved(1) > 0);
    network.connect(1);
    network.rest();
    assert_eq!(network.text(0, &entry), "The link lost, failover started");
    assert_eq!(network.unsaved(1), 0);
}

#[test]
fn an_edit_of_a_deleted_entry_survives_and_can_be_brought_back() {
    let mut network = Network::new(2, 9);
    let entry = network.add_entry(0, "wrong?");
    network.rest();
    network.cut(1);
    network.delete(0, &entry);
    network.insert(1, &entry, u32::MAX, " no, right");
    network.connect(1);
    network.rest();
    assert_eq!(network.entries(0), 0);
    network.restore(0, &entry);
    network.rest();
    assert_eq!(network.text(1, &entry), "wrong? no, right");
    assert_eq!(network.entries(1), 1);
}

#[test]
fn nothing_is_shown_to_others_or_acknowledged_before_it_is_on_disk() {
    let mut network = Network::new(2, 10);
    let entry = network.add_entry(0, "a");
    network.rest();
    network.hold_disk(true);
    network.insert(0, &entry, 0, "b");
    network.deliver_all();
    assert_eq!(network.text(1, &entry), "a");
    assert_eq!(network.unsaved(0), 1);
    network.hold_disk(false);
    network.rest();
    assert_eq!(network.text(1, &entry), "ba");
    assert_eq!(network.unsaved(0), 0);
}

#[test]
fn authorship_follows_who_brought_it() {
    let mut network = Network::new(3, 11);
    let entry = network.add_entry(2, "seen by the third");
    network.rest();
    let entry = network.entry(0, &entry);
    assert_eq!(network.author(entry.stamp).as_deref(), Some("Person 2"));
}
