//! Rounds of load, crash and count on one data folder.

use crate::commenter::Commenter;
use crate::power::{self, Disk};
use crate::recorder::{Recorder, Tally};
use futures_util::future::join_all;
use postmortem::Command;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::path::PathBuf;
use tempfile::TempDir;
use tests::{Process, TestPeer, entry, fresh_id};
use tokio::sync::watch;

/// How many people write at once.
const RECORDERS: usize = 3;

/// After so many rounds a new post-mortem begins: counting takes longer the more was ever typed.
const ROUNDS_OF_A_POSTMORTEM: usize = 10;

/// How a server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The process is killed; what it wrote is with the operating system.
    Kill,
    /// The machine is gone as well.
    PowerCut(Disk),
}

/// Crashes of one server's data.
pub struct Rounds {
    crash: Crash,
    random: StdRng,
    folder: TempDir,
    shim: Option<PathBuf>,
}

impl Rounds {
    pub fn new(seed: u64, crash: Crash) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let shim = (crash != Crash::Kill).then(|| power::compile_shim(folder.path()));
        Self { crash, random: StdRng::seed_from_u64(seed), folder, shim }
    }

    /// Runs them and adds up what became of every change.
    pub async fn run(mut self, rounds: usize) -> Tally {
        let mut tally = Tally::default();
        let mut left = rounds;
        while left > 0 {
            let count = left.min(ROUNDS_OF_A_POSTMORTEM);
            tally += self.on_one_postmortem(count).await;
            left -= count;
        }
        tally
    }

    async fn on_one_postmortem(&mut self, rounds: usize) -> Tally {
        // Made on a disk like any other: what a lying one forgets is what the rounds wrote.
        let process = Process::start(self.folder.path());
        let visitor = process.visitor("Mara").await;
        let id = visitor.start_postmortem("Disk full").await;
        let mut page = TestPeer::connect(&visitor, &id).await;
        let discussed = fresh_id();
        page.run(&Command::AddEntry(discussed.clone(), entry("2018-10-21T22:52:00Z", "deploys locked"))).await;
        page.until_saved().await;
        assert!(process.terminate(), "the server stops well");

        let mut process = self.start();
        let mut recorders = Vec::new();
        for number in 0..RECORDERS {
            let visitor = process.visitor("Jonah").await;
            let random = StdRng::seed_from_u64(self.random.random());
            recorders.push(Recorder::open(&visitor, &id, number, random).await);
        }
        let mut commenter = Commenter::default();
        let mut tally = Tally::default();
        for _ in 0..rounds {
            self.crash_under_load(process, &id, discussed.as_str(), &mut recorders, &mut commenter).await;
            if let Crash::PowerCut(disk) = self.crash {
                let unsynced = power::cut(self.folder.path(), disk, &mut self.random);
                tally.unsynced += unsynced.expect("the files can be written");
            }
            process = self.start();
            let visitor = process.visitor("Mara").await;
            let page = TestPeer::connect(&visitor, &id).await;
            let there = words(&page);
            for recorder in &mut recorders {
                tally += recorder.count(&there);
            }
            tally += commenter.count(&visitor.get(&format!("/api/postmortems/{id}")).await.text);
            // On a disk that forgets what it has shown, pages hold what the server does not: nothing goes on from there.
            if tally.lost > 0 {
                return tally;
            }
            for recorder in &mut recorders {
                if self.random.random_bool(0.5) {
                    recorder.come_back(&visitor, &id).await;
                } else {
                    recorder.reopen(&visitor, &id).await;
                }
            }
        }
        tally
    }

    /// Lets everybody write and ends the server after a random number of changes.
    async fn crash_under_load(
        &mut self,
        process: Process,
        id: &str,
        discussed: &str,
        recorders: &mut [Recorder],
        commenter: &mut Commenter,
    ) {
        let visitor = process.visitor("Mara").await;
        let (changes, mut made) = watch::channel(0);
        let note = || changes.send_modify(|count| *count += 1);
        let enough = self.random.random_range(1..100);
        let end = async {
            made.wait_for(|count| *count >= enough).await.expect("somebody writes");
            process.kill();
        };
        let writing = join_all(recorders.iter_mut().map(|recorder| recorder.write(note)));
        tokio::join!(end, writing, commenter.write(&visitor, id, discussed, note));
    }

    fn start(&self) -> Process {
        let disk = match self.crash {
            Crash::PowerCut(disk) => Some(disk),
            Crash::Kill => None,
        };
        let environment = disk.zip(self.shim.as_deref()).map(|(disk, shim)| disk.environment(shim));
        Process::start_with(self.folder.path(), &environment.unwrap_or_default())
    }
}

/// Everything that stands in the overview and in entries.
fn words(page: &TestPeer) -> String {
    let value = page.value();
    let entries = value.timeline.iter().map(|entry| &entry.text);
    value.sections.values().chain(entries).map(String::as_str).collect::<Vec<&str>>().join("\n")
}
