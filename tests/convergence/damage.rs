//! The fuzzer's targets without a fuzzer: a few thousand damaged inputs each, from a seed. `SEED=17` tries another one.

use fuzz_targets::{corpus, mutation};

const INPUTS: usize = 3_000;

/// Feeds a corpus and damage to it to a target.
fn feed(corpus: &[Vec<u8>], count: usize, target: impl Fn(&[u8])) {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20181021);
    for input in corpus.iter().cloned().chain(mutation::mutations(corpus, seed, count)) {
        let fed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| target(&input)));
        assert!(fed.is_ok(), "SEED={seed} fails with {}", hex(&input));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_check_of_an_update_takes_any_bytes() {
    feed(&corpus::updates(), 20 * INPUTS, fuzz_targets::check);
}

#[test]
fn a_room_takes_any_update() {
    feed(&corpus::updates(), INPUTS, |input| drop(fuzz_targets::ingest(input)));
}

#[test]
fn a_room_takes_any_frame() {
    feed(&corpus::frames(), INPUTS, fuzz_targets::frame);
}

#[test]
fn presence_takes_any_states() {
    feed(&corpus::states(), 10 * INPUTS, fuzz_targets::awareness);
}

#[test]
fn a_text_takes_any_position() {
    feed(&corpus::positions(), INPUTS, fuzz_targets::sticky);
}

#[test]
fn an_import_takes_any_file() {
    feed(&corpus::incidents(), 10 * INPUTS, fuzz_targets::incident);
}
