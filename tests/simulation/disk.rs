//! The disk: what the saver still holds, what is in the log, and what rooms have not yet heard of. Its own replica of the
//! log is what every promise is held against.

use crate::fault::Fault;
use crate::{Checked, Violation};
use postmortem::{Authorship, Replica};
use std::collections::{BTreeMap, VecDeque};

/// An update on its way into the log.
#[derive(Debug)]
struct Job {
    sequence: u64,
    ticket: u64,
    update: Vec<u8>,
    authors: Vec<Authorship>,
}

#[derive(Debug, Default)]
struct Failing {
    attempts: usize,
    /// Whether the rows of a failed attempt are on disk nevertheless.
    written: bool,
}

/// The log and the way into it.
#[derive(Debug)]
pub struct Disk {
    snapshot: (u64, Vec<u8>),
    updates: BTreeMap<u64, Vec<u8>>,
    authors: BTreeMap<(u64, u32), Authorship>,
    queued: VecDeque<Job>,
    /// Tickets of what is in the log, for the room to hear of.
    unreported: VecDeque<u64>,
    failing: Failing,
    replica: Replica,
    fault: Option<Fault>,
}

impl Disk {
    /// A log that begins with a document.
    pub fn new(first: Vec<u8>, fault: Option<Fault>) -> Self {
        let disk = Self {
            snapshot: (0, first),
            updates: BTreeMap::new(),
            authors: BTreeMap::new(),
            queued: VecDeque::new(),
            unreported: VecDeque::new(),
            failing: Failing::default(),
            replica: Replica::watched(3),
            fault,
        };
        disk.replica.apply(&disk.snapshot.1).expect("a whole document");
        disk
    }

    /// The updates that make the document, in order.
    pub fn log(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        std::iter::once(&self.snapshot.1).chain(self.updates.values()).cloned()
    }

    /// Who brought what.
    pub fn authors(&self) -> Vec<Authorship> {
        self.authors.values().cloned().collect()
    }

    /// The sequence of the last update in the log.
    pub fn sequence(&self) -> u64 {
        self.updates.keys().next_back().copied().unwrap_or(self.snapshot.0)
    }

    /// Hands an update to the saver.
    pub fn append(&mut self, sequence: u64, ticket: u64, update: Vec<u8>, authors: Vec<Authorship>) {
        self.queued.push_back(Job { sequence, ticket, update, authors });
    }

    /// The next attempts fail.
    pub fn fail(&mut self, attempts: usize, written: bool) {
        self.failing = Failing { attempts, written };
    }

    /// The disk works again.
    pub fn mend(&mut self) {
        self.failing = Failing::default();
    }

    /// One attempt to write up to so many updates; whether there was anything to do.
    pub fn commit(&mut self, most: usize) -> Result<bool, Violation> {
        let count = most.min(self.queued.len());
        if count == 0 {
            return Ok(false);
        }
        let fails = self.failing.attempts > 0;
        self.failing.attempts = self.failing.attempts.saturating_sub(1);
        if !fails || self.failing.written {
            for at in 0..count {
                self.write(at)?;
            }
        }
        if !fails || self.fault == Some(Fault::SkipsFailedBatches) {
            let tickets: Vec<u64> = self.queued.drain(..count).map(|job| job.ticket).collect();
            self.unreported.extend(tickets);
        }
        Ok(true)
    }

    /// Writes a row unless an attempt that seemed to fail has written it.
    fn write(&mut self, at: usize) -> Checked {
        let Some(job) = self.queued.get(at) else { return Ok(()) };
        let only_deletes = job.update.first() == Some(&0);
        if self.fault == Some(Fault::ForgetsDeletions) && only_deletes {
            return Ok(());
        }
        if self.updates.contains_key(&job.sequence) || job.sequence <= self.snapshot.0 {
            return Ok(());
        }
        let applied = self.replica.apply(&job.update);
        applied.map_err(|error| Violation(format!("update {} does not follow in the log: {error}", job.sequence)))?;
        for authorship in &job.authors {
            self.authors.entry((authorship.client, authorship.from)).or_insert_with(|| authorship.clone());
        }
        self.updates.insert(job.sequence, job.update.clone());
        Ok(())
    }

    /// The next ticket that the room has not heard of.
    pub fn report(&mut self) -> Option<u64> {
        self.unreported.pop_front()
    }

    /// Whether everything handed over is in the log and told.
    pub fn is_idle(&self) -> bool {
        self.queued.is_empty() && self.unreported.is_empty()
    }

    /// The server is gone, and with it what the saver held.
    pub fn crash(&mut self) {
        self.queued.clear();
        self.unreported.clear();
    }

    /// Puts a snapshot in the place of all updates.
    pub fn fold(&mut self) {
        let replayed = Replica::new(4);
        let left_out = usize::from(self.fault == Some(Fault::FoldsTooMuch));
        let through = self.sequence();
        let kept = self.updates.len().saturating_sub(left_out);
        for update in self.log().take(1 + kept) {
            replayed.apply(&update).expect("the log replays");
        }
        self.snapshot = (through, replayed.diff(&[0]).expect("encoded"));
        self.updates.clear();
    }

    /// Whether the log holds everything of an update, deletions too. One that it does not hold spoils this disk.
    pub fn holds(&self, update: &[u8]) -> bool {
        holds(&self.replica, update)
    }
}

/// Whether a watched replica has seen all of an update: taking it in again changes nothing.
pub fn holds(replica: &Replica, update: &[u8]) -> bool {
    replica.apply(update).is_ok_and(|changes| changes.parts.is_empty() && changes.texts.is_empty())
}
