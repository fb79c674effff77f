//! What is said of a rewriting: which lines could not be read, and what it changed.

use postmortem::timeline_text::UnreadLine;
use postmortem::{Command, ItemId, TextId};

/// How many lines that could not be read are named.
const NAMED: usize = 5;

pub fn problems(unread: &[UnreadLine]) -> Vec<String> {
    let mut sentences: Vec<String> =
        unread.iter().take(NAMED).map(|line| format!("Line {}: {}", line.number, line.problem)).collect();
    if unread.len() > NAMED {
        sentences.push(format!("{} more lines could not be read.", unread.len() - NAMED));
    }
    sentences
}

/// "Timeline: 2 entries added, 1 changed, 3 deleted".
pub fn outcome(commands: &[Command]) -> String {
    let count = |of: fn(&Command) -> bool| commands.iter().filter(|command| of(command)).count();
    let mut changed: Vec<&ItemId> = commands
        .iter()
        .filter_map(|command| match command {
            Command::ChangeEntry(id, _) | Command::EditText(TextId::Entry(id), _) => Some(id),
            _ => None,
        })
        .collect();
    changed.dedup();
    let counts = [
        (count(|command| matches!(command, Command::AddEntry(..))), "added"),
        (changed.len(), "changed"),
        (count(|command| matches!(command, Command::Delete(..))), "deleted"),
    ];
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, verb)| format!("{count} {verb}")).collect();
    format!("Timeline: {}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{EntryChange, EntryDraft, ItemKind};

    #[test]
    fn an_entry_that_changed_in_several_values_counts_once() {
        let id = |text: &str| text.parse::<ItemId>().expect("an id");
        let commands = [
            Command::AddEntry(id("e1"), EntryDraft::undated("x", "")),
            Command::ChangeEntry(id("e2"), EntryChange::Undated),
            Command::ChangeEntry(id("e2"), EntryChange::Note("x".to_owned())),
            Command::Delete(ItemKind::Entry, id("e3")),
            Command::Delete(ItemKind::Entry, id("e4")),
        ];
        assert_eq!(outcome(&commands), "Timeline: 1 added, 1 changed, 2 deleted");
        assert_eq!(outcome(&commands[..1]), "Timeline: 1 added");
    }

    #[test]
    fn many_lines_that_could_not_be_read_are_counted() {
        let unread: Vec<UnreadLine> =
            (1..=7).map(|number| UnreadLine { number, problem: "Write a time.".to_owned() }).collect();
        let told = problems(&unread);
        assert_eq!(told.len(), NAMED + 1);
        assert_eq!(told[0], "Line 1: Write a time.");
        assert_eq!(told[NAMED], "2 more lines could not be read.");
    }
}
