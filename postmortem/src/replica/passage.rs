//! Passages of a text: words that a thread is about. Two positions hold on to the first and the last character, so
//! that edits before, inside and behind move or stretch the passage as a reader would expect.

use super::Replica;
use crate::command::shared_text;
use crate::text::{TextId, utf16_length, whole_character};
use crate::thread::Passage;
use crate::{limits, sticky};
use yrs::{Assoc, IndexedSequence, StickyIndex, Transact};

/// Why a passage is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassageError {
    /// Its positions are none of this text, or not yet.
    #[error("These words are not in the text. When they were written just now, try again once they are saved.")]
    Elsewhere,
    /// It begins after its end.
    #[error("The passage ends before it begins.")]
    Reversed,
    /// There is nothing to show for it.
    #[error("The passage has no words. Select some, or comment on the whole.")]
    Wordless,
    /// The words are too many.
    #[error("A passage has at most {} characters. Select fewer words, or comment on the whole.", limits::QUOTE)]
    TooLong,
}

impl Replica {
    /// The words between two offsets, in UTF-16 units, of which the first [`limits::QUOTE`] count; `None` where there
    /// are none.
    pub fn passage(&self, id: &TextId, from: u32, to: u32) -> Option<Passage> {
        let words = self.text(id)?;
        let from = whole_character(&words, from);
        let to = whole_character(&words, to.min(from.saturating_add(limits::QUOTE)));
        let quote = slice(&words, from, to);
        if quote.trim().is_empty() {
            return None;
        }
        let transaction = self.doc.transact();
        let text = shared_text(&self.roots, &transaction, id)?;
        let start = text.sticky_index(&transaction, from, Assoc::After)?;
        let end = text.sticky_index(&transaction, to, Assoc::Before)?;
        Some(Passage {
            start: serde_json::to_value(&start).ok()?,
            end: serde_json::to_value(&end).ok()?,
            quote: quote.to_owned(),
        })
    }

    /// Where the words of a passage are now, in UTF-16 units: between its positions, or where its quote stands once.
    /// `None` while they are gone; an undo or a paste brings them back.
    pub fn find_passage(&self, id: &TextId, passage: &Passage) -> Option<(u32, u32)> {
        let offset = |json| self.offset(id, &sticky::read(json)?);
        match (offset(&passage.start), offset(&passage.end)) {
            (Some(start), Some(end)) if start < end => Some((start, end)),
            _ => only_match(&self.text(id)?, &passage.quote),
        }
    }

    /// A passage as a client sent it, brought into bounds: its positions are of this text and in order, it is written
    /// down as this replica writes it, and its quote is what stands there. Only where nothing stands there any more,
    /// what the client quotes is kept.
    ///
    /// # Errors
    /// With a sentence for the person.
    pub fn checked_passage(&self, id: &TextId, passage: &Passage) -> Result<Passage, PassageError> {
        let start = sticky::read(&passage.start).ok_or(PassageError::Elsewhere)?;
        let end = sticky::read(&passage.end).ok_or(PassageError::Elsewhere)?;
        let from = self.offset(id, &start).ok_or(PassageError::Elsewhere)?;
        let to = self.offset(id, &end).ok_or(PassageError::Elsewhere)?;
        if to < from {
            return Err(PassageError::Reversed);
        }
        if utf16_length(&passage.quote) > limits::QUOTE {
            return Err(PassageError::TooLong);
        }
        let words = self.text(id).ok_or(PassageError::Elsewhere)?;
        let standing = slice(&words, from, whole_character(&words, to.min(from + limits::QUOTE)));
        let quote = if standing.is_empty() { printable(&passage.quote) } else { standing.to_owned() };
        if quote.trim().is_empty() {
            return Err(PassageError::Wordless);
        }
        let write = |position: &StickyIndex| serde_json::to_value(position).map_err(|_| PassageError::Elsewhere);
        Ok(Passage { start: write(&start)?, end: write(&end)?, quote })
    }
}

/// The part of a text between two offsets in UTF-16 units that split no character.
fn slice(text: &str, from: u32, to: u32) -> &str {
    let byte = |offset: u32| {
        let mut units = 0;
        text.char_indices()
            .find(|(_, character)| {
                let is_there = units >= offset;
                units += u32::try_from(character.len_utf16()).unwrap_or(2);
                is_there
            })
            .map_or(text.len(), |(at, _)| at)
    };
    text.get(byte(from)..byte(to)).unwrap_or_default()
}

/// Where a quote stands, when it stands there exactly once.
fn only_match(text: &str, quote: &str) -> Option<(u32, u32)> {
    if quote.trim().is_empty() {
        return None;
    }
    let mut places = text.match_indices(quote);
    let (at, _) = places.next()?;
    if places.next().is_some() {
        return None;
    }
    let from = utf16_length(text.get(..at)?);
    Some((from, from + utf16_length(quote)))
}

fn printable(quote: &str) -> String {
    quote.chars().filter(|character| !character.is_control() || *character == '\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Severity, TextChange, create};

    const TEXT: &str = "The page gives an estimate of two hours 😀, which proves wrong.";

    fn overview() -> TextId {
        "sections/overview".parse().expect("a text")
    }

    fn edit(replica: &Replica, from: u32, to: u32, insert: &str) {
        let change = TextChange { from, to, insert: insert.into() };
        replica.run(&Command::EditText(overview(), vec![change])).expect("edited");
    }

    /// A document with the text, and the passage "an estimate of two hours 😀" in it.
    fn quoted() -> (Replica, Passage) {
        let replica = create::create(1, "x", Severity::Sev2).expect("made");
        edit(&replica, 0, 0, TEXT);
        let passage = replica.passage(&overview(), 15, 42).expect("words");
        assert_eq!(passage.quote, "an estimate of two hours 😀");
        (replica, passage)
    }

    fn words(replica: &Replica, passage: &Passage) -> Option<String> {
        let (from, to) = replica.find_passage(&overview(), passage)?;
        Some(slice(&replica.text(&overview()).expect("a text"), from, to).to_owned())
    }

    #[test]
    fn a_passage_moves_with_its_words_and_takes_in_what_is_written_inside() {
        let (replica, passage) = quoted();
        edit(&replica, 0, 0, "Later: ");
        edit(&replica, 22, 22, "|");
        assert_eq!(words(&replica, &passage).as_deref(), Some("an estimate of two hours 😀"));
        edit(&replica, 26, 26, "optimistic ");
        assert_eq!(words(&replica, &passage).as_deref(), Some("an optimistic estimate of two hours 😀"));
        let end = replica.find_passage(&overview(), &passage).expect("found").1;
        edit(&replica, end, end, " (behind)");
        assert_eq!(words(&replica, &passage).as_deref(), Some("an optimistic estimate of two hours 😀"));
    }

    #[test]
    fn a_passage_whose_words_are_deleted_is_gone_until_they_return() {
        let (replica, passage) = quoted();
        edit(&replica, 15, 42, "");
        assert_eq!(words(&replica, &passage), None);
        edit(&replica, 15, 15, "nothing of the kind");
        assert_eq!(words(&replica, &passage), None, "what stands in their place is not what was quoted");
        edit(&replica, 0, 0, "Quoted: an estimate of two hours 😀. ");
        assert_eq!(words(&replica, &passage).as_deref(), Some("an estimate of two hours 😀"));
        edit(&replica, 0, 0, "Twice: an estimate of two hours 😀. ");
        assert_eq!(words(&replica, &passage), None, "which of the two is meant nobody can tell");
    }

    #[test]
    fn an_undo_brings_the_passage_back_for_everyone() {
        let (mara, passage) = quoted();
        let jonah = Replica::new(2);
        jonah.apply(&mara.diff(&[0]).expect("encoded")).expect("applied");
        let mut undo = mara.track_undo(&overview(), || 0).expect("a text");
        edit(&mara, 15, 42, "");
        jonah.apply(&mara.diff(&jonah.state_vector()).expect("encoded")).expect("applied");
        assert_eq!((words(&mara, &passage), words(&jonah, &passage)), (None, None));
        undo.undo(&mara);
        jonah.apply(&mara.diff(&jonah.state_vector()).expect("encoded")).expect("applied");
        for replica in [&mara, &jonah] {
            assert_eq!(words(replica, &passage).as_deref(), Some("an estimate of two hours 😀"));
        }
    }

    #[test]
    fn a_passage_never_splits_a_character_and_has_words() {
        let (replica, _) = quoted();
        assert_eq!(replica.passage(&overview(), 40, 41).map(|passage| passage.quote), None);
        assert_eq!(replica.passage(&overview(), 39, 42).map(|passage| passage.quote).as_deref(), Some(" 😀"));
        assert_eq!(replica.passage(&overview(), 3, 4), None);
        assert_eq!(replica.passage(&overview(), 9, 2), None);
        assert_eq!(replica.passage(&overview(), 900, 950), None);
        edit(&replica, 0, 0, &"long ".repeat(1_000));
        let clipped = replica.passage(&overview(), 0, 4_000).expect("words");
        assert_eq!(utf16_length(&clipped.quote), limits::QUOTE);
    }

    #[test]
    fn the_server_takes_only_positions_of_the_text_and_quotes_it_itself() {
        let (replica, passage) = quoted();
        let check = |passage: &Passage| replica.checked_passage(&overview(), passage);
        let lying = Passage { quote: "<b>never said</b>".into(), ..passage.clone() };
        assert_eq!(check(&lying), Ok(passage.clone()));
        let other = replica.checked_passage(&"sections/resolution".parse().expect("a text"), &passage);
        assert_eq!(other, Err(PassageError::Elsewhere));
        let reversed = Passage { start: passage.end.clone(), end: passage.start.clone(), quote: "x".into() };
        assert_eq!(check(&reversed), Err(PassageError::Reversed));
        let long = Passage { quote: "x".repeat(limits::QUOTE as usize + 1), ..passage.clone() };
        assert_eq!(check(&long), Err(PassageError::TooLong));
        for hostile in [
            serde_json::json!(null),
            serde_json::json!({}),
            serde_json::json!([[[]]]),
            serde_json::json!({"type": null, "tname": null, "item": {"client": 77, "clock": 1}, "assoc": 0}),
            serde_json::json!({"type": null, "tname": null, "item": {"client": 1, "clock": 4_000_000_000_u32}, "assoc": 0}),
            serde_json::json!({"type": null, "tname": "sections", "item": null, "assoc": 0}),
            serde_json::json!({"type": null, "tname": "nope", "item": null, "assoc": 0}),
        ] {
            let passage = Passage { start: hostile.clone(), ..passage.clone() };
            assert_eq!(check(&passage), Err(PassageError::Elsewhere), "{hostile}");
        }
        edit(&replica, 15, 42, "");
        assert_eq!(check(&lying), Ok(lying.clone()), "nothing stands there any more");
        let wordless = Passage { quote: "\u{1}\u{2} ".into(), ..passage };
        assert_eq!(check(&wordless), Err(PassageError::Wordless));
    }
}
