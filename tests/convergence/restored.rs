//! Pages that hold more than the server, as after a restored backup: each of what the other wrote as well.

use bytes::Bytes;
use postmortem::room::RoomEffect;
use postmortem::{
    ClientId, Command, ConnectionId, Dialect, Event, Participant, Peer, Replica, Room, SectionKey, Severity,
    TextChange, TextId, create, wire,
};
use std::collections::VecDeque;
use tests::person;

/// A page of a person, and what the server sent it that it has not read.
struct Page {
    connection: ConnectionId,
    replica: Replica,
    peer: Peer,
    inbox: VecDeque<Bytes>,
    refused: Vec<String>,
}

impl Page {
    fn new(number: u64, history: &[u8]) -> Self {
        let replica = Replica::new(ClientId(100 + number));
        replica.apply(history).expect("applied");
        Self {
            connection: ConnectionId(number),
            replica,
            peer: Peer::new(),
            inbox: VecDeque::new(),
            refused: Vec::new(),
        }
    }

    fn writes(&mut self, text: &str) -> Option<Bytes> {
        let id = TextId::Section("overview".parse::<SectionKey>().expect("a section"));
        let change = TextChange { from: 0, to: 0, insert: text.into() };
        let update = self.replica.run(&Command::EditText(id, vec![change])).expect("typed").update.expect("an update");
        self.peer.edited(&update)
    }
}

/// Carries out what the room says: sends are put into inboxes, appends are on disk at once.
fn carry_out(room: &mut Room, pages: &mut [&mut Page], effects: Vec<RoomEffect>) {
    let mut effects = VecDeque::from(effects);
    while let Some(effect) = effects.pop_front() {
        match effect {
            RoomEffect::Send { to, frame } | RoomEffect::Broadcast { to, frame } => {
                for page in pages.iter_mut().filter(|page| to.contains(&page.connection)) {
                    page.inbox.push_back(frame.clone());
                }
            }
            RoomEffect::Answer { to, frames } => {
                pages
                    .iter_mut()
                    .filter(|page| page.connection == to)
                    .for_each(|page| page.inbox.extend(frames.clone()));
            }
            RoomEffect::Append { sequence, .. } => effects.extend(room.committed(sequence)),
            RoomEffect::HeadWanted { .. } => panic!("nobody set a head"),
            RoomEffect::Close { reason, .. } => panic!("a page was closed: {reason}"),
        }
    }
}

#[test]
fn both_bring_everything_back_although_each_holds_what_the_other_wrote() {
    let backup = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made").diff(&[0]).expect("encoded");
    let (mut hers, mut his) = (Page::new(1, &backup), Page::new(2, &backup));
    hers.writes("hers, ");
    his.replica.apply(&hers.replica.diff(&[0]).expect("encoded")).expect("applied");
    his.writes("his, ");
    hers.replica.apply(&his.replica.diff(&[0]).expect("encoded")).expect("applied");
    hers.writes("hers alone, ");
    his.writes("his alone, ");

    let mut room = Room::load(ClientId(2), [backup], Vec::new()).expect("loaded");
    for page in [&mut hers, &mut his] {
        let mut effects = room.join(
            page.connection,
            Participant::owner(person(page.connection.0 as usize)),
            Dialect::Debrief,
            Vec::new(),
        );
        for frame in page.peer.connected(&page.replica) {
            effects.extend(room.receive(page.connection, &frame));
        }
        carry_out(&mut room, &mut [page], effects);
    }
    // Both have been asked what the backup lacks before either has answered. They read and write in turns from here on.
    let mut pages = [&mut his, &mut hers];
    let mut typed = Some("and on. ");
    while pages.iter().any(|page| !page.inbox.is_empty()) {
        for turn in 0..pages.len() {
            let page = &mut pages[turn];
            let Some(frame) = page.inbox.pop_front() else { continue };
            let received = page.peer.received(&page.replica, &frame).expect("readable");
            page.refused.extend(received.events.into_iter().filter_map(|event| match event {
                Event::Refused { code, .. } => Some(code),
                _ => None,
            }));
            let was_asked = matches!(wire::messages(&frame).next(), Some(Ok(wire::Message::StateVector(_))));
            let mut frames = received.frames;
            // He types on while the server still waits for her.
            frames.extend(typed.take_if(|_| was_asked).and_then(|text| page.writes(text)));
            let connection = page.connection;
            for frame in frames {
                let effects = room.receive(connection, &frame);
                carry_out(&mut room, &mut pages, effects);
            }
            let effects = room.settle();
            carry_out(&mut room, &mut pages, effects);
        }
    }
    for page in pages {
        assert_eq!((page.peer.unsaved(), &page.refused), (0, &Vec::new()), "connection {:?}", page.connection);
        assert_eq!(page.replica.read(), room.replica().read());
    }
    let overview = room.replica().section(&"overview".parse().expect("a section"));
    for words in ["hers, ", "his, ", "hers alone, ", "his alone, ", "and on. "] {
        assert_eq!(overview.matches(words).count(), 1, "{words:?} in {overview:?}");
    }
}
