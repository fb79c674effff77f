//! Undo takes back one's own edits and nobody else's.

use postmortem::{ClientId, Command, Replica, Severity, TextChange, TextId, create};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn pair() -> (Replica, Replica, TextId) {
    let first = create::create(ClientId(1), "x", Severity::Sev2).expect("made").diff(&[0]).expect("encoded");
    let (mara, jonah) = (Replica::watched(ClientId(10)), Replica::watched(ClientId(11)));
    mara.apply(&first).expect("applied");
    jonah.apply(&first).expect("applied");
    (mara, jonah, "sections/overview".parse().expect("a text"))
}

fn type_at(from: &Replica, to: &Replica, text: &TextId, at: u32, insert: &str) {
    let change = TextChange { from: at, to: at, insert: insert.to_owned() };
    let changes = from.run(&Command::EditText(text.clone(), vec![change])).expect("typed");
    to.apply(&changes.update.expect("an update")).expect("applied");
}

/// A clock that never joins two edits into one step of undo.
fn far_apart() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NOW: AtomicU64 = AtomicU64::new(0);
    NOW.fetch_add(10_000, Ordering::Relaxed)
}

#[test]
fn undo_takes_back_only_ones_own_words() {
    let (mara, jonah, text) = pair();
    let mut undo = mara.track_undo(&text, far_apart).expect("a text");
    type_at(&mara, &jonah, &text, 0, "mine ");
    type_at(&jonah, &mara, &text, 5, "theirs ");
    type_at(&mara, &jonah, &text, 12, "mine too");
    for expected in ["mine theirs ", "theirs "] {
        let changes = undo.undo(&mara);
        jonah.apply(&changes.update.expect("an update")).expect("applied");
        assert_eq!(jonah.text(&text).as_deref(), Some(expected));
        assert!(!changes.texts.is_empty());
    }
    assert!(!undo.can_undo());
    assert_eq!(undo.undo(&mara).update, None);
    let changes = undo.redo(&mara);
    jonah.apply(&changes.update.expect("an update")).expect("applied");
    assert_eq!(jonah.text(&text).as_deref(), Some("mine theirs "));
}

#[test]
fn whatever_is_undone_the_words_of_others_stay() {
    for seed in 0..200 {
        let (mara, jonah, text) = pair();
        let mut random = StdRng::seed_from_u64(seed);
        let mut undo = mara.track_undo(&text, far_apart).expect("a text");
        let mut theirs = String::new();
        for step in 0..30 {
            let length = mara.text(&text).expect("a text").encode_utf16().count() as u32;
            let at = random.random_range(0..=length);
            match random.random_range(0..4) {
                0 => {
                    let changes = undo.undo(&mara);
                    changes.update.map(|update| jonah.apply(&update).expect("applied"));
                }
                1 => {
                    let letter = char::from(b'A' + (step % 26) as u8);
                    theirs.push(letter);
                    type_at(&jonah, &mara, &text, at, &letter.to_string());
                }
                _ => type_at(&mara, &jonah, &text, at, "x"),
            }
        }
        let text = mara.text(&text).expect("a text");
        let mut kept: Vec<char> = text.chars().filter(char::is_ascii_uppercase).collect();
        let mut typed: Vec<char> = theirs.chars().collect();
        kept.sort_unstable();
        typed.sort_unstable();
        assert_eq!(kept, typed, "SEED={seed}");
    }
}
