//! The one writer of documents. It has no timer: it commits what queued during the commit before, for all rooms at once.
//! A batch that fails is tried again, in order, until it is saved; nothing behind it overtakes it. Only versions are given
//! up where they stand in its way: they are a courtesy, and what people wrote is a promise.

mod backlog;
mod batch;
mod queue;
mod ticket;
mod writer;

pub use backlog::DiskState;
pub use batch::Batch;
pub use queue::SaveQueue;
pub use ticket::SaveTicket;

use super::inbox::Control;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::store::log::LogSequence;
use crate::store::versions::NewVersion;
use backlog::Backlog;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use postmortem::api::Summary;
use postmortem::{Authorship, PostmortemId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// How long a commit vouches for the disk: whoever asks whether it works, however often, makes it write no more than that.
const PROBE_AFTER: Duration = Duration::from_secs(1);

/// The way to the writer.
#[derive(Debug, Clone)]
pub struct Saver {
    jobs: mpsc::UnboundedSender<Job>,
    metrics: Arc<Metrics>,
    backlog: Arc<Backlog>,
}

/// What a room hands to the log.
#[derive(Debug)]
pub struct Append {
    pub postmortem: PostmortemId,
    pub sequence: LogSequence,
    pub update: Bytes,
    pub authors: Vec<Authorship>,
    pub ticket: SaveTicket,
    /// Where the room is told of the commit.
    pub room: mpsc::UnboundedSender<Control>,
}

#[derive(Debug)]
pub enum Job {
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
        let (saver, queue) = Self::new(patience, most_unsaved);
        tokio::spawn(writer::write(store, queue));
        saver
    }

    /// Both ends of the way to the writer. People are told when something has waited for longer than their patience.
    pub fn new(patience: Duration, most_unsaved: usize) -> (Self, SaveQueue) {
        let (jobs, waiting) = mpsc::unbounded_channel();
        let (metrics, backlog) = (Arc::<Metrics>::default(), Arc::new(Backlog::new(most_unsaved)));
        let queue = SaveQueue::new(waiting, patience, backlog.clone(), metrics.clone());
        (Self { jobs, metrics, backlog }, queue)
    }

    /// What is measured of saving, and of all that depends on it.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// What is known of the disk, now and as it changes.
    pub fn storage(&self) -> watch::Receiver<DiskState> {
        self.backlog.storage()
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
        self.backlog.add(job.bytes());
        if self.jobs.send(job).is_err() {
            tracing::error!("the saver is gone");
        }
    }
}
