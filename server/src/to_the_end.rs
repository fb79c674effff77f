//! Work that is done to its end though nobody may wait for it any more.

use crate::error::ApiError;

/// Does something that has begun to its end, also when the browser hangs up meanwhile: what was committed is told to
/// everyone in the room.
///
/// # Errors
/// Those of the work.
pub async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work).await.unwrap_or_else(|error| Err(ApiError::failed_inside(&error)))
}
