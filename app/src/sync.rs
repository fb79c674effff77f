//! The client's half of sync, without a page and without a browser: what a post-mortem's copy here takes in, sends,
//! keeps and tells. Nothing here does input or output, reads a clock or throws dice, so that unit tests and the simulation
//! run what is shipped.

mod attempts;
mod backoff;
mod gone;
mod kept;
mod local_copy;
mod obstacle;
mod output;
mod pending_comments;
mod place;
mod standing;
mod synced_replica;

pub use attempts::{Answer, AttemptStep, Attempts, Circumstances, ConnectionEvent};
pub use gone::Gone;
pub use kept::{KeptFile, RowKey};
pub use local_copy::{Found, StorageState};
pub use obstacle::Obstacle;
pub use output::{Afresh, ConnectionOrder, Effect, FileContent, FoldedCopy, Output, Row, StorageOrder, SyncEvent};
pub use pending_comments::{CommentAnswer, PendingComment};
pub use place::place_of;
pub use standing::{Saving, Standing, WhereKept, count_changes};
pub use synced_replica::{Sources, SyncedReplica};
