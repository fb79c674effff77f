//! One live post-mortem: who is connected to it, and what is decided turn by turn. It waits for nothing. It is handed what
//! has arrived, puts frames into the queues of its connections and jobs into the saver's, and leaves to whoever runs it
//! what takes a task, a store or the other rooms.

mod connections;
mod control;
mod deadlines;
mod effects;
mod fold;
mod task;
mod versions;

pub use deadlines::RoomClock;
pub use fold::{Fold, FoldError};
pub(super) use task::RoomTask;

use super::beginning::Beginning;
use super::inbox::{ConnectionMessage, Control, HeadWanted};
use super::outgoing::Outgoing;
use super::saver::{DiskState, SaveTicket};
use super::threads::{Threads, Told};
use super::whole::LastRead;
use super::{Pace, Saver};
use crate::store::log::LogSequence;
use deadlines::Deadlines;
use fold::Folding;
use postmortem::api::close_code;
use postmortem::room::Refusal;
use postmortem::{ConnectionId, Event, Generation, HeadRow, PostmortemId, Receipt, Room};
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use versions::Versions;

const STOPPING: &str = "The server is restarting.";

/// What a turn begins with.
#[derive(Debug)]
pub enum Input {
    Control(Control),
    Message(ConnectionMessage),
    /// The disk fails, or works again.
    Storage(DiskState),
    Tick,
}

/// How a room stands after a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    Lives,
    /// It has nothing left to do, and ends unless somebody is about to use it.
    Rests,
    Ends,
}

/// What a turn leaves to whoever runs the room.
#[derive(Debug)]
pub enum Order {
    /// Fold the log, and tell the room.
    Fold(Box<Fold>),
    /// Close a connection because the server stops, and say when to come back.
    Dismiss(Outgoing),
    /// Decide whether somebody may set what they bring.
    Judge(HeadWanted),
}

/// What a room is given by the server in which it lives.
#[derive(Debug)]
pub struct Setting {
    pub id: PostmortemId,
    pub pace: Pace,
    /// Bytes that may wait for one peer.
    pub queue: usize,
    pub clock: RoomClock,
    pub saver: Saver,
    /// Where the saver reports to.
    pub own: mpsc::UnboundedSender<Control>,
}

#[derive(Debug)]
pub struct LiveRoom {
    setting: Setting,
    generation: Generation,
    receipt: Option<Receipt>,
    room: Room,
    outgoing: BTreeMap<ConnectionId, Outgoing>,
    threads: Threads,
    /// How far those were told what stands beside the document for whom it is too much for one message.
    told: BTreeMap<ConnectionId, Told>,
    /// The event that tells of the publication that stands, or of none.
    publication: Event,
    /// The one that tells who finds it.
    audience: Event,
    /// The sequence of the last update handed to the saver.
    sequence: LogSequence,
    /// How many updates the log holds after its snapshot.
    since_snapshot: usize,
    versions: Versions,
    /// How far the post-mortem is, and whose.
    head: HeadRow,
    /// When each update was handed to the saver that has not reported yet.
    under_way: VecDeque<(SaveTicket, Instant)>,
    deadlines: Deadlines,
    last_read: LastRead,
    folding: Folding,
    /// The last commit of this turn that the room was not yet told of.
    committed: Option<SaveTicket>,
    /// Whether people were told that nothing can be saved.
    is_in_trouble: bool,
    stopping: Option<oneshot::Sender<()>>,
    /// What is said to who comes when the room has ended.
    parting: (u16, &'static str),
    orders: Vec<Order>,
}

impl LiveRoom {
    pub fn new(beginning: Beginning, setting: Setting, storage: DiskState) -> Self {
        let Beginning {
            room,
            generation,
            sequence,
            since_snapshot,
            threads,
            publication,
            latest,
            head,
            audience,
            receipt,
            ..
        } = beginning;
        let mut live = Self {
            generation,
            receipt,
            versions: Versions::new(latest),
            head,
            room,
            outgoing: BTreeMap::new(),
            threads,
            told: BTreeMap::new(),
            publication: publication.event(),
            audience: audience.event(),
            sequence,
            since_snapshot,
            under_way: VecDeque::new(),
            deadlines: Deadlines::new((setting.clock.instant)(), setting.pace),
            last_read: LastRead::default(),
            folding: Folding::Ready,
            committed: None,
            is_in_trouble: false,
            stopping: None,
            parting: (close_code::RESTARTING, "The post-mortem is being opened again."),
            orders: Vec::new(),
            setting,
        };
        live.heed_storage(storage);
        live.expect_version();
        live
    }

    /// Takes whatever has arrived as one turn.
    pub fn turn(&mut self, arrived: impl IntoIterator<Item = Input>) -> Turned {
        for input in arrived {
            match input {
                Input::Control(control) => {
                    if self.apply(control).is_break() {
                        return Turned::Ends;
                    }
                }
                Input::Message(message) => self.receive(message),
                Input::Storage(storage) => self.heed_storage(storage),
                Input::Tick => {}
            }
        }
        if let Some(ticket) = self.committed.take() {
            self.acknowledge(ticket);
        }
        let effects = self.room.settle();
        self.carry_out(effects);
        self.count_refusals();
        self.keep_time()
    }

    /// What the turns since the last call leave to whoever runs the room.
    pub fn take_orders(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    /// Its connections and its document.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// What is said to who comes when the room has ended.
    pub fn parting(&self) -> (u16, &'static str) {
        self.parting
    }

    /// After a panic nothing in the room can be trusted; what it handed to the saver can. The document is leaked rather
    /// than dropped, because a transaction that was cut short commits in its destructor.
    pub fn abandon(self) -> (u16, &'static str) {
        let parting = (close_code::FAILED, "Something went wrong in this post-mortem. It is being opened again.");
        for outgoing in self.outgoing.into_values() {
            outgoing.close(parting.0, parting.1);
        }
        std::mem::forget(self.room);
        parting
    }

    /// Everything up to this is on disk.
    fn acknowledge(&mut self, ticket: SaveTicket) {
        self.last_read.forget();
        let effects = self.room.committed(ticket.0);
        self.carry_out(effects);
        self.expect_version();
        let now = self.now();
        while let Some((_, began)) = self.under_way.pop_front_if(|(waiting, _)| *waiting <= ticket) {
            self.setting.saver.metrics().acknowledge.observe((now - began).as_secs_f64());
        }
    }

    /// Applies what is known of the disk, and tells people where it makes a difference to them.
    fn heed_storage(&mut self, storage: DiskState) {
        if storage.is_full {
            self.room.pause();
        } else {
            let effects = self.room.resume();
            self.carry_out(effects);
        }
        if self.is_in_trouble != storage.is_in_trouble() {
            self.is_in_trouble = storage.is_in_trouble();
            let effects = self.room.announce(&Event::Storage { is_failing: self.is_in_trouble });
            self.carry_out(effects);
        }
    }

    fn count_refusals(&mut self) {
        for Refusal { code, connection, person, is_first } in self.room.take_refusals() {
            self.setting.saver.metrics().reject(code);
            // What builds on the first is refused as well, and would only fill the log.
            if is_first {
                let (postmortem, connection) = (&self.setting.id, connection.0);
                tracing::info!(%postmortem, code, connection, %person, "a message of a connection was refused");
            }
        }
    }

    fn now(&self) -> Instant {
        (self.setting.clock.instant)()
    }
}
