//! Where the search begins: an update that breaks each rule, and honest inputs of each kind.

use crate::bytes::hex;
use crate::document;
use crate::hostile;
use postmortem::presence::{self, State};
use postmortem::{ClientId, Command, EntryDraft, ItemId, ItemKind, Replica, TextChange, TextId, wire};

/// Updates.
pub fn updates() -> Vec<Vec<u8>> {
    let mut updates: Vec<Vec<u8>> = hostile::updates().into_iter().map(|hostile| hostile.update).collect();
    updates.extend(hostile::SETUP.iter().map(|update| hex(update)));
    updates.extend(honest());
    updates
}

/// What a page of ours sends: typing, an entry, values, a deletion, and all of it in one.
pub fn honest() -> Vec<Vec<u8>> {
    let page = Replica::new(ClientId(44));
    page.apply(document()).expect("a document");
    let seen = page.state_vector();
    let at = "2018-10-21T22:52:00Z".parse().expect("a time");
    let entry = ItemId::new(7, [7; 10]);
    let overview: TextId = "sections/overview".parse().expect("a text");
    let by_hand: TextId = "timeline/e/text".parse().expect("a text");
    let change = |from, to, insert: &str| vec![TextChange { from, to, insert: insert.into() }];
    let commands = [
        Command::EditText(overview.clone(), change(0, 0, "Words 😀 and more")),
        Command::EditText(overview.clone(), change(3, 3, "!")),
        Command::EditText(overview, change(1, 9, "\u{202e}\u{2028}\0")),
        Command::EditText(by_hand, change(2, 4, "")),
        Command::SetTitle("A title".into()),
        Command::SetTitle("Another".into()),
        Command::AddEntry(entry.clone(), EntryDraft::new(at, "An entry")),
        Command::Delete(ItemKind::Entry, entry),
    ];
    let mut updates: Vec<Vec<u8>> =
        commands.iter().filter_map(|command| page.run(command).expect("an edit").update).collect();
    updates.push(page.diff(&seen).expect("encoded"));
    updates.push(page.diff(&[0]).expect("encoded"));
    updates
}

/// Frames of the protocol.
pub fn frames() -> Vec<Vec<u8>> {
    let mut frames: Vec<Vec<u8>> = updates().iter().map(|update| wire::update(update).to_vec()).collect();
    frames.extend(updates().iter().take(20).map(|update| wire::missing(update).to_vec()));
    frames.push(wire::state_vector(&[0]).to_vec());
    frames.push(hex("03"));
    frames.push(hex("78 01 07 03"));
    frames.push(hex("64 01 05"));
    frames.extend(states().iter().map(|states| wire::presence(states).to_vec()));
    let several = frames.iter().filter(|frame| frame.len() < 100).flatten().copied().collect();
    frames.push(several);
    frames
}

/// A cursor as Yjs peers write it.
const CURSOR: &str = r#"{"type":null,"tname":null,"item":{"client":43,"clock":3},"assoc":-1}"#;

/// Awareness states.
pub fn states() -> Vec<Vec<u8>> {
    let state = |client, clock, json: &str| State { client, clock, json: Some(json.to_owned()) };
    let whereabouts = format!(r#"{{"place":"timeline/e/text","cursor":{{"anchor":{CURSOR},"head":{CURSOR}}}}}"#);
    vec![
        presence::encode(&[state(ClientId(44), 1, &whereabouts)]),
        presence::encode(&[state(ClientId(44), 1 << 40, "{}"), State { client: ClientId(1), clock: 2, json: None }]),
        presence::encode(&[state(ClientId(44), 1, r#"{"user":{"name":"<b>","color":"red;background:url(//x)"}}"#)]),
        hex("03 01 01 01"),
    ]
}

/// Positions.
pub fn positions() -> Vec<Vec<u8>> {
    [
        CURSOR,
        r#"{"type":{"client":43,"clock":1},"tname":null,"item":null,"assoc":0}"#,
        r#"{"type":null,"tname":"timeline","item":null,"assoc":0}"#,
        r#"{"item":{"client":43,"clock":4294967295}}"#,
        r#"{"item":{"client":9007199254740992,"clock":0}}"#,
    ]
    .iter()
    .map(|position| position.as_bytes().to_vec())
    .collect()
}

/// Incident files.
pub fn incidents() -> Vec<Vec<u8>> {
    [
        r#"{"title":"Disk full","severity":"SEV-2","summary":"Words","timeline":[{"at":"2018-10-21T22:52:00Z","what":"Seen"}]}"#,
        r#"{"title":"x","severity":"SEV-1","started_at":"2018-10-21T22:52:00Z","impact":[{"metric":"Users","value":"1"}],"actions":["Do it"],"went_well":["a"],"sources":[{"title":"t","url":"https://example.org"}]}"#,
        r#"{"title":7}"#,
        "[[[[[[[[",
    ]
    .iter()
    .map(|incident| incident.as_bytes().to_vec())
    .collect()
}
