//! A comment stays at its words: at the same for everybody, on the page that undid something, on those that did not, and
//! after a reload.

use postmortem::TextUndo;
use postmortem::{ClientId, Command, Passage, Replica, Severity, TextChange, TextId, create};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// A page that writes one text, with its undo.
struct Page {
    replica: Replica,
    undo: TextUndo,
}

/// Two pages of one post-mortem.
struct Desk {
    pages: [Page; 2],
    text: TextId,
}

/// A clock that never joins two edits into one step of undo.
fn far_apart() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NOW: AtomicU64 = AtomicU64::new(0);
    NOW.fetch_add(10_000, Ordering::Relaxed)
}

impl Desk {
    /// Both at a text that the first has written.
    fn at(words: &str) -> Self {
        let text: TextId = "sections/overview".parse().expect("a text");
        let history = create::create(ClientId(1), "x", Severity::Sev2).expect("made").diff(&[0]).expect("encoded");
        let page = |client| {
            let replica = Replica::watched(client);
            replica.apply(&history).expect("applied");
            let undo = replica.track_undo(&text, far_apart).expect("a text");
            Page { replica, undo }
        };
        let desk = Self { pages: [page(ClientId(10)), page(ClientId(11))], text: text.clone() };
        desk.edit(0, (0, 0), words);
        desk.meet();
        desk
    }

    /// What one page does to the text, not yet known to the other.
    fn edit(&self, page: usize, (from, to): (u32, u32), insert: &str) {
        let change = TextChange { from, to, insert: insert.to_owned() };
        self.pages[page].replica.run(&Command::EditText(self.text.clone(), vec![change])).expect("edited");
    }

    fn undo(&mut self, page: usize) {
        let Page { replica, undo } = &mut self.pages[page];
        undo.undo(replica);
    }

    fn redo(&mut self, page: usize) {
        let Page { replica, undo } = &mut self.pages[page];
        undo.redo(replica);
    }

    /// Each learns what the other has done.
    fn meet(&self) {
        let [mara, jonah] = &self.pages;
        for (from, to) in [(mara, jonah), (jonah, mara)] {
            let news = from.replica.diff(&to.replica.state_vector()).expect("encoded");
            to.replica.apply(&news).expect("applied");
        }
    }

    fn words(&self) -> String {
        self.pages[0].replica.text(&self.text).expect("a text")
    }

    fn length(&self, page: usize) -> u32 {
        units(&self.pages[page].replica.text(&self.text).expect("a text"))
    }

    fn passage(&self, (from, to): (u32, u32)) -> Passage {
        self.pages[0].replica.passage(&self.text, from, to).expect("words")
    }

    /// Where both pages, and one that was opened just now, find a passage.
    fn find(&self, passage: &Passage, context: &str) -> Option<(u32, u32)> {
        self.meet();
        let reloaded = Replica::new(ClientId(12));
        reloaded.apply(&self.pages[1].replica.diff(&[0]).expect("encoded")).expect("applied");
        let [mara, jonah] = [0, 1].map(|page: usize| self.pages[page].replica.find_passage(&self.text, passage));
        let now = reloaded.find_passage(&self.text, passage);
        assert_eq!([mara, jonah], [now; 2], "{context}: {:?} in {:?}", passage.quote, self.words());
        now
    }

    fn found(&self, passage: &Passage) -> Option<String> {
        let (from, to) = self.find(passage, "")?;
        let words: Vec<u16> = self.words().encode_utf16().collect();
        Some(String::from_utf16(&words[from as usize..to as usize]).expect("whole characters"))
    }
}

#[test]
fn a_part_that_a_colleague_deletes_and_brings_back_is_part_of_it_for_everybody() {
    for (from, to) in [(0, 6), (3, 8), (6, 10), (0, 10), (0, 15), (4, 15)] {
        let mut desk = Desk::at("alpha beta tail");
        let passage = desk.passage((0, 10));
        desk.edit(1, (from, to), "");
        assert_eq!(desk.found(&passage), None);
        for _ in 0..2 {
            desk.undo(1);
            assert_eq!(desk.found(&passage).as_deref(), Some("alpha beta"), "{from} to {to}");
            desk.redo(1);
            assert_eq!(desk.found(&passage), None);
        }
        desk.undo(1);
        desk.meet();
        desk.edit(0, (0, 0), "so ");
        desk.edit(0, (3, 8), "");
        desk.undo(0);
        assert_eq!(desk.found(&passage).as_deref(), Some("alpha beta"), "{from} to {to}, and again by the other");
    }
}

#[test]
fn what_others_wrote_into_it_stays_part_of_it_whatever_is_deleted_and_undone() {
    for (from, to) in [(0, 6), (0, 8), (3, 12), (6, 10), (12, 14), (10, 19), (0, 14), (0, 19)] {
        for deleting in 0..2 {
            let mut desk = Desk::at("alpha beta tail");
            let passage = desk.passage((0, 10));
            desk.edit(1, (6, 6), "big ");
            desk.meet();
            assert_eq!(desk.found(&passage).as_deref(), Some("alpha big beta"));
            desk.edit(deleting, (from, to), "");
            desk.meet();
            desk.undo(deleting);
            assert_eq!(desk.found(&passage).as_deref(), Some("alpha big beta"), "{from} to {to}");
        }
    }
}

#[test]
fn of_two_equal_sentences_the_second_is_gone_when_it_is_deleted_and_back_when_that_is_undone() {
    for (text, from, to) in [
        ("It stops. It stops.", 10, 19),
        ("It stops. It stops.", 9, 19),
        ("It stops.It stops.", 9, 18),
        ("- It stops.\n- It stops.\n", 14, 24),
        ("- It stops.\n- It stops.\n", 11, 23),
        ("- It stops.\n- It stops.\n", 0, 24),
        ("It stops. It stops. It stops.", 10, 29),
        ("It stops. It stops. It stops.", 0, 29),
        ("😀 It stops. It stops. So.", 12, 25),
    ] {
        for deleting in 0..2 {
            let mut desk = Desk::at(text);
            let at = text.match_indices("It stops.").nth(1).expect("a second").0;
            let at = units(&text[..at]);
            let passage = desk.passage((at, at + 9));
            desk.edit(deleting, (from, to), "");
            assert_eq!(desk.found(&passage), None, "{text:?}, {from} to {to}");
            desk.undo(deleting);
            assert_eq!(desk.find(&passage, text), Some((at, at + 9)), "{text:?}, {from} to {to}");
        }
    }
}

#[test]
fn words_that_move_are_found_where_they_are_unless_others_said_the_same() {
    let desk = Desk::at("First this. Then that.");
    let passage = desk.passage((0, 11));
    desk.edit(1, (0, 12), "");
    desk.edit(1, (10, 10), " First this.");
    assert_eq!(desk.find(&passage, "moved"), Some((11, 22)));

    let desk = Desk::at("First this. Then that. First this.");
    let passage = desk.passage((0, 11));
    desk.edit(1, (0, 12), "");
    assert_eq!(desk.find(&passage, "deleted"), None);
    desk.edit(1, (22, 22), " First this.");
    assert_eq!(desk.find(&passage, "which of the two is meant nobody can tell"), None);
}

#[test]
fn whatever_is_deleted_and_undone_a_passage_is_gone_meanwhile_and_then_at_its_own_words() {
    for seed in 0..400 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut text = String::new();
        let mut sentences = Vec::new();
        for _ in 0..random.random_range(1..=4) {
            text.push_str(["", " ", "\n", "\n- ", " so "].choose(&mut random).expect("one"));
            let from = units(&text);
            text.push_str("Same 😀.");
            sentences.push((from, units(&text)));
        }
        text.push_str(["", " End."].choose(&mut random).expect("one"));
        let mut desk = Desk::at(&text);
        let chosen = *sentences.choose(&mut random).expect("one");
        let passage = desk.passage(chosen);

        // Between whole sentences, so that no new equal one is made of two.
        let edges = || sentences.iter().flat_map(|(from, to)| [*from, *to]).chain([0, units(&text)]);
        let from = edges().filter(|edge| *edge <= chosen.0).collect::<Vec<u32>>();
        let to = edges().filter(|edge| *edge >= chosen.1).collect::<Vec<u32>>();
        let (from, to) = (*from.choose(&mut random).expect("one"), *to.choose(&mut random).expect("one"));
        let is_whole = |at: &u32| sentences.iter().all(|(start, _)| *at != start + 6);
        let mut cuts: Vec<u32> = (from + 1..to).filter(is_whole).filter(|_| random.random_bool(0.1)).collect();
        cuts.insert(0, from);
        cuts.push(to);
        let mut deleted_by = Vec::new();
        for piece in cuts.windows(2).rev() {
            let page = random.random_range(0..2);
            desk.edit(page, (piece[0], piece[1]), "");
            desk.meet();
            deleted_by.push(page);
        }
        let context = format!("SEED={seed}: {text:?} without {cuts:?}");
        assert_eq!(desk.find(&passage, &context), None, "{context}");
        while !deleted_by.is_empty() {
            let page = deleted_by.swap_remove(random.random_range(0..deleted_by.len()));
            desk.undo(page);
            desk.meet();
        }
        assert_eq!(desk.words(), text, "{context}");
        assert_eq!(desk.find(&passage, &context), Some(chosen), "{context}");
    }
}

#[test]
fn everybody_finds_the_same_words_and_never_others_than_were_quoted() {
    for seed in 0..150 {
        let mut random = StdRng::seed_from_u64(seed);
        let mut desk = Desk::at("alpha beta. alpha beta. gamma 😀 alpha");
        let mut passages = Vec::new();
        for _ in 0..40 {
            let page = random.random_range(0..2);
            let length = desk.length(page);
            let at = random.random_range(0..=length);
            match random.random_range(0..8) {
                0 => desk.undo(page),
                1 => desk.redo(page),
                2 | 3 => desk.edit(page, (at, (at + random.random_range(1..=12)).min(length)), ""),
                4 => desk.edit(page, (at, at), ["alpha beta. ", "alpha ", "x", "😀"].choose(&mut random).expect("one")),
                5 => desk.meet(),
                _ => {
                    desk.meet();
                    passages.extend(desk.pages[page].replica.passage(&desk.text, at, at + random.random_range(2..=12)));
                }
            }
            if random.random_bool(0.3) {
                for passage in &passages {
                    let Some(words) = desk.found(passage) else { continue };
                    let mut rest = words.chars();
                    let is_quoted = passage.quote.chars().all(|letter| rest.any(|other| other == letter));
                    assert!(is_quoted, "SEED={seed}: {words:?} is not {:?}", passage.quote);
                }
            }
        }
    }
}

fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}
