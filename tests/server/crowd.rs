//! A crowd: one abuser of each kind at work beside people who write. Whatever the abusers do, everything that is written
//! is acknowledged, nobody who writes is closed, and who comes meanwhile writes as well. How long that takes is measured by
//! `cargo xtask bench crowd`.

use futures_util::future::{join_all, select_all};
use postmortem::Command;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use server::listener::Limits;
use server::sync::Bounds;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tests::{Abuser, PATIENCE, Strength, Target, TestPeer, TestServer, entry, fresh_id};
use tokio::time::timeout;

const EDITORS: u64 = 5;
const EDITS: usize = 60;
const NEWCOMERS: usize = 6;

/// A server that is full as soon as a small test can fill it.
fn small() -> TestServer {
    TestServer::with(|settings| {
        settings.listener = Limits { connections: 300, of_this_machine: 250, unfinished: 4 << 20, ..Limits::default() };
        settings.bounds = Bounds { connections: 40, ..Bounds::default() };
    })
}

/// Writes edits of a kind and a length that the seed chooses, each acknowledged before the next.
async fn write(mut page: TestPeer, seed: u64) {
    let mut choices = StdRng::seed_from_u64(seed);
    for edit in 0..EDITS {
        let text = format!("{seed} {edit} ").repeat(choices.random_range(1..200));
        let command = match choices.random_range(0..3) {
            0 => Command::SetTitle(format!("{seed} {edit}")),
            _ => Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", &text)),
        };
        page.run(&command).await;
        page.until_saved().await;
        assert_eq!(page.closed, None, "seed {seed}");
    }
}

#[tokio::test]
async fn beside_one_abuser_of_each_kind_everything_written_is_acknowledged() {
    let server = small();
    let mut people = Vec::new();
    for number in 0..EDITORS {
        people.push(server.visitor(&format!("Editor {number}")).await);
    }
    let mut newcomers = Vec::new();
    for number in 0..NEWCOMERS {
        newcomers.push(server.visitor(&format!("Newcomer {number}")).await);
    }
    let mallory = [server.visitor("Mallory").await, server.visitor("Mallory").await];
    let mut names = Vec::new();
    for _ in 0..5 {
        names.push(server.visitor("Mallory").await);
    }
    let id = people[0].start_postmortem("Disk full").await;
    let target = Target::prepare(mallory, names, &id).await;
    let pages = join_all(people.iter().map(|visitor| TestPeer::connect(visitor, &id))).await;
    let strength = Strength { sockets: 20, connections: 400, pause: Duration::from_millis(20) };
    let turns = Abuser::ALL.map(|abuser| (abuser, AtomicUsize::new(0)));
    let idle = || turns.iter().filter(|(_, count)| count.load(Ordering::Relaxed) == 0).map(|(abuser, _)| abuser);
    let abusers = turns.each_ref().map(|(abuser, count)| Box::pin(target.abuse(*abuser, strength, count)));
    let abuse = select_all(abusers);
    let honest = async {
        join_all(pages.into_iter().zip(0..).map(|(page, seed)| write(page, seed))).await;
        for newcomer in &newcomers {
            let mut page = TestPeer::connect(newcomer, &id).await;
            page.run(&Command::SetTitle("a newcomer".into())).await;
            page.until_saved().await;
            assert_eq!(page.closed, None);
        }
        // On a machine where that was done before somebody's turn came, there is more to write.
        let mut page = TestPeer::connect(&people[0], &id).await;
        let everybody = timeout(PATIENCE, async {
            for edit in 0.. {
                if idle().next().is_none() {
                    return;
                }
                page.run(&Command::SetTitle(format!("once more {edit}"))).await;
                page.until_saved().await;
            }
        });
        assert!(everybody.await.is_ok(), "these never had a turn: {:?}", idle().collect::<Vec<_>>());
    };
    tokio::select! {
        () = honest => {}
        (never, ..) = abuse => match never {},
    }
    let measured = people[0].get("/metrics").await;
    let refused = measured.text.lines().filter(|line| line.starts_with("debrief_rejected_updates_total")).count();
    assert!(refused > 0, "nobody was refused, so that nothing was tried");
}
