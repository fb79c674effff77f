//! The domain of Debrief: what a post-mortem is, the CRDT document that holds it, every edit a person can make, and
//! the protocol that keeps replicas equal. Pure and synchronous: time, randomness, files and sockets stay outside, and
//! this is the only crate that names the CRDT library.

pub mod api;
mod document;
mod lib0;
pub mod limits;
mod reading;
mod sync;
mod values;
mod writing;

pub use document::{command, create, ingest, replica, schema};
pub(crate) use document::{outline, pieces, read, seen, standing, sticky};
pub use reading::{
    contradiction, deadline, digest, email, leftover, markdown, names, open_points, plausible, rail, readiness, search,
    severity_time, strip,
};
pub use sync::{carried, event, peer, presence, room, rows, threads, wire};
pub(crate) use values::name_shape;
pub use values::{
    action, capability, details, duration, entry, head_row, id, impact, link, mail_domain, named, person, postmortem,
    responder, role, section, severity, status, text, thread, version, zone,
};
pub use writing::{import, moment, quick_entry, quick_lines, timeline_text};

pub use document::command::{
    ActionChange, ActionDraft, Command, CommandError, EntryChange, EntryDraft, FigureChange, FigureDraft,
    ResponderChange, ResponderDraft,
};
pub use document::read::Reading;
pub use document::replica::{Changes, Damage, Part, PassageError, Replica, TextUndo, UpdateError};
pub use document::schema::ItemKind;
pub use document::seen::Seen;
pub use document::waiting::Waiting;
pub use reading::digest::Digests;
pub use sync::event::{Authors, Authorship, Event};
pub use sync::peer::{Peer, Received};
pub use sync::presence::{Presence, Selection};
pub use sync::room::{ConnectionId, Dialect, Participant, Room, RoomEffect};
pub use sync::threads::Threads;
pub use values::action::{ActionItem, ActionKind, ActionState, Priority};
pub use values::audit_action::{AuditAction, AuditTopic};
pub use values::capability::{Capabilities, Capability};
pub use values::details::{Details, KeyTime};
pub use values::entry::{EntryKind, OtherReading, Precision, TimelineEntry};
pub use values::head_row::HeadRow;
pub use values::id::{
    ClientId, CommentId, Generation, GroupId, InvitationId, ItemId, PasskeyId, PostmortemId, ProviderId, Receipt,
    ServiceId, SessionId, Stamp, ThreadId, UserId,
};
pub use values::impact::ImpactFigure;
pub use values::link::Link;
pub use values::person::Person;
pub use values::postmortem::{Defect, Postmortem};
pub use values::responder::{Responder, Role};
pub use values::role::{Openness, PageReaders, PostmortemRole, TeamRole};
pub use values::section::SectionKey;
pub use values::severity::Severity;
pub use values::status::Status;
pub use values::text::{TextChange, TextId};
pub use values::thread::{Comment, Equals, Passage, Subject, Thread};
pub use values::version::{Reason, Version};
pub use values::zone::Zone;
pub use writing::moment::Near;
