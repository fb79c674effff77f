//! The one writer of documents. It has no timer: it commits what queued during the commit before, for all rooms at once.
//! A batch that fails is tried again, in order, until it is saved; nothing behind it overtakes it. Only versions are given
//! up where they stand in its way: they are a courtesy, and what people wrote is a promise.

use super::mail::Control;
use crate::metrics::Metrics;
use crate::store::versions::NewVersion;
use crate::store::{Store, StoreError, custody, log, postmortems, versions};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use postmortem::api::Summary;
use postmortem::{Authorship, PostmortemId};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep};

/// The most jobs of one commit: a bound on how long the first of them waits for the last.
const BATCH: usize = 1_000;

/// The pauses between attempts of a batch that fails: from a moment's lock to a full disk that somebody has to clear.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// How long a commit vouches for the disk: whoever asks whether it works, however often, makes it write no more than that.
const PROBE_AFTER: Duration = Duration::from_secs(1);

/// The way to the writer.
#[derive(Debug, Clone)]
pub struct Saver {
    jobs: mpsc::UnboundedSender<Job>,
    metrics: Arc<Metrics>,
    backlog: Arc<Backlog>,
}

/// What is known of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Storage {
    /// Nothing could be saved for a while.
    pub is_failing: bool,
    /// So much waits that no more is taken.
    pub is_full: bool,
}

impl Storage {
    /// Whether people are to be told that nothing is saved.
    pub fn is_in_trouble(self) -> bool {
        self.is_failing || self.is_full
    }
}

/// What waits for the disk.
#[derive(Debug)]
struct Backlog {
    /// Bytes of updates and versions that are not saved.
    waiting: AtomicUsize,
    most: usize,
    storage: watch::Sender<Storage>,
    /// When the last commit was.
    committed: Mutex<Option<Instant>>,
}

/// What a room hands to the log.
#[derive(Debug)]
pub(super) struct Append {
    pub postmortem: PostmortemId,
    pub sequence: i64,
    pub update: Bytes,
    pub authors: Vec<Authorship>,
    /// The number under which the room waits for the commit, and where to tell it.
    pub ticket: u64,
    pub room: mpsc::UnboundedSender<Control>,
}

#[derive(Debug)]
enum Job {
    Append(Append),
    Summary {
        postmortem: PostmortemId,
        updated_at: DateTime<Utc>,
        summary: Box<Summary>,
    },
    Version {
        postmortem: PostmortemId,
        version: Box<NewVersion>,
        kept: oneshot::Sender<Option<u32>>,
    },
    /// Writes something that changes nothing, to see whether anything can be written.
    Probe(oneshot::Sender<()>),
    Flush(oneshot::Sender<()>),
}

impl Job {
    /// The bytes that count as a backlog.
    fn bytes(&self) -> usize {
        match self {
            Self::Append(append) => append.update.len(),
            Self::Version { version, .. } => version.state.len(),
            Self::Summary { .. } | Self::Probe(_) | Self::Flush(_) => 0,
        }
    }
}

impl Saver {
    /// Starts the writer. It ends when the last handle to it is gone and everything is saved.
    pub fn start(store: Store, patience: Duration, most_unsaved: usize) -> Self {
        let (jobs, queue) = mpsc::unbounded_channel();
        let backlog = Arc::new(Backlog {
            waiting: AtomicUsize::new(0),
            most: most_unsaved,
            storage: watch::Sender::default(),
            committed: Mutex::default(),
        });
        let metrics = Arc::<Metrics>::default();
        tokio::spawn(write(store, queue, patience, backlog.clone(), metrics.clone()));
        Self { jobs, metrics, backlog }
    }

    /// What is measured of saving, and of all that depends on it.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// What is known of the disk, now and as it changes.
    pub(super) fn storage(&self) -> watch::Receiver<Storage> {
        self.backlog.storage.subscribe()
    }

    /// Queues an update. The room hears of the commit.
    pub(super) fn append(&self, append: Append) {
        self.backlog.add(append.update.len());
        self.queue(Job::Append(append));
    }

    /// Queues a renewed summary.
    pub(super) fn summarize(&self, postmortem: PostmortemId, updated_at: DateTime<Utc>, summary: Summary) {
        self.queue(Job::Summary { postmortem, updated_at, summary: Box::new(summary) });
    }

    /// Queues a version of what was queued before it. Its number comes after the commit.
    pub(super) fn keep_version(
        &self,
        postmortem: PostmortemId,
        version: NewVersion,
        kept: oneshot::Sender<Option<u32>>,
    ) {
        self.backlog.add(version.state.len());
        self.queue(Job::Version { postmortem, version: Box::new(version), kept });
    }

    /// Whether something can be saved at the moment: it was just now, or is.
    pub async fn can_save(&self) -> bool {
        let mut storage = self.storage();
        if storage.borrow().is_in_trouble() {
            return false;
        }
        if self.backlog.rested() < PROBE_AFTER {
            return true;
        }
        let (done, committed) = oneshot::channel();
        self.queue(Job::Probe(done));
        // A disk that hangs says nothing: then it is the writer that tells, when it has waited for long enough.
        tokio::select! {
            committed = committed => committed.is_ok(),
            _ = storage.wait_for(|storage| storage.is_in_trouble()) => false,
        }
    }

    /// Waits until everything queued so far is committed.
    pub async fn flush(&self) {
        let (done, committed) = oneshot::channel();
        self.queue(Job::Flush(done));
        if committed.await.is_err() {
            tracing::error!("the saver is gone");
        }
    }

    /// The writer outlives every handle, so that queueing fails only when it was aborted with the runtime.
    fn queue(&self, job: Job) {
        if self.jobs.send(job).is_err() {
            tracing::error!("the saver is gone");
        }
    }
}

impl Backlog {
    fn add(&self, bytes: usize) {
        if self.waiting.fetch_add(bytes, Ordering::Relaxed) + bytes > self.most {
            self.change(|storage| storage.is_full = true);
        }
    }

    /// So much is saved. Whoever was held back goes on when half of what waited is gone, rather than at every batch.
    fn remove(&self, bytes: usize) {
        if self.waiting.fetch_sub(bytes, Ordering::Relaxed) - bytes <= self.most / 2 {
            self.change(|storage| storage.is_full = false);
        }
    }

    /// How long ago the last commit was.
    fn rested(&self) -> Duration {
        let committed = *self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        committed.map_or(Duration::MAX, |committed| committed.elapsed())
    }

    fn change(&self, change: impl FnOnce(&mut Storage)) {
        self.storage.send_if_modified(|storage| {
            let before = *storage;
            change(storage);
            *storage != before
        });
    }
}

async fn write(
    store: Store,
    mut queue: mpsc::UnboundedReceiver<Job>,
    patience: Duration,
    backlog: Arc<Backlog>,
    metrics: Arc<Metrics>,
) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let mut numbers = insist_aloud(&store, &batch, patience, &backlog, &metrics).await.into_iter();
        if batch.iter().any(|job| !matches!(job, Job::Flush(_))) {
            *backlog.committed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        backlog.remove(batch.iter().map(Job::bytes).sum());
        for job in batch.drain(..) {
            match job {
                // A room that ended has nobody left to tell.
                Job::Append(append) => drop(append.room.send(Control::Committed { ticket: append.ticket })),
                Job::Flush(done) | Job::Probe(done) => drop(done.send(())),
                Job::Version { kept, .. } => drop(kept.send(numbers.next().flatten())),
                Job::Summary { .. } => {}
            }
        }
    }
}

/// Saves a batch, and tells of it when that takes longer than people's patience. A disk that hangs gives no error: what
/// counts is how long they have been waiting.
async fn insist_aloud(
    store: &Store,
    batch: &[Job],
    patience: Duration,
    backlog: &Backlog,
    metrics: &Metrics,
) -> Vec<Option<u32>> {
    let mut saving = pin!(insist(store, batch, metrics));
    let numbers = tokio::select! {
        numbers = &mut saving => numbers,
        () = sleep(patience) => {
            backlog.change(|storage| storage.is_failing = true);
            saving.await
        }
    };
    backlog.change(|storage| storage.is_failing = false);
    numbers
}

/// Saves a batch, however often that has to be tried; the numbers of the versions in it, in order, and none where one was
/// given up.
async fn insist(store: &Store, batch: &[Job], metrics: &Metrics) -> Vec<Option<u32>> {
    let mut pause = FIRST_PAUSE;
    let mut with_versions = true;
    loop {
        let began = Instant::now();
        match save(store, batch, with_versions).await {
            Ok(numbers) => {
                metrics.commit.observe(began.elapsed());
                metrics.commit_jobs.observe_count(batch.len());
                return numbers;
            }
            Err(error) => {
                tracing::error!(%error, jobs = batch.len(), "nothing could be saved; trying again");
                let count = batch.iter().filter(|job| matches!(job, Job::Version { .. })).count();
                let is_in_their_way = !error.may_pass() && !matches!(error, StoreError::Taken { .. });
                if with_versions && count > 0 && is_in_their_way {
                    tracing::error!(count, "versions are given up, so that everything else is saved");
                    with_versions = false;
                }
            }
        }
        metrics.commit_failures.add();
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Commits a batch, with or without the versions in it.
async fn save(store: &Store, batch: &[Job], with_versions: bool) -> Result<Vec<Option<u32>>, StoreError> {
    let mut numbers = Vec::new();
    if batch.iter().all(|job| matches!(job, Job::Flush(_))) {
        return Ok(numbers);
    }
    let mut write = store.write_next().await?;
    for job in batch {
        match job {
            Job::Append(append) => {
                log::append(&mut write, &append.postmortem, append.sequence, &append.update).await?;
                for authorship in &append.authors {
                    log::insert_author(&mut write, &append.postmortem, authorship).await?;
                }
            }
            Job::Summary { postmortem, updated_at, summary } => {
                postmortems::update_summary(&mut write, postmortem, *updated_at, summary).await?;
            }
            Job::Version { postmortem, version, .. } if with_versions => {
                numbers.push(versions::insert(&mut write, postmortem, version).await?);
            }
            Job::Version { .. } => numbers.push(None),
            Job::Probe(_) => custody::open(&mut write).await?,
            Job::Flush(_) => {}
        }
    }
    write.commit().await?;
    Ok(numbers)
}
