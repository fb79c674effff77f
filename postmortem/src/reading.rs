//! What is told of a post-mortem without changing it: prose as Markdown, the rail, readiness, digests, names, the mail.

pub mod contradiction;
pub mod deadline;
pub mod digest;
pub mod email;
pub mod leftover;
pub mod markdown;
pub mod names;
pub mod open_points;
pub mod plausible;
pub mod rail;
pub mod readiness;
pub mod search;
pub mod severity_time;
pub mod strip;
