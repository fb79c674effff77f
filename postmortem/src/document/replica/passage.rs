//! Passages of a text: words that a thread is about. Two positions hold on to the first and the last character, so
//! that edits before, inside and behind move or stretch the passage as a reader would expect; [`crate::standing`] says
//! where it stands.

use super::{Replica, offset_in};
use crate::command::shared_text;
use crate::standing::{self, Corner, Corners};
use crate::text::{TextId, utf16_length, whole_character};
use crate::thread::{Equals, Passage};
use crate::{limits, sticky};
use serde_json::Value;
use yrs::{Assoc, GetString, IndexedSequence, StickyIndex, TextRef, Transact, Transaction};

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
        let words: Vec<u16> = words.encode_utf16().collect();
        let quote = standing::slice(&words, (from, to));
        let quote = String::from_utf16(quote).ok().filter(|quote| !quote.trim().is_empty())?;
        let position = |at, side| self.position(id, at, side);
        Some(Passage {
            start: position(from, Assoc::After)?,
            end: position(to, Assoc::Before)?,
            equals: Some(equals(&words, (from, to), position)),
            quote,
        })
    }

    /// Where the words of passages of a text are now, in UTF-16 units, in the order in which they are asked for. `None`
    /// while they are gone; an undo brings them back. Every replica that has seen the same answers the same.
    pub fn find_passages<'a>(
        &self,
        id: &TextId,
        passages: impl IntoIterator<Item = &'a Passage>,
    ) -> Vec<Option<(u32, u32)>> {
        self.never_undone(|roots, transaction| {
            let text = shared_text(roots, transaction, id);
            let words: Vec<u16> =
                text.as_ref().map(|text| text.get_string(transaction).encode_utf16().collect()).unwrap_or_default();
            let find = |passage: &Passage| {
                let quote: Vec<u16> = passage.quote.encode_utf16().collect();
                let equals = passage.equals.as_ref().map_or((0, 0), |equals| (equals.before, equals.after));
                standing::find(&words, &quote, equals, &Standing { transaction, text: text.as_ref()?, passage })
            };
            passages.into_iter().map(find).collect()
        })
    }

    /// Where the words of one passage are now ([`Replica::find_passages`]).
    pub fn find_passage(&self, id: &TextId, passage: &Passage) -> Option<(u32, u32)> {
        self.find_passages(id, [passage]).pop().flatten()
    }

    /// A passage as a client sent it, brought into bounds: its positions are of this text and in order, it is written
    /// down as this replica writes it, and its quote and the equals of that are what stands there. Only where nothing
    /// stands there any more, what the client quotes is kept.
    ///
    /// # Errors
    /// With a sentence for the person.
    pub fn checked_passage(&self, id: &TextId, passage: &Passage) -> Result<Passage, PassageError> {
        let (start, from) = self.checked_position(id, &passage.start)?;
        let (end, to) = self.checked_position(id, &passage.end)?;
        if to < from {
            return Err(PassageError::Reversed);
        }
        if utf16_length(&passage.quote) > limits::QUOTE {
            return Err(PassageError::TooLong);
        }
        let words = self.text(id).ok_or(PassageError::Elsewhere)?;
        let place = (from, whole_character(&words, to.min(from + limits::QUOTE)));
        let words: Vec<u16> = words.encode_utf16().collect();
        let standing = String::from_utf16_lossy(standing::slice(&words, place));
        let is_gone = standing.is_empty();
        let quote = if is_gone { printable(&passage.quote) } else { standing };
        if quote.trim().is_empty() {
            return Err(PassageError::Wordless);
        }
        let equals = match &passage.equals {
            Some(told) if is_gone => Some(self.checked_equals(id, told)?),
            None if is_gone => None,
            _ => Some(equals(&words, place, |at, side| self.position(id, at, side))),
        };
        Ok(Passage { start, end, quote, equals })
    }

    fn checked_equals(&self, id: &TextId, told: &Equals) -> Result<Equals, PassageError> {
        let check = |position: &Option<Value>| {
            position.as_ref().map(|position| Ok(self.checked_position(id, position)?.0)).transpose()
        };
        Ok(Equals { previous: check(&told.previous)?, next: check(&told.next)?, ..*told })
    }

    /// A position of a text as this replica writes it, and where it is.
    fn checked_position(&self, id: &TextId, position: &Value) -> Result<(Value, u32), PassageError> {
        let position = sticky::read(position).ok_or(PassageError::Elsewhere)?;
        let offset = self.offset(id, &position).ok_or(PassageError::Elsewhere)?;
        let written = serde_json::to_value(&position).map_err(|_| PassageError::Elsewhere)?;
        Ok((written, offset))
    }

    fn position(&self, id: &TextId, at: u32, side: Assoc) -> Option<Value> {
        let transaction = self.doc.transact();
        let text = shared_text(&self.roots, &transaction, id)?;
        serde_json::to_value(text.sticky_index(&transaction, at, side)?).ok()
    }
}

/// The same words elsewhere in a text as between two offsets of it.
fn equals(text: &[u16], (from, to): (u32, u32), position: impl Fn(u32, Assoc) -> Option<Value>) -> Equals {
    let matches = standing::matches(text, standing::slice(text, (from, to)));
    let count = |others: usize| u32::try_from(others).unwrap_or(u32::MAX);
    let previous = matches.iter().rfind(|(_, end)| *end <= from);
    let next = matches.iter().find(|(start, _)| *start >= to);
    Equals {
        before: count(matches.iter().filter(|(start, _)| *start < from).count()),
        after: count(matches.iter().filter(|(start, _)| *start > from).count()),
        previous: previous.and_then(|(_, end)| position(*end, Assoc::Before)),
        next: next.and_then(|(start, _)| position(*start, Assoc::After)),
    }
}

/// The characters that a passage remembers, in a text as it stands.
struct Standing<'a, 'doc> {
    transaction: &'a Transaction<'doc>,
    text: &'a TextRef,
    passage: &'a Passage,
}

impl Standing<'_, '_> {
    fn position(&self, corner: Corner) -> Option<StickyIndex> {
        let equals = self.passage.equals.as_ref();
        sticky::read(match corner {
            Corner::First => &self.passage.start,
            Corner::Last => &self.passage.end,
            Corner::Previous => equals?.previous.as_ref()?,
            Corner::Next => equals?.next.as_ref()?,
        })
    }
}

impl Corners for Standing<'_, '_> {
    fn offset(&self, corner: Corner) -> Option<u32> {
        offset_in(self.text, self.transaction, &self.position(corner)?)
    }

    fn is_there(&self, corner: Corner) -> bool {
        let Some(id) = self.position(corner).and_then(|position| position.id().copied()) else { return false };
        // In front of a character and behind it is the same where it is deleted.
        let side = |side| offset_in(self.text, self.transaction, &StickyIndex::from_id(id, side));
        side(Assoc::After) != side(Assoc::Before)
    }
}

fn printable(quote: &str) -> String {
    quote.chars().filter(|character| !character.is_control() || *character == '\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientId, Command, Severity, TextChange, create};

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
        let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        edit(&replica, 0, 0, TEXT);
        let passage = replica.passage(&overview(), 15, 42).expect("words");
        assert_eq!(passage.quote, "an estimate of two hours 😀");
        (replica, passage)
    }

    fn words(replica: &Replica, passage: &Passage) -> Option<String> {
        let (from, to) = replica.find_passage(&overview(), passage)?;
        let units: Vec<u16> = replica.text(&overview()).expect("a text").encode_utf16().collect();
        Some(String::from_utf16(standing::slice(&units, (from, to))).expect("whole characters"))
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
    fn a_passage_knows_its_equals() {
        let (replica, only) = quoted();
        assert_eq!(only.equals, Some(Equals::default()));
        edit(&replica, 0, 0, "😀 ha ha ha ");
        let equals = |from, to| replica.passage(&overview(), from, to).expect("words").equals.expect("counted");
        let middle = equals(6, 8);
        assert_eq!((middle.before, middle.after), (1, 1));
        let offset = |position: Option<Value>| replica.resolve(&overview(), &position.expect("a position").to_string());
        assert_eq!((offset(middle.previous), offset(middle.next)), (Some(5), Some(9)));
        edit(&replica, 0, 0, "ababa ");
        let overlapping = Equals { before: 1, ..Equals::default() };
        assert_eq!(equals(2, 5), overlapping, "no character of it stands by those that it shares some with");
    }

    #[test]
    fn a_passage_from_before_equals_were_kept_is_taken_for_the_only_one() {
        let (replica, passage) = quoted();
        let json = serde_json::json!({"start": passage.start, "end": passage.end, "quote": passage.quote});
        let old: Passage = serde_json::from_value(json.clone()).expect("a passage");
        assert_eq!(serde_json::to_value(&old).expect("JSON"), json);
        assert_eq!(words(&replica, &old).as_deref(), Some("an estimate of two hours 😀"));
        edit(&replica, 15, 42, "");
        edit(&replica, 0, 0, "an estimate of two hours 😀. ");
        assert_eq!(words(&replica, &old).as_deref(), Some("an estimate of two hours 😀"));
    }

    #[test]
    fn an_undo_brings_the_passage_back_for_everyone() {
        let (mara, passage) = quoted();
        let jonah = Replica::new(ClientId(2));
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
        let reversed = Passage { start: passage.end.clone(), end: passage.start.clone(), ..passage.clone() };
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
        let counted = Passage { equals: Some(Equals { before: 7, ..Equals::default() }), ..passage.clone() };
        assert_eq!(check(&counted), Ok(passage.clone()), "the server counts for itself");
        edit(&replica, 15, 42, "");
        assert_eq!(check(&lying), Ok(lying.clone()), "nothing stands there any more");
        assert_eq!(check(&counted), Ok(counted.clone()), "nor any equals");
        let hostile = Equals { previous: Some(serde_json::json!([[[]]])), ..Equals::default() };
        assert_eq!(check(&Passage { equals: Some(hostile), ..passage.clone() }), Err(PassageError::Elsewhere));
        let wordless = Passage { quote: "\u{1}\u{2} ".into(), ..passage };
        assert_eq!(check(&wordless), Err(PassageError::Wordless));
    }
}
