//! Updates that break the rules of the check, fed to a room while somebody else works in it.

use fuzz_targets::bytes::{hex, number};
use fuzz_targets::hostile::{self, HostileUpdate};
use postmortem::api::close_code;
use postmortem::room::{NetworkAddress, RoomEffect};
use postmortem::{
    ClientId, Command, ConnectionId, Dialect, Participant, Person, Replica, Room, TextChange, TextId, limits, presence,
    wire,
};
use tests::{entry, fresh_id, person, refusal};

const ATTACKER: ConnectionId = ConnectionId(1);
const BYSTANDER: ConnectionId = ConnectionId(2);

struct Scene {
    room: Room,
    bystander: Replica,
    first: Vec<u8>,
    sequence: u64,
}

fn scene() -> Scene {
    let first = fuzz_targets::document().to_vec();
    let mut room = Room::load(ClientId(2), [first.clone()], Vec::new()).expect("loaded");
    room.join(BYSTANDER, Participant::owner(person(1)), Dialect::Debrief, Vec::new());
    let bystander = Replica::new(ClientId(20));
    bystander.apply(&first).expect("applied");
    Scene { room, bystander, first, sequence: 0 }
}

impl Scene {
    /// Sends an update as the attacker; the code of the refusal.
    fn attack(&mut self, update: &[u8]) -> Option<String> {
        self.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Debrief, Vec::new());
        let effects = self.room.receive(ATTACKER, &wire::update(update));
        self.settle();
        self.room.leave(ATTACKER);
        effects.iter().find_map(refusal)
    }

    fn settle(&mut self) {
        for effect in self.room.settle() {
            if let RoomEffect::Append { sequence, .. } = effect {
                self.sequence = sequence;
            }
        }
        self.room.committed(self.sequence);
    }

    /// The bystander types, and the room holds what was typed and nothing else.
    fn bystander_goes_on(&mut self) {
        let text: TextId = "sections/overview".parse().expect("a text");
        let change = TextChange { from: 0, to: 0, insert: "still here ".into() };
        let changes = self.bystander.run(&Command::EditText(text, vec![change])).expect("typed");
        let effects = self.room.receive(BYSTANDER, &wire::update(&changes.update.expect("an update")));
        assert_eq!(effects.iter().find_map(refusal), None);
        self.settle();
        assert_eq!(self.room.replica().read(), self.bystander.read());
        let everything = self.room.replica().diff(&[0]).expect("encoded");
        let fresh = Replica::new(ClientId(30));
        fresh.apply(&everything).expect("a newcomer can load it");
        assert_eq!(fresh.read(), self.bystander.read());
    }
}

#[test]
fn hostile_updates_are_refused_and_the_bystander_goes_on() {
    let mut scene = scene();
    let mut wrong = Vec::new();
    for HostileUpdate { name, update, code } in hostile::updates() {
        scene.room.keep_alive();
        let refusal = scene.attack(&update);
        if refusal.as_deref() != Some(code) {
            wrong.push((name, refusal));
        }
        scene.bystander_goes_on();
    }
    assert_eq!(wrong, []);
}

#[test]
fn what_an_update_makes_and_takes_back_itself_was_never_there() {
    let mut scene = scene();
    let passing = hex("01 01 2c 00 27 01 08 74696d656c696e65 01 66 01 01 2c 01 00 01");
    assert_eq!(scene.attack(&passing), None);
    scene.bystander.apply(&passing).expect("applied");
    scene.bystander_goes_on();
}

#[test]
fn a_section_cannot_be_deleted() {
    let mut scene = scene();
    // Client 1 made everything at the beginning, in fewer than 200 clocks.
    let clocks = |count: u32| [hex("00 01 01 01 00"), number(count)].concat();
    let everything = (1..200).map(clocks).rfind(|deletion| scene.attack(deletion).as_deref() != Some("gap"));
    let everything = everything.expect("clocks that are there");
    assert_eq!(scene.attack(&everything).as_deref(), Some("lost_part"));
    scene.bystander_goes_on();
}

#[test]
fn somebody_who_writes_at_one_place_again_and_again_is_not_taken_for_hostile() {
    let mut scene = scene();
    let text: TextId = "sections/overview".parse().expect("a text");
    let author = Replica::new(ClientId(42));
    author.apply(&scene.first).expect("applied");
    let seen = author.state_vector();
    for at in [0, 0, 1, 2, 1].into_iter().cycle().take(8_000) {
        let change = TextChange { from: at, to: at, insert: "x".into() };
        author.run(&Command::EditText(text.clone(), vec![change])).expect("typed");
    }
    for count in 0..500 {
        author.run(&Command::SetTitle(format!("Title {count}"))).expect("typed");
    }
    let offline = author.diff(&seen).expect("encoded");
    assert_eq!(scene.attack(&offline), None);
    scene.bystander.apply(&offline).expect("applied");
    scene.bystander_goes_on();
}

#[test]
fn each_kind_of_text_has_its_own_limit() {
    let mut scene = scene();
    let words = |length: u32| {
        let words = b"x".repeat(length as usize);
        [hex("01 01 2c 00 84 2b 06"), number(length), words, vec![0]].concat()
    };
    assert_eq!(scene.attack(&words(limits::ENTRY)).as_deref(), Some("too_long"));
    scene.bystander_goes_on();
    let fitting = words(limits::ENTRY - 5);
    assert_eq!(scene.attack(&fitting), None);
    scene.bystander.apply(&fitting).expect("applied");
    scene.bystander_goes_on();
}

#[test]
fn who_is_rejected_again_and_again_is_told_to_wait() {
    let mut scene = scene();
    let replaced = rejected();
    for _ in 0..limits::REJECTED {
        assert_eq!(scene.attack(&replaced).as_deref(), Some("lost_part"));
    }
    scene.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Debrief, Vec::new());
    let closed = scene.room.receive(ATTACKER, &wire::update(&replaced));
    assert!(is_closed(&closed, ATTACKER), "{closed:?}");
    assert_eq!(closed.first().and_then(refusal).as_deref(), Some("too_often"), "a person hears why, before the close");
    scene.bystander_goes_on();
    scene.room.keep_alive();
    assert_eq!(scene.attack(&replaced).as_deref(), Some("lost_part"));
}

/// An update that passes the check and is then refused: it puts another map in the place of an entry.
fn rejected() -> Vec<u8> {
    hex("01 01 2c 00 27 01 08 74696d656c696e65 01 65 01 00")
}

fn is_closed(effects: &[RoomEffect], connection: ConnectionId) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, RoomEffect::Close { to, code: close_code::TOO_MUCH, .. } if *to == connection))
}

#[test]
fn nobody_pays_for_what_another_person_tries() {
    let mut scene = scene();
    let try_again = |room: &mut Room, connection, person| {
        room.join(connection, Participant::owner(person), Dialect::Debrief, Vec::new());
        let effects = room.receive(connection, &wire::update(&rejected()));
        (effects.iter().find_map(refusal), is_closed(&effects, connection))
    };
    // Another connection of the same person is no other person.
    for number in 0..limits::REJECTED {
        let connection = ConnectionId(10 + u64::from(number));
        assert_eq!(try_again(&mut scene.room, connection, person(10)), (Some("lost_part".into()), false));
    }
    assert!(try_again(&mut scene.room, ConnectionId(20), person(10)).1);
    assert_eq!(try_again(&mut scene.room, ConnectionId(21), person(11)), (Some("lost_part".into()), false));
}

#[test]
fn fresh_sessions_do_not_keep_a_room_busy_for_ever() {
    let mut scene = scene();
    scene.bystander_goes_on();
    let attack = |room: &mut Room, number: u32, update: &[u8]| {
        let connection = ConnectionId(100 + u64::from(number));
        room.join(connection, Participant::owner(person(100 + number as usize)), Dialect::Debrief, Vec::new());
        let effects = room.receive(connection, &wire::update(update));
        (effects.iter().find_map(refusal), is_closed(&effects, connection))
    };
    let most = limits::rejected_from_one(0);
    for number in 0..most {
        assert_eq!(attack(&mut scene.room, number, &rejected()), (Some("lost_part".into()), false));
    }
    assert!(attack(&mut scene.room, most, &rejected()).1, "it is not tried any more");
    // Whose edits fit goes on, who has nothing new may read, and the next keep-alive forgets.
    scene.bystander_goes_on();
    let held = scene.bystander.diff(&scene.room.replica().state_vector()).expect("encoded");
    assert_eq!(attack(&mut scene.room, most + 1, &held), (None, false));
    scene.room.keep_alive();
    assert_eq!(attack(&mut scene.room, most + 2, &rejected()), (Some("lost_part".into()), false));
}

/// A connection from an address brings an update and leaves; the code of the refusal.
fn bring(scene: &mut Scene, connection: u64, from: NetworkAddress, person: Person, update: &[u8]) -> Option<String> {
    arrive(scene, connection, from, person);
    let effects = scene.room.receive(ConnectionId(connection), &wire::update(update));
    scene.room.leave(ConnectionId(connection));
    effects.iter().find_map(refusal)
}

fn arrive(scene: &mut Scene, connection: u64, from: NetworkAddress, person: Person) {
    scene.room.join(ConnectionId(connection), Participant::owner(person), Dialect::Debrief, Vec::new());
    scene.room.locate(ConnectionId(connection), from);
}

/// What a newcomer writes whose page has a client id of its own.
fn written(scene: &Scene, client: ClientId) -> Vec<u8> {
    let page = Replica::new(client);
    page.apply(&scene.first).expect("applied");
    page.run(&Command::SetTitle("a newcomer".into())).expect("an edit").update.expect("an update")
}

#[test]
fn one_address_alone_keeps_nobody_elsewhere_from_writing() {
    let mut scene = scene();
    for number in 0..2 * u64::from(limits::rejected_from_one(0)) {
        let person = person(100 + number as usize);
        let told = bring(&mut scene, 20_000 + number, NetworkAddress(1), person, &rejected()).expect("a refusal");
        assert!(["lost_part", "too_often"].contains(&told.as_str()), "{told}");
    }
    let update = written(&scene, ClientId(5_001));
    assert_eq!(bring(&mut scene, 5_001, NetworkAddress(2), person(3), &update), None);
}

#[test]
fn who_wrote_before_is_not_listened_to_for_ever() {
    let mut scene = scene();
    let most = u64::from(limits::rejected_from_one(0));
    let mut page = Replica::new(ClientId(4_000));
    // As many connections of each person as they are listened to.
    for number in 0..3 * most {
        let of_one = u64::from(limits::REJECTED);
        arrive(&mut scene, 10_000 + number, NetworkAddress(1), person(100 + (number / of_one) as usize));
        if number.is_multiple_of(of_one) {
            page = Replica::new(ClientId(40_000 + number));
            page.apply(&scene.first).expect("applied");
        }
        let edit = page.run(&Command::SetTitle(format!("owner {number}"))).expect("an edit");
        let update = edit.update.expect("an update");
        let effects = scene.room.receive(ConnectionId(10_000 + number), &wire::update(&update));
        assert_eq!(effects.iter().find_map(refusal), None);
        scene.settle();
    }
    let mut tried = 0;
    for number in 0..3 * most {
        let effects = scene.room.receive(ConnectionId(10_000 + number), &wire::update(&rejected()));
        tried += u64::from(effects.iter().find_map(refusal).as_deref() == Some("lost_part"));
    }
    assert_eq!(tried, 2 * most);
    let update = written(&scene, ClientId(5_000));
    assert_eq!(bring(&mut scene, 5_000, NetworkAddress(2), person(3), &update), None, "who comes from elsewhere");
}

#[test]
fn who_is_refused_from_ever_new_connections_keeps_no_newcomer_from_writing() {
    let mut scene = scene();
    let (abused, elsewhere) = (NetworkAddress(1), NetworkAddress(2));
    let mut connections = 1_000..;
    let mut bring = |scene: &mut Scene, address, person: &Person, update: &[u8]| {
        bring(scene, connections.next().expect("a number"), address, person.clone(), update)
    };
    let mut pages = 5_000..;
    let mut write = |scene: &Scene| written(scene, ClientId(pages.next().expect("a number")));
    let mallory = person(50);
    // Twice as often as the people of one address are listened to.
    for newcomer in 0..limits::rejected_from_one(0) as usize / 50 {
        for _ in 0..100 {
            let told = bring(&mut scene, abused, &mallory, &rejected()).expect("a refusal");
            assert!(["lost_part", "too_often"].contains(&told.as_str()), "{told}");
        }
        for (from, person) in [(abused, person(100 + newcomer)), (elsewhere, person(1_000 + newcomer))] {
            let written = write(&scene);
            assert_eq!(bring(&mut scene, from, &person, &written), None, "a newcomer at {from:?}");
        }
    }
    assert_eq!(bring(&mut scene, abused, &mallory, &rejected()).as_deref(), Some("too_often"));
}

#[test]
fn who_asks_for_everything_again_and_again_is_closed() {
    let mut scene = scene();
    scene.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Plain, Vec::new());
    let mut closed = None;
    for question in 1..=limits::ANSWERS + 1 {
        scene.room.receive(ATTACKER, &wire::state_vector(&[0]));
        let effects = scene.room.settle();
        closed = effects.iter().any(|effect| matches!(effect, RoomEffect::Close { .. })).then_some(question);
    }
    assert_eq!(closed, Some(limits::ANSWERS + 1));
    scene.bystander_goes_on();
}

#[test]
fn who_asks_and_never_reads_holds_one_long_answer_and_keeps_nobody_waiting() {
    let document = Replica::new(ClientId(3));
    document.apply(fuzz_targets::document()).expect("applied");
    let add =
        |_| Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", &"\u{20ac}".repeat(limits::ENTRY as usize)));
    assert_eq!(document.run_each(&(0..50).map(add).collect::<Vec<_>>()).1, []);
    let mut room = Room::load(ClientId(2), [document.diff(&[0]).expect("encoded")], Vec::new()).expect("loaded");
    let mut waiting = Vec::new();
    for connection in (10..20).map(ConnectionId) {
        room.join(connection, Participant::owner(person(0)), Dialect::Plain, Vec::new());
        for client in 1..10 {
            // Each claims to have seen some of a page that never was.
            room.receive(connection, &wire::state_vector(&[1, connection.0 as u8, client]));
            waiting.extend(room.settle());
        }
    }
    let answered = waiting.iter().filter(|effect| matches!(effect, RoomEffect::Answer { .. })).count();
    assert_eq!(answered, 10, "one for each connection");
    room.join(BYSTANDER, Participant::owner(person(1)), Dialect::Plain, Vec::new());
    room.receive(BYSTANDER, &wire::state_vector(&[0]));
    let effects = room.settle();
    assert!(
        effects.iter().any(|effect| matches!(effect, RoomEffect::Answer { to: BYSTANDER, .. })),
        "a newcomer waits"
    );
    // Who has read gets the next answer.
    drop(waiting);
    let effects = room.settle();
    assert_eq!(effects.iter().filter(|effect| matches!(effect, RoomEffect::Answer { .. })).count(), 10);
    assert!(!room.is_awaited());
}

#[test]
fn a_question_asked_a_thousand_times_in_a_turn_is_answered_once() {
    let mut scene = scene();
    scene.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Plain, Vec::new());
    let frame = wire::state_vector(&[0]).repeat(limits::MESSAGES);
    assert_eq!(scene.room.receive(ATTACKER, &frame), []);
    assert_eq!(scene.room.settle().len(), 1);
    let effects = scene.room.receive(ATTACKER, &wire::state_vector(&[0]).repeat(limits::MESSAGES + 1));
    assert!(effects.iter().any(|effect| matches!(effect, RoomEffect::Close { to: ATTACKER, .. })));
}

#[test]
fn a_presence_clock_that_no_page_reaches_is_passed_over() {
    let mut scene = scene();
    scene.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Plain, Vec::new());
    let state = |clock| presence::State { client: ClientId(7), clock, json: Some("{}".into()) };
    scene.room.receive(ATTACKER, &wire::presence(&presence::encode(&[state((1 << 53) - 1)])));
    assert_eq!(scene.room.tell_presence(), []);
    scene.room.receive(ATTACKER, &wire::presence(&presence::encode(&[state(1)])));
    assert_eq!(scene.room.tell_presence().len(), 1);
}

#[test]
fn a_client_that_sends_on_what_it_hears_takes_no_page_over() {
    let mut room = scene().room;
    let state = |client| presence::State { client, clock: 1, json: Some("{}".into()) };
    for (connection, client) in [(10, 7), (11, 8)] {
        room.join(ConnectionId(connection), Participant::owner(person(0)), Dialect::Plain, Vec::new());
        room.receive(ConnectionId(connection), &wire::presence(&presence::encode(&[state(ClientId(client))])));
    }
    // A stock client tells the server of every state that changed, also of those that it heard from the server.
    room.receive(ConnectionId(11), &wire::presence(&presence::encode(&[state(ClientId(7))])));
    let greeting = room.join(ConnectionId(12), Participant::owner(person(1)), Dialect::Plain, Vec::new());
    let states = greeting.iter().find_map(|effect| match effect {
        RoomEffect::Send { frame, .. } => wire::messages(frame).find_map(|message| match message {
            Ok(wire::Message::Presence(states)) => presence::decode(states).ok(),
            _ => None,
        }),
        _ => None,
    });
    let clients: Vec<ClientId> = states.expect("everyone's presence").iter().map(|state| state.client).collect();
    assert_eq!(clients, [ClientId(7), ClientId(8)]);
}

#[test]
fn many_small_updates_in_one_turn_are_appended_in_parts() {
    let mut scene = scene();
    let author = Replica::new(ClientId(42));
    author.apply(&scene.first).expect("applied");
    let text: TextId = "sections/overview".parse().expect("a text");
    scene.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Debrief, Vec::new());
    let mut frame = Vec::new();
    for at in 0..100 {
        let change = TextChange { from: at, to: at, insert: "x".into() };
        let update = author.run(&Command::EditText(text.clone(), vec![change])).expect("typed").update;
        frame.extend_from_slice(&wire::update(&update.expect("an update")));
    }
    scene.room.receive(ATTACKER, &frame);
    let appends: Vec<u64> = scene
        .room
        .settle()
        .into_iter()
        .filter_map(|effect| match effect {
            RoomEffect::Append { sequence, .. } => Some(sequence),
            _ => None,
        })
        .collect();
    assert_eq!(appends.len(), 100_usize.div_ceil(limits::MERGED));
    let acknowledged = |effects: Vec<RoomEffect>| {
        effects.iter().rev().find_map(|effect| match effect {
            RoomEffect::Send { frame, .. } => wire::messages(frame).find_map(|message| match message {
                Ok(wire::Message::Acknowledged(count)) => Some(count),
                _ => None,
            }),
            _ => None,
        })
    };
    assert!(acknowledged(scene.room.committed(appends[0])) < Some(100), "only what is on disk is acknowledged");
    assert_eq!(acknowledged(scene.room.committed(appends[appends.len() - 1])), Some(100));
    assert_eq!(scene.room.replica().text(&text), author.text(&text));
}

#[test]
fn a_text_that_became_too_long_is_refused_whole() {
    let mut scene = scene();
    let replica = Replica::new(ClientId(42));
    replica.apply(&scene.first).expect("applied");
    let text: TextId = "sections/overview".parse().expect("a text");
    let half = "x".repeat(limits::SECTION as usize / 2 + 1);
    let mut update = Vec::new();
    for at in [0, limits::SECTION / 2] {
        let change = TextChange { from: at, to: at, insert: half.clone() };
        match replica.run(&Command::EditText(text.clone(), vec![change])) {
            Ok(changes) => update = changes.update.expect("an update"),
            // The client's own limit holds too; a client without one writes the rest by hand.
            Err(error) => assert!(error.to_string().contains("200000 characters is the limit"), "{error}"),
        }
    }
    assert_eq!(scene.attack(&update), None);
    scene.bystander.apply(&update).expect("applied");
    let more = [hex("01 01 2a"), number(limits::SECTION / 2 + 1), hex("84 2a"), number(limits::SECTION / 2)].concat();
    let more = [more, number(limits::SECTION / 2 + 1), half.into_bytes(), vec![0]].concat();
    assert_eq!(scene.attack(&more).as_deref(), Some("too_long"));
    scene.bystander_goes_on();
}

#[test]
fn a_page_of_another_person_cannot_be_impersonated() {
    let mut scene = scene();
    scene.bystander_goes_on();
    let forger = Replica::new(ClientId(20));
    forger.apply(&scene.room.replica().diff(&[0]).expect("encoded")).expect("applied");
    let forged = forger.run(&Command::SetTitle("forged".into())).expect("made").update.expect("an update");
    assert_eq!(scene.attack(&forged).as_deref(), Some("other_person"));
    scene.bystander_goes_on();
}

#[test]
fn three_refusals_close_the_connection() {
    let mut scene = scene();
    scene.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Debrief, Vec::new());
    let mut closed = None;
    for strike in 1..=limits::STRIKES {
        let effects = scene.room.receive(ATTACKER, &wire::update(&[0xff; 10]));
        closed =
            effects.iter().any(|effect| matches!(effect, RoomEffect::Close { to: ATTACKER, .. })).then_some(strike);
    }
    assert_eq!(closed, Some(limits::STRIKES));
    scene.bystander_goes_on();
}

#[test]
fn a_stock_client_is_told_of_its_first_refusal_and_closed() {
    let mut scene = scene();
    scene.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Plain, Vec::new());
    let effects = scene.room.receive(ATTACKER, &wire::update(&rejected()));
    let [RoomEffect::Send { to, frame }, RoomEffect::Close { to: closed, code, reason }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!((to.as_slice(), *closed, *code), (&[ATTACKER][..], ATTACKER, close_code::REFUSED));
    assert!(reason.starts_with("lost_part: ") && reason.ends_with('.'), "{reason}");
    // Permission denied as y-protocols write it, with the same reason.
    let length = u8::try_from(reason.len()).expect("a close frame has room for 123 bytes");
    assert_eq!(frame.as_ref(), [&[2, 0, length][..], reason.as_bytes()].concat());
    let refusals = scene.room.take_refusals();
    let told: Vec<_> = refusals.iter().map(|refusal| (refusal.code, refusal.connection, refusal.is_first)).collect();
    assert_eq!(told, [("lost_part", ATTACKER, true)]);
    scene.bystander_goes_on();
}

#[test]
fn a_state_vector_that_lies_is_refused() {
    let mut scene = scene();
    scene.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Debrief, Vec::new());
    for vector in [hex("03 01"), vec![], hex("01 01")] {
        let effects = scene.room.receive(ATTACKER, &wire::state_vector(&vector));
        assert!(effects.iter().find_map(refusal).is_some(), "{vector:?}");
        scene.room.leave(ATTACKER);
        scene.room.join(ATTACKER, Participant::owner(person(0)), Dialect::Debrief, Vec::new());
    }
    scene.bystander_goes_on();
}
