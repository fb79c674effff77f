//! Peers, a room and a disk joined by queues. Frames on a cut connection are lost, the rest arrive in order but at any
//! time; the disk commits when it is told to.

use postmortem::person::PersonColor;
use postmortem::room::Effect;
use postmortem::{
    Authorship, Command, ConnectionId, Dialect, EntryDraft, Event, ItemId, ItemKind, Peer, Person, Replica, Room,
    Severity, Stamp, TextChange, TextId, TimelineEntry, create,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::{BTreeMap, VecDeque};

/// One page with its half of the protocol and the two directions of its socket.
struct Page {
    replica: Replica,
    peer: Peer,
    connection: Option<ConnectionId>,
    up: VecDeque<Vec<u8>>,
    down: VecDeque<Vec<u8>>,
    refused: Vec<String>,
}

pub struct Network {
    pub random: StdRng,
    pages: Vec<Page>,
    room: Room,
    log: Vec<Vec<u8>>,
    authors: Vec<Authorship>,
    queued: VecDeque<(u64, Vec<u8>, Vec<Authorship>)>,
    disk_is_held: bool,
    next_connection: u64,
    next_item: u64,
}

impl Network {
    pub fn new(people: usize, seed: u64) -> Self {
        let first = create::create(1, "A link was lost", Severity::Sev1).expect("made").diff(&[0]).expect("encoded");
        let room = Room::load(2, [first.clone()], Vec::new()).expect("loaded");
        let page = |index: usize| Page {
            replica: Replica::watched(100 + index as u64),
            peer: Peer::new(),
            connection: None,
            up: VecDeque::new(),
            down: VecDeque::new(),
            refused: Vec::new(),
        };
        let mut network = Self {
            random: StdRng::seed_from_u64(seed),
            pages: (0..people).map(page).collect(),
            room,
            log: vec![first],
            authors: Vec::new(),
            queued: VecDeque::new(),
            disk_is_held: false,
            next_connection: 0,
            next_item: 0,
        };
        for index in 0..people {
            network.connect(index);
        }
        network.rest();
        network
    }

    pub fn people(&self) -> usize {
        self.pages.len()
    }

    pub fn is_connected(&self, index: usize) -> bool {
        self.pages[index].connection.is_some()
    }

    pub fn connect(&mut self, index: usize) {
        if self.is_connected(index) {
            return;
        }
        let connection = ConnectionId(self.next_connection);
        self.next_connection += 1;
        let page = &mut self.pages[index];
        page.connection = Some(connection);
        page.up.extend(page.peer.connected(&page.replica).into_iter().map(|frame| frame.to_vec()));
        let effects = self.room.join(connection, person(index), Dialect::Debrief, Vec::new());
        self.carry_out(effects);
    }

    /// Cuts a connection: what was on its way in either direction is lost.
    pub fn cut(&mut self, index: usize) {
        let page = &mut self.pages[index];
        page.up.clear();
        page.down.clear();
        page.peer.disconnected();
        if let Some(connection) = page.connection.take() {
            let effects = self.room.leave(connection);
            self.carry_out(effects);
        }
    }

    /// Ends the room without warning and loads it again from what is on disk.
    pub fn crash(&mut self) {
        for index in 0..self.people() {
            self.cut(index);
        }
        self.queued.clear();
        self.room = Room::load(2, self.log.clone(), self.authors.clone()).expect("loaded");
    }

    pub fn hold_disk(&mut self, held: bool) {
        self.disk_is_held = held;
    }

    pub fn run(&mut self, index: usize, command: &Command) {
        let page = &mut self.pages[index];
        let changes = page.replica.run(command).expect("carried out");
        if let Some(update) = changes.update
            && let Some(frame) = page.peer.edited(&update)
        {
            page.up.push_back(frame.to_vec());
        }
    }

    /// One frame of a random connection in a random direction, or one commit.
    pub fn step(&mut self) {
        let index = self.random.random_range(0..self.people() + 1);
        if index == self.people() {
            self.commit_one();
        } else if self.random.random_bool(0.5) {
            self.deliver_up(index);
        } else {
            self.deliver_down(index);
        }
        if self.random.random_bool(0.6) {
            self.settle();
        }
    }

    pub fn deliver_some(&mut self) {
        for _ in 0..self.people() * 2 {
            self.step();
        }
    }

    /// Delivers until nothing is on its way; the disk commits unless it is held.
    pub fn deliver_all(&mut self) {
        loop {
            let mut moved = false;
            for index in 0..self.people() {
                moved |= self.deliver_up(index) | self.deliver_down(index);
            }
            self.settle();
            moved |= !self.disk_is_held && self.commit_one();
            if !moved {
                return;
            }
        }
    }

    /// Reconnects everybody, delivers everything, and checks what must hold then.
    pub fn rest(&mut self) {
        for index in 0..self.people() {
            self.connect(index);
        }
        self.deliver_all();
        let expected = self.room.replica().read();
        assert_eq!(expected.defects, []);
        for (index, page) in self.pages.iter().enumerate() {
            assert_eq!(page.refused, Vec::<String>::new(), "page {index}");
            assert_eq!(page.replica.read(), expected, "page {index} differs");
            assert_eq!(page.replica.state_vector(), self.room_vector(page), "page {index} has seen other updates");
            assert_eq!(page.peer.unsaved(), 0, "page {index} is not saved");
        }
        let reloaded = Room::load(2, self.log.clone(), self.authors.clone()).expect("loaded");
        assert_eq!(reloaded.replica().read(), expected, "the log differs");
        assert_eq!(reloaded.authors(), self.room.authors());
        assert!(self.room.is_settled());
    }

    /// State vectors have no order; a diff against an equal one holds no block.
    fn room_vector(&self, page: &Page) -> Vec<u8> {
        let vector = page.replica.state_vector();
        let lacking = self.room.replica().diff(&vector).expect("encoded");
        assert_eq!(lacking.first(), Some(&0), "blocks are missing");
        vector
    }

    pub fn text(&self, index: usize, entry: &ItemId) -> String {
        self.pages[index].replica.text(&TextId::Entry(entry.clone())).expect("an entry")
    }

    pub fn replica(&self, index: usize) -> &Replica {
        &self.pages[index].replica
    }

    pub fn entry(&self, index: usize, entry: &ItemId) -> TimelineEntry {
        self.pages[index].replica.entry(entry).expect("an entry")
    }

    pub fn entries(&self, index: usize) -> usize {
        self.pages[index].replica.entries().len()
    }

    pub fn unsaved(&self, index: usize) -> usize {
        self.pages[index].peer.unsaved()
    }

    pub fn author(&self, stamp: Stamp) -> Option<String> {
        self.room.authors().of(stamp).map(|person| person.name.clone())
    }

    pub fn add_entry(&mut self, index: usize, text: &str) -> ItemId {
        self.next_item += 1;
        let id = ItemId::new(self.next_item, [index as u8; 10]);
        let at = "2018-10-21T22:52:00Z".parse().expect("a time");
        self.run(index, &Command::AddEntry(id.clone(), EntryDraft::new(at, text)));
        id
    }

    /// Inserts into an entry as page `index` sees it; an offset past the end appends.
    pub fn insert(&mut self, index: usize, entry: &ItemId, at: u32, insert: &str) {
        let length = self.text(index, entry).encode_utf16().count() as u32;
        let at = at.min(length);
        let change = TextChange { from: at, to: at, insert: insert.to_owned() };
        self.run(index, &Command::EditText(TextId::Entry(entry.clone()), vec![change]));
    }

    pub fn delete(&mut self, index: usize, entry: &ItemId) {
        self.run(index, &Command::Delete(ItemKind::Entry, entry.clone()));
    }

    pub fn restore(&mut self, index: usize, entry: &ItemId) {
        self.run(index, &Command::Restore(ItemKind::Entry, entry.clone()));
    }

    fn deliver_up(&mut self, index: usize) -> bool {
        let page = &mut self.pages[index];
        let (Some(connection), Some(frame)) = (page.connection, page.up.pop_front()) else { return false };
        let effects = self.room.receive(connection, &frame);
        self.carry_out(effects);
        true
    }

    fn deliver_down(&mut self, index: usize) -> bool {
        let page = &mut self.pages[index];
        let Some(frame) = page.down.pop_front() else { return false };
        let received = page.peer.received(&page.replica, &frame).expect("readable");
        page.up.extend(received.frames.into_iter().map(|frame| frame.to_vec()));
        for event in received.events {
            if let Event::Refused { code, .. } = event {
                page.refused.push(code);
            }
        }
        true
    }

    fn settle(&mut self) {
        let effects = self.room.settle();
        self.carry_out(effects);
    }

    fn commit_one(&mut self) -> bool {
        let Some((sequence, update, authors)) = self.queued.pop_front() else { return false };
        self.log.push(update);
        self.authors.extend(authors);
        let effects = self.room.committed(sequence);
        self.carry_out(effects);
        true
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        let pages: BTreeMap<ConnectionId, usize> =
            self.pages.iter().enumerate().filter_map(|(index, page)| Some((page.connection?, index))).collect();
        for effect in effects {
            match effect {
                Effect::Send { to, frame } => {
                    for index in to.iter().filter_map(|connection| pages.get(connection)) {
                        self.pages[*index].down.push_back(frame.to_vec());
                    }
                }
                Effect::Append { sequence, update, authors } => {
                    self.queued.push_back((sequence, update.to_vec(), authors));
                }
                Effect::Close { to, code, reason } => panic!("{to:?} was closed: {code} {reason}"),
            }
        }
    }
}

pub fn person(index: usize) -> Person {
    Person {
        id: format!("person-{index}").parse().expect("an id"),
        name: format!("Person {index}"),
        color: PersonColor::ALL[index % PersonColor::ALL.len()],
    }
}
