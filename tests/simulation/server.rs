//! The server: a room, the sockets into it and the disk under it. It does what the server's room task does, one effect at
//! a time, so that it can die between any two.

use crate::disk::Disk;
use crate::fault::Fault;
use crate::link::{Down, Link};
use crate::plan::Dialect;
use crate::{Checked, Violation};
use bytes::Bytes;
use postmortem::room::Effect;
use postmortem::{ConnectionId, Participant, Person, Room, wire};
use std::collections::{BTreeMap, VecDeque};

/// The most bytes that wait for one page before it falls behind.
const LONGEST_QUEUE: usize = 1_500;

/// The server and everything that reaches it.
pub struct Server {
    pub room: Room,
    pub disk: Disk,
    pub links: BTreeMap<ConnectionId, Link>,
    dialects: Vec<Dialect>,
    /// The sequence of the last update handed to the disk.
    sequence: u64,
    next_connection: u64,
    /// How many effects are carried out before it dies.
    dies_in: Option<usize>,
    fault: Option<Fault>,
}

impl Server {
    pub fn new(dialects: Vec<Dialect>, first: Vec<u8>, fault: Option<Fault>) -> Result<Self, Violation> {
        let disk = Disk::new(first, fault);
        let (room, links) = (load(&disk)?, BTreeMap::new());
        Ok(Self { room, disk, links, dialects, sequence: 0, next_connection: 1, dies_in: None, fault })
    }

    /// A page opens a socket and sends its first frames.
    pub fn join(&mut self, page: usize, person: Person, first: Vec<Bytes>) -> Result<ConnectionId, Violation> {
        let connection = ConnectionId(self.next_connection);
        self.next_connection += 1;
        self.links.insert(connection, Link::new(page, first));
        let dialect = match self.dialects[page] {
            Dialect::Debrief => postmortem::Dialect::Debrief,
            Dialect::Stock => postmortem::Dialect::Plain,
        };
        let effects = self.room.join(connection, Participant::owner(person), dialect, Vec::new());
        self.carry_out(effects)?;
        Ok(connection)
    }

    /// Reads the next frame of a socket; whether there was one.
    pub fn read(&mut self, connection: ConnectionId) -> Result<bool, Violation> {
        let Some(link) = self.links.get_mut(&connection) else { return Ok(false) };
        if !link.is_served || link.silent_since.is_some() {
            return Ok(false);
        }
        let Some(frame) = link.up.pop_front() else { return Ok(false) };
        let effects = self.room.receive(connection, &frame);
        self.carry_out(effects)?;
        Ok(true)
    }

    /// The room's end of a socket closes.
    pub fn leave(&mut self, connection: ConnectionId) -> Checked {
        let Some(link) = self.links.get_mut(&connection) else { return Ok(()) };
        if !std::mem::take(&mut link.is_served) {
            return Ok(());
        }
        self.room.leave(connection);
        Ok(())
    }

    /// The page's end of a socket is gone.
    pub fn let_go(&mut self, connection: ConnectionId) {
        if let Some(link) = self.links.get_mut(&connection) {
            link.is_held = false;
            link.down.clear();
        }
        self.links.retain(|_, link| !link.is_gone());
    }

    /// The end of a turn.
    pub fn settle(&mut self) -> Checked {
        let effects = self.room.settle();
        self.carry_out(effects)?;
        let behind = self.links.iter().filter(|(_, link)| link.is_behind && link.down.is_empty());
        for connection in behind.map(|(id, _)| *id).collect::<Vec<ConnectionId>>() {
            self.catch_up(connection)?;
        }
        let effects = self.room.tell_presence();
        self.carry_out(effects)
    }

    /// A page has read all that waited for it.
    fn catch_up(&mut self, connection: ConnectionId) -> Checked {
        if let Some(link) = self.links.get_mut(&connection) {
            link.is_behind = false;
        }
        let effects = self.room.catch_up(connection, &[]);
        self.carry_out(effects)
    }

    /// The room hears of the next commit; whether there was one.
    pub fn report(&mut self) -> Result<bool, Violation> {
        let Some(ticket) = self.disk.report() else { return Ok(false) };
        let effects = self.room.committed(ticket);
        self.carry_out(effects)?;
        Ok(true)
    }

    /// What is due every 20 seconds.
    pub fn keep_alive(&mut self) -> Checked {
        let effects = self.room.keep_alive();
        self.carry_out(effects)
    }

    /// It dies after so many effects.
    pub fn die_after(&mut self, effects: Option<usize>) {
        self.dies_in = effects;
    }

    /// It dies and comes back. Of what it had sent on each socket, so many frames still arrive.
    pub fn crash(&mut self, arriving: usize) -> Checked {
        self.dies_in = None;
        self.disk.crash();
        for link in self.links.values_mut() {
            link.is_served = false;
            link.up.clear();
            link.down.truncate(arriving);
        }
        self.links.retain(|_, link| !link.is_gone());
        self.reload()
    }

    /// A room that nobody needs ends, and is loaded again by whoever comes next.
    pub fn unload_if_idle(&mut self) -> Checked {
        let is_empty = self.links.values().all(|link| !link.is_served);
        if is_empty && self.room.is_settled() && self.disk.is_idle() { self.reload() } else { Ok(()) }
    }

    fn reload(&mut self) -> Checked {
        self.room = load(&self.disk)?;
        self.sequence = self.disk.sequence();
        Ok(())
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> Checked {
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            match &mut self.dies_in {
                Some(0) => return self.crash(2),
                Some(left) => *left -= 1,
                None => {}
            }
            match effect {
                Effect::Send { to, frame } => {
                    to.into_iter().for_each(|connection| self.send(connection, frame.clone(), false));
                }
                Effect::Answer { to, frames } => {
                    frames.into_iter().for_each(|frame| self.send(to, frame, false));
                }
                Effect::Broadcast { to, frame } => {
                    to.into_iter().for_each(|connection| self.send(connection, frame.clone(), true));
                }
                Effect::Append { sequence: ticket, update, authors } => {
                    self.sequence += 1;
                    self.disk.append(self.sequence, ticket, update.to_vec(), authors);
                    match self.fault {
                        Some(Fault::AcknowledgesEarly) => effects.extend(self.room.committed(ticket)),
                        Some(Fault::BroadcastsEarly) => {
                            let frame = wire::update(&update);
                            let down = || Down { frame: frame.clone(), is_broadcast: true };
                            self.links.values_mut().for_each(|link| link.down.push_back(down()));
                        }
                        _ => {}
                    }
                }
                Effect::Close { to, code, reason } => self.close(to, code, &reason)?,
            }
        }
        Ok(())
    }

    /// Queues a frame. Where too much waits already, what concerns everyone is taken out, and the page falls behind.
    fn send(&mut self, connection: ConnectionId, frame: Bytes, is_broadcast: bool) {
        let Some(link) = self.links.get_mut(&connection).filter(|link| link.is_served) else { return };
        if is_broadcast && (link.is_behind || link.waiting() > LONGEST_QUEUE) {
            if self.fault == Some(Fault::DropsFrames) {
                return;
            }
            // The first half was written before.
            let written = link.down.len() / 2;
            let mut place = 0;
            link.down.retain(|down| {
                place += 1;
                place <= written || !down.is_broadcast
            });
            link.is_behind = true;
            self.room.fall_behind(connection);
            return;
        }
        link.down.push_back(Down { frame, is_broadcast });
    }

    fn close(&mut self, connection: ConnectionId, code: u16, reason: &str) -> Checked {
        let Some(link) = self.links.get_mut(&connection) else { return Ok(()) };
        link.is_served = false;
        if self.dialects[link.page] == Dialect::Stock {
            return Ok(());
        }
        Err(Violation(format!("an honest page was closed: {code}: {reason}")))
    }
}

fn load(disk: &Disk) -> Result<Room, Violation> {
    Room::load(2, disk.log(), disk.authors()).map_err(|error| Violation(format!("the log does not load: {error}")))
}
