//! What somebody may not do in a room is refused there, whatever bytes ask for it, and changes nothing.

use postmortem::room::RoomEffect;
use postmortem::wire::{self, Message};
use postmortem::{
    Capabilities, Capability, ClientId, Command, ConnectionId, Dialect, Event, Participant, Replica, Room, Severity,
    TextChange, TextId, create, presence,
};
use tests::{entry, fresh_id, person};

const OWNER: ConnectionId = ConnectionId(1);
const VIEWER: ConnectionId = ConnectionId(2);

struct Scene {
    room: Room,
    /// What the viewer's page holds: all that there is.
    page: Replica,
}

fn overview() -> TextId {
    "sections/overview".parse().expect("a text")
}

/// A room with some words, its owner, and somebody who may do no more than `capabilities`.
fn scene(capabilities: Capabilities, dialect: Dialect) -> Scene {
    let first = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made");
    let words = TextChange { from: 0, to: 0, insert: "The disk was full.".into() };
    first.run(&Command::EditText(overview(), vec![words])).expect("run");
    let document = first.diff(&[0]).expect("encoded");
    let mut room = Room::load(ClientId(2), [document.clone()], Vec::new()).expect("loaded");
    let page = Replica::new(ClientId(77));
    page.apply(&document).expect("applied");
    room.join(OWNER, Participant::owner(person(0)), Dialect::Debrief, Vec::new());
    room.join(VIEWER, Participant { person: person(1), capabilities }, dialect, Vec::new());
    Scene { room, page }
}

impl Scene {
    fn update(&self, command: &Command) -> Vec<u8> {
        self.page.run(command).expect("run").update.expect("an update")
    }

    fn text(&self) -> String {
        let state = self.room.state().expect("encoded");
        let replica = Replica::new(ClientId(5));
        replica.apply(&state).expect("applied");
        replica.text(&overview()).expect("the section")
    }
}

/// The codes of refusals that a connection is told.
fn refusals(effects: &[RoomEffect]) -> Vec<String> {
    let frames = effects.iter().filter_map(|effect| match effect {
        RoomEffect::Send { frame, .. } => Some(frame),
        _ => None,
    });
    let events = frames.flat_map(|frame| wire::messages(frame)).filter_map(|message| match message {
        Ok(Message::Event(json)) => serde_json::from_str(json).ok(),
        _ => None,
    });
    events
        .filter_map(|event| match event {
            Event::Refused { code, .. } => Some(code),
            _ => None,
        })
        .collect()
}

fn has_acknowledged(effects: &[RoomEffect], count: u64) -> bool {
    effects.iter().any(|effect| {
        matches!(effect, RoomEffect::Send { frame, .. }
            if matches!(wire::messages(frame).next(), Some(Ok(Message::Acknowledged(number))) if number == count))
    })
}

#[test]
fn whoever_may_only_read_is_brought_up_to_date_and_changes_nothing() {
    let mut scene = scene([Capability::Read].into_iter().collect(), Dialect::Debrief);
    let everything = scene.page.diff(&[0]).expect("encoded");
    let told = scene.room.receive(VIEWER, &wire::missing(&everything));
    assert!(has_acknowledged(&told, 1), "what is there already is on disk: {told:?}");
    scene.room.receive(VIEWER, &wire::state_vector(&[0]));
    assert!(!scene.room.settle().is_empty(), "the document is answered");
    let state = presence::State { client: ClientId(77), clock: 1, json: Some("{}".into()) };
    scene.room.receive(VIEWER, &wire::presence(&presence::encode(&[state])));
    assert!(scene.room.has_presence_to_tell(), "others see who reads");

    let before = scene.room.state().expect("encoded");
    let added = scene.update(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "not allowed")));
    assert_eq!(refusals(&scene.room.receive(VIEWER, &wire::update(&added))), ["not_allowed"]);
    assert_eq!(refusals(&scene.room.receive(VIEWER, &wire::missing(&added))), ["not_allowed"]);
    assert_eq!(scene.room.state().expect("encoded"), before);
    assert!(scene.room.is_settled(), "nothing of it goes to the log");
}

#[test]
fn whoever_may_only_read_deletes_nothing_either() {
    let mut scene = scene([Capability::Read].into_iter().collect(), Dialect::Debrief);
    let deletion = TextChange { from: 0, to: 4, insert: String::new() };
    let deleted = scene.update(&Command::EditText(overview(), vec![deletion]));
    assert_eq!(refusals(&scene.room.receive(VIEWER, &wire::update(&deleted))), ["not_allowed"]);
    assert_eq!(scene.text(), "The disk was full.");
    assert!(scene.room.is_settled());
    // The owner goes on with what everybody sees.
    let owner = Replica::new(ClientId(78));
    owner.apply(&scene.room.state().expect("encoded")).expect("applied");
    let more = TextChange { from: 18, to: 18, insert: " Twice.".into() };
    let update = owner.run(&Command::EditText(overview(), vec![more])).expect("run").update.expect("an update");
    assert_eq!(refusals(&scene.room.receive(OWNER, &wire::update(&update))), Vec::<String>::new());
    assert_eq!(scene.text(), "The disk was full. Twice.");
}

#[test]
fn a_right_that_is_taken_away_holds_from_the_next_message_on() {
    let mut scene = scene(Capabilities::of_owner(), Dialect::Debrief);
    let first = scene.update(&Command::SetTitle("Renamed".into()));
    assert_eq!(refusals(&scene.room.receive(VIEWER, &wire::update(&first))), Vec::<String>::new());
    let reader: Capabilities = [Capability::Read].into_iter().collect();
    let viewer = person(1).id;
    let told = scene.room.permit(&viewer, reader);
    let frame = wire::event(&Event::Capabilities { capabilities: reader });
    assert_eq!(told, [RoomEffect::Send { to: vec![VIEWER], frame }]);
    assert_eq!(scene.room.permit(&viewer, reader), [], "it is told once");
    let second = scene.update(&Command::SetTitle("Renamed again".into()));
    assert_eq!(refusals(&scene.room.receive(VIEWER, &wire::update(&second))), ["not_allowed"]);
    let closed = scene.room.permit(&viewer, Capabilities::default());
    let is_closed = |effect: &RoomEffect| matches!(effect, RoomEffect::Close { to: VIEWER, code: 4406, .. });
    assert!(matches!(closed.as_slice(), [effect] if is_closed(effect)), "{closed:?}");
    assert!(scene.room.people().iter().all(|person| person.id != viewer));
}

#[test]
fn a_stock_client_that_may_only_read_is_closed_with_the_reason() {
    let mut scene = scene([Capability::Read].into_iter().collect(), Dialect::Plain);
    let everything = scene.page.diff(&[0]).expect("encoded");
    assert_eq!(scene.room.receive(VIEWER, &wire::missing(&everything)), []);
    let added = scene.update(&Command::SetTitle("Renamed".into()));
    let effects = scene.room.receive(VIEWER, &wire::update(&added));
    let closed = effects.iter().find_map(|effect| match effect {
        RoomEffect::Close { code, reason, .. } => Some((*code, reason.clone())),
        _ => None,
    });
    let (code, reason) = closed.expect("closed");
    assert_eq!((code, reason.starts_with("not_allowed: ")), (postmortem::api::close_code::REFUSED, true), "{reason}");
}

#[test]
fn whoever_may_nothing_is_refused_each_kind_of_message() {
    let state = presence::encode(&[presence::State { client: ClientId(77), clock: 1, json: Some("{}".into()) }]);
    let everything = scene(Capabilities::default(), Dialect::Debrief).page.diff(&[0]).expect("encoded");
    let query = [3];
    let frames: [&[u8]; 5] = [
        &wire::state_vector(&[0]),
        &wire::missing(&everything),
        &wire::update(&everything),
        &wire::presence(&state),
        &query,
    ];
    for frame in frames {
        let mut scene = scene(Capabilities::default(), Dialect::Debrief);
        assert_eq!(refusals(&scene.room.receive(VIEWER, frame)), ["not_allowed"], "{frame:?}");
        assert_eq!(scene.room.settle(), [], "{frame:?}");
        assert!(!scene.room.has_presence_to_tell(), "{frame:?}");
    }
}
