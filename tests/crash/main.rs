//! Crashes of the real binary under load, over real sockets. Recording clients write, comment, publish and import until the
//! server is killed; after it is back, everything acknowledged is there and nothing is there twice. The same with the power cut, which takes what
//! was not synchronised, and with a disk that lies about synchronising, which shows that the test can fail. `ROUNDS`
//! takes more rounds than usual. Linux with the GNU C library only: the disk's shim is loaded before the server.

#![cfg(all(target_os = "linux", target_env = "gnu"))]
#![expect(clippy::expect_used, reason = "a test may end at what it did not expect")]

mod commenter;
mod importer;
mod power;
mod publisher;
mod recorder;
mod rounds;

use power::Disk;
use recorder::Tally;
use rounds::{Crash, Rounds};

/// How many rounds of each kind the test run takes; a soak takes more.
const KILLS: usize = 50;
const POWER_CUTS: usize = 25;

fn rounds(usual: usize) -> usize {
    std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

fn report(what: &str, rounds: usize, tally: Tally) {
    let Tally { acknowledged, lost, doubled, survived, unsynced } = tally;
    println!(
        "{what}: {rounds} rounds, {acknowledged} changes acknowledged, {lost} lost, {doubled} doubled, {survived} \
         unacknowledged that survived, {unsynced} writes at the mercy of the power"
    );
}

#[tokio::test]
async fn every_acknowledged_change_survives_a_kill_and_none_is_doubled() {
    let rounds = rounds(KILLS);
    let tally = Rounds::new(1, Crash::Kill).run(rounds).await;
    report("kill -9", rounds, tally);
    assert!(tally.acknowledged > rounds, "the clients wrote");
    assert_eq!((tally.lost, tally.doubled), (0, 0));
}

#[tokio::test]
async fn every_acknowledged_change_survives_a_power_cut_and_none_is_doubled() {
    let mut rounds = rounds(POWER_CUTS);
    let mut tally = Rounds::new(2, Crash::PowerCut(Disk::Honest)).run(rounds).await;
    // Whether a cut falls between a write and its synchronisation is chance: the power is cut until one has.
    for seed in 20..24 {
        if tally.unsynced == 0 {
            rounds += POWER_CUTS;
            tally += Rounds::new(seed, Crash::PowerCut(Disk::Honest)).run(POWER_CUTS).await;
        }
    }
    report("power cut", rounds, tally);
    assert!(tally.acknowledged > rounds && tally.unsynced > 0, "the clients wrote, and the cut came in between");
    assert_eq!((tally.lost, tally.doubled), (0, 0));
}

#[tokio::test]
async fn a_disk_that_lies_about_synchronising_loses_acknowledged_changes() {
    let tally = Rounds::new(3, Crash::PowerCut(Disk::Lying)).run(5).await;
    report("power cut of a disk that lies, to the first loss", 5, tally);
    assert!(tally.lost > 0, "the test notices what is lost");
}
