//! Compaction: the log up to a sequence becomes one snapshot. It is made by replaying what is stored, and replaces that
//! only when, read again, it gives the very value that the room holds.

use crate::random;
use crate::store::{Store, StoreError, log};
use postmortem::{Damage, Postmortem, PostmortemId, Replica, UpdateError};

/// Why a log was left as it is.
#[derive(Debug, thiserror::Error)]
pub(super) enum FoldError {
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

/// Folds everything up to and with a sequence, at which the live document had this value.
pub(super) async fn fold(store: &Store, id: &PostmortemId, sequence: i64, live: Postmortem) -> Result<(), FoldError> {
    let Some(log) = store.find_log(id).await? else {
        return Ok(());
    };
    let snapshot = tokio::task::spawn_blocking(move || replay(log.through(sequence), &live)).await??;
    let mut write = store.write().await?;
    log::fold(&mut write, id, sequence, &snapshot).await?;
    write.commit().await?;
    Ok(())
}

fn replay(updates: impl Iterator<Item = Vec<u8>>, live: &Postmortem) -> Result<Vec<u8>, FoldError> {
    let replayed = Replica::replay(random::client(), updates)?;
    let snapshot = replayed.diff(&[0])?;
    let read_again = Replica::replay(random::client(), [snapshot.clone()])?;
    if read_again.read().postmortem == *live { Ok(snapshot) } else { Err(FoldError::Differs) }
}
