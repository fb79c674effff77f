//! What a room calls something that it has handed to the saver.

/// The number under which a room waits for a commit. It counts what this room has handed over, where the sequence counts the
/// log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SaveTicket(pub u64);
