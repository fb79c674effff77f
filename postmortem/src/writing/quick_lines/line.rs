//! A line of a paste, and what it may be.

use crate::Precision;
use crate::moment::{self, Day, TimeError};
use crate::quick_entry::{Front, Tags};

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// As it was pasted, without its line end.
    pub raw: String,
    /// How many columns it is indented.
    pub indent: usize,
    /// Without indentation, bullet, heading marks and the lines of a table.
    pub text: String,
    pub is_bullet: bool,
    pub what: What,
}

/// What a line is.
#[derive(Debug, Clone)]
pub(super) enum What {
    Blank,
    /// A part of the form, such as the rule under the head of a table.
    Form,
    /// Where a block of code begins or ends.
    Fence,
    /// A heading of Markdown that names no day.
    Title,
    /// A day, and the zone of the times under it.
    Day {
        day: Day,
        /// In minutes east of UTC, or none where none is named; or why it is not known.
        zone: Result<Option<i32>, TimeError>,
        /// Whether that is the zone of the times under further days as well.
        is_of_all: bool,
        /// Whether its words say more than a heading does.
        has_words: bool,
    },
    /// The zone of every time under it, as the head of a table or a sentence names it.
    Zone {
        /// In minutes east of UTC, or none for the reader's own; or why it is not known.
        zone: Result<Option<i32>, TimeError>,
        /// Whether its words say more than that.
        has_words: bool,
    },
    Timed(Time),
    /// A time that cannot be taken as it is written.
    Refused(TimeError),
    Action,
    Words,
}

/// A time in front of a line, or at the end of the head of a chat message.
#[derive(Debug, Clone)]
pub(super) struct Time {
    pub start: moment::Stamp,
    pub end: Option<moment::Stamp>,
    pub precision: Precision,
    pub tags: Tags,
    /// Bold as in our own export: what is indented under it is a part of it, word for word.
    pub is_bold: bool,
    pub is_bracketed: bool,
    /// What stands behind the time.
    pub words: String,
}

impl Time {
    pub fn new(front: &Front<'_>) -> Self {
        Self {
            start: front.written.start.clone(),
            end: front.written.end.clone(),
            precision: front.precision(),
            tags: front.tags,
            is_bold: front.written.is_bold,
            is_bracketed: front.written.is_bracketed,
            words: front.words(),
        }
    }
}

/// A heading of more words says something that is kept as an entry of its own.
const FEW_WORDS: usize = 6;

/// Whether a text has no more words than a heading.
pub(super) fn is_short(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count() <= FEW_WORDS
}
