//! One post-mortem as a file for others to read.

pub mod json;
pub mod markdown;
