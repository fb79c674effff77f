//! Rounds of load, crash and count on one data folder.

use crate::commenter::Commenter;
use crate::importer::Importer;
use crate::power::{self, Disk};
use crate::publisher::Publisher;
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
        let mut story = Story::begin(&process, &mut self.random).await;
        assert!(process.terminate(), "the server stops well");

        let mut process = self.start();
        story.come_back(&process, &mut self.random).await;
        let mut tally = Tally::default();
        for _ in 0..rounds {
            story.go_on_until_killed(process, self.random.random_range(1..100)).await;
            if let Crash::PowerCut(disk) = self.crash {
                let unsynced = power::cut(self.folder.path(), disk, &mut self.random);
                tally.unsynced += unsynced.expect("the files can be written");
            }
            process = self.start();
            tally += story.count(&process).await;
            // On a disk that forgets what it has shown, pages hold what the server does not: nothing goes on from there.
            if tally.lost > 0 {
                return tally;
            }
            story.come_back(&process, &mut self.random).await;
        }
        tally
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

/// One post-mortem and everybody who works on it.
struct Story {
    id: String,
    recorders: Vec<Recorder>,
    commenter: Commenter,
    publisher: Publisher,
    importer: Importer,
}

impl Story {
    async fn begin(process: &Process, random: &mut StdRng) -> Self {
        let mara = process.visitor("Mara").await;
        let id = mara.start_postmortem("Disk full").await;
        let mut page = TestPeer::connect(&mara, &id).await;
        let discussed = fresh_id();
        page.run(&Command::AddEntry(discussed.clone(), entry("2018-10-21T22:52:00Z", "deploys locked"))).await;
        page.until_saved().await;
        let mut recorders = Vec::new();
        for number in 0..RECORDERS {
            let visitor = process.visitor(&format!("Recorder {number}")).await;
            let random = StdRng::seed_from_u64(random.random());
            recorders.push(Recorder::open(visitor, &id, number, random).await);
        }
        let publisher = Publisher::new(process.visitor("Priya").await, &id);
        let importer = Importer::new(process.visitor("Jonah").await);
        Self { commenter: Commenter::new(mara, &id, discussed), publisher, importer, id, recorders }
    }

    /// Lets everybody write, and kills the server after so many changes.
    async fn go_on_until_killed(&mut self, process: Process, enough: usize) {
        let (changes, mut made) = watch::channel(0);
        let note = || changes.send_modify(|count| *count += 1);
        self.commenter.come_back(&process);
        self.publisher.come_back(&process);
        self.importer.come_back(&process);
        let end = async {
            made.wait_for(|count| *count >= enough).await.expect("somebody writes");
            process.kill();
        };
        let writing = join_all(self.recorders.iter_mut().map(|recorder| recorder.write(note)));
        let Self { commenter, publisher, importer, .. } = self;
        tokio::join!(end, writing, commenter.write(note), publisher.write(note), importer.write(note));
    }

    async fn count(&mut self, process: &Process) -> Tally {
        let visitor = self.commenter.visitor().at(process.address());
        let page = TestPeer::connect(&visitor, &self.id).await;
        let there = words(&page);
        let mut tally = self.commenter.count(&visitor.get(&format!("/api/postmortems/{}", self.id)).await.text);
        for recorder in &mut self.recorders {
            tally += recorder.count(&there);
        }
        self.publisher.come_back(process);
        self.importer.come_back(process);
        tally += self.publisher.count().await;
        tally += self.importer.count().await;
        tally
    }

    /// Some pages have lived on and bring back what they hold; the others died with the server.
    async fn come_back(&mut self, process: &Process, random: &mut StdRng) {
        for recorder in &mut self.recorders {
            if random.random_bool(0.5) {
                recorder.come_back(process, &self.id).await;
            } else {
                recorder.reopen(process, &self.id).await;
            }
        }
    }
}

/// Everything that stands in the overview and in entries.
fn words(page: &TestPeer) -> String {
    let value = page.value();
    let entries = value.timeline.iter().map(|entry| &entry.text);
    value.sections.values().chain(entries).map(String::as_str).collect::<Vec<&str>>().join("\n")
}
