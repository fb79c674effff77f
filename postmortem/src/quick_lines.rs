//! What a quick line, or several pasted ones, make of a timeline: an edit for every line. What could not be read in a
//! paste is kept as an entry without a time, whose note says why.

use crate::quick_entry::{self, QuickEntry, QuickEntryError, QuickLine};
use crate::{ActionDraft, Command, EntryDraft, ItemId, Zone};
use chrono::{DateTime, Utc};

/// Lines as read.
#[derive(Debug, Default)]
pub struct QuickLines {
    /// An edit for each line, in order.
    pub commands: Vec<Command>,
    /// The line of each of them, to give back what is refused.
    pub lines: Vec<String>,
    /// The earliest time among the entries.
    pub first_at: Option<DateTime<Utc>>,
    /// How many could not be read and are entries without a time.
    pub unread: usize,
}

/// Reads one line.
///
/// # Errors
/// With a sentence that says what to write; the line stays where it was typed.
pub fn one(
    line: &str,
    reference: DateTime<Utc>,
    zone: Zone,
    new_id: &mut dyn FnMut() -> ItemId,
) -> Result<Command, QuickEntryError> {
    quick_entry::parse(line, reference, zone).map(|read| command(read, new_id))
}

/// Reads pasted lines. A time without a date is put near the line before it, the first one near `reference`.
pub fn many(text: &str, mut reference: DateTime<Utc>, zone: Zone, new_id: &mut dyn FnMut() -> ItemId) -> QuickLines {
    let mut lines = QuickLines::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let command = match quick_entry::parse(line, reference, zone) {
            Ok(read) => {
                if let QuickLine::Entry(entry) = &read {
                    reference = entry.at;
                    lines.first_at = Some(lines.first_at.map_or(entry.at, |first| first.min(entry.at)));
                }
                command(read, new_id)
            }
            Err(error) => {
                lines.unread += 1;
                Command::AddEntry(new_id(), EntryDraft::undated(line, remark(&error)))
            }
        };
        lines.commands.push(command);
        lines.lines.push(line.to_owned());
    }
    lines
}

/// What the note of an entry says whose line could not be read; a line without any time needs no words.
fn remark(error: &QuickEntryError) -> String {
    match error {
        QuickEntryError::NoTime(_) | QuickEntryError::NoText | QuickEntryError::Empty => String::new(),
        told => told.to_string(),
    }
}

fn command(read: QuickLine, new_id: &mut dyn FnMut() -> ItemId) -> Command {
    match read {
        QuickLine::Entry(entry) => Command::AddEntry(new_id(), draft(entry)),
        QuickLine::Action(text) => Command::AddAction(new_id(), ActionDraft::new(text)),
    }
}

fn draft(entry: QuickEntry) -> EntryDraft {
    let plain = EntryDraft::new(entry.at, entry.text);
    EntryDraft {
        until: entry.until,
        precision: entry.precision,
        kind: entry.kind.unwrap_or(plain.kind),
        severity: entry.severity,
        source: entry.source,
        ..plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> QuickLines {
        let reference = "2018-10-21T22:52:00Z".parse().expect("a time");
        let mut number = 0;
        many(text, reference, Zone::UTC, &mut || {
            number += 1;
            ItemId::new(number, [0; 10])
        })
    }

    #[test]
    fn each_line_with_a_time_becomes_an_entry_over_midnight() {
        let lines = read("23:07 deploys locked\n\n00:05 plan set\nTODO test failover");
        assert_eq!((lines.commands.len(), lines.unread), (3, 0));
        let Command::AddEntry(_, second) = &lines.commands[1] else { panic!("an entry") };
        assert_eq!(second.at.map(|at| at.to_rfc3339()), Some("2018-10-22T00:05:00+00:00".into()));
        assert!(matches!(lines.commands[2], Command::AddAction(..)));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_kept_without_a_time_and_says_why() {
        let lines = read("25:07 deploys locked\nand then it got worse\n23:11 coordinator joins");
        assert_eq!((lines.commands.len(), lines.unread), (3, 2));
        let Command::AddEntry(_, first) = &lines.commands[0] else { panic!("an entry") };
        assert_eq!((first.at, first.text.as_str()), (None, "25:07 deploys locked"));
        assert!(first.note.contains("01:07 for the next day"));
        let Command::AddEntry(_, second) = &lines.commands[1] else { panic!("an entry") };
        assert_eq!((second.text.as_str(), second.note.as_str()), ("and then it got worse", ""));
    }

    proptest! {
        #[test]
        fn no_pasted_line_is_lost(lines in proptest::collection::vec("\\PC{0,30}", 0..12)) {
            let text = lines.join("\n");
            let kept = text.lines().filter(|line| !line.trim().is_empty()).count();
            let read = read(&text);
            prop_assert_eq!(read.commands.len(), kept);
            prop_assert_eq!(read.lines.len(), kept);
        }
    }
}
