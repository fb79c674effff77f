//! The domain of Debrief: what a post-mortem is, the CRDT document that holds it, every edit a person can make, and
//! the protocol that keeps replicas equal. Pure and synchronous: time, randomness, files and sockets stay outside, and
//! this is the only crate that names the CRDT library.

pub mod action;
pub mod carried;
pub mod command;
pub mod create;
pub mod details;
pub mod digest;
pub mod duration;
pub mod email;
pub mod entry;
pub mod event;
pub mod id;
pub mod impact;
pub mod import;
pub mod ingest;
pub mod leftover;
pub mod limits;
pub mod link;
pub mod markdown;
mod moment;
pub mod named;
pub mod peer;
pub mod person;
mod pieces;
pub mod postmortem;
pub mod presence;
pub mod quick_entry;
pub mod quick_lines;
pub mod rail;
mod read;
pub mod readiness;
pub mod replica;
pub mod responder;
mod restoration;
pub mod room;
pub mod rows;
pub mod schema;
pub mod search;
pub mod section;
pub mod severity;
mod sticky;
pub mod strip;
pub mod text;
pub mod thread;
pub mod timeline_text;
pub mod version;
pub mod wire;
pub mod zone;

pub use action::{ActionItem, ActionKind, ActionState, Priority};
pub use command::{
    ActionChange, ActionDraft, Command, CommandError, EntryChange, EntryDraft, FigureChange, FigureDraft,
    ResponderChange, ResponderDraft,
};
pub use details::{Details, KeyTime, Status};
pub use digest::Digests;
pub use entry::{EntryKind, OtherReading, Precision, TimelineEntry};
pub use event::{Authors, Authorship, Event};
pub use id::{CommentId, Generation, ItemId, PostmortemId, Stamp, ThreadId, UserId};
pub use impact::ImpactFigure;
pub use link::Link;
pub use peer::{Peer, Received};
pub use person::Person;
pub use postmortem::{Defect, Postmortem};
pub use presence::{Presence, Selection};
pub use read::Reading;
pub use replica::{Changes, Damage, Part, PassageError, Replica, TextUndo, UpdateError};
pub use responder::{Responder, Role};
pub use room::{ConnectionId, Dialect, Effect, Room};
pub use schema::ItemKind;
pub use section::SectionKey;
pub use severity::Severity;
pub use text::{TextChange, TextId};
pub use thread::{Comment, Passage, Subject, Thread};
pub use version::{Reason, Version};
pub use zone::Zone;
