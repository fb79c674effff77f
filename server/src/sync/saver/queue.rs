//! The writer's end of the way to it: makes batches of what waits, and tells whoever waits what became of them.

use super::backlog::Backlog;
use super::{Batch, Job};
use crate::metrics::Metrics;
use crate::sync::inbox::Control;
use std::iter;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

#[derive(Debug)]
pub struct SaveQueue {
    waiting: mpsc::UnboundedReceiver<Job>,
    patience: Duration,
    backlog: Arc<Backlog>,
    metrics: Arc<Metrics>,
}

impl SaveQueue {
    pub(super) fn new(
        waiting: mpsc::UnboundedReceiver<Job>,
        patience: Duration,
        backlog: Arc<Backlog>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { waiting, patience, backlog, metrics }
    }

    /// What waits, as soon as anything does, up to so many jobs; `None` when nobody can queue more.
    pub async fn next(&mut self, most: usize) -> Option<Batch> {
        let first = self.waiting.recv().await?;
        let others = iter::from_fn(|| self.waiting.try_recv().ok());
        Some(Batch::new(iter::once(first).chain(others).take(most).collect()))
    }

    /// How long a batch may take until people are told that nothing is saved. A disk that hangs gives no error: what counts
    /// is how long they have been waiting.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// A batch takes longer than that.
    pub fn lose_patience(&self) {
        self.backlog.set_failing(true);
    }

    /// A batch is saved, with these numbers for the versions in it, in order.
    pub fn saved(&self, batch: Batch, numbers: Vec<Option<u32>>) {
        self.backlog.set_failing(false);
        if batch.writes() {
            self.backlog.note_commit();
        }
        self.backlog.remove(batch.bytes());
        let mut numbers = numbers.into_iter();
        for job in batch.jobs {
            match job {
                // A room that ended has nobody left to tell.
                Job::Append(append) => drop(append.room.send(Control::Committed { ticket: append.ticket })),
                Job::Flush(done) | Job::Probe(done) => drop(done.send(())),
                Job::Version { kept, .. } => drop(kept.send(numbers.next().flatten())),
                Job::Summary { .. } => {}
            }
        }
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }
}
