//! What a quick line, or several pasted ones, make of a timeline: commands for what could be read, the lines and
//! reasons for what could not.

use crate::state::clock;
use chrono::{DateTime, Utc};
use postmortem::quick_entry::{self, QuickLine};
use postmortem::{ActionDraft, Command, EntryDraft, ItemId};

/// Lines as read.
#[derive(Debug, Default)]
pub struct QuickLines {
    /// An edit for each line that could be read.
    pub commands: Vec<Command>,
    /// The line of each of them, to give back what is refused.
    pub lines: Vec<String>,
    /// The earliest time among the entries.
    pub first_at: Option<DateTime<Utc>>,
    /// The others, each with the sentence that says what to write.
    pub rejected: Vec<(String, String)>,
}

/// Reads lines. A time without a date is put near the line before it, the first one near `reference`.
pub fn read(text: &str, reference: DateTime<Utc>) -> QuickLines {
    read_with(text, reference, &mut clock::new_item_id)
}

fn read_with(text: &str, mut reference: DateTime<Utc>, new_id: &mut dyn FnMut() -> ItemId) -> QuickLines {
    let mut lines = QuickLines::default();
    let is_single = text.trim().lines().count() <= 1;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() || is_single) {
        let command = match quick_entry::parse(line, reference) {
            Ok(QuickLine::Entry(entry)) => {
                reference = entry.at;
                lines.first_at = Some(lines.first_at.map_or(entry.at, |first| first.min(entry.at)));
                let draft = EntryDraft {
                    precision: entry.precision,
                    source: entry.source,
                    ..EntryDraft::new(entry.at, entry.text)
                };
                Command::AddEntry(new_id(), draft)
            }
            Ok(QuickLine::Action(text)) => Command::AddAction(new_id(), ActionDraft::new(text)),
            Err(error) => {
                lines.rejected.push((line.to_owned(), error.to_string()));
                continue;
            }
        };
        lines.commands.push(command);
        lines.lines.push(line.to_owned());
    }
    if text.trim().is_empty() && lines.rejected.is_empty() {
        let sentence = quick_entry::QuickEntryError::Empty.to_string();
        lines.rejected.push((String::new(), sentence));
    }
    lines
}

/// The pasted text, when it is more than one line.
pub fn pasted_lines(event: &web_sys::ClipboardEvent) -> Option<String> {
    let text = event.clipboard_data()?.get_data("text/plain").ok()?.replace("\r\n", "\n").replace('\r', "\n");
    (text.trim().lines().count() > 1).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_at(text: &str) -> QuickLines {
        let reference = "2018-10-21T22:52:00Z".parse().expect("a time");
        let mut number = 0;
        read_with(text, reference, &mut || {
            number += 1;
            format!("item-{number}").parse().expect("an id")
        })
    }

    #[test]
    fn each_line_with_a_time_becomes_an_entry_over_midnight() {
        let lines = read_at("23:07 deploys locked\n\n00:05 plan set\nTODO test failover");
        assert_eq!(lines.commands.len(), 3);
        assert!(lines.rejected.is_empty());
        let Command::AddEntry(_, second) = &lines.commands[1] else { panic!("an entry") };
        assert_eq!(second.at.to_rfc3339(), "2018-10-22T00:05:00+00:00");
        assert!(matches!(lines.commands[2], Command::AddAction(..)));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_kept_with_its_reason() {
        let lines = read_at("25:07 deploys locked\n23:11 coordinator joins");
        assert_eq!(lines.commands.len(), 1);
        assert_eq!(lines.rejected[0].0, "25:07 deploys locked");
        assert!(lines.rejected[0].1.contains("01:07 for the next day"));
    }

    #[test]
    fn an_empty_line_says_what_to_write() {
        assert_eq!(read_at(" ").rejected.len(), 1);
    }
}
