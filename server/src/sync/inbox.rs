//! What rooms are told and asked, and the way to them.

use super::outgoing::Outgoing;
use super::room::FoldError;
use super::saver::SaveTicket;
use super::threads::ThreadNews;
use super::whole::Whole;
use crate::store::head_rows::Head;
use crate::store::log::LogSequence;
use crate::store::versions::{Latest, NewVersion};
use bytes::Bytes;
use postmortem::ingest::IngestError;
use postmortem::room::NetworkAddress;
use postmortem::{
    Capabilities, ClientId, ConnectionId, Dialect, Event, Generation, Participant, Passage, PassageError, Person,
    PostmortemId, Reason, Replica, Status, Subject, UserId,
};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// How many frames may wait for a room. Connections wait in turn when it is full, and stop reading.
pub(super) const LONGEST_INBOX: usize = 256;

/// The way to a room.
#[derive(Debug, Clone)]
pub struct Handle {
    pub(super) control: mpsc::UnboundedSender<Control>,
    pub(super) messages: mpsc::Sender<ConnectionMessage>,
}

/// That a version was restored. Its edits are on their way to the log.
#[derive(Debug)]
pub struct Restored {
    /// Resolves to the number of the version kept just before; there is none where nothing had to change.
    pub before: Option<oneshot::Receiver<Option<u32>>>,
}

/// Where a comment stands, with its passage in bounds, or why it cannot stand there.
pub type Placement = Result<Option<Passage>, PlacementError>;

/// Why there is no place for a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlacementError {
    #[error("there is no such {0}")]
    Missing(&'static str),
    #[error(transparent)]
    Passage(#[from] PassageError),
}

/// What somebody brings of a head that stood in the document once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadWanted {
    pub postmortem: PostmortemId,
    pub by: UserId,
    pub status: Option<Status>,
    pub owner: Option<String>,
}

/// What connections send, in order.
#[derive(Debug)]
pub enum ConnectionMessage {
    Join {
        connection: ConnectionId,
        participant: Participant,
        address: NetworkAddress,
        dialect: Dialect,
        held: Option<Generation>,
        outgoing: Outgoing,
    },
    Frame {
        connection: ConnectionId,
        frame: Bytes,
    },
    Leave {
        connection: ConnectionId,
    },
}

/// What the rest of the server asks of a room. Few enough to need no bound.
#[derive(Debug)]
pub enum Control {
    Committed {
        ticket: SaveTicket,
    },
    /// A connection that had fallen behind has read what waited for it.
    Drained {
        connection: ConnectionId,
    },
    /// A connection has read the piece that it was told of what stands beside the document.
    Told {
        connection: ConnectionId,
    },
    Folded {
        sequence: LogSequence,
        result: Result<(), FoldError>,
    },
    Announce(Event),
    /// How far the post-mortem is now, and whose.
    Head(Box<Head>),
    /// What a person may do here now.
    Permit {
        user: UserId,
        capabilities: Capabilities,
        /// Whoever waits until it holds.
        told: oneshot::Sender<()>,
    },
    /// Something was said, changed or settled in a thread.
    Thread(Box<ThreadNews>),
    Read(oneshot::Sender<Arc<Whole>>),
    Place(Subject, Option<Passage>, oneshot::Sender<Placement>),
    Visit(oneshot::Sender<Vec<Person>>),
    People(oneshot::Sender<Vec<Person>>),
    /// The same as reading, with a version of it that may be kept.
    ReadToKeep {
        reason: Reason,
        by: UserId,
        answer: oneshot::Sender<(Arc<Whole>, Option<NewVersion>)>,
    },
    /// A version that was read is kept.
    VersionKept(Latest),
    Restore {
        /// A client id that nobody has used.
        client: ClientId,
        version: Arc<Replica>,
        by: Person,
        answer: oneshot::Sender<Result<Restored, IngestError>>,
    },
    /// Others need the room that this one takes: it ends as if nobody had been here for a while.
    Rest,
    Delete,
    Stop(oneshot::Sender<()>),
}

/// Answers a question, unless whoever asked has hung up: what nobody waits for is not made.
pub(super) fn answer<T>(asker: oneshot::Sender<T>, make: impl FnOnce() -> T) {
    if !asker.is_closed() {
        drop(asker.send(make()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_for_who_has_hung_up() {
        let (asker, mut waits) = oneshot::channel();
        answer(asker, || 7);
        assert_eq!(waits.try_recv(), Ok(7));
        let (asker, hung_up) = oneshot::channel::<u8>();
        drop(hung_up);
        answer(asker, || panic!("somebody waits"));
    }
}
