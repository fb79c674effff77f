//! One connection as its room sees it: whose it is, what it has brought, and where its person is.

use super::{Dialect, NetworkAddress, Participant};
use crate::capability::Capabilities;
use crate::presence::{State, Whereabouts};
use crate::{ClientId, Person};
use bytes::Bytes;
use std::collections::{BTreeSet, VecDeque};

/// The most client ids that one connection may use: a page has one, a tool that replays a few others.
const MOST_CLIENTS: usize = 1_000;

/// The longest state vector that is kept, in bytes: some thousands of clients.
const LONGEST_SEEN: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct Member {
    pub person: Person,
    /// What its person may do here.
    pub capabilities: Capabilities,
    pub dialect: Dialect,
    /// Where it comes from, as far as that is known.
    pub address: Option<NetworkAddress>,
    /// Whether it reads too slowly and is told nothing for now.
    pub is_behind: bool,
    /// What it has seen when it has read what it was last told that it lacked; before that, updates would not fit.
    pub seen: Option<Vec<u8>>,
    /// How many of its document messages were passed over, and wait for a sync step 2 that brings them all.
    pub withheld: u64,
    /// The state vector that it last sent, to be answered at the end of the turn.
    pub asked: Option<Vec<u8>>,
    /// The last frame of the answer in pieces that it was last given, which nobody else holds once it is written.
    pub unread: Option<Bytes>,
    /// How many state vectors were answered since the last keep-alive.
    pub answers: u32,
    /// Whether it asked for everyone's presence.
    pub asked_presence: bool,
    /// Messages that were refused.
    pub strikes: u32,
    /// Whether its sync step 2 has arrived. A stock client sends what is typed as soon as its socket is open, also where that
    /// builds on what it has yet to tell.
    pub has_told_all: bool,
    /// Whether it has told what it holds: from then on nobody else can know more of its page than the room does.
    pub has_spoken: bool,
    /// Whether an edit of it was taken, and none was rejected since.
    pub has_written: bool,
    /// How many document messages wait for which sequence to be on disk, until they are acknowledged.
    expected: VecDeque<(u64, u64)>,
    acknowledged: u64,
    /// The client ids under which it has written or is present.
    clients: BTreeSet<ClientId>,
    page: Option<Page>,
    moved: bool,
}

/// The page behind a connection.
#[derive(Debug)]
struct Page {
    client: ClientId,
    clock: u64,
    whereabouts: Whereabouts,
}

impl Member {
    pub fn new(participant: Participant, dialect: Dialect) -> Self {
        let Participant { person, capabilities } = participant;
        Self {
            person,
            capabilities,
            dialect,
            address: None,
            is_behind: false,
            seen: None,
            withheld: 0,
            asked: None,
            unread: None,
            answers: 0,
            asked_presence: false,
            clients: BTreeSet::new(),
            strikes: 0,
            has_told_all: false,
            has_spoken: false,
            has_written: false,
            expected: VecDeque::new(),
            acknowledged: 0,
            page: None,
            moved: false,
        }
    }

    /// Counts a document message that is durable with this sequence, and those before it that were passed over.
    pub fn expect(&mut self, sequence: u64) {
        self.expected.push_back((sequence, std::mem::take(&mut self.withheld) + 1));
    }

    /// How many messages are durable, where that has grown.
    pub fn acknowledge(&mut self, through: u64) -> Option<u64> {
        let before = self.acknowledged;
        while let Some((_, messages)) = self.expected.pop_front_if(|(sequence, _)| *sequence <= through) {
            self.acknowledged += messages;
        }
        (self.acknowledged > before).then_some(self.acknowledged)
    }

    /// Shows where the client says it is. A connection speaks for the first page that it named; `last` is the clock
    /// with which that page was last seen to leave.
    pub fn show(&mut self, state: State, last: Option<u64>) {
        if self.page.as_ref().is_some_and(|page| page.client != state.client) {
            return;
        }
        self.use_client(state.client);
        let whereabouts = state.json.as_deref().map(Whereabouts::read).unwrap_or_default();
        let before = self.page.as_ref().map(|page| page.clock).or(last);
        let clock = before.map_or(state.clock, |before| state.clock.max(before + 1));
        self.page = Some(Page { client: state.client, clock, whereabouts });
        self.moved = true;
    }

    /// Remembers what it will have seen when it has read what it is told that it lacks: from there it can be told more.
    pub fn begin_to_read(&mut self, seen: Vec<u8>) {
        // What is longer than a page's is not worth keeping for each connection; it is told everything then.
        self.seen = Some(if seen.len() <= LONGEST_SEEN { seen } else { vec![0] });
    }

    /// The state vector to be answered now: an answer in pieces is given when the one before is read. A peer that asks and
    /// never reads holds one.
    pub fn take_question(&mut self) -> Option<Vec<u8>> {
        self.unread.take_if(|last| last.is_unique());
        self.asked.take_if(|_| self.unread.is_none())
    }

    /// Whether updates are sent to it.
    pub fn is_reading(&self) -> bool {
        self.seen.is_some() && !self.is_behind
    }

    /// Whether it waits for an answer, and would be told.
    pub fn is_curious(&self) -> bool {
        !self.is_behind && (self.asked.is_some() || self.asked_presence)
    }

    /// Whether others see its page.
    pub fn has_page(&self) -> bool {
        self.page.is_some()
    }

    /// Whether it moved since [`Member::take_moved`].
    pub fn has_moved(&self) -> bool {
        self.moved
    }

    /// Whether its page is the one with this client id.
    pub fn speaks_for(&self, client: ClientId) -> bool {
        self.page.as_ref().is_some_and(|page| page.client == client)
    }

    /// Leaves a page to the connection with which it came back; the clock that was shown last.
    pub fn give_up(&mut self, client: ClientId) -> Option<u64> {
        self.page.take_if(|page| page.client == client).map(|page| page.clock)
    }

    /// Remembers that it speaks for a client id.
    pub fn use_client(&mut self, client: ClientId) {
        if self.clients.len() < MOST_CLIENTS {
            self.clients.insert(client);
        }
    }

    /// Whether it has spoken for a client id.
    pub fn uses(&self, client: ClientId) -> bool {
        self.clients.contains(&client)
    }

    /// Whether it moved since the last call.
    pub fn take_moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }

    /// Renews the presence of a client of ours; Yjs clients renew their own.
    pub fn renew(&mut self) {
        self.answers = 0;
        if self.dialect == Dialect::Debrief
            && let Some(page) = &mut self.page
        {
            page.clock += 1;
        }
    }

    /// The state that the others see.
    pub fn state(&self) -> Option<State> {
        let page = self.page.as_ref()?;
        let presence = page.whereabouts.clone().of(self.person.clone());
        Some(State { client: page.client, clock: page.clock, json: serde_json::to_string(&presence).ok() })
    }

    /// The state that tells the others that it has gone. Yjs clients take an equal clock for that.
    pub fn farewell(&self) -> Option<State> {
        let page = self.page.as_ref()?;
        Some(State { client: page.client, clock: page.clock, json: None })
    }
}
