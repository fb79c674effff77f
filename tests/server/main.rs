//! The server from outside: over a real listener, on a real database, through the public interface only.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod bodies;
mod command_line;
mod comments;
mod connections;
mod copies;
mod crowd;
mod damage;
mod deletion;
mod durability;
mod erasure;
mod feed;
mod generation;
mod hostile;
mod hosts;
mod imports;
mod invitations;
mod limits;
mod logs;
mod metrics;
mod openid;
mod operations;
mod pages;
mod postmortems;
mod proxies;
mod publications;
mod renames;
mod rights;
mod sessions;
mod slow;
mod storage;
mod sync;
mod threads;
mod upgrade;
mod versions;
