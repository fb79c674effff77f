//! What a room refuses leaves it as it was, and leaves nobody behind.

use postmortem::create;
use postmortem::ingest::IngestError;
use postmortem::room::RoomEffect;
use postmortem::wire::{self, Message};
use postmortem::{
    ClientId, Command, ConnectionId, Dialect, Event, Participant, Replica, Room, Severity, TextChange, TextId, limits,
};
use tests::{entry, fresh_id, person};

const PAGE: ConnectionId = ConnectionId(1);

struct Scene {
    room: Room,
    page: Replica,
    first: Vec<u8>,
}

/// A room with one page, which has told what it holds.
fn scene() -> Scene {
    let first = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made").diff(&[0]).expect("encoded");
    let mut room = Room::load(ClientId(2), [first.clone()], Vec::new()).expect("loaded");
    let page = Replica::new(ClientId(77));
    page.apply(&first).expect("applied");
    room.join(PAGE, Participant::owner(person(1)), Dialect::Debrief, Vec::new());
    room.receive(PAGE, &wire::missing(&page.diff(&[0]).expect("encoded")));
    Scene { room, page, first }
}

impl Scene {
    fn run(&mut self, command: &Command) -> Vec<RoomEffect> {
        let update = self.page.run(command).expect("run").update.expect("an update");
        self.room.receive(PAGE, &wire::update(&update))
    }

    fn settle(&mut self) {
        for effect in self.room.settle() {
            if let RoomEffect::Append { sequence, .. } = effect {
                self.room.committed(sequence);
            }
        }
    }
}

fn asks(effect: &RoomEffect) -> bool {
    matches!(effect, RoomEffect::Send { frame, .. } if matches!(wire::messages(frame).next(), Some(Ok(Message::StateVector(_)))))
}

#[test]
fn a_version_that_does_not_fit_leaves_everything_as_it_was() {
    let mut scene = scene();
    scene.run(&Command::SetTitle("Renamed".into()));
    scene.settle();
    // It holds what the log has lost, and would be edited back to under the client id of an open page.
    let version = Replica::new(ClientId(10));
    version.apply(&scene.first).expect("applied");
    let overview: TextId = "sections/overview".parse().expect("a text");
    let lost = TextChange { from: 0, to: 0, insert: "Lost. ".into() };
    version.run(&Command::EditText(overview, vec![lost])).expect("run");
    let before = scene.room.state().expect("encoded");
    assert_eq!(scene.room.restore(ClientId(77), &person(0), &version), Err(IngestError::OtherPerson));
    assert_eq!(scene.room.state().expect("encoded"), before);
    assert_eq!(scene.room.settle(), Vec::new());
    assert_eq!(scene.room.restore(ClientId(78), &person(0), &version), Ok(true));
    scene.settle();
    assert_eq!(scene.room.replica().read().postmortem, version.read().postmortem);
}

#[test]
fn a_stock_client_that_types_before_it_has_told_all_is_not_refused() {
    let mut scene = scene();
    let stock = ConnectionId(2);
    let held = Replica::new(ClientId(88));
    held.apply(&scene.first).expect("applied");
    // Typed without a connection, and then as soon as the socket is open, before the server's first step arrives.
    let typed = ["one", "two", "three", "four", "five"]
        .map(|owner| held.run(&Command::SetTitle(owner.into())).expect("run").update.expect("an update"));
    scene.room.join(stock, Participant::owner(person(2)), Dialect::Plain, Vec::new());
    for update in &typed[1..] {
        assert_eq!(scene.room.receive(stock, &wire::update(update)), Vec::new());
    }
    assert_eq!(scene.room.receive(stock, &wire::missing(&held.diff(&[0]).expect("encoded"))), Vec::new());
    scene.settle();
    assert_eq!(scene.room.replica().read(), held.read());
    assert_eq!(scene.room.take_refusals(), []);

    // Afterwards nothing can be missing any more.
    held.run(&Command::SetTitle("lost".into())).expect("run");
    let behind = held.run(&Command::SetTitle("behind".into())).expect("run").update.expect("an update");
    let effects = scene.room.receive(stock, &wire::update(&behind));
    assert!(matches!(effects.last(), Some(RoomEffect::Close { to, .. }) if *to == stock), "{effects:?}");
}

#[test]
fn who_was_passed_over_is_asked_again_when_the_answer_is_refused() {
    let mut scene = scene();
    scene.room.pause();
    assert_eq!(scene.run(&Command::SetTitle("Passed over".into())), Vec::new());
    assert!(scene.room.resume().iter().any(asks));
    let refused = scene.room.receive(PAGE, &wire::missing(b"nonsense"));
    assert!(refused.iter().any(asks), "{refused:?}");
    scene.room.receive(PAGE, &wire::missing(&scene.page.diff(&[0]).expect("encoded")));
    scene.run(&Command::SetTitle("Mara".into()));
    scene.settle();
    assert_eq!(scene.room.replica().read(), scene.page.read());
}

fn events(effects: &[RoomEffect]) -> Vec<Event> {
    let frames = effects.iter().filter_map(|effect| match effect {
        RoomEffect::Send { frame, .. } | RoomEffect::Broadcast { frame, .. } => Some(frame),
        RoomEffect::Answer { .. }
        | RoomEffect::Append { .. }
        | RoomEffect::HeadWanted { .. }
        | RoomEffect::Close { .. } => None,
    });
    let events = frames.flat_map(|frame| wire::messages(frame)).filter_map(|message| match message {
        Ok(Message::Event(json)) => serde_json::from_str(json).ok(),
        _ => None,
    });
    events.collect()
}

#[test]
fn people_are_told_before_a_postmortem_is_full_and_what_to_do_when_it_is() {
    let long_entry = || Command::AddEntry(fresh_id(), entry("2018-10-21T22:52:00Z", &"\u{20ac}".repeat(20_000)));
    let made = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made");
    // Three quarters of what there is room for.
    let entries: Vec<Command> = std::iter::repeat_with(long_entry).take(limits::DOCUMENT / 60_000 * 3 / 4).collect();
    assert_eq!(made.run_each(&entries).1, []);
    let first = made.diff(&[0]).expect("encoded");
    let mut room = Room::load(ClientId(2), [first.clone()], Vec::new()).expect("loaded");
    let page = Replica::new(ClientId(77));
    page.apply(&first).expect("applied");
    room.join(PAGE, Participant::owner(person(1)), Dialect::Debrief, Vec::new());
    room.receive(PAGE, &wire::missing(&page.diff(&page.state_vector()).expect("encoded")));
    let (mut told, mut refused) = (Vec::new(), Vec::new());
    for _ in 0..limits::DOCUMENT / 60_000 {
        let update = page.run(&long_entry()).expect("run").update.expect("an update");
        let mut effects = room.receive(PAGE, &wire::update(&update));
        effects.extend(room.settle());
        if let Some(RoomEffect::Append { sequence, .. }) =
            effects.iter().find(|effect| matches!(effect, RoomEffect::Append { .. }))
        {
            effects.extend(room.committed(*sequence));
        }
        for event in events(&effects) {
            match event {
                Event::Size { bytes, most } => told.push(bytes * 100 / most),
                Event::Refused { code, message } => refused.push((code, message)),
                _ => {}
            }
        }
        if !refused.is_empty() {
            break;
        }
    }
    assert_eq!(told.first(), Some(&80));
    assert!(told.windows(2).all(|pair| pair[0] < pair[1]) && told.last() >= Some(&98), "{told:?}");
    let (code, message) = refused.first().expect("it is full");
    assert_eq!(code, "too_long");
    assert!(message.starts_with("This post-mortem is full:") && message.contains("begin another"), "{message}");
    // Who joins is told with the greeting.
    assert!(matches!(room.fullness(), Some(Event::Size { .. })));
}
