//! The domain of Debrief: what a post-mortem is, the CRDT document that holds it, every edit a person can make, and
//! the protocol that keeps replicas equal. Pure and synchronous: time, randomness, files and sockets stay outside, and
//! this is the only crate that names the CRDT library.

pub mod action;
pub mod details;
pub mod duration;
pub mod entry;
pub mod id;
pub mod impact;
pub mod link;
pub mod named;
pub mod person;
pub mod postmortem;
pub mod responder;
pub mod section;
pub mod severity;
pub mod thread;

pub use action::{ActionItem, ActionKind, ActionState, Priority};
pub use details::{Details, KeyTime, Status};
pub use entry::{EntryKind, Precision, TimelineEntry};
pub use id::{ItemId, PostmortemId, Stamp, ThreadId, UserId};
pub use impact::ImpactFigure;
pub use link::Link;
pub use person::Person;
pub use postmortem::{Defect, Postmortem};
pub use responder::{Responder, Role};
pub use section::SectionKey;
pub use severity::Severity;
pub use thread::{Comment, Thread};
