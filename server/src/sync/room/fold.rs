//! Compaction: the log up to a sequence becomes one snapshot. It is made by replaying what is stored, and replaces that
//! only when, read again, it gives the very value that the room holds. What came of it decides when the next may begin.

use super::{LiveRoom, Order};
use crate::random;
use crate::store::log::{self, LogSequence, UpdateLog};
use crate::store::{Store, StoreError};
use postmortem::{ClientId, Damage, Postmortem, PostmortemId, Replica, UpdateError};
use tokio::time::Instant;

/// Why a log was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the stored updates do not replay: {0}")]
    Replay(#[from] Damage),
    #[error("the document cannot be encoded: {0}")]
    Encoding(#[from] UpdateError),
    #[error("the snapshot does not read as the live document")]
    Differs,
    #[error("folding failed inside: {0}")]
    Panicked(#[from] tokio::task::JoinError),
}

impl FoldError {
    /// Whether what is stored does not give what the room holds.
    pub fn is_of_the_log(&self) -> bool {
        match self {
            Self::Replay(_) | Self::Differs => true,
            Self::Panicked(error) => error.is_panic(),
            Self::Store(_) | Self::Encoding(_) => false,
        }
    }

    /// Whether the same may work later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Store(error) if error.may_pass())
    }
}

/// What is to be folded.
#[derive(Debug)]
pub struct Fold {
    /// The last update that goes into the snapshot.
    pub sequence: LogSequence,
    /// The document's value with it.
    pub live: Postmortem,
}

impl Fold {
    /// What takes the place of a log up to this fold's sequence. `client` is the client id of replicas that never edit.
    ///
    /// # Errors
    /// When the log does not give what the room holds.
    pub fn snapshot(&self, client: ClientId, log: UpdateLog) -> Result<Vec<u8>, FoldError> {
        let replayed = Replica::replay(client, log.through(self.sequence))?;
        let snapshot = replayed.diff(&[0])?;
        let read_again = Replica::replay(client, [snapshot.clone()])?;
        if read_again.read().postmortem == self.live { Ok(snapshot) } else { Err(FoldError::Differs) }
    }

    /// Folds the log in the store.
    pub async fn run(self, store: &Store, id: &PostmortemId) -> Result<(), FoldError> {
        let Some(log) = store.find_log(id).await? else {
            return Ok(());
        };
        let sequence = self.sequence;
        let snapshot = tokio::task::spawn_blocking(move || self.snapshot(random::client(), log)).await??;
        let mut write = store.write().await?;
        log::fold(&mut write, id, sequence, &snapshot).await?;
        write.commit().await?;
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folding {
    /// It may begin when it is due.
    Ready,
    Running,
    /// The disk was in its way; it may begin again at this moment.
    Resting(Instant),
    /// It did not work out; the next load of the room may try again.
    Failed,
    /// The log does not give what the room holds. The next load may not work out either, and brings back the newest version.
    Broken,
}

impl Folding {
    /// After an attempt; where what kept it from working may pass, it rests until then.
    fn after(result: &Result<(), FoldError>, rested: Instant) -> Self {
        match result {
            Ok(()) => Self::Ready,
            Err(error) if error.is_of_the_log() => Self::Broken,
            Err(error) if error.may_pass() => Self::Resting(rested),
            Err(_) => Self::Failed,
        }
    }

    fn may_begin(self, now: Instant) -> bool {
        match self {
            Self::Ready => true,
            Self::Resting(rested) => rested <= now,
            Self::Running | Self::Failed | Self::Broken => false,
        }
    }
}

impl LiveRoom {
    /// Has the log folded, unless that is under way, or did not work out and has not rested.
    pub(super) fn fold(&mut self) {
        if self.folding.may_begin(self.now()) {
            self.folding = Folding::Running;
            let live = self.room.replica().read().postmortem;
            let fold = Fold { sequence: self.sequence, live };
            self.orders.push(Order::Fold(Box::new(fold)));
        }
    }

    /// What came of it.
    pub(super) fn folded(&mut self, sequence: LogSequence, result: Result<(), FoldError>) {
        self.folding = Folding::after(&result, self.now() + self.setting.pace.idle);
        if let Err(error) = result {
            tracing::error!(%error, postmortem = %self.setting.id, "the log was not folded");
        }
        if self.is_broken() {
            self.keep_activity();
        }
        if self.folding == Folding::Ready {
            self.since_snapshot = usize::try_from(self.sequence.since(sequence)).unwrap_or(0);
        }
        // An empty room only waited for this.
        self.rest_soon();
    }

    pub(super) fn is_folding(&self) -> bool {
        self.folding == Folding::Running
    }

    /// Whether the log is known not to give what the room holds.
    pub(super) fn is_broken(&self) -> bool {
        self.folding == Folding::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_log_that_the_disk_kept_from_being_folded_is_folded_later() {
        let now = Instant::now();
        let rested = now + Duration::from_secs(30);
        let folding = [sqlx::Error::PoolTimedOut, sqlx::Error::RowNotFound]
            .map(|error| Folding::after(&Err(FoldError::Store(error.into())), rested));
        assert_eq!(folding.map(|folding| folding.may_begin(now)), [false, false]);
        assert_eq!(folding.map(|folding| folding.may_begin(rested)), [true, false]);
    }
}
