//! The server's half of the protocol: all connections of one document. It does no I/O and knows no clock; the task
//! that owns a room feeds it frames and carries out its effects.
//!
//! Two replicas: the accepted one, behind [`crate::ingest`], takes in what clients send, the durable one what is on disk. Clients
//! are only ever told what is on disk.

mod answers;
mod member;
mod permission;
mod rejected;

use crate::api::close_code;
use crate::event::{Authors, Authorship, Event};
use crate::ingest::{Ingest, IngestError, Span};
use crate::presence::{self, State};
use crate::replica::{Replica, UpdateError, merge};
use crate::wire::{self, Message};
use crate::{ClientId, HeadRow, Person, Stamp, Status, UserId, limits};
use answers::{Answer, Answers};
use bytes::Bytes;
use member::Member;
pub use permission::Participant;
use permission::Permission;
use rejected::RejectedAttempts;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

/// How many pages that left are remembered.
const MOST_REMEMBERED: usize = 10_000;

/// One socket of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// The network address behind a connection, as a number: those of IPv4 stand where IPv6 maps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetworkAddress(pub u128);

/// What a connection understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Standard y-protocols.
    Plain,
    /// Acknowledgements and events as well ([`wire::SUBPROTOCOL`]).
    Debrief,
}

/// What the owner of a room has to do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomEffect {
    /// Send a frame to connections. It is meant for them alone and must arrive.
    Send {
        /// The connections.
        to: Vec<ConnectionId>,
        /// The frame, shared by all.
        frame: Bytes,
    },
    /// Send a connection the frames that answer its state vector, in this order. They must arrive, and may be as large as the
    /// document: they are shared with others, and what waits of them is counted apart.
    Answer {
        /// The connection.
        to: ConnectionId,
        /// The frames.
        frames: Vec<Bytes>,
    },
    /// Send a frame to everyone whom it concerns. It may be kept from a connection that reads too slowly, as long as
    /// nothing after it is sent either: see [`Room::fall_behind`].
    Broadcast {
        /// The connections.
        to: Vec<ConnectionId>,
        /// The frame, shared by all.
        frame: Bytes,
    },
    /// Append an update to the log and report with [`Room::committed`] when it is on disk.
    Append {
        /// Its number in this room, without gaps.
        sequence: u64,
        /// The update (v1).
        update: Bytes,
        /// Ranges of authorship to be recorded with it.
        authors: Vec<Authorship>,
    },
    /// Somebody brings a status or an owner that was set in a copy of an earlier release, where the document held them: the
    /// owner of the room decides whether they may set it now.
    HeadWanted { by: UserId, status: Option<Status>, owner: Option<String> },
    /// Close a connection. It has left the room already.
    Close {
        /// The connection.
        to: ConnectionId,
        /// A WebSocket close code.
        code: u16,
        /// A sentence.
        reason: String,
    },
}

/// A message that was refused. It says nothing of what the message held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A stable code.
    pub code: &'static str,
    /// Who sent it.
    pub connection: ConnectionId,
    /// Whose connection that is.
    pub person: UserId,
    /// Whether it is the first of the connection: others may follow from it.
    pub is_first: bool,
}

/// A turn's accepted updates on their way to disk.
#[derive(Debug)]
struct Turn {
    sequence: u64,
    update: Bytes,
    /// The one connection that it came from; `None` when it came from several.
    sender: Option<ConnectionId>,
    authors: Vec<Authorship>,
}

/// All connections of one document.
#[derive(Debug)]
pub struct Room {
    ingest: Ingest,
    durable: Replica,
    authors: Authors,
    members: BTreeMap<ConnectionId, Member>,
    /// What this turn accepted, not yet handed to the log.
    turn: Vec<(ConnectionId, Vec<u8>)>,
    turn_authors: Vec<Authorship>,
    in_flight: VecDeque<Turn>,
    /// The number of the last turn handed to the log.
    sequence: u64,
    /// The bytes of the document's history, as far as they are known: at most, since what was deleted takes less.
    size: usize,
    /// The size from which it is measured.
    next_measure: usize,
    /// Whether people were told how full it is.
    is_nearly_full: bool,
    /// The last presence clock of pages that left: the others only believe a page that comes back above it.
    left: BTreeMap<ClientId, u64>,
    /// Pages that left, of which the others have not been told.
    gone: Vec<State>,
    /// Whether edits are held back for now, because too much waits for the disk already.
    is_paused: bool,
    /// Who changed something since the owner last asked.
    writers: Vec<Person>,
    /// What was refused since the owner last asked.
    refusals: Vec<Refusal>,
    answers: Answers,
    /// Since the last keep-alive.
    rejected: RejectedAttempts,
}

/// Whose edits a message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    /// Those of the page itself, as they are made.
    Typed,
    /// Everything that the page holds and the server lacks, whoever made it.
    FromAnyone,
}

/// Stands for the server where an edit is made by itself; no socket has this number.
const SERVER: ConnectionId = ConnectionId(u64::MAX);

impl Room {
    /// A room from its log: the snapshot first, then the updates that followed. `client` is the client id of the
    /// server's replicas, which never edit.
    ///
    /// # Errors
    /// When an update of the log cannot be read, or one is missing.
    pub fn load(
        client: ClientId,
        updates: impl IntoIterator<Item = Vec<u8>>,
        authors: Vec<Authorship>,
    ) -> Result<Self, UpdateError> {
        let mut size = 0;
        let updates = updates.into_iter().inspect(|update| size += update.len());
        let durable = Replica::replay(client, updates).map_err(|damage| damage.error)?;
        Ok(Self {
            ingest: Ingest::new(client, &durable.diff(&[0])?)?,
            durable,
            authors: authors.into_iter().collect(),
            members: BTreeMap::new(),
            turn: Vec::new(),
            turn_authors: Vec::new(),
            in_flight: VecDeque::new(),
            sequence: 0,
            size,
            next_measure: limits::NEARLY_FULL,
            is_nearly_full: false,
            left: BTreeMap::new(),
            gone: Vec::new(),
            is_paused: false,
            writers: Vec::new(),
            refusals: Vec::new(),
            answers: Answers::default(),
            rejected: RejectedAttempts::default(),
        })
    }

    /// A connection opened. `greetings` are the welcome and the rows that stand beside the document.
    pub fn join(
        &mut self,
        connection: ConnectionId,
        participant: Participant,
        dialect: Dialect,
        greetings: Vec<Event>,
    ) -> Vec<RoomEffect> {
        let mut effects = vec![send(connection, wire::state_vector(&self.durable.state_vector()))];
        let states: Vec<State> = self.members.values().filter_map(Member::state).collect();
        if !states.is_empty() {
            effects.push(send(connection, wire::presence(&presence::encode(&states))));
        }
        if dialect == Dialect::Debrief {
            effects.extend(self.greet(connection, &greetings));
        }
        self.members.insert(connection, Member::new(participant, dialect));
        effects
    }

    /// From where a connection comes, as far as that is known: what is rejected is counted there as well.
    pub fn locate(&mut self, connection: ConnectionId, address: NetworkAddress) {
        if let Some(member) = self.members.get_mut(&connection) {
            member.address = Some(address);
        }
    }

    fn greet(&self, connection: ConnectionId, greetings: &[Event]) -> Vec<RoomEffect> {
        let authors = Event::Authors { authors: self.authors.piece(None) };
        greetings.iter().chain([&authors]).map(|event| send(connection, wire::event(event))).collect()
    }

    /// A connection reads too slowly: from now on nothing that concerns everyone is sent to it, until [`Room::catch_up`].
    pub fn fall_behind(&mut self, connection: ConnectionId) {
        if let Some(member) = self.members.get_mut(&connection) {
            member.is_behind = true;
        }
    }

    /// A connection that had fallen behind has read what waited for it: it gets everything that it may have missed, as
    /// of now, in the place of what was kept from it. `greetings` are the rows that stand beside the document.
    pub fn catch_up(&mut self, connection: ConnectionId, greetings: &[Event]) -> Vec<RoomEffect> {
        let Some(member) = self.members.get_mut(&connection).filter(|member| member.is_behind) else {
            return Vec::new();
        };
        member.is_behind = false;
        // Until it is answered, updates would not fit.
        let seen = member.seen.take();
        member.asked = member.asked.take().or(seen);
        let speaks_debrief = member.dialect == Dialect::Debrief;
        let mut effects = Vec::new();
        if speaks_debrief {
            effects.extend(self.greet(connection, greetings));
        }
        let gone = self.left.iter().map(|(client, clock)| State { client: *client, clock: *clock, json: None });
        let states: Vec<State> = gone.chain(self.others_of(connection)).collect();
        effects.push(send(connection, wire::presence(&presence::encode(&states))));
        self.answer(connection, &mut effects);
        effects
    }

    /// Whether a connection understands events.
    pub fn speaks_debrief(&self, connection: ConnectionId) -> bool {
        self.members.get(&connection).is_some_and(|member| member.dialect == Dialect::Debrief)
    }

    /// Takes no more edits until [`Room::resume`]: too much waits for the disk. Nothing is refused; what clients
    /// send meanwhile is passed over, and asked for again afterwards.
    pub fn pause(&mut self) {
        self.is_paused = true;
    }

    /// Takes edits again, and asks those who sent any meanwhile for everything that is lacking here.
    pub fn resume(&mut self) -> Vec<RoomEffect> {
        if !std::mem::take(&mut self.is_paused) {
            return Vec::new();
        }
        let waiting = self.members.iter().filter(|(_, member)| member.withheld > 0);
        let to: Vec<ConnectionId> = waiting.map(|(id, _)| *id).collect();
        if to.is_empty() {
            return Vec::new();
        }
        vec![RoomEffect::Send { to, frame: wire::state_vector(&self.durable.state_vector()) }]
    }

    /// A frame arrived. What it changes is accepted at once, and handed to the log by [`Room::settle`].
    pub fn receive(&mut self, connection: ConnectionId, frame: &[u8]) -> Vec<RoomEffect> {
        let mut effects = Vec::new();
        if wire::messages(frame).take(limits::MESSAGES + 1).count() > limits::MESSAGES {
            self.give_up_on(connection, "A frame holds too many messages.", &mut effects);
            return effects;
        }
        for message in wire::messages(frame) {
            let Some(capabilities) = self.members.get(&connection).map(|member| member.capabilities) else { break };
            match message {
                Ok(message) => match Permission::of(&message, capabilities) {
                    Permission::Denied => self.refuse(connection, IngestError::NotAllowed, &mut effects),
                    permission => self.heed(connection, message, permission, &mut effects),
                },
                Err(error) => self.give_up_on(connection, &error.to_string(), &mut effects),
            }
        }
        effects
    }

    /// Does what a message asks for, as far as it is permitted.
    fn heed(
        &mut self,
        connection: ConnectionId,
        message: Message<'_>,
        permission: Permission,
        effects: &mut Vec<RoomEffect>,
    ) {
        match message {
            Message::StateVector(seen) => self.ask(connection, seen, effects),
            Message::Missing(update) => {
                if !self.passes_over_answer(connection) {
                    self.take_update(connection, update, Carried::FromAnyone, permission, effects);
                    self.ask_again(connection, effects);
                }
            }
            Message::Update(update) => {
                if !self.passes_over_update(connection) {
                    self.take_update(connection, update, Carried::Typed, permission, effects);
                }
            }
            Message::Presence(states) => self.place(connection, states),
            Message::PresenceQuery => {
                if let Some(member) = self.members.get_mut(&connection) {
                    member.asked_presence = true;
                }
            }
            // A client has nothing to acknowledge or to announce; kinds of a later version are passed over.
            Message::Acknowledged(_) | Message::Event(_) | Message::Unknown(_) => {}
        }
    }

    /// The end of a turn: what was accepted goes to the log, and questions are answered, each once however often a
    /// connection asked, and once for all who asked the same: after a restart everybody does.
    pub fn settle(&mut self) -> Vec<RoomEffect> {
        let mut effects = self.append_turn();
        effects.extend(self.measure());
        self.answers.next_turn();
        let curious = self.members.iter().filter(|(_, member)| member.is_curious());
        let curious: Vec<ConnectionId> = curious.map(|(id, _)| *id).collect();
        for connection in curious {
            self.answer(connection, &mut effects);
        }
        effects
    }

    /// Whether somebody waits for an answer until the one before is read: [`Room::settle`] gives it as soon as that is so.
    pub fn is_awaited(&self) -> bool {
        self.members.values().any(Member::is_curious)
    }

    /// Tells everyone who moved and who has gone since the last call. The owner chooses how often: in a full room, each
    /// call is as many frames as there are people, and holds the places of as many.
    pub fn tell_presence(&mut self) -> Vec<RoomEffect> {
        let gone = std::mem::take(&mut self.gone);
        let moved: BTreeSet<ConnectionId> =
            self.members.iter_mut().filter_map(|(id, member)| member.take_moved().then_some(*id)).collect();
        if moved.is_empty() && gone.is_empty() { Vec::new() } else { self.present(&moved, &moved, &gone) }
    }

    /// Whether [`Room::tell_presence`] has something to tell.
    pub fn has_presence_to_tell(&self) -> bool {
        !self.gone.is_empty() || self.members.values().any(Member::has_moved)
    }

    /// Hands the turn's updates to the log, a handful merged into one append.
    fn append_turn(&mut self) -> Vec<RoomEffect> {
        let turn = std::mem::take(&mut self.turn);
        let mut authors = std::mem::take(&mut self.turn_authors);
        let mut effects = Vec::new();
        for part in turn.chunks(limits::MERGED) {
            let Some((first, _)) = part.first() else { continue };
            let sender = part.iter().all(|(connection, _)| connection == first).then_some(*first);
            self.sequence += 1;
            let update: Bytes = merge(part.iter().map(|(_, update)| update.clone()).collect()).into();
            let authors = std::mem::take(&mut authors);
            self.size += update.len();
            effects.push(RoomEffect::Append {
                sequence: self.sequence,
                update: update.clone(),
                authors: authors.clone(),
            });
            self.in_flight.push_back(Turn { sequence: self.sequence, update, sender, authors });
        }
        effects
    }

    /// Everything up to this sequence is on disk: it becomes visible, and its senders are told.
    pub fn committed(&mut self, through: u64) -> Vec<RoomEffect> {
        let mut effects = Vec::new();
        let count = self.in_flight.iter().take_while(|turn| turn.sequence <= through).count();
        let turns: Vec<Turn> = self.in_flight.drain(..count).collect();
        for turn in &turns {
            // These bytes are our own canonical encoding of what the accepted replica has already applied.
            let applied = self.durable.apply(&turn.update);
            // A room that could go on here would show something else than what is on disk; its end loads it anew.
            assert!(applied.is_ok(), "the durable replica follows the accepted one");
        }
        // What became durable at once is one frame for everyone.
        for part in turns.chunks(limits::MERGED) {
            let Some(first) = part.first() else { continue };
            let sender = first.sender.filter(|_| part.iter().all(|turn| turn.sender == first.sender));
            let readers = self.members.iter().filter(|(id, member)| member.is_reading() && Some(**id) != sender);
            let to: Vec<ConnectionId> = readers.map(|(id, _)| *id).collect();
            if !to.is_empty() {
                let update = merge(part.iter().map(|turn| turn.update.to_vec()).collect());
                effects.push(RoomEffect::Broadcast { to, frame: wire::update(&update) });
            }
        }
        let authors: Vec<Authorship> = turns.into_iter().flat_map(|turn| turn.authors).collect();
        if !authors.is_empty() {
            effects.extend(self.announce(&Event::Authors { authors }));
        }
        for (id, member) in &mut self.members {
            if let Some(count) = member.acknowledge(through)
                && member.dialect == Dialect::Debrief
            {
                effects.push(send(*id, wire::acknowledged(count)));
            }
        }
        effects
    }

    /// A connection is gone. The others hear of it with the next [`Room::tell_presence`].
    pub fn leave(&mut self, connection: ConnectionId) {
        let Some(gone) = self.members.remove(&connection).and_then(|member| member.farewell()) else {
            return;
        };
        if self.left.len() >= MOST_REMEMBERED {
            self.left.clear();
        }
        self.left.insert(gone.client, gone.clock);
        self.gone.push(gone);
    }

    /// Tells every client of ours of an event.
    pub fn announce(&self, event: &Event) -> Vec<RoomEffect> {
        let listeners =
            self.members.iter().filter(|(_, member)| member.dialect == Dialect::Debrief && !member.is_behind);
        let to: Vec<ConnectionId> = listeners.map(|(id, _)| *id).collect();
        if to.is_empty() { Vec::new() } else { vec![RoomEffect::Broadcast { to, frame: wire::event(event) }] }
    }

    /// To be called every 20 seconds: Yjs clients give up a connection after 30 seconds of silence, and forget a
    /// person whose presence was not renewed for as long.
    pub fn keep_alive(&mut self) -> Vec<RoomEffect> {
        self.rejected = RejectedAttempts::default();
        for member in self.members.values_mut() {
            member.renew();
        }
        let everyone = self.members.keys().copied().collect();
        self.present(&everyone, &BTreeSet::new(), &[])
    }

    /// What is on disk.
    pub fn replica(&self) -> &Replica {
        &self.durable
    }

    /// Somebody has another name: what they did here, and what they do from now on, is under that.
    pub fn rename(&mut self, person: &Person) {
        self.authors.rename(person);
        let members = self.members.values_mut().map(|member| &mut member.person);
        for known in members.chain(&mut self.writers).filter(|known| known.id == person.id) {
            known.clone_from(person);
        }
    }

    /// Who brought what.
    pub fn authors(&self) -> &Authors {
        &self.authors
    }

    /// Everything that was accepted, as one update (v1).
    ///
    /// # Errors
    /// Never in practice: when the CRDT does not read its own empty state vector.
    pub fn state(&self) -> Result<Vec<u8>, UpdateError> {
        self.ingest.head().diff(&[0])
    }

    /// Edits the document so that it reads as a version of it does, in a person's name; whether anything had to change.
    /// What does goes the way of a client's edits: to the log with [`Room::settle`], and to everyone when it is on disk.
    /// `client` is a client id that nobody has used.
    ///
    /// # Errors
    /// When the result does not fit the document; nothing has changed then.
    pub fn restore(&mut self, client: ClientId, person: &Person, version: &Replica) -> Result<bool, IngestError> {
        let misfit = |_: UpdateError| IngestError::Misfit;
        let edited = Replica::replay(client, [self.state().map_err(misfit)?]).map_err(|_| IngestError::Misfit)?;
        // A log that was repaired may lack some of what the version has.
        let lacking = version.diff(&edited.state_vector()).map_err(misfit)?;
        edited.apply(&lacking).map_err(misfit)?;
        // One update: both of it are accepted, or neither.
        let update = merge([Some(lacking), edited.restore(version).update].into_iter().flatten().collect());
        let canonical = self.ingest(SERVER, person, &update, Carried::FromAnyone, Permission::Granted)?;
        let has_changed = canonical.is_some();
        self.turn.extend(canonical.map(|canonical| (SERVER, canonical)));
        Ok(has_changed)
    }

    /// How full the document is, where people are to know.
    pub fn fullness(&self) -> Option<Event> {
        self.is_nearly_full.then_some(Event::Size { bytes: self.size, most: limits::DOCUMENT })
    }

    /// Measures a document that may be nearly full, again after each hundredth, and tells everyone.
    fn measure(&mut self) -> Vec<RoomEffect> {
        if self.size < self.next_measure {
            return Vec::new();
        }
        self.size = self.ingest.head().diff(&[0]).map_or(self.size, |everything| everything.len());
        self.next_measure = limits::NEARLY_FULL.max(self.size + limits::DOCUMENT / 100);
        let was_told = std::mem::replace(&mut self.is_nearly_full, self.size >= limits::NEARLY_FULL);
        if !was_told && !self.is_nearly_full {
            return Vec::new();
        }
        self.announce(&Event::Size { bytes: self.size, most: limits::DOCUMENT })
    }

    /// Who changed something since the last call, each once.
    pub fn take_writers(&mut self) -> Vec<Person> {
        std::mem::take(&mut self.writers)
    }

    /// What was refused since the last call.
    pub fn take_refusals(&mut self) -> Vec<Refusal> {
        std::mem::take(&mut self.refusals)
    }

    /// Whether everything accepted is on disk.
    pub fn is_settled(&self) -> bool {
        self.turn.is_empty() && self.in_flight.is_empty()
    }

    /// The connections, in the order in which they opened.
    pub fn connections(&self) -> impl Iterator<Item = ConnectionId> + '_ {
        self.members.keys().copied()
    }

    /// The people who are here, each once, in the order in which they came.
    pub fn people(&self) -> Vec<Person> {
        let mut seen = BTreeSet::new();
        self.members.values().map(|member| &member.person).filter(|person| seen.insert(&person.id)).cloned().collect()
    }

    fn ask(&mut self, connection: ConnectionId, seen: &[u8], effects: &mut Vec<RoomEffect>) {
        match self.members.get_mut(&connection) {
            Some(member) if wire::is_state_vector(seen) => member.asked = Some(seen.to_vec()),
            _ => self.refuse(connection, IngestError::Malformed, effects),
        }
    }

    /// Answers what a connection asked, unless it has yet to read the answer in pieces before.
    fn answer(&mut self, connection: ConnectionId, effects: &mut Vec<RoomEffect>) {
        let Some(member) = self.members.get_mut(&connection) else { return };
        let asked_presence = std::mem::take(&mut member.asked_presence);
        if let Some(seen) = member.take_question() {
            if member.answers >= limits::ANSWERS {
                return self.refuse(connection, IngestError::TooOften, effects);
            }
            match self.answers.of(&self.durable, &seen) {
                Ok(answer) => {
                    member.answers += 1;
                    // What was read of an answer is not sent again to a peer that falls behind later.
                    member.begin_to_read(self.durable.state_vector());
                    effects.push(match answer {
                        Answer::Frames(frames) => {
                            member.unread = frames.last().cloned();
                            RoomEffect::Answer { to: connection, frames }
                        }
                        Answer::Frame(frame) => send(connection, frame),
                    });
                }
                Err(_) => self.refuse(connection, IngestError::Malformed, effects),
            }
        }
        if asked_presence {
            effects.push(send(connection, wire::presence(&presence::encode(&self.others_of(connection)))));
        }
    }

    /// Whether a sync step 2 is passed over for now.
    fn passes_over_answer(&mut self, connection: ConnectionId) -> bool {
        if let Some(member) = self.members.get_mut(&connection).filter(|_| self.is_paused) {
            member.withheld += 1;
        }
        self.is_paused
    }

    /// Whether an update is passed over: one that follows others which were, up to the sync step 2 that brings them all,
    /// would not fit.
    fn passes_over_update(&mut self, connection: ConnectionId) -> bool {
        let Some(member) = self.members.get_mut(&connection) else { return false };
        if !self.is_paused && member.withheld == 0 {
            return false;
        }
        member.withheld += 1;
        true
    }

    /// Asks once more where what was to bring everything that was passed over was refused: without it, all that the
    /// connection sends later is passed over as well. One that is refused again and again is closed.
    fn ask_again(&self, connection: ConnectionId, effects: &mut Vec<RoomEffect>) {
        if self.members.get(&connection).is_some_and(|member| member.withheld > 0) {
            effects.push(send(connection, wire::state_vector(&self.durable.state_vector())));
        }
    }

    fn take_update(
        &mut self,
        connection: ConnectionId,
        update: &[u8],
        carried: Carried,
        permission: Permission,
        effects: &mut Vec<RoomEffect>,
    ) {
        let Some(person) = self.members.get(&connection).map(|member| member.person.clone()) else { return };
        // Only a copy that was written in without a connection holds what an earlier release set.
        let before = (carried == Carried::FromAnyone).then(|| self.ingest.head().details().head());
        match self.ingest(connection, &person, update, carried, permission) {
            Ok(Some(canonical)) => {
                self.turn.push((connection, canonical));
                effects.extend(before.and_then(|before| self.wanted_since(&before, &person)));
                self.expect(connection, effects);
            }
            // Nothing new: durable as soon as what was accepted before it is.
            Ok(None) => self.expect(connection, effects),
            Err(IngestError::Gap) if self.may_follow(connection, carried) => {}
            Err(error) => self.refuse(connection, error, effects),
        }
        if let Some(member) = self.members.get_mut(&connection) {
            member.has_spoken = true;
            member.has_told_all |= carried == Carried::FromAnyone;
        }
    }

    /// What somebody brought of a head that stood in the document once; nobody reads it there any more.
    fn wanted_since(&self, before: &HeadRow, person: &Person) -> Option<RoomEffect> {
        let after = self.ingest.head().details().head();
        let status = (after.status != before.status).then_some(after.status);
        let owner = (after.owner != before.owner).then_some(after.owner);
        let is_wanted = status.is_some() || owner.is_some();
        is_wanted.then(|| RoomEffect::HeadWanted { by: person.id.clone(), status, owner })
    }

    /// Whether what does not fit comes again with the sync step 2 that is still to arrive, and is passed over until then.
    /// Clients of ours wait with what is typed.
    fn may_follow(&self, connection: ConnectionId, carried: Carried) -> bool {
        let member = self.members.get(&connection);
        let has_more = member.is_some_and(|member| member.dialect == Dialect::Plain && !member.has_told_all);
        has_more && carried == Carried::Typed
    }

    fn ingest(
        &mut self,
        connection: ConnectionId,
        person: &Person,
        update: &[u8],
        carried: Carried,
        permission: Permission,
    ) -> Result<Option<Vec<u8>>, IngestError> {
        let may_be_tried = self.may_be_tried(connection);
        if self.rejected.is_worn_out_by(&person.id) {
            return Err(IngestError::TooOften);
        }
        if self.size.saturating_add(update.len()) > limits::DOCUMENT {
            if !may_be_tried {
                return Err(IngestError::TooOften);
            }
            // What was written and deleted since is not in the document any more.
            self.size = self.ingest.head().diff(&[0]).map_or(self.size, |everything| everything.len());
            if self.size.saturating_add(update.len()) > limits::DOCUMENT {
                self.count_rejected(connection, person);
                return Err(IngestError::Full);
            }
        }
        // The server's own edit is a version, with values that may be older than a rule.
        let checked = if connection == SERVER { self.ingest.check_kept(update)? } else { self.ingest.check(update)? };
        let fresh = checked.spans().to_vec();
        if permission != Permission::Granted && !fresh.is_empty() {
            return Err(IngestError::NotAllowed);
        }
        if checked.sets_head_row && carried == Carried::Typed {
            return Err(IngestError::RowOfServer);
        }
        // Who has nothing new may come and read.
        if !may_be_tried && !fresh.is_empty() {
            return Err(IngestError::TooOften);
        }
        // What a page makes stands under its own client id, as long as it is open. After a backup was restored, pages bring
        // what others wrote as well: until its own page has told what it holds, nobody can fork what it makes next.
        let is_anothers = |client: ClientId| {
            self.others(connection, &person.id).any(|member| member.has_spoken && member.uses(client))
        };
        if fresh.iter().any(|span| is_anothers(span.client)) {
            return Err(IngestError::OtherPerson);
        }
        let let_in = match self.ingest.let_in(checked) {
            // It deletes something that is there.
            Ok(Some(_)) if permission != Permission::Granted => Err(IngestError::NotAllowed),
            let_in => let_in,
        };
        match &let_in {
            Ok(canonical) => {
                self.record(connection, person, &fresh, carried);
                if let Some(member) = self.members.get_mut(&connection) {
                    member.has_written |= canonical.is_some();
                }
                if canonical.is_some() && self.writers.iter().all(|writer| writer.id != person.id) {
                    self.writers.push(person.clone());
                }
            }
            Err(_) => {
                self.mend();
                self.count_rejected(connection, person);
            }
        }
        let_in
    }

    /// Whether what a connection brings is tried on the accepted replica.
    fn may_be_tried(&self, connection: ConnectionId) -> bool {
        let Some(member) = self.members.get(&connection) else { return connection == SERVER };
        self.rejected.may_be_tried(member.address, member.has_written, self.size)
    }

    fn count_rejected(&mut self, connection: ConnectionId, person: &Person) {
        let member = self.members.get_mut(&connection);
        let from = member.map(|member| {
            member.has_written = false;
            member.address
        });
        self.rejected.count(person.id.clone(), from);
    }

    /// Remembers who brought what. A page speaks for the client ids under which it types, not for those it carries along.
    fn record(&mut self, connection: ConnectionId, person: &Person, fresh: &[Span], carried: Carried) {
        for span in fresh {
            if let Some(member) = self.members.get_mut(&connection).filter(|_| carried == Carried::Typed) {
                member.use_client(span.client);
            }
            if !self.authors.is_by(Stamp { client: span.client, clock: span.from }, person) {
                let authorship = Authorship { client: span.client, from: span.from, person: Some(person.clone()) };
                self.authors.add(authorship.clone());
                self.turn_authors.push(authorship);
            }
        }
    }

    /// Whether another person's open page is using a client id. The same person's is no obstacle: an old socket may
    /// linger beside the new one.
    fn is_anothers(&self, connection: ConnectionId, person: &UserId, client: ClientId) -> bool {
        self.others(connection, person).any(|member| member.uses(client))
    }

    /// The connections of other people.
    fn others(&self, connection: ConnectionId, person: &UserId) -> impl Iterator<Item = &Member> {
        self.members
            .iter()
            .filter(move |(id, member)| **id != connection && member.person.id != *person)
            .map(|(_, member)| member)
    }

    /// Replaces the accepted replica by what is durable or on its way to disk.
    fn mend(&mut self) {
        let head = Replica::new(self.durable.client());
        let in_flight = self.in_flight.iter().map(|turn| turn.update.to_vec());
        let updates: Vec<Vec<u8>> = self
            .durable
            .diff(&[0])
            .into_iter()
            .chain(in_flight)
            .chain(self.turn.iter().map(|(_, update)| update.clone()))
            .collect();
        for update in updates {
            let applied = head.apply(&update);
            assert!(applied.is_ok(), "everything accepted was whole");
        }
        self.ingest.mend(head);
    }

    /// Remembers that a message is durable when everything accepted so far is.
    fn expect(&mut self, connection: ConnectionId, effects: &mut Vec<RoomEffect>) {
        let appends = self.turn.len().div_ceil(limits::MERGED) as u64;
        let is_durable = self.in_flight.is_empty() && self.turn.is_empty();
        let through = self.sequence;
        let Some(member) = self.members.get_mut(&connection) else { return };
        member.expect(through + appends);
        if is_durable
            && let Some(count) = member.acknowledge(through)
            && member.dialect == Dialect::Debrief
        {
            effects.push(send(connection, wire::acknowledged(count)));
        }
    }

    /// Tells a connection of a refusal. A client of ours hears of it and replaces its copy. A stock client goes on sending
    /// what builds on the refused update, and all of that would be lost as well: its connection is closed at once, while its
    /// person can still see why.
    fn refuse(&mut self, connection: ConnectionId, error: IngestError, effects: &mut Vec<RoomEffect>) {
        let Some(dialect) = self.count_refusal(connection, error.code()) else { return };
        let is_too_often = error == IngestError::TooOften;
        match dialect {
            Dialect::Debrief => {
                let refused = Event::Refused { code: error.code().into(), message: error.to_string() };
                effects.push(send(connection, wire::event(&refused)));
            }
            // Nothing is wrong with what comes too often: the connection comes back by itself.
            Dialect::Plain if is_too_often => {}
            Dialect::Plain => effects.push(send(connection, wire::denied(&error.reason()))),
        }
        let strikes = self.members.get(&connection).map_or(0, |member| member.strikes);
        if is_too_often || dialect == Dialect::Plain || strikes >= limits::STRIKES {
            let code = match error {
                IngestError::TooOften => close_code::TOO_MUCH,
                IngestError::OtherPerson if dialect == Dialect::Plain => close_code::LATER,
                _ => close_code::REFUSED,
            };
            self.leave(connection);
            effects.push(RoomEffect::Close { to: connection, code, reason: error.reason() });
        }
    }

    /// Closes a connection whose frames cannot be read.
    fn give_up_on(&mut self, connection: ConnectionId, problem: &str, effects: &mut Vec<RoomEffect>) {
        let code = IngestError::Malformed.code();
        let reason = format!("{code}: {problem}");
        if self.count_refusal(connection, code) == Some(Dialect::Plain) {
            effects.push(send(connection, wire::denied(&reason)));
        }
        self.leave(connection);
        effects.push(RoomEffect::Close { to: connection, code: close_code::MALFORMED, reason });
    }

    /// Remembers a refusal for the owner; what the connection understands.
    fn count_refusal(&mut self, connection: ConnectionId, code: &'static str) -> Option<Dialect> {
        let member = self.members.get_mut(&connection)?;
        member.strikes += 1;
        let (person, is_first) = (member.person.id.clone(), member.strikes == 1);
        self.refusals.push(Refusal { code, connection, person, is_first });
        Some(member.dialect)
    }

    fn place(&mut self, connection: ConnectionId, states: &[u8]) {
        // A state that cannot be read is passed over: presence is a courtesy, and the next one follows soon.
        let Ok(states) = presence::decode(states) else { return };
        let Some(person) = self.members.get(&connection).map(|member| member.person.id.clone()) else { return };
        let believable = states.into_iter().filter(|state| state.clock < limits::PRESENCE_CLOCK);
        for state in believable.take(limits::STATES) {
            if self.is_anothers(connection, &person, state.client) {
                continue;
            }
            // Stock clients send on what they hear of others: that is no page of theirs.
            let speaks_for_another = |member: &Member| member.has_page() && !member.speaks_for(state.client);
            if self.members.get(&connection).is_none_or(speaks_for_another) {
                continue;
            }
            // A page that came back speaks through its newest connection. The one before may linger for a while: what
            // still arrives on it is old, and its end must not take the page's presence away.
            let newer = (Bound::Excluded(connection), Bound::Unbounded);
            if self.members.range(newer).any(|(_, member)| member.speaks_for(state.client)) {
                continue;
            }
            let older = self.members.range_mut(..connection);
            let given_up = older.filter_map(|(_, member)| member.give_up(state.client)).max();
            let last = self.left.get(&state.client).copied().max(given_up);
            let is_full = self.members.values().filter(|member| member.has_page()).count() >= limits::PRESENT;
            if let Some(member) = self.members.get_mut(&connection).filter(|member| member.has_page() || !is_full) {
                member.show(state, last);
            }
        }
    }

    /// The states of everyone but one: a Yjs client takes a state under its own id for its own.
    fn others_of(&self, connection: ConnectionId) -> Vec<State> {
        self.members
            .iter()
            .filter(|(other, _)| **other != connection)
            .filter_map(|(_, member)| member.state())
            .collect()
    }

    /// Tells everyone of some people's presence, and of pages that have gone. Clients of ours pass over their own and share
    /// one frame; Yjs clients would take it for theirs, so each of those gets a frame without. Of `informed`, clients that
    /// are alone in the frame are left out.
    fn present(
        &self,
        of: &BTreeSet<ConnectionId>,
        informed: &BTreeSet<ConnectionId>,
        gone: &[State],
    ) -> Vec<RoomEffect> {
        let states: Vec<(ConnectionId, State)> =
            of.iter().filter_map(|id| Some((*id, self.members.get(id)?.state()?))).collect();
        let is_alone =
            |id: &ConnectionId| gone.is_empty() && informed.contains(id) && states.iter().all(|(other, _)| other == id);
        let reached = self.members.iter().filter(|(id, member)| !member.is_behind && !is_alone(id));
        let (apart, together): (Vec<_>, Vec<_>) =
            reached.partition(|(id, member)| member.dialect == Dialect::Plain && of.contains(id));
        let mut effects = Vec::new();
        if !together.is_empty() {
            let to = together.into_iter().map(|(id, _)| *id).collect();
            effects
                .push(RoomEffect::Broadcast { to, frame: presence_frame(gone, states.iter().map(|(_, state)| state)) });
        }
        effects.extend(apart.into_iter().map(|(id, _)| {
            let others = states.iter().filter(|(other, _)| other != id).map(|(_, state)| state);
            RoomEffect::Broadcast { to: vec![*id], frame: presence_frame(gone, others) }
        }));
        effects
    }
}

/// Pages that left come first: they may be among those that are back.
fn presence_frame<'a>(gone: &'a [State], states: impl Iterator<Item = &'a State>) -> Bytes {
    wire::presence(&presence::encode(&gone.iter().chain(states).cloned().collect::<Vec<State>>()))
}

fn send(to: ConnectionId, frame: Bytes) -> RoomEffect {
    RoomEffect::Send { to: vec![to], frame }
}
