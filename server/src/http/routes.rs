//! What the server answers: a noun a file, with handlers called list, show, create, update and delete.

pub mod access;
pub mod accounts;
pub mod client;
pub mod comments;
pub mod door;
pub mod examples;
pub mod feed;
pub mod health;
pub mod imports;
pub mod invitations;
pub mod links;
pub mod metrics;
pub mod people;
pub mod postmortems;
pub mod provider_checks;
pub mod providers;
pub mod publications;
pub mod published;
pub mod resolutions;
pub mod restorations;
pub mod sessions;
pub mod sign_ins;
pub mod sync;
pub mod team;
pub mod threads;
pub mod versions;
