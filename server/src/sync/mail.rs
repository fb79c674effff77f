//! What rooms are told and asked, and the way to them.

use super::fold::FoldError;
use super::outbox::Outbox;
use super::whole::Whole;
use bytes::Bytes;
use postmortem::ingest::IngestError;
use postmortem::{ConnectionId, Dialect, Event, Generation, ItemId, Person, Reason, Replica, UserId};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// How many frames may wait for a room. Connections wait in turn when it is full, and stop reading.
pub(super) const LONGEST_INBOX: usize = 256;

/// The way to a room.
#[derive(Debug, Clone)]
pub struct Handle {
    pub(super) control: mpsc::UnboundedSender<Control>,
    pub(super) traffic: mpsc::Sender<Traffic>,
}

/// That a version was brought back. Its edits are on their way to the log.
#[derive(Debug)]
pub(super) struct BroughtBack {
    /// Resolves to the number of the version kept just before; there is none where nothing had to change.
    pub before: Option<oneshot::Receiver<Option<u32>>>,
}

/// What connections send, in order.
#[derive(Debug)]
pub(super) enum Traffic {
    Join { connection: ConnectionId, person: Person, dialect: Dialect, held: Option<Generation>, outbox: Outbox },
    Frame { connection: ConnectionId, frame: Bytes },
    Leave { connection: ConnectionId },
}

/// What the rest of the server asks of a room. Few enough to need no bound.
#[derive(Debug)]
pub(super) enum Control {
    Committed { ticket: u64 },
    Folded { sequence: i64, result: Result<(), FoldError> },
    Announce(Event),
    Read(oneshot::Sender<Whole>),
    HasEntry(ItemId, oneshot::Sender<bool>),
    Visit(oneshot::Sender<Vec<Person>>),
    KeepVersion { reason: Reason, by: UserId, kept: oneshot::Sender<Option<u32>> },
    BringBack { version: Arc<Replica>, by: Person, answer: oneshot::Sender<Result<BroughtBack, IngestError>> },
    Delete,
    Stop(oneshot::Sender<()>),
}
