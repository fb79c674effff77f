//! What waits for the disk, and what is known of the disk by that.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// What is known of the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DiskState {
    /// Nothing could be saved for a while.
    pub is_failing: bool,
    /// So much waits that no more is taken.
    pub is_full: bool,
}

impl DiskState {
    /// Whether people are to be told that nothing is saved.
    pub fn is_in_trouble(self) -> bool {
        self.is_failing || self.is_full
    }
}

#[derive(Debug)]
pub(super) struct Backlog {
    /// Bytes of updates and versions that are not saved.
    waiting: AtomicUsize,
    most: usize,
    storage: watch::Sender<DiskState>,
    /// When the last commit was.
    committed: Mutex<Option<Instant>>,
}

impl Backlog {
    pub fn new(most: usize) -> Self {
        let (waiting, storage) = (AtomicUsize::new(0), watch::Sender::default());
        Self { waiting, most, storage, committed: Mutex::default() }
    }

    pub fn storage(&self) -> watch::Receiver<DiskState> {
        self.storage.subscribe()
    }

    pub fn add(&self, bytes: usize) {
        if bytes > 0 && self.waiting.fetch_add(bytes, Ordering::Relaxed) + bytes > self.most {
            self.change(|storage| storage.is_full = true);
        }
    }

    /// So much is saved. Whoever was held back goes on when half of what waited is gone, rather than at every batch.
    pub fn remove(&self, bytes: usize) {
        if self.waiting.fetch_sub(bytes, Ordering::Relaxed) - bytes <= self.most / 2 {
            self.change(|storage| storage.is_full = false);
        }
    }

    /// Something was written just now.
    pub fn note_commit(&self) {
        *self.committed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// How long ago the last commit was.
    pub fn rested(&self) -> Duration {
        let committed = *self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        committed.map_or(Duration::MAX, |committed| committed.elapsed())
    }

    /// Whether nothing could be saved for a while.
    pub fn set_failing(&self, is_failing: bool) {
        self.change(|storage| storage.is_failing = is_failing);
    }

    fn change(&self, change: impl FnOnce(&mut DiskState)) {
        self.storage.send_if_modified(|storage| {
            let before = *storage;
            change(storage);
            *storage != before
        });
    }
}
