//! What the server answers: a noun a file, with handlers called list, show, create, update and delete.

pub mod client;
pub mod comments;
pub mod examples;
pub mod feed;
pub mod health;
pub mod imports;
pub mod metrics;
pub mod postmortems;
pub mod publications;
pub mod published;
pub mod resolutions;
pub mod restorations;
pub mod sessions;
pub mod sync;
pub mod threads;
pub mod versions;
