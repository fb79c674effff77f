//! The server from outside: over a real listener, on a real database, through the public interface only.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod command_line;
mod comments;
mod deletion;
mod durability;
mod generation;
mod hostile;
mod imports;
mod logs;
mod metrics;
mod operations;
mod pages;
mod postmortems;
mod publications;
mod sessions;
mod slow;
mod storage;
mod sync;
mod versions;
