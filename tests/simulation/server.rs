//! The server: the process with the room, the sockets into it and the disk under it. What it writes to sockets and to the
//! disk it does one by one, so that it can die between any two.

use crate::disk::Disk;
use crate::fault::Fault;
use crate::link::Link;
use crate::plan::Dialect;
use crate::process::{LONGEST_QUEUE, Process, appended};
use crate::{Checked, Violation};
use bytes::Bytes;
use futures_util::FutureExt;
use postmortem::api::close_code;
use postmortem::room::NetworkAddress;
use postmortem::wire::{self, Message};
use postmortem::{ConnectionId, Event, Participant, Person, Room};
use server::sync::inbox::{ConnectionMessage, Control};
use server::sync::outgoing::{Next, Outgoing, OutgoingFrame, Written};
use server::sync::room::Input;
use std::collections::BTreeMap;

/// The server and everything that reaches it.
pub struct Server {
    pub disk: Disk,
    pub links: BTreeMap<ConnectionId, Link>,
    process: Process,
    dialects: Vec<Dialect>,
    next_connection: u64,
    /// How many frames and batches are written before it dies.
    dies_in: Option<usize>,
    fault: Option<Fault>,
}

impl Server {
    pub fn new(dialects: Vec<Dialect>, first: Vec<u8>, fault: Option<Fault>) -> Self {
        let (disk, links) = (Disk::new(first, fault), BTreeMap::new());
        Self { disk, links, process: Process::new(), dialects, next_connection: 1, dies_in: None, fault }
    }

    /// The room, while somebody is in it.
    pub fn room(&self) -> &Room {
        self.process.room().expect("somebody is there")
    }

    /// A page opens a socket and sends its first frames.
    pub fn join(&mut self, page: usize, person: Person, first: Vec<Bytes>) -> Result<ConnectionId, Violation> {
        let connection = ConnectionId(self.next_connection);
        self.next_connection += 1;
        let dialect = match self.dialects[page] {
            Dialect::Debrief => postmortem::Dialect::Debrief,
            Dialect::Stock => postmortem::Dialect::Plain,
        };
        let (outgoing, outlet) = Outgoing::new(dialect, LONGEST_QUEUE);
        self.links.insert(connection, Link::new(page, first, outlet));
        let (participant, address) = (Participant::owner(person), NetworkAddress(page as u128));
        let join = ConnectionMessage::Join { connection, participant, address, dialect, held: None, outgoing };
        self.process.deliver(join, &self.disk)?;
        Ok(connection)
    }

    /// Reads the next frame of a socket; whether there was one.
    pub fn read(&mut self, connection: ConnectionId) -> Result<bool, Violation> {
        let served = self.links.get_mut(&connection).filter(|link| link.is_served() && link.silent_since.is_none());
        let Some(frame) = served.and_then(|link| link.up.pop_front()) else { return Ok(false) };
        self.process.deliver(ConnectionMessage::Frame { connection, frame }, &self.disk)?;
        Ok(true)
    }

    /// The server's end of a socket closes.
    pub fn leave(&mut self, connection: ConnectionId) -> Checked {
        let Some(link) = self.links.get_mut(&connection) else { return Ok(()) };
        if link.outlet.take().is_none() {
            return Ok(());
        }
        self.process.deliver(ConnectionMessage::Leave { connection }, &self.disk)
    }

    /// The page's end of a socket is gone.
    pub fn let_go(&mut self, connection: ConnectionId) {
        if let Some(link) = self.links.get_mut(&connection) {
            link.is_held = false;
            link.down.clear();
        }
        self.links.retain(|_, link| !link.is_gone());
    }

    /// A turn of the room with everything that arrived on sockets.
    pub fn settle(&mut self) -> Checked {
        let arrived = self.process.arrived();
        self.turn(arrived)
    }

    /// A turn with the next that the room is told by the server itself; whether there was anything.
    pub fn report(&mut self) -> Result<bool, Violation> {
        let Some(control) = self.process.next_control() else { return Ok(false) };
        self.turn(vec![control])?;
        Ok(true)
    }

    /// A turn, where it is time for one.
    pub fn tick(&mut self) -> Checked {
        if self.process.is_due() { self.turn(vec![Input::Tick]) } else { Ok(()) }
    }

    fn turn(&mut self, arrived: Vec<Input>) -> Checked {
        let is_used = self.links.values().any(Link::is_served);
        self.process.turn(arrived, is_used)?;
        self.be_early();
        self.write()
    }

    /// One attempt of the disk to write up to so many jobs; whether there was anything to do.
    pub fn commit(&mut self, most: usize) -> Result<bool, Violation> {
        self.process.gather(most);
        if !self.process.is_saving() {
            return Ok(false);
        }
        if self.dies() {
            self.crash(2)?;
            return Ok(true);
        }
        if let Some(saved) = self.process.attempt(&mut self.disk)? {
            if self.dies() {
                self.crash(2)?;
                return Ok(true);
            }
            self.process.saved(saved);
        }
        Ok(true)
    }

    /// Folds the log, where the room has asked for it; whether it had.
    pub fn fold(&mut self) -> Result<bool, Violation> {
        self.process.fold(&mut self.disk)
    }

    /// Whether something is on its way between the room, the sockets and the disk.
    pub fn is_busy(&self) -> bool {
        let is_read = |link: &Link| link.is_served() && link.silent_since.is_none();
        let has_frames = |link: &Link| is_read(link) && !(link.up.is_empty() && link.down.is_empty());
        let has_more_to_tell = |room: &Room| room.has_presence_to_tell() || room.is_awaited();
        self.process.has_arrivals()
            || self.process.is_saving()
            || self.process.room().is_some_and(has_more_to_tell)
            || self.links.values().any(has_frames)
    }

    /// It dies after writing so much.
    pub fn die_after(&mut self, writes: Option<usize>) {
        self.dies_in = writes;
    }

    /// Whether it dies before what it is about to write.
    fn dies(&mut self) -> bool {
        match &mut self.dies_in {
            Some(0) => return true,
            Some(left) => *left -= 1,
            None => {}
        }
        false
    }

    /// It dies and comes back. Of what it had sent on each socket, so many frames still arrive.
    pub fn crash(&mut self, arriving: usize) -> Checked {
        self.dies_in = None;
        self.process = Process::new();
        for link in self.links.values_mut() {
            link.outlet = None;
            link.up.clear();
            link.down.truncate(arriving);
        }
        self.links.retain(|_, link| !link.is_gone());
        // Whoever comes next finds the log whole.
        self.disk.load().map(drop)
    }

    /// Each connection writes what waits for it, as soon as its page has read what was written before.
    fn write(&mut self) -> Checked {
        let connections: Vec<ConnectionId> = self.links.keys().copied().collect();
        connections.into_iter().try_for_each(|connection| self.write_to(connection))
    }

    /// The same of one connection.
    pub fn write_to(&mut self, connection: ConnectionId) -> Checked {
        loop {
            let Some(link) = self.links.get_mut(&connection).filter(|link| link.down.is_empty()) else { return Ok(()) };
            let Some(outlet) = &link.outlet else { return Ok(()) };
            if let Some(written) = link.writing.take() {
                outlet.written(written);
            }
            match outlet.next().now_or_never() {
                None => return Ok(()),
                Some(Next::Write(frames)) => {
                    link.writing = Some(Written::by(&frames));
                    frames.into_iter().try_for_each(|frame| self.write_frame(connection, frame))?;
                }
                Some(Next::Marked) => self.process.tell(Control::Told { connection }),
                Some(Next::Drained) if self.fault == Some(Fault::DropsFrames) => {}
                Some(Next::Drained) => self.process.tell(Control::Drained { connection }),
                Some(Next::Ended) => return self.leave(connection),
            }
        }
    }

    fn write_frame(&mut self, connection: ConnectionId, frame: OutgoingFrame) -> Checked {
        if self.dies() {
            return self.crash(2);
        }
        let Some(link) = self.links.get_mut(&connection).filter(|link| link.is_served()) else { return Ok(()) };
        match frame {
            OutgoingFrame::Own(frame) | OutgoingFrame::Answer(frame) | OutgoingFrame::Broadcast(frame) => {
                if link.is_held {
                    link.down.push_back(frame);
                } else if self.fault == Some(Fault::RefusesTheNext) {
                    let page = link.page;
                    self.tell_the_next(page, &frame);
                }
                Ok(())
            }
            OutgoingFrame::Mark => Ok(()),
            OutgoingFrame::Close(code, reason) => {
                let is_honest = link.is_held && self.dialects[link.page] == Dialect::Debrief;
                self.leave(connection)?;
                // A page that reads too slowly may be an honest one.
                if is_honest && code != close_code::TRY_AGAIN {
                    return Err(Violation(format!("an honest page was closed: {code}: {reason}")));
                }
                Ok(())
            }
        }
    }

    /// Of what is queued, a fault tells before it is on disk.
    fn be_early(&mut self) {
        let is_early = matches!(self.fault, Some(Fault::AcknowledgesEarly | Fault::BroadcastsEarly));
        let Some(batch) = is_early.then(|| self.process.gather(usize::MAX)).flatten() else { return };
        for (ticket, update) in appended(batch) {
            if self.fault == Some(Fault::AcknowledgesEarly) {
                self.process.tell(Control::Committed { ticket });
            } else {
                self.links.values_mut().for_each(|link| link.down.push_back(wire::update(&update)));
            }
        }
    }

    /// A refusal reaches the connection with which a page came back.
    fn tell_the_next(&mut self, page: usize, frame: &[u8]) {
        let refusals: Vec<Bytes> = wire::messages(frame)
            .flatten()
            .filter_map(event)
            .filter(|event| matches!(event, Event::Refused { .. }))
            .map(|event| wire::event(&event))
            .collect();
        let next = self.links.values_mut().find(|link| link.page == page && link.is_held);
        if let Some(next) = next {
            next.down.extend(refusals);
        }
    }
}

fn event(message: Message<'_>) -> Option<Event> {
    match message {
        Message::Event(json) => serde_json::from_str(json).ok(),
        _ => None,
    }
}
