//! The fuzzer's targets without a fuzzer: a few thousand damaged inputs each, from a seed. `SEED=17` tries another one. And
//! logs of which a row is gone.

use fuzz_targets::{corpus, mutation};
use postmortem::{
    ClientId, Command, Damage, EntryDraft, ItemId, ItemKind, Replica, Room, Seen, Severity, TextChange, UpdateError,
    create,
};

const INPUTS: usize = 3_000;

/// Feeds a corpus and damage to it to a target.
fn feed(corpus: &[Vec<u8>], count: usize, target: impl Fn(&[u8])) {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20181021);
    for input in corpus.iter().cloned().chain(mutation::mutations(corpus, seed, count)) {
        let fed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| target(&input)));
        assert!(fed.is_ok(), "SEED={seed} fails with {}", hex(&input));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_check_of_an_update_takes_any_bytes() {
    feed(&corpus::updates(), 20 * INPUTS, fuzz_targets::check);
}

#[test]
fn a_room_takes_any_update() {
    feed(&corpus::updates(), INPUTS, |input| drop(fuzz_targets::ingest(input)));
}

#[test]
fn a_room_takes_any_frame() {
    feed(&corpus::frames(), INPUTS, fuzz_targets::frame);
}

#[test]
fn presence_takes_any_states() {
    feed(&corpus::states(), 10 * INPUTS, fuzz_targets::awareness);
}

#[test]
fn a_text_takes_any_position() {
    feed(&corpus::positions(), INPUTS, fuzz_targets::sticky);
}

#[test]
fn an_import_takes_any_file() {
    feed(&corpus::incidents(), 10 * INPUTS, fuzz_targets::incident);
}

/// A log and whose each row is: two people who never touch what the other wrote, each edit at a place of its own. The CRDT
/// takes in any of them without the others.
fn independent_edits() -> Vec<(ClientId, Vec<u8>)> {
    let mara = create::create(ClientId(7), "Disk full", Severity::Sev2).expect("made");
    let mut log = vec![(ClientId(7), mara.diff(&[0]).expect("encoded"))];
    let jonah = Replica::new(ClientId(8));
    jonah.apply(&log[0].1).expect("applied");
    let draft = EntryDraft::new("2018-10-21T22:52:00Z".parse().expect("a time"), "seen");
    let entry = |number| Command::AddEntry(ItemId::new(number, [7; 10]), draft.clone());
    let typed = |section: &str| {
        let change = TextChange { from: 0, to: 0, insert: "words".into() };
        Command::EditText(format!("sections/{section}").parse().expect("a text"), vec![change])
    };
    let edits = [
        (&mara, Command::SetTitle("Mara".into())),
        (&jonah, entry(1)),
        (&jonah, typed("overview")),
        (&mara, Command::SetServices(vec!["search".into()])),
        (&mara, entry(2)),
        (&jonah, entry(3)),
        (&mara, Command::SetTitle("Disk full again".into())),
        (&mara, Command::Delete(ItemKind::Entry, ItemId::new(2, [7; 10]))),
        (&jonah, typed("resolution")),
    ];
    log.extend(
        edits.into_iter().map(|(page, command)| {
            (page.client(), page.run(&command).expect("carried out").update.expect("an update"))
        }),
    );
    log
}

#[test]
fn a_log_without_one_of_its_rows_is_damaged_where_its_writer_goes_on() {
    let whole = independent_edits();
    for hole in 0..whole.len() {
        let mut rest = whole.clone();
        let (writer, _) = rest.remove(hole);
        // Without the first, nothing follows on anything.
        let goes_on = rest[hole..].iter().position(|(client, _)| hole == 0 || *client == writer);
        let expected = goes_on.map(|after| Damage { at: hole + after, error: UpdateError::Incomplete });
        let updates = || rest.iter().map(|(_, update)| update.clone());
        assert_eq!(Replica::replay(ClientId(1), updates()).err(), expected, "row {hole}");
        assert_eq!(Room::load(ClientId(1), updates(), Vec::new()).is_err(), expected.is_some(), "row {hole}");
        let mut seen = Seen::default();
        let first = updates().position(|update| seen.admit(&update).is_err());
        assert_eq!(first, expected.map(|damage| damage.at), "row {hole}");
    }
}

#[test]
fn a_log_that_one_person_wrote_is_damaged_at_the_row_behind_the_hole() {
    let whole: Vec<Vec<u8>> = independent_edits()
        .into_iter()
        .filter(|(client, _)| *client == ClientId(7))
        .map(|(_, update)| update)
        .collect();
    for hole in 0..whole.len() - 1 {
        let mut rest = whole.clone();
        rest.remove(hole);
        let damage = Replica::replay(ClientId(1), rest).expect_err("a hole");
        assert_eq!(damage, Damage { at: hole, error: UpdateError::Incomplete });
    }
}
