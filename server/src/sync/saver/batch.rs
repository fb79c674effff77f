//! One batch on its way to the disk: what an attempt is to write, and what follows from one that failed.

use super::Job;
use crate::store::StoreError;
use std::time::Duration;

/// The pauses between attempts of a batch that fails: from a moment's lock to a full disk that somebody has to clear.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Batch {
    pub(super) jobs: Vec<Job>,
    /// Whether the versions in it are not given up.
    keeps_versions: bool,
    pause: Duration,
}

impl Batch {
    pub(super) fn new(jobs: Vec<Job>) -> Self {
        Self { jobs, keeps_versions: true, pause: FIRST_PAUSE }
    }

    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// What an attempt writes, in this order and all of it or nothing.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| self.keeps_versions || !matches!(job, Job::Version { .. }))
    }

    /// Whether anything is to be written.
    pub fn writes(&self) -> bool {
        self.jobs.iter().any(|job| !matches!(job, Job::Flush(_)))
    }

    /// The bytes that it takes off the backlog.
    pub(super) fn bytes(&self) -> usize {
        self.jobs.iter().map(Job::bytes).sum()
    }

    /// An attempt failed; how long to wait until the next. Versions that stand in the way of everything else are given up.
    pub fn failed(&mut self, error: &StoreError) -> Duration {
        tracing::error!(%error, jobs = self.jobs.len(), "nothing could be saved; trying again");
        let count = self.jobs.iter().filter(|job| matches!(job, Job::Version { .. })).count();
        let is_in_their_way = !error.may_pass() && !matches!(error, StoreError::Taken { .. });
        if self.keeps_versions && count > 0 && is_in_their_way {
            tracing::error!(count, "versions are given up, so that everything else is saved");
            self.keeps_versions = false;
        }
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::log::LogSequence;
    use crate::store::versions::NewVersion;
    use postmortem::{PostmortemId, Reason};
    use tokio::sync::oneshot;

    fn batch() -> Batch {
        let postmortem = PostmortemId::new(1, [0; 10]);
        let at = "2026-03-01T12:00:00Z".parse().expect("a time");
        let version = NewVersion {
            sequence: LogSequence(1),
            reason: Reason::Activity,
            by: None,
            at,
            head: postmortem::HeadRow::default(),
            state: vec![0; 10],
        };
        let (kept, _) = oneshot::channel();
        let (done, _) = oneshot::channel();
        Batch::new(vec![Job::Version { postmortem, version: Box::new(version), kept }, Job::Probe(done)])
    }

    #[test]
    fn a_batch_waits_longer_after_each_failure_but_never_long() {
        let mut batch = batch();
        let pauses: Vec<u128> = (0..8).map(|_| batch.failed(&sqlx::Error::PoolTimedOut.into()).as_millis()).collect();
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
        assert_eq!(batch.jobs().count(), 2, "what may pass is no reason to give anything up");
    }

    #[test]
    fn only_versions_are_given_up_and_only_where_waiting_does_not_help() {
        let mut batch = batch();
        let taken = StoreError::Taken { postmortem: PostmortemId::new(1, [0; 10]), sequence: LogSequence(1) };
        batch.failed(&taken);
        assert_eq!(batch.jobs().count(), 2, "another program writes the database; the version is in nobody's way");
        batch.failed(&sqlx::Error::RowNotFound.into());
        assert_eq!(batch.jobs().count(), 1);
        assert!(matches!(batch.jobs().next(), Some(Job::Probe(_))));
        assert_eq!(batch.bytes(), 10, "what was given up no longer waits when the rest is saved");
    }
}
