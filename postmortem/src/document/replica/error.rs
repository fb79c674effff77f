//! Why bytes were not applied.

/// Bytes that are no update or no state vector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The bytes do not decode.
    #[error("These bytes are not an update of this document.")]
    Unreadable,
    /// The update needs others that have not arrived.
    #[error("This update builds on others that are missing.")]
    Incomplete,
}
