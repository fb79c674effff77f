//! The CRDT that holds a post-mortem: its schema, every edit a person can make, and what is looked at before foreign bytes
//! are taken in.

pub mod command;
pub mod create;
pub mod ingest;
pub(crate) mod outline;
pub(crate) mod pieces;
pub(crate) mod read;
pub mod replica;
mod restoration;
pub mod schema;
pub(crate) mod seen;
pub(crate) mod standing;
pub(crate) mod sticky;
pub(crate) mod waiting;
