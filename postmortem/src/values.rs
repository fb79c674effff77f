//! What a post-mortem is made of: plain values without the CRDT.

pub mod action;
pub mod audit_action;
pub mod capability;
pub mod details;
pub mod duration;
pub mod entry;
pub mod head_row;
pub mod id;
pub mod impact;
pub mod link;
pub mod mail_domain;
pub(crate) mod name_shape;
pub mod named;
pub mod person;
pub mod postmortem;
pub mod responder;
pub mod role;
pub mod section;
pub mod severity;
pub mod status;
pub mod text;
pub mod thread;
pub mod version;
pub mod zone;
