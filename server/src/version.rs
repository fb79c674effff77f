//! Reading a version out of the store.

use crate::error::ApiError;
use crate::random;
use crate::store::Store;
use postmortem::{PostmortemId, Replica};

/// Decodes a version and looks at it, in a thread of its own.
///
/// # Errors
/// When there is no such version, or it cannot be read.
pub async fn read<V: Send + 'static>(
    store: &Store,
    id: &PostmortemId,
    number: u32,
    look: impl FnOnce(Replica) -> V + Send + 'static,
) -> Result<V, ApiError> {
    let state = store.find_version(id, number).await?.ok_or(ApiError::NotFound("version"))?;
    let decoding = tokio::task::spawn_blocking(move || Replica::replay(random::client(), [state]).map(look));
    match decoding.await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(damage)) => {
            tracing::error!(%damage, postmortem = %id, version = number, "a version could not be decoded");
            Err(ApiError::Damaged("version"))
        }
        Err(error) => {
            tracing::error!(%error, postmortem = %id, version = number, "a version could not be read");
            Err(ApiError::Damaged("version"))
        }
    }
}
