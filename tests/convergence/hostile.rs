//! Bytes that the CRDT does not survive, fed to a room while somebody else works in it.

use postmortem::room::{CLOSE_TOO_MUCH, Effect};
use postmortem::{
    Command, ConnectionId, Dialect, Event, Replica, Room, Severity, TextChange, TextId, create, limits, presence, wire,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tests::person;

const ATTACKER: ConnectionId = ConnectionId(1);
const BYSTANDER: ConnectionId = ConnectionId(2);

struct Scene {
    room: Room,
    bystander: Replica,
    first: Vec<u8>,
    sequence: u64,
}

fn scene() -> Scene {
    let first = create::create(1, "x", Severity::Sev2).expect("made").diff(&[0]).expect("encoded");
    let mut room = Room::load(2, [first.clone()], Vec::new()).expect("loaded");
    room.join(BYSTANDER, person(1), Dialect::Debrief, Vec::new());
    let bystander = Replica::new(20);
    bystander.apply(&first).expect("applied");
    Scene { room, bystander, first, sequence: 0 }
}

impl Scene {
    /// Sends an update as the attacker; the code of the refusal.
    fn attack(&mut self, update: &[u8]) -> Option<String> {
        self.room.join(ATTACKER, person(0), Dialect::Debrief, Vec::new());
        let effects = self.room.receive(ATTACKER, &wire::update(update));
        self.settle();
        self.room.leave(ATTACKER);
        effects.iter().find_map(refusal)
    }

    fn settle(&mut self) {
        for effect in self.room.settle() {
            if let Effect::Append { sequence, .. } = effect {
                self.sequence = sequence;
            }
        }
        self.room.committed(self.sequence);
    }

    /// Client 42 honestly types "words" into the overview, so that its letters have the clocks 0 to 4.
    fn takes_five_letters_of_client_42(&mut self) {
        let text: TextId = "sections/overview".parse().expect("a text");
        let replica = Replica::new(42);
        replica.apply(&self.first).expect("applied");
        let change = TextChange { from: 0, to: 0, insert: "words".into() };
        let words = replica.run(&Command::EditText(text, vec![change])).expect("typed").update.expect("an update");
        assert_eq!(self.attack(&words), None);
        self.bystander.apply(&words).expect("applied");
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
        let fresh = Replica::new(30);
        fresh.apply(&everything).expect("a newcomer can load it");
        assert_eq!(fresh.read(), self.bystander.read());
    }
}

fn refusal(effect: &Effect) -> Option<String> {
    let Effect::Send { frame, .. } = effect else { return None };
    wire::messages(frame).find_map(|message| match message {
        Ok(wire::Message::Event(json)) => match serde_json::from_str(json) {
            Ok(Event::Refused { code, .. }) => Some(code),
            _ => None,
        },
        _ => None,
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16).expect("hex")).collect()
}

/// One client with one keyed item in the root map `meta`, whose content follows.
fn item(content: &[u8]) -> Vec<u8> {
    let mut update = bytes("01 01 2a 00");
    update.push(0x20 | content[0]);
    update.extend(bytes("01 04 6d657461 01 6b"));
    update.extend(&content[1..]);
    update.push(0);
    update
}

#[test]
fn known_poison_is_refused_and_the_bystander_goes_on() {
    let nested_lists = [vec![8, 1], [117, 1].repeat(7_000), vec![126]].concat();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", vec![], "malformed"),
        ("an overlong number", vec![0xff; 10], "malformed"),
        ("a count of 2^28 clients", bytes("ff ff ff 7f"), "malformed"),
        ("a count of 2^28 blocks", bytes("01 ff ff ff 7f 01 00"), "malformed"),
        (
            "an update that leaves something pending",
            bytes("010201ffff02020646010101620474727565c6010201030162046e756c6c00"),
            "malformed",
        ),
        ("an astral string in an array", bytes("010163000401016105f09f98807800"), "foreign_place"),
        ("lists nested 7,000 deep", item(&nested_lists), "foreign_content"),
        ("a clock gap", bytes("01 01 2a 05 24 01 04 6d657461 01 6b 01 78 00"), "gap"),
        ("a dependency on a missing client", bytes("01 01 2a 00 84 63 00 01 78 00"), "gap"),
        ("a clock of 2^31", bytes("01 01 2a 80 80 80 80 08 04 01 04 6d657461 01 6b 01 78 00"), "gap"),
        ("a skip", bytes("01 01 2a 00 0a 05 00"), "foreign_content"),
        ("JSON", item(&bytes("02 01 02 7b7d")), "foreign_content"),
        ("binary", item(&bytes("03 01 00")), "foreign_content"),
        ("an embed", item(&bytes("05 02 7b7d")), "foreign_content"),
        ("a format", item(&bytes("06 01 62 01 31")), "foreign_content"),
        ("a sub-document", item(&bytes("09 01 61 76 00")), "foreign_content"),
        ("an array", item(&bytes("07 00")), "foreign_content"),
        ("an XML element", item(&bytes("07 03 01 61")), "foreign_content"),
        ("a weak link", item(&bytes("07 07 00 01 00")), "foreign_content"),
        ("a binary value", item(&bytes("08 01 74 01 00")), "foreign_content"),
        ("two values", item(&bytes("08 02 7e 7e")), "foreign_content"),
        ("an unknown content", item(&bytes("1f")), "malformed"),
        ("an unknown root", bytes("01 01 2a 00 28 01 09 5f5f70726f746f5f5f 01 6b 01 7e 00"), "foreign_place"),
        ("an item in a root without a key", bytes("01 01 2a 00 08 01 04 6d657461 01 7e 00"), "foreign_place"),
        ("trailing bytes", [item(&bytes("08 01 7e")), vec![0]].concat(), "malformed"),
        ("a deletion of the future", bytes("00 01 2a 01 00 ff 01"), "gap"),
        ("a deletion of 2^28 ranges", bytes("00 01 2a ff ff ff 7f"), "malformed"),
        ("an item that is its own parent", bytes("01 01 2a 00 28 00 2a 00 01 6b 01 7e 00"), "malformed"),
        ("the same client twice", bytes("02 01 2a 00 00 01 01 2a 00 00 01 00"), "malformed"),
        ("a value that is too long", item(&[bytes("08 01 77 b9 17"), vec![b'x'; 3_001]].concat()), "too_long"),
    ];
    let mut scene = scene();
    for (name, update, code) in cases {
        assert_eq!(scene.attack(&update).as_deref(), Some(code), "{name}");
        scene.bystander_goes_on();
    }
}

#[test]
fn a_value_inside_of_a_text_is_refused() {
    let mut scene = scene();
    scene.takes_five_letters_of_client_42();
    // A value whose left neighbour is the last letter of those words.
    assert_eq!(scene.attack(&bytes("01 01 2a 05 88 2a 04 01 7e 00")).as_deref(), Some("foreign_place"));
    // A map, and a text, in the same place.
    assert_eq!(scene.attack(&bytes("01 01 2a 05 87 2a 04 01 00")).as_deref(), Some("foreign_place"));
    assert_eq!(scene.attack(&bytes("01 01 2a 05 87 2a 04 02 00")).as_deref(), Some("foreign_place"));
    scene.bystander_goes_on();
}

#[test]
fn a_lie_about_what_the_document_has_is_not_believed() {
    let mut scene = scene();
    scene.takes_five_letters_of_client_42();
    // Letters sent again as a map and its values, and a new value beside the last of them.
    let lie =
        "02 03 2a 00 27 01 04 6d657461 01 6b 01 28 00 2a 00 01 6b 01 7e 88 2a 01 01 7e 01 2b 00 88 2a 02 01 7e 00";
    assert_eq!(scene.attack(&bytes(lie)).as_deref(), Some("foreign_place"));
    scene.bystander_goes_on();
}

#[test]
fn a_section_cannot_be_deleted() {
    let mut scene = scene();
    let vector = scene.room.replica().state_vector();
    assert_eq!(vector[..2], [1, 1], "one client made everything");
    let everything = [vec![0, 1, 1, 1, 0], vector[2..].to_vec()].concat();
    assert_eq!(scene.attack(&everything).as_deref(), Some("lost_part"));
    scene.bystander_goes_on();
}

/// An entry that client 43 made by hand: its map, its text and five letters have the clocks 0, 1 and 2 to 6.
const ENTRY_BY_HAND: &str = "01 03 2b 00 27 01 08 74696d656c696e65 01 65 01 27 00 2b 00 04 74657874 02
    04 00 2b 01 05 776f726473 00";

#[test]
fn what_would_lose_a_part_for_good_is_refused() {
    let mut scene = scene();
    assert_eq!(scene.attack(&bytes(ENTRY_BY_HAND)), None);
    scene.bystander.apply(&bytes(ENTRY_BY_HAND)).expect("applied");
    let timeline_e = "01 08 74696d656c696e65 01 65";
    let overview = "01 08 73656374696f6e73 08 6f76657276696577";
    let text = "00 2b 00 04 74657874";
    for (name, update) in [
        ("an entry is deleted with its key", "00 01 2b 01 00 01".to_owned()),
        ("an entry's text is deleted with its key", "00 01 2b 01 01 01".to_owned()),
        ("everything of the entry is deleted", "00 01 2b 01 00 07".to_owned()),
        ("an entry is replaced by one beside it", "01 01 2c 00 87 2b 00 01 00".to_owned()),
        ("an entry is replaced under its key", format!("01 01 2c 00 27 {timeline_e} 01 00")),
        ("an entry's text is replaced by one beside it", "01 01 2c 00 87 2b 01 02 00".to_owned()),
        ("an entry's text is replaced by a value", "01 01 2c 00 88 2b 01 01 7e 00".to_owned()),
        ("an entry's text is replaced under its key", format!("01 01 2c 00 27 {text} 02 00")),
        ("a section is replaced under its key", format!("01 01 2c 00 27 {overview} 02 00")),
    ] {
        assert_eq!(scene.attack(&bytes(&update)).as_deref(), Some("lost_part"), "{name}");
        scene.bystander_goes_on();
    }
    // What an update makes and takes back itself was never there.
    let passing = bytes("01 01 2c 00 27 01 08 74696d656c696e65 01 66 01 01 2c 01 00 01");
    assert_eq!(scene.attack(&passing), None);
    scene.bystander.apply(&passing).expect("applied");
    scene.bystander_goes_on();
}

#[test]
fn everything_stands_where_the_shapes_have_it() {
    let mut scene = scene();
    assert_eq!(scene.attack(&bytes(ENTRY_BY_HAND)), None);
    scene.bystander.apply(&bytes(ENTRY_BY_HAND)).expect("applied");
    let title = bytes("01 01 2a 00 28 01 04 6d657461 05 7469746c65 01 77 01 78 00");
    assert_eq!(scene.attack(&title), None);
    scene.bystander.apply(&title).expect("applied");
    for (name, update) in [
        ("a value among the entries", "01 01 2c 00 28 01 08 74696d656c696e65 01 66 01 7e 00"),
        ("a text among the entries", "01 01 2c 00 27 01 08 74696d656c696e65 01 66 02 00"),
        ("a map among the sections", "01 01 2c 00 27 01 08 73656374696f6e73 01 66 01 00"),
        ("a text among the head's values", "01 01 2c 00 27 01 04 6d657461 01 66 02 00"),
        ("an entry under a key that is no id", "01 01 2c 00 27 01 08 74696d656c696e65 03 612062 01 00"),
        ("a section under a key that is none", "01 01 2c 00 27 01 08 73656374696f6e73 02 4121 02 00"),
        ("letters as a value", "01 01 2c 00 24 01 04 6d657461 01 6b 01 78 00"),
        ("letters beside a value", "01 01 2c 00 84 2a 00 03 616263 00"),
        ("letters in an entry's map", "01 01 2c 00 04 00 2b 00 01 78 00"),
        ("letters under a key of a text", "01 01 2c 00 24 00 2b 01 01 6b 01 78 00"),
        ("a text in a text", "01 01 2c 00 07 00 2b 01 02 00"),
        ("a map in an entry's map", "01 01 2c 00 27 00 2b 00 01 6b 01 00"),
        // Two letters of client 42 at the end of the entry, of which the document has one as the title.
        ("the rest of something else", "01 01 2a 00 84 2b 06 02 7979 00"),
    ] {
        assert_eq!(scene.attack(&bytes(update)).as_deref(), Some("foreign_place"), "{name}");
        scene.bystander_goes_on();
    }
}

#[test]
fn what_the_crdt_takes_its_time_over_is_refused() {
    let mut scene = scene();
    scene.takes_five_letters_of_client_42();
    for (name, update, code) in [
        ("ranges that overlap", bytes("00 01 2a 02 00 03 01 03"), "malformed"),
        ("ranges that run backwards", bytes("00 01 2a 02 03 01 00 01"), "malformed"),
        ("ranges of one client in two parts", bytes("00 02 2a 01 00 01 2a 01 02 01"), "malformed"),
        ("a number with bytes to spare", bytes("01 01 2a 05 a4 80 00 2a 04 01 78 00"), "malformed"),
        ("a kind with bytes to spare", bytes("01 01 2c 00 27 01 08 74696d656c696e65 01 66 81 00 00"), "malformed"),
    ] {
        assert_eq!(scene.attack(&update).as_deref(), Some(code), "{name}");
        scene.bystander_goes_on();
    }
    // Ten thousand letters between the same two: each would be compared with all before it.
    let letters = 10_000;
    let mut update = [bytes("01"), lib0(letters), bytes("2c 00")].concat();
    for _ in 0..letters {
        update.extend(bytes("c4 2a 01 2a 02 01 78"));
    }
    update.push(0);
    assert_eq!(scene.attack(&update).as_deref(), Some("too_large"));
    scene.bystander_goes_on();
}

#[test]
fn somebody_who_writes_at_one_place_again_and_again_is_not_taken_for_hostile() {
    let mut scene = scene();
    let text: TextId = "sections/overview".parse().expect("a text");
    let author = Replica::new(42);
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
    assert_eq!(scene.attack(&bytes(ENTRY_BY_HAND)), None);
    scene.bystander.apply(&bytes(ENTRY_BY_HAND)).expect("applied");
    let words = |length: u32| {
        let words = [b'x'].repeat(length as usize);
        [bytes("01 01 2c 00 84 2b 06"), lib0(length), words, vec![0]].concat()
    };
    assert_eq!(scene.attack(&words(limits::ENTRY)).as_deref(), Some("too_long"));
    scene.bystander_goes_on();
    let fitting = words(limits::ENTRY - 5);
    assert_eq!(scene.attack(&fitting), None);
    scene.bystander.apply(&fitting).expect("applied");
    scene.bystander_goes_on();
}

#[test]
fn who_tries_in_vain_again_and_again_is_told_to_wait() {
    let mut scene = scene();
    assert_eq!(scene.attack(&bytes(ENTRY_BY_HAND)), None);
    scene.bystander.apply(&bytes(ENTRY_BY_HAND)).expect("applied");
    let replaced = bytes("01 01 2c 00 27 01 08 74696d656c696e65 01 65 01 00");
    for _ in 0..limits::IN_VAIN {
        assert_eq!(scene.attack(&replaced).as_deref(), Some("lost_part"));
    }
    scene.room.join(ATTACKER, person(0), Dialect::Debrief, Vec::new());
    let closed = scene.room.receive(ATTACKER, &wire::update(&replaced));
    assert!(closed.iter().any(|effect| matches!(effect, Effect::Close { code: CLOSE_TOO_MUCH, .. })), "{closed:?}");
    scene.bystander_goes_on();
    scene.room.keep_alive();
    assert_eq!(scene.attack(&replaced).as_deref(), Some("lost_part"));
}

#[test]
fn who_asks_for_everything_again_and_again_is_closed() {
    let mut scene = scene();
    scene.room.join(ATTACKER, person(0), Dialect::Plain, Vec::new());
    let mut closed = None;
    for question in 1..=limits::ANSWERS + 1 {
        scene.room.receive(ATTACKER, &wire::state_vector(&[0]));
        let effects = scene.room.settle();
        closed = effects.iter().any(|effect| matches!(effect, Effect::Close { .. })).then_some(question);
    }
    assert_eq!(closed, Some(limits::ANSWERS + 1));
    scene.bystander_goes_on();
}

#[test]
fn a_question_asked_a_thousand_times_in_a_turn_is_answered_once() {
    let mut scene = scene();
    scene.room.join(ATTACKER, person(0), Dialect::Plain, Vec::new());
    let frame = wire::state_vector(&[0]).repeat(limits::MESSAGES);
    assert_eq!(scene.room.receive(ATTACKER, &frame), []);
    assert_eq!(scene.room.settle().len(), 1);
    let effects = scene.room.receive(ATTACKER, &wire::state_vector(&[0]).repeat(limits::MESSAGES + 1));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Close { to: ATTACKER, .. })));
}

#[test]
fn a_presence_clock_that_no_page_reaches_is_passed_over() {
    let mut scene = scene();
    scene.room.join(ATTACKER, person(0), Dialect::Plain, Vec::new());
    let state = |clock| presence::State { client: 7, clock, json: Some("{}".into()) };
    scene.room.receive(ATTACKER, &wire::presence(&presence::encode(&[state((1 << 53) - 1)])));
    assert_eq!(scene.room.settle(), []);
    scene.room.receive(ATTACKER, &wire::presence(&presence::encode(&[state(1)])));
    assert_eq!(scene.room.settle().len(), 1);
}

#[test]
fn many_small_updates_in_one_turn_are_appended_in_parts() {
    let mut scene = scene();
    let author = Replica::new(42);
    author.apply(&scene.first).expect("applied");
    let text: TextId = "sections/overview".parse().expect("a text");
    scene.room.join(ATTACKER, person(0), Dialect::Debrief, Vec::new());
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
            Effect::Append { sequence, .. } => Some(sequence),
            _ => None,
        })
        .collect();
    assert_eq!(appends.len(), 100_usize.div_ceil(limits::MERGED));
    let acknowledged = |effects: Vec<Effect>| {
        effects.iter().rev().find_map(|effect| match effect {
            Effect::Send { frame, .. } => wire::messages(frame).find_map(|message| match message {
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
fn maps_are_not_nested_deeper_than_the_shapes_are() {
    let mut scene = scene();
    let nested = bytes("01 02 2a 00 27 01 04 6d657461 01 6b 01 27 00 2a 00 01 6b 01 00");
    assert_eq!(scene.attack(&nested).as_deref(), Some("foreign_place"));
    scene.bystander_goes_on();
}

#[test]
fn a_text_that_became_too_long_is_refused_whole() {
    let mut scene = scene();
    let replica = Replica::new(42);
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
    let more = [bytes("01 01 2a"), lib0(limits::SECTION / 2 + 1), bytes("84 2a"), lib0(limits::SECTION / 2)].concat();
    let more = [more, lib0(limits::SECTION / 2 + 1), half.into_bytes(), vec![0]].concat();
    assert_eq!(scene.attack(&more).as_deref(), Some("too_long"));
    scene.bystander_goes_on();
}

fn lib0(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

#[test]
fn a_page_of_another_person_cannot_be_impersonated() {
    let mut scene = scene();
    scene.bystander_goes_on();
    let forger = Replica::new(20);
    forger.apply(&scene.room.replica().diff(&[0]).expect("encoded")).expect("applied");
    let forged = forger.run(&Command::SetTitle("forged".into())).expect("made").update.expect("an update");
    assert_eq!(scene.attack(&forged).as_deref(), Some("other_person"));
    scene.bystander_goes_on();
}

#[test]
fn three_refusals_close_the_connection() {
    let mut scene = scene();
    scene.room.join(ATTACKER, person(0), Dialect::Plain, Vec::new());
    let mut closed = None;
    for strike in 1..=limits::STRIKES {
        let effects = scene.room.receive(ATTACKER, &wire::update(&[0xff; 10]));
        closed = effects.iter().any(|effect| matches!(effect, Effect::Close { to: ATTACKER, .. })).then_some(strike);
    }
    assert_eq!(closed, Some(limits::STRIKES));
    scene.bystander_goes_on();
}

#[test]
fn a_state_vector_that_lies_is_refused() {
    let mut scene = scene();
    scene.room.join(ATTACKER, person(0), Dialect::Debrief, Vec::new());
    for vector in [bytes("ff ff ff 7f"), vec![], bytes("01 01")] {
        let effects = scene.room.receive(ATTACKER, &wire::state_vector(&vector));
        assert!(effects.iter().find_map(refusal).is_some(), "{vector:?}");
        scene.room.leave(ATTACKER);
        scene.room.join(ATTACKER, person(0), Dialect::Debrief, Vec::new());
    }
    scene.bystander_goes_on();
}

#[test]
fn damaged_updates_neither_panic_nor_harm() {
    let mut random = StdRng::seed_from_u64(5);
    let mut scene = scene();
    let author = Replica::new(42);
    author.apply(&scene.first).expect("applied");
    for round in 0..400 {
        let text: TextId = "sections/overview".parse().expect("a text");
        let change = TextChange { from: 0, to: 0, insert: format!("word {round} 😀") };
        let mut update = author.run(&Command::EditText(text, vec![change])).expect("typed").update.expect("an update");
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..update.len());
            match random.random_range(0..3) {
                0 => update[at] = random.random(),
                1 => update.truncate(at.max(1)),
                _ => update.insert(at, random.random()),
            }
        }
        scene.attack(&update);
        // Damage may leave a valid update: what was accepted is what the bystander sees as well.
        let everything = scene.room.replica().diff(&[0]).expect("encoded");
        scene.bystander.apply(&everything).expect("applied");
        if round % 40 == 0 {
            scene.bystander_goes_on();
        }
    }
}
