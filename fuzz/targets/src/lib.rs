//! What must hold for any bytes from outside, as plain functions: the fuzzer of the folder above calls them with what it
//! finds, and the tests with seeded damage to a corpus of what is known. A target panics where something does not hold.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a panic is how a target says that it found something"
)]

pub mod bytes;
pub mod corpus;
pub mod hostile;
pub mod mutation;

use crate::bytes::hex;
use postmortem::ingest::Ingest;
use postmortem::person::PersonColor;
use postmortem::presence::{self, State, Whereabouts};
use postmortem::room::RoomEffect;
use postmortem::wire::{self, Message};
use postmortem::{
    ClientId, ConnectionId, Dialect, Equals, Participant, Passage, Person, Replica, Room, Severity, TextId, create,
    import, limits,
};
use std::sync::OnceLock;

/// A document in which there is something to harm, in its own encoding.
pub fn document() -> &'static [u8] {
    static DOCUMENT: OnceLock<Vec<u8>> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        for update in hostile::SETUP {
            replica.apply(&hex(update)).expect("what is honest fits");
        }
        replica.diff(&[0]).expect("encoded")
    })
}

/// The check of an update before anything is applied.
pub fn check(input: &[u8]) {
    static INGEST: OnceLock<std::sync::Mutex<Ingest>> = OnceLock::new();
    let ingest = INGEST.get_or_init(|| Ingest::new(ClientId(2), document()).expect("a document").into());
    let _ = ingest.lock().expect("no check panicked").check(input).map(drop);
}

/// The whole way of an update into a room. What is accepted, in the room's own encoding.
pub fn ingest(input: &[u8]) -> Option<Vec<u8>> {
    let mut room = room();
    receive(&mut room, &wire::update(input))
}

/// A frame with any messages, as a socket hands it over.
pub fn frame(input: &[u8]) {
    for message in wire::messages(input) {
        let _ = message;
    }
    receive(&mut room(), input);
}

const SENDER: ConnectionId = ConnectionId(1);
const BYSTANDER: ConnectionId = ConnectionId(2);

fn person(name: &str) -> Person {
    Person { id: name.parse().expect("an id"), name: name.into(), color: PersonColor::Teal, initials: None }
}

fn room() -> Room {
    let mut room = Room::load(ClientId(2), [document().to_vec()], Vec::new()).expect("a document");
    room.join(SENDER, Participant::owner(person("sender")), Dialect::Debrief, Vec::new());
    room.join(BYSTANDER, Participant::owner(person("bystander")), Dialect::Plain, Vec::new());
    room.receive(BYSTANDER, &wire::state_vector(&[0]));
    room.settle();
    room
}

/// Feeds a frame and checks what must hold after any: the log replays, the bystander is told what was accepted and
/// nothing else, and whoever opens the document next sees the same and may send it all again.
fn receive(room: &mut Room, frame: &[u8]) -> Option<Vec<u8>> {
    room.receive(SENDER, frame);
    let mut log = vec![document().to_vec()];
    let mut sequence = 0;
    for effect in room.settle() {
        if let RoomEffect::Append { sequence: appended, update, .. } = effect {
            log.push(update.to_vec());
            sequence = appended;
        }
    }
    let bystander = Replica::new(ClientId(30));
    bystander.apply(document()).expect("a document");
    for effect in room.committed(sequence) {
        let RoomEffect::Broadcast { to, frame } = effect else { continue };
        for message in wire::messages(&frame).filter(|_| to.contains(&BYSTANDER)) {
            if let Ok(Message::Update(update)) = message {
                bystander.apply(update).expect("the bystander can take what was accepted");
            }
        }
    }
    let reading = room.replica().read();
    assert_eq!(bystander.read(), reading, "the bystander sees something else");
    let accepted = log.get(1).cloned();
    let everything = room.replica().diff(&[0]).expect("encoded");
    let mut again = Room::load(ClientId(3), log, Vec::new()).expect("the log replays");
    assert_eq!(again.replica().read(), reading, "the log says something else");
    again.join(SENDER, Participant::owner(person("sender")), Dialect::Plain, Vec::new());
    assert_eq!(again.receive(SENDER, &wire::update(&everything)), [], "what is known is no strike");
    assert!(again.is_settled(), "what is known is nothing new");
    accepted
}

/// Awareness states, from bytes to what the others see.
pub fn awareness(input: &[u8]) {
    let Ok(states) = presence::decode(input) else { return };
    assert_eq!(presence::decode(&presence::encode(&states)), Ok(states.clone()));
    for state in states {
        let Some(json) = state.json else { continue };
        let whereabouts = Whereabouts::read(&json);
        assert!(whereabouts.place.as_ref().is_none_or(|place| place.len() <= limits::PRESENCE));
        // What is passed on reads the same at the other end.
        let json = serde_json::to_string(&whereabouts).expect("plain data");
        let shown = presence::encode(&[State { client: ClientId(1), clock: 1, json: Some(json) }]);
        let read = presence::decode(&shown).expect("our own encoding");
        assert_eq!(read[0].json.as_deref().map(Whereabouts::read), Some(whereabouts));
    }
}

/// A position in a text as a peer names it, for a cursor or a comment.
pub fn sticky(input: &[u8]) {
    let Ok(json) = std::str::from_utf8(input) else { return };
    let replica = Replica::new(ClientId(4));
    replica.apply(document()).expect("a document");
    for path in ["timeline/e/text", "sections/overview"] {
        let text: TextId = path.parse().expect("a text");
        let length = replica.text(&text).map_or(0, |text| text.encode_utf16().count());
        assert!(replica.resolve(&text, json).is_none_or(|offset| offset as usize <= length), "beyond the text");
        let Ok(position) = serde_json::from_str::<serde_json::Value>(json) else { continue };
        let equals = Equals { before: 1, after: 1, previous: Some(position.clone()), next: Some(position.clone()) };
        let passage = Passage { start: position.clone(), end: position, quote: "words".into(), equals: Some(equals) };
        if let Ok(checked) = replica.checked_passage(&text, &passage) {
            assert!(replica.find_passage(&text, &checked).is_none_or(|(from, to)| from <= to && to as usize <= length));
        }
    }
}

/// An incident file: what is read can be made into a post-mortem, and that holds together.
pub fn incident(input: &[u8]) {
    let Ok(json) = std::str::from_utf8(input) else { return };
    let Ok(incident) = import::parse(json) else { return };
    let replica = create::create(ClientId(1), incident.title(), incident.severity()).expect("made");
    let mut next = 0;
    let mut new_id = || {
        next += 1;
        postmortem::ItemId::new(next, [0; 10])
    };
    for command in incident.commands(&mut new_id) {
        replica.run(&command).expect("what was read can be carried out");
    }
    let everything = replica.diff(&[0]).expect("encoded");
    let made = Room::load(ClientId(2), [everything], Vec::new()).expect("a document that replays");
    assert_eq!(made.replica().read().defects, []);
}
