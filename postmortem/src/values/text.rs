//! The shared texts of a document and how an edit to one is described.

use crate::{ItemId, SectionKey, limits};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A text that several people may write at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextId {
    Section(SectionKey),
    Entry(ItemId),
    Action(ItemId),
}

impl TextId {
    /// The most UTF-16 units that the text may have.
    pub fn limit(&self) -> u32 {
        match self {
            Self::Section(_) => limits::SECTION,
            Self::Entry(_) | Self::Action(_) => limits::ENTRY,
        }
    }

    /// What the text is, for sentences.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Section(_) => "section",
            Self::Entry(_) => "entry",
            Self::Action(_) => "action item",
        }
    }
}

impl fmt::Display for TextId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Section(key) => write!(formatter, "sections/{key}"),
            Self::Entry(id) => write!(formatter, "timeline/{id}/text"),
            Self::Action(id) => write!(formatter, "actions/{id}/text"),
        }
    }
}

/// A path that names no shared text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("No text has this path.")]
pub struct TextIdError;

impl FromStr for TextId {
    type Err = TextIdError;

    fn from_str(path: &str) -> Result<Self, TextIdError> {
        let mut parts = path.split('/');
        let text = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("sections"), Some(key), None, None) => Self::Section(key.parse().map_err(|_| TextIdError)?),
            (Some("timeline"), Some(id), Some("text"), None) => Self::Entry(id.parse().map_err(|_| TextIdError)?),
            (Some("actions"), Some(id), Some("text"), None) => Self::Action(id.parse().map_err(|_| TextIdError)?),
            _ => return Err(TextIdError),
        };
        Ok(text)
    }
}

/// One replaced range of a text. Offsets count UTF-16 units in the text before the edit; the changes of one edit are
/// ascending and do not overlap. In JSON an array: `[from, to, "insert"]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u32, u32, String)", into = "(u32, u32, String)")]
pub struct TextChange {
    /// Where the replaced range begins.
    pub from: u32,
    pub to: u32,
    /// What stands there instead.
    pub insert: String,
}

impl From<(u32, u32, String)> for TextChange {
    fn from((from, to, insert): (u32, u32, String)) -> Self {
        Self { from, to, insert }
    }
}

impl From<TextChange> for (u32, u32, String) {
    fn from(change: TextChange) -> Self {
        (change.from, change.to, change.insert)
    }
}

/// A text without blank lines before it and white space behind it. The indentation of its first line says what it is.
pub fn without_blank_ends(text: &str) -> &str {
    let text = text.trim_end();
    let words = text.len() - text.trim_start().len();
    let line = text.get(..words).and_then(|blank| blank.rfind('\n')).map_or(0, |end| end + 1);
    text.get(line..).unwrap_or_default()
}

/// The length of a text in UTF-16 units, which is how browsers, Yjs and this crate count.
pub fn utf16_length(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// The offset moved back to the start of the surrogate pair that it would split. The CRDT corrupts a text that is
/// edited inside of a pair.
pub(crate) fn whole_character(text: &str, offset: u32) -> u32 {
    let mut position = 0;
    for character in text.chars() {
        let next = position + u32::try_from(character.len_utf16()).unwrap_or(2);
        if offset < next {
            return position;
        }
        position = next;
    }
    position
}

/// The most words, or lines, that are compared one by one: the work grows with their square.
const COMPARED: usize = 4_000;

/// The changes that make one text of another, each as small as words allow. What is equal is left alone, so that
/// carets in it stay.
pub fn difference(old: &str, new: &str) -> Vec<TextChange> {
    let words = |text| pieces(text, |character: char| !character.is_alphanumeric());
    let lines = |text| pieces(text, |character: char| character == '\n');
    let (old_words, new_words) = (words(old), words(new));
    if let Some(changes) = changes_between(&old_words, &new_words) {
        return changes;
    }
    let whole = || vec![TextChange { from: 0, to: utf16_length(old), insert: new.to_owned() }];
    changes_between(&lines(old), &lines(new)).unwrap_or_else(whole)
}

/// The text in pieces that each end with the character that ends one.
fn pieces(text: &str, ends: impl Fn(char) -> bool) -> Vec<&str> {
    text.split_inclusive(ends).collect()
}

/// The changes by pieces; `None` when too many differ to be compared.
fn changes_between(old: &[&str], new: &[&str]) -> Option<Vec<TextChange>> {
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (old.get(start..)?, new.get(start..)?);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old_middle, new_middle) = (&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]);
    if old_middle.len() + new_middle.len() > COMPARED {
        return None;
    }
    let length = |pieces: &[&str]| pieces.iter().map(|piece| utf16_length(piece)).sum::<u32>();
    let mut from = length(&old[..start]);
    let mut changes = Vec::new();
    for step in similar::capture_diff_slices(similar::Algorithm::Myers, old_middle, new_middle) {
        let (tag, old_range, new_range) = step.as_tag_tuple();
        let to = from + length(&old_middle[old_range]);
        if tag != similar::DiffTag::Equal {
            changes.push(TextChange { from, to, insert: new_middle[new_range].concat() });
        }
        from = to;
    }
    Some(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(old: &str, changes: &[TextChange]) -> String {
        let units: Vec<u16> = old.encode_utf16().collect();
        let mut text = Vec::new();
        let mut at = 0;
        for change in changes {
            text.extend_from_slice(&units[at..change.from as usize]);
            text.extend(change.insert.encode_utf16());
            at = change.to as usize;
        }
        text.extend_from_slice(&units[at..]);
        String::from_utf16(&text).expect("whole characters")
    }

    #[test]
    fn a_difference_leaves_alone_what_is_equal() {
        let old = "A disk filled up 😀 at night.\nNobody noticed.";
        let new = "A volume filled up 😀 at night.\nThe alert was off. Nobody noticed.";
        let changes = difference(old, new);
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert_eq!(changes[0], TextChange { from: 2, to: 7, insert: "volume ".into() });
        assert_eq!(changed(old, &changes), new);
        assert_eq!(difference(old, old), []);
    }

    #[test]
    fn texts_of_any_length_are_compared() {
        let line = |word: &str, number: usize| format!("{word} {number}, and so on\n");
        let text = |word: &str, count: usize| (0..count).map(|number| line(word, number)).collect::<String>();
        for count in [3, 1_000, 5_000] {
            let (old, new) = (text("before", count), text("after", count));
            assert_eq!(changed(&old, &difference(&old, &new)), new);
            assert_eq!(changed(&old, &difference(&old, "")), "");
            assert_eq!(changed("", &difference("", &new)), new);
        }
    }

    #[test]
    fn a_path_names_its_text() {
        for path in ["sections/overview", "timeline/0199-a/text", "actions/x/text"] {
            assert_eq!(path.parse::<TextId>().map(|text| text.to_string()), Ok(path.to_owned()));
        }
        for path in ["", "sections", "sections/Over", "timeline/x", "timeline/x/text/y", "impact/x/text"] {
            assert_eq!(path.parse::<TextId>(), Err(TextIdError), "{path}");
        }
    }

    #[test]
    fn an_offset_inside_a_pair_moves_to_its_start() {
        let text = "a😀b";
        assert_eq!([0, 1, 2, 3, 4, 9].map(|offset| whole_character(text, offset)), [0, 1, 1, 3, 4, 4]);
    }

    #[test]
    fn a_change_is_a_triple_in_json() {
        let change: TextChange = serde_json::from_str(r#"[1,2,"x"]"#).expect("valid");
        assert_eq!(change, TextChange { from: 1, to: 2, insert: "x".into() });
    }
}
