//! Values: under each key of each map only what the shapes name there is taken, and only what reads as meant; what a
//! document holds from before there was such a rule stays readable and keeps nobody from working.

use fuzz_targets::bytes::{hex, number};
use postmortem::carried::Carried;
use postmortem::room::RoomEffect;
use postmortem::{
    ClientId, Command, ConnectionId, Dialect, Generation, Participant, Replica, Room, Severity, Status, Waiting,
    create, wire,
};
use tests::{person, refusal};

const PAGE: ConnectionId = ConnectionId(1);

/// What a stock client may write under a key.
#[derive(Debug, Clone, Copy)]
enum Written {
    Null,
    Undefined,
    Flag(bool),
    Number(u8),
    Float(f64),
    Words(&'static str),
    Text,
}

use Written::{Flag, Float, Null, Number, Text, Undefined, Words};

const TIME: (&[Written], &[Written]) = (
    &[Null, Words(""), Words("2018-10-21T22:52:00Z"), Words("2018-10-22T00:52:00.5+02:00")],
    &[Words("yesterday"), Words("2018-10-21T22:52:00"), Words("0001-01-01T00:00:00Z"), Number(1), Flag(true)],
);
const LINK: (&[Written], &[Written]) = (
    &[Null, Words("https://example.org/a")],
    &[Words("example.org"), Words("mailto:mara@example.org"), Words("https://"), Number(1)],
);
const WORDS: (&[Written], &[Written]) = (&[Null, Undefined, Words(""), Words("x")], &[Number(1), Flag(false)]);
const FLAG: (&[Written], &[Written]) = (&[Flag(true), Flag(false), Null], &[Words("true"), Number(1)]);
const NUMBER: (&[Written], &[Written]) =
    (&[Number(1), Float(1.5), Null], &[Words("1"), Flag(true), Float(f64::NAN), Float(f64::INFINITY)]);

/// Every key of the shapes as `docs/sync.md` writes them down: what may stand there, and what may not.
fn shapes() -> Vec<(&'static str, &'static str, &'static [Written], &'static [Written])> {
    let mut shapes = Vec::new();
    let mut of = |root, keys: &[&'static str], (good, wrong): (&'static [Written], &'static [Written])| {
        shapes.extend(keys.iter().map(|key| (root, *key, good, wrong)));
    };
    let severity = (&[Words("SEV-1"), Words("SEV-3"), Null][..], &[Words("sev-1"), Words("SEV-4"), Number(1)][..]);
    let times =
        ["began_at", "started_at", "detected_at", "paged_at", "public_at", "mitigated_at", "resolved_at", "meeting_at"];
    of("meta", &times, TIME);
    of("meta", &["title", "owner", "services"], WORDS);
    of("meta", &["recording"], LINK);
    of("meta", &["severity"], severity);
    of("meta", &["status"], (&[Words("in_review"), Null], &[Words("In review"), Flag(true)]));
    of("meta", &["schema"], NUMBER);
    of("timeline", &["at", "until"], TIME);
    of("timeline", &["clock", "note", "or:2018-10-21T22:52:00Z"], WORDS);
    of("timeline", &["source"], LINK);
    of("timeline", &["severity"], severity);
    of("timeline", &["precision"], (&[Words("about"), Null], &[Words("exactly"), Number(1)]));
    of("timeline", &["kind"], (&[Words("status_change"), Null], &[Words("status change"), Number(1)]));
    of("impact", &["label", "value", "note"], WORDS);
    of("responders", &["name"], WORDS);
    of("responders", &["role"], (&[Words("scribe"), Null], &[Words("writer"), Number(1)]));
    of("actions", &["owner", "reason"], WORDS);
    of("actions", &["ticket"], LINK);
    of("actions", &["due"], (&[Words("2018-10-31"), Null], &[Words("2018-10-32"), Words("soon"), Number(1)]));
    of("actions", &["priority"], (&[Words("P1"), Null], &[Words("P4"), Number(1)]));
    of("actions", &["kind"], (&[Words("prepares"), Null], &[Words("prepare"), Number(1)]));
    of("actions", &["state"], (&[Words("declined"), Null], &[Words("refused"), Flag(true)]));
    for root in ["timeline", "impact", "responders", "actions"] {
        of(root, &["deleted"], FLAG);
        if root != "timeline" {
            of(root, &["order"], NUMBER);
        }
    }
    shapes
}

fn words(words: &str) -> Vec<u8> {
    [number(u32::try_from(words.len()).expect("short")), words.as_bytes().to_vec()].concat()
}

impl Written {
    /// The kind of the content, and the content.
    fn content(self) -> (u8, Vec<u8>) {
        let value = match self {
            Text => return (7, vec![2]),
            Null => vec![126],
            Undefined => vec![127],
            Flag(flag) => vec![if flag { 120 } else { 121 }],
            Number(number) => vec![125, number],
            Float(number) => [&[123][..], &number.to_be_bytes()].concat(),
            Words(text) => [vec![119], words(text)].concat(),
        };
        (8, [vec![1], value].concat())
    }
}

/// What client 44 writes under a key: of `meta`, or of an item that it makes with it.
fn update(root: &str, key: &str, written: &[Written]) -> Vec<u8> {
    let is_item = root != "meta";
    let mut bytes = [hex("01"), number(written.len() as u32 + u32::from(is_item)), hex("2c 00")].concat();
    if is_item {
        bytes.extend([vec![0x27, 1], words(root), words("x"), vec![1]].concat());
    }
    for (index, written) in written.iter().enumerate() {
        let (kind, content) = written.content();
        let last = u8::try_from(index).expect("few") + u8::from(is_item);
        bytes.extend(match (index, is_item) {
            (0, true) => [vec![0x20 | kind, 0, 44, 0], words(key)].concat(),
            (0, false) => [vec![0x20 | kind, 1], words(root), words(key)].concat(),
            // As clients write over a value: behind the one before, which says where it stands.
            _ => vec![0x80 | kind, 44, last - 1],
        });
        bytes.extend(content);
    }
    bytes.push(0);
    bytes
}

fn document() -> Vec<u8> {
    create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made").diff(&[0]).expect("encoded")
}

fn room(document: Vec<u8>) -> Room {
    let mut room = Room::load(ClientId(2), [document], Vec::new()).expect("loaded");
    room.join(PAGE, Participant::owner(person(1)), Dialect::Debrief, Vec::new());
    room
}

/// The code with which a new room refuses an update.
fn refusal_by_new_room(document: &[u8], update: &[u8]) -> Option<String> {
    room(document.to_vec()).receive(PAGE, &wire::update(update)).iter().find_map(refusal)
}

/// The same where it comes with a sync step 2.
fn refusal_of_missing(document: &[u8], update: &[u8]) -> Option<String> {
    room(document.to_vec()).receive(PAGE, &wire::missing(update)).iter().find_map(refusal)
}

#[test]
fn status_and_owner_are_not_set_in_the_document_and_a_copy_that_brings_them_asks_for_them() {
    let document = document();
    for (key, value) in [("status", "in_review"), ("owner", "Mara")] {
        let set = update("meta", key, &[Words(value)]);
        assert_eq!(refusal_by_new_room(&document, &set).as_deref(), Some("row_of_server"), "{key}");
        let mut room = room(document.clone());
        let effects = room.receive(PAGE, &wire::missing(&set));
        assert_eq!(effects.iter().find_map(refusal), None, "{key}");
        let wanted = effects.into_iter().find(|effect| matches!(effect, RoomEffect::HeadWanted { .. }));
        let (status, owner) = match key {
            "status" => (Some(Status::InReview), None),
            _ => (None, Some(value.to_owned())),
        };
        assert_eq!(wanted, Some(RoomEffect::HeadWanted { by: person(1).id, status, owner }), "{key}");
        let again = room.receive(PAGE, &wire::missing(&set));
        assert!(!again.iter().any(|effect| matches!(effect, RoomEffect::HeadWanted { .. })), "{key}: asked once");
    }
}

#[test]
fn a_version_brings_back_no_status_and_no_owner() {
    let closed = [document(), update("meta", "status", &[Words("closed")])];
    let version = Replica::replay(ClientId(5), [document()]).expect("a version");
    let mut room = Room::load(ClientId(2), closed, Vec::new()).expect("loaded");
    room.join(PAGE, Participant::owner(person(1)), Dialect::Debrief, Vec::new());
    assert_eq!(room.restore(ClientId(78), &person(0), &version), Ok(false), "nothing else has changed");
    assert_eq!(room.replica().details().status, Status::Closed);
}

#[test]
fn each_key_takes_what_reads_as_meant_and_nothing_else() {
    let document = document();
    for (root, key, good, wrong) in shapes() {
        let is_of_head_row = root == "meta" && ["status", "owner"].contains(&key);
        // Only copies of an earlier release still bring those.
        let refusal_by_new_room = if is_of_head_row { refusal_of_missing } else { refusal_by_new_room };
        for written in good {
            assert_eq!(
                refusal_by_new_room(&document, &update(root, key, &[*written])),
                None,
                "{root}/{key} {written:?}"
            );
        }
        for written in wrong {
            let code = refusal_by_new_room(&document, &update(root, key, &[*written]));
            assert_eq!(code.as_deref(), Some("foreign_value"), "{root}/{key} {written:?}");
            let over = refusal_by_new_room(&document, &update(root, key, &[good[0], *written]));
            assert_eq!(over.as_deref(), Some("foreign_value"), "{root}/{key} {written:?} over another");
        }
        let text = refusal_by_new_room(&document, &update(root, key, &[Text]));
        assert_eq!(text.as_deref(), Some("foreign_place"), "{root}/{key}");
    }
}

#[test]
fn the_text_of_an_item_is_a_shared_text_and_no_other_key_is_taken() {
    let document = document();
    for root in ["timeline", "actions"] {
        assert_eq!(refusal_by_new_room(&document, &update(root, "text", &[Text])), None);
        let plain = refusal_by_new_room(&document, &update(root, "text", &[Words("plain")]));
        assert_eq!(plain.as_deref(), Some("foreign_place"), "{root}");
    }
    for root in ["meta", "timeline", "impact", "responders", "actions"] {
        for key in ["x", "Title", "or:yesterday", "or:", "text ", "constructor"] {
            let code = refusal_by_new_room(&document, &update(root, key, &[Words("x")]));
            assert_eq!(code.as_deref(), Some("foreign_place"), "{root}/{key}");
        }
    }
    // A key of one map is none of another.
    for (root, key) in [("meta", "at"), ("timeline", "title"), ("impact", "text"), ("responders", "due")] {
        assert_eq!(
            refusal_by_new_room(&document, &update(root, key, &[Null])).as_deref(),
            Some("foreign_place"),
            "{root}/{key}"
        );
    }
}

/// A document of a release that asked less: the start is a word, and there is a key that no shape names.
fn old_document() -> Vec<u8> {
    let old = Replica::new(ClientId(3));
    old.apply(&document()).expect("applied");
    old.apply(&update("meta", "started_at", &[Words("yesterday")])).expect("a value of an older release");
    let key = [hex("01 01 2d 00 28 01"), words("meta"), words("mood"), vec![1, 119], words("fine"), vec![0]].concat();
    old.apply(&key).expect("a key of an older release");
    old.diff(&[0]).expect("encoded")
}

#[test]
fn what_a_document_holds_from_before_is_readable_and_refuses_nothing() {
    let old = old_document();
    let mut room = room(old.clone());
    let reading = room.replica().read();
    assert_eq!(reading.postmortem.details.started_at, None);
    let places: Vec<&str> = reading.defects.iter().map(|defect| defect.place.as_str()).collect();
    assert_eq!(places, ["meta/started_at"]);

    // Who brings all of it along has nothing new, and goes on.
    let page = Replica::new(ClientId(77));
    page.apply(&old).expect("applied");
    assert_eq!(room.receive(PAGE, &wire::missing(&old)).iter().find_map(refusal), None);
    let title = page.run(&Command::SetTitle("Mara".into())).expect("run").update.expect("an update");
    assert_eq!(room.receive(PAGE, &wire::update(&title)).iter().find_map(refusal), None);

    // A version of then comes back as it was, and a file of then is taken.
    settle(&mut room);
    let version = Replica::replay(ClientId(5), [old.clone()]).expect("a version");
    assert_eq!(room.restore(ClientId(78), &person(0), &version), Ok(true));
    settle(&mut room);
    assert_eq!(room.replica().read(), version.read());
    let id = "p1".parse().expect("an id");
    let file = Carried::of(&id, Some(Generation(1)), &version, &Waiting::default()).expect("a file");
    let newcomer = Replica::new(ClientId(79));
    file.merge_into(&newcomer, &id, None).expect("taken");
    assert_eq!(newcomer.read(), version.read());

    // The start is set by a command, over the word.
    let at = "2018-10-21T22:52:00Z".parse().expect("a time");
    page.apply(&room.replica().diff(&page.state_vector()).expect("encoded")).expect("applied");
    let set = page.run(&Command::SetKeyTime(postmortem::KeyTime::Started, Some(at))).expect("run");
    assert_eq!(room.receive(PAGE, &wire::update(&set.update.expect("an update"))).iter().find_map(refusal), None);
    settle(&mut room);
    assert_eq!(room.replica().read().defects, []);
}

fn settle(room: &mut Room) {
    for effect in room.settle() {
        if let RoomEffect::Append { sequence, .. } = effect {
            room.committed(sequence);
        }
    }
}
