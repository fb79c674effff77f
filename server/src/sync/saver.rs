//! The one writer of documents. It has no timer: it commits what queued during the commit before, for all rooms at once.
//! A batch that fails is tried again, in order, until it is saved; nothing behind it overtakes it.

use super::mail::Control;
use crate::metrics::Metrics;
use crate::store::postmortems::Summary;
use crate::store::versions::NewVersion;
use crate::store::{Store, StoreError, log, postmortems, versions};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use postmortem::{Authorship, PostmortemId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// The most jobs of one commit: a bound on how long the first of them waits for the last.
const BATCH: usize = 1_000;

/// The pauses between attempts of a batch that fails: from a moment's lock to a full disk that somebody has to clear.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The way to the writer.
#[derive(Debug, Clone)]
pub struct Saver {
    jobs: mpsc::UnboundedSender<Job>,
    metrics: Arc<Metrics>,
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
    Summary { postmortem: PostmortemId, updated_at: DateTime<Utc>, summary: Box<Summary> },
    Version { postmortem: PostmortemId, version: Box<NewVersion>, kept: oneshot::Sender<Option<u32>> },
    Flush(oneshot::Sender<()>),
}

impl Saver {
    /// Starts the writer. It ends when the last handle to it is gone and everything is saved.
    pub fn start(store: Store) -> Self {
        let (jobs, queue) = mpsc::unbounded_channel();
        let metrics = Arc::<Metrics>::default();
        tokio::spawn(write(store, queue, metrics.clone()));
        Self { jobs, metrics }
    }

    /// What is measured of saving, and of all that depends on it.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Queues an update. The room hears of the commit.
    pub(super) fn append(&self, append: Append) {
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
        self.queue(Job::Version { postmortem, version: Box::new(version), kept });
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

async fn write(store: Store, mut queue: mpsc::UnboundedReceiver<Job>, metrics: Arc<Metrics>) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let mut pause = FIRST_PAUSE;
        let mut numbers = loop {
            let began = Instant::now();
            match save(&store, &batch).await {
                Ok(numbers) => {
                    metrics.commit.observe(began.elapsed());
                    metrics.commit_jobs.observe_count(batch.len());
                    break numbers.into_iter();
                }
                Err(error) => tracing::error!(%error, jobs = batch.len(), "nothing could be saved; trying again"),
            }
            metrics.commit_failures.add();
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        };
        for job in batch.drain(..) {
            match job {
                // A room that ended has nobody left to tell.
                Job::Append(append) => drop(append.room.send(Control::Committed { ticket: append.ticket })),
                Job::Flush(done) => drop(done.send(())),
                Job::Version { kept, .. } => drop(kept.send(numbers.next().flatten())),
                Job::Summary { .. } => {}
            }
        }
    }
}

/// Commits a batch; the numbers of the versions in it, in order.
async fn save(store: &Store, batch: &[Job]) -> Result<Vec<Option<u32>>, StoreError> {
    let mut numbers = Vec::new();
    if batch.iter().all(|job| matches!(job, Job::Flush(_))) {
        return Ok(numbers);
    }
    let mut write = store.write().await?;
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
            Job::Version { postmortem, version, .. } => {
                numbers.push(versions::insert(&mut write, postmortem, version).await?);
            }
            Job::Flush(_) => {}
        }
    }
    write.commit().await?;
    Ok(numbers)
}
