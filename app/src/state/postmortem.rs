//! The open post-mortem as signals: its parts, who is here, what is said, what is saved.

pub mod anchors;
pub mod discussion;
pub mod drafts;
pub mod editors;
pub mod open;
pub mod parts;
pub mod presences;
pub mod replicas;
pub mod saving;
pub mod visit;
