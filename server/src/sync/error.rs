//! Why a room did not open, or did not do what it was asked.

use crate::store::StoreError;
use postmortem::ingest::IngestError;

/// Why a post-mortem could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("there is no such post-mortem")]
    Missing,
    #[error("the post-mortem was deleted")]
    Deleted,
    #[error("the server is stopping")]
    Stopping,
    #[error("the post-mortem does not decode and is set aside")]
    Damaged,
    #[error("nothing can be saved at the moment")]
    CannotSave,
    #[error("the post-mortem could not be read")]
    Failed,
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a post-mortem could not be read");
        Self::Failed
    }
}

/// Why a version could not be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the version does not fit the document: {0}")]
    Misfit(#[from] IngestError),
}
