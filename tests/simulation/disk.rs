//! The disk: the log as the saver and the folds of the server write it, and rooms begin with it. It fails when it is told to,
//! and now and then says so of what it wrote. Its own replica of the log is what every promise is held against.

use crate::fault::Fault;
use crate::{Checked, Violation, time};
use postmortem::{Authorship, ClientId, Generation, Replica};
use server::store::StoreError;
use server::store::log::LogSequence;
use server::store::log::UpdateLog;
use server::store::publication_state::PublicationState;
use server::store::versions::{Latest, NewVersion};
use server::sync::Beginning;
use server::sync::saver::{Append, Batch, Job};
use std::collections::BTreeMap;

/// An update that changes nothing.
const NOTHING: [u8; 2] = [0, 0];

/// What came of an attempt to write a batch.
#[derive(Debug)]
pub enum Saved {
    /// All of it is written, with these numbers for the versions in it.
    Whole(Vec<Option<u32>>),
    Failed(StoreError),
}

#[derive(Debug, Default)]
struct Failing {
    attempts: usize,
    /// Whether the rows of a failed attempt are on disk nevertheless.
    written: bool,
}

/// The log.
#[derive(Debug)]
pub struct Disk {
    snapshot: Option<(LogSequence, Vec<u8>)>,
    updates: BTreeMap<LogSequence, Vec<u8>>,
    authors: BTreeMap<(ClientId, u32), Authorship>,
    /// The last sequence that the summary knew of.
    summarized: LogSequence,
    versions: u32,
    latest: Latest,
    failing: Failing,
    replica: Replica,
    fault: Option<Fault>,
}

impl Disk {
    /// A log that begins with a document.
    pub fn new(first: Vec<u8>, fault: Option<Fault>) -> Self {
        let replica = Replica::watched(ClientId(3));
        replica.apply(&first).expect("a whole document");
        Self {
            snapshot: None,
            updates: BTreeMap::from([(LogSequence(1), first)]),
            authors: BTreeMap::new(),
            summarized: LogSequence(1),
            versions: 0,
            latest: Latest { sequence: LogSequence(1), made_at: time() },
            failing: Failing::default(),
            replica,
            fault,
        }
    }

    /// The updates that make the document, in order.
    pub fn log(&self) -> impl Iterator<Item = &[u8]> {
        self.snapshot.iter().map(|(_, snapshot)| snapshot).chain(self.updates.values()).map(Vec::as_slice)
    }

    /// What is kept of the document.
    pub fn read(&self) -> UpdateLog {
        UpdateLog {
            generation: Generation(1),
            snapshot: self.snapshot.clone(),
            updates: self.updates.clone().into_iter().collect(),
            summarized: self.summarized,
            authors: self.authors.values().cloned().collect(),
        }
    }

    /// What a room begins with.
    pub fn load(&self) -> Result<Beginning, Violation> {
        let beginning = Beginning::decode(ClientId(2), self.read(), PublicationState::Never, self.latest);
        beginning.map_err(|error| Violation(format!("the log does not load: {error}")))
    }

    /// The next attempts fail.
    pub fn fail(&mut self, attempts: usize, written: bool) {
        self.failing = Failing { attempts, written };
    }

    /// The disk works again.
    pub fn mend(&mut self) {
        self.failing = Failing::default();
    }

    /// One attempt to write a batch: all of it or nothing.
    pub fn save(&mut self, batch: &Batch) -> Result<Saved, Violation> {
        let fails = self.failing.attempts > 0;
        self.failing.attempts = self.failing.attempts.saturating_sub(1);
        let mut numbers = Vec::new();
        if !fails || self.failing.written {
            for job in batch.jobs() {
                match job {
                    Job::Append(append) => self.append(append)?,
                    Job::Version { version, .. } => numbers.push(Some(self.keep(version)?)),
                    Job::Summary { .. } => self.summarized = self.sequence(),
                    Job::Probe(_) | Job::Flush(_) => {}
                }
            }
        }
        if !fails || self.fault == Some(Fault::SkipsFailedBatches) {
            return Ok(Saved::Whole(numbers));
        }
        // Whether the same may work later makes a difference to the versions in the batch.
        let error = if self.failing.written {
            StoreError::Database(sqlx::Error::PoolTimedOut)
        } else {
            StoreError::Unreadable("a page".to_owned())
        };
        Ok(Saved::Failed(error))
    }

    /// Appends an update behind the one before it, unless an attempt that seemed to fail has written it.
    fn append(&mut self, append: &Append) -> Checked {
        let only_deletes = append.update.first() == Some(&0);
        let is_forgotten = self.fault == Some(Fault::ForgetsDeletions) && only_deletes;
        let update = if is_forgotten { NOTHING.to_vec() } else { append.update.to_vec() };
        if self.updates.get(&append.sequence) == Some(&update) {
            return Ok(());
        }
        if append.sequence != self.sequence().next() {
            return Err(Violation(format!("update {} does not follow in the log", append.sequence)));
        }
        let applied = self.replica.apply(&update);
        applied.map_err(|error| Violation(format!("update {} does not fit the log: {error}", append.sequence)))?;
        for authorship in &append.authors {
            self.authors.entry((authorship.client, authorship.from)).or_insert_with(|| authorship.clone());
        }
        self.updates.insert(append.sequence, update);
        Ok(())
    }

    /// Keeps a version: it holds what stands in the log before it, neither more nor less.
    fn keep(&mut self, version: &NewVersion) -> Result<u32, Violation> {
        let kept = Replica::replay(ClientId(5), [version.state.clone()]);
        let kept = kept.map_err(|damage| Violation(format!("a version does not decode: {damage}")))?;
        // An attempt that seemed to fail has written what follows it already.
        let is_retried = version.sequence < self.sequence();
        if version.sequence > self.sequence() || !is_retried && kept.read() != self.replica.read() {
            return Err(Violation(format!("a version of update {} is not what stands there", version.sequence)));
        }
        self.versions += 1;
        self.latest = Latest { sequence: version.sequence, made_at: version.at };
        Ok(self.versions)
    }

    /// Puts a snapshot in the place of everything up to a sequence.
    pub fn fold(&mut self, sequence: LogSequence, snapshot: Vec<u8>) {
        let snapshot = if self.fault == Some(Fault::FoldsTooMuch) { self.without(sequence) } else { snapshot };
        self.snapshot = Some((sequence, snapshot));
        self.updates = self.updates.split_off(&(sequence.next()));
    }

    /// The document without one update.
    fn without(&self, sequence: LogSequence) -> Vec<u8> {
        let replica = Replica::new(ClientId(4));
        for update in self.read().through(sequence.back(1)) {
            replica.apply(&update).expect("the log replays");
        }
        replica.diff(&[0]).expect("encoded")
    }

    /// The sequence of the last update in the log.
    fn sequence(&self) -> LogSequence {
        let snapshot = self.snapshot.as_ref().map_or(LogSequence::default(), |(sequence, _)| *sequence);
        self.updates.keys().next_back().copied().unwrap_or(snapshot)
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
