//! Deterministic simulation: pages, a room and a disk in one thread, with the network, the time and every trouble made
//! from a seed. At rest all replicas are equal and nothing acknowledged is missing; on the way nothing is shown as saved,
//! or shown to others, that is not on disk. A failing seed is shrunk to a short plan and printed; it replays with
//! `SEED=17 cargo test -p tests --test simulation`, and `SEEDS` takes more of them than usual.

#![expect(clippy::expect_used, reason = "a test may end at what it did not expect")]

mod disk;
mod edits;
mod fault;
mod ledger;
mod link;
mod page;
mod plan;
mod process;
mod rest;
mod runs;
mod scenes;
mod server;
mod shrink;
mod world;

use chrono::{DateTime, TimeDelta, Utc};
use fault::Fault;
use postmortem::Person;
use std::cell::Cell;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::time::Instant;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation(pub String);

/// Nothing, or the promise that was broken.
pub type Checked = Result<(), Violation>;

/// How many seeds the test run takes; a soak takes more.
const SEEDS: u64 = 2_000;

/// Within how many seeds a deliberate fault has to be found, and how long its shortest plan may be.
const SEEDS_FOR_A_FAULT: u64 = 500;
const LONGEST_EXPLANATION: usize = 16;

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

/// The time of the run in milliseconds.
pub fn clock() -> u64 {
    NOW.get()
}

/// The same as a moment that deadlines are counted by.
pub fn instant() -> Instant {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    *BEGAN.get_or_init(Instant::now) + Duration::from_millis(clock())
}

/// The same as a time of day.
pub fn time() -> DateTime<Utc> {
    let began: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("a time");
    began + TimeDelta::milliseconds(clock().cast_signed())
}

fn advance(milliseconds: u64) {
    NOW.set(NOW.get() + milliseconds);
}

/// The person of a page. Pages 0 and 3 are two windows of the same.
pub fn person(page: usize) -> Person {
    tests::person(page % 3)
}

#[test]
fn every_seed_keeps_every_promise() {
    let variable = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seeds = variable("SEED").map_or(0..variable("SEEDS").unwrap_or(SEEDS), |seed| seed..seed + 1);
    if let Some(failure) = runs::first_failure(seeds, None) {
        panic!("{failure}");
    }
}

#[test]
fn a_seed_replays_to_the_same_end() {
    for seed in [3, 17, 40] {
        assert_eq!(runs::trace(seed), runs::trace(seed), "SEED={seed}");
    }
}

#[test]
fn every_deliberate_fault_is_found_and_shrinks_to_a_short_plan() {
    for fault in Fault::ALL {
        let failure = runs::first_failure(0..SEEDS_FOR_A_FAULT, Some(fault));
        let failure = failure.unwrap_or_else(|| panic!("{fault:?} is not noticed"));
        let steps = failure.plan.steps.len();
        assert!(steps <= LONGEST_EXPLANATION, "{fault:?} takes {steps} steps to explain:\n{failure}");
    }
}
