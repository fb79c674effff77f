//! Reading a version out of the store.

use crate::callers::Asker;
use crate::error::ApiError;
use crate::random;
use crate::store::Store;
use crate::work::workshop::Workshop;
use postmortem::{HeadRow, PostmortemId, Replica};

/// Decodes a version and looks at it, in the workshop and for whoever asks.
///
/// # Errors
/// When there is no such version, it cannot be read, or the workshop does not take it.
pub async fn read<V: Send + 'static>(
    store: &Store,
    workshop: &Workshop,
    asker: &Asker,
    (id, number): (PostmortemId, u32),
    look: impl FnOnce(Replica, Option<HeadRow>) -> V + Send + 'static,
) -> Result<V, ApiError> {
    let turn = workshop.turn(asker).await?;
    let (state, head) = store.find_version(&id, number).await?.ok_or(ApiError::NotFound("version"))?;
    let decoding = turn.run(move |_| match Replica::replay(random::client(), [state]) {
        Ok(version) => Ok(look(version, head)),
        Err(damage) => {
            tracing::error!(%damage, postmortem = %id, version = number, "a version could not be decoded");
            Err(ApiError::Damaged("version"))
        }
    });
    decoding.await
}
