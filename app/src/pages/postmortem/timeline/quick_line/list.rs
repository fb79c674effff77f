//! Several entries at once: taken from a pasted list, taken back, and moved to another day.

use crate::browser::clock;
use crate::controls::notices::{Correction, Notices, RefusalNotice, Undo};
use crate::reader::time;
use crate::state::OpenPostmortem;
use crate::state::postmortem::open::EditError;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::quick_lines::{List, QuickLines};
use postmortem::{Command, EntryChange, ItemKind};
use std::sync::Arc;

/// Edits that are made as one. A message has its greatest size, and a paste of thousands of lines is larger.
const TOGETHER: usize = 500;

/// An edit that was refused, by its place in a list, and why.
type Refused = (usize, EditError);

/// Makes entries of a list in one of its ways. What could not be read is an entry without a time, so that no line is
/// lost; all of it is taken back at once.
pub fn take(open: OpenPostmortem, notices: Notices, list: &List, way: usize) {
    let QuickLines { commands, lines, unread, first_at } = list.take(way, &mut clock::new_item_id);
    let refused = run_all(open, &commands);
    if let Some(refusal) = refusal(&refused, &lines) {
        notices.refuse(refusal);
    }
    if let Some(Command::AddEntry(id, _)) = commands.iter().rfind(|command| matches!(command, Command::AddEntry(..))) {
        open.selected.set(Some(id.clone()));
    }
    let undoing = undoing(&commands, &refused);
    let zone = list.near().zone;
    let begins = |at| format!(". They begin {}", time::day_and_clock(at, None, zone));
    let day = first_at.filter(|_| list.is_day_guessed).map(begins);
    let message = format!("{}{}", outcome(undoing.len(), unread), day.unwrap_or_default());
    let undo: Undo = Arc::new(move || {
        edit_all(open, &undoing);
    });
    notices.toast_with(message, Some(undo), other_day(open, notices, list, &commands));
}

/// Offers to move the entries of a list to the day that is the next likely one.
fn other_day(open: OpenPostmortem, notices: Notices, list: &List, commands: &[Command]) -> Option<Correction> {
    let times = list.other_day()?;
    let first = *times.iter().min()?;
    let moves = moves(commands, times);
    let day = time::day_and_clock(first, None, list.near().zone);
    Some(Correction {
        label: format!("Make it {day}"),
        run: Arc::new(move || {
            if edit_all(open, &moves) {
                notices.toast(format!("The list begins {day}"), None);
            }
        }),
    })
}

fn run_all(open: OpenPostmortem, commands: &[Command]) -> Vec<Refused> {
    let mut refused = Vec::new();
    for (number, part) in commands.chunks(TOGETHER).enumerate() {
        let answers = open.run_each(part).into_iter();
        refused.extend(answers.map(|(index, error)| (number * TOGETHER + index, error)));
    }
    refused
}

/// The same where no line is to be given back: why something was refused is shown. Whether all of it was made.
fn edit_all(open: OpenPostmortem, commands: &[Command]) -> bool {
    commands.chunks(TOGETHER).all(|part| open.edit_each(part))
}

/// What is told of lines that were not taken, with those lines to copy.
fn refusal(refused: &[Refused], lines: &[String]) -> Option<RefusalNotice> {
    let (_, reason) = refused.first()?;
    let kept: Vec<&str> = refused.iter().filter_map(|(index, _)| lines.get(*index)).map(String::as_str).collect();
    Some(RefusalNotice {
        headline: format!("{} of {} lines were not taken.", refused.len(), lines.len()),
        advice: reason.to_string(),
        text: Some(kept.join("\n")),
        // The line is empty again: what comes next is not about these.
        place: None,
    })
}

/// The edits that take back what was added: one for each entry and action item that was not refused.
fn undoing(commands: &[Command], refused: &[Refused]) -> Vec<Command> {
    let is_taken = |index: &usize| refused.iter().all(|(other, _)| other != index);
    let taken = commands.iter().enumerate().filter(|(index, _)| is_taken(index));
    taken
        .filter_map(|(_, command)| match command {
            Command::AddEntry(id, _) => Some(Command::Delete(ItemKind::Entry, id.clone())),
            Command::AddAction(id, _) => Some(Command::Delete(ItemKind::Action, id.clone())),
            _ => None,
        })
        .collect()
}

/// The edits that give the entries with a time other times, in the order of the list; an end keeps its distance.
fn moves(commands: &[Command], times: &[DateTime<Utc>]) -> Vec<Command> {
    let timed = commands.iter().filter_map(|command| match command {
        Command::AddEntry(id, entry) => Some((id.clone(), entry.at?, entry.until)),
        _ => None,
    });
    timed
        .zip(times)
        .flat_map(|((id, from, until), to)| {
            let until = until.map(|until| EntryChange::Until(Some(until + (*to - from))));
            let changes = std::iter::once(EntryChange::Guessed(*to)).chain(until);
            changes.map(move |change| Command::ChangeEntry(id.clone(), change)).collect::<Vec<_>>()
        })
        .collect()
}

/// "50 entries added", "3 of them without a time".
fn outcome(added: usize, unread: usize) -> String {
    let added = if added == 1 { "1 entry added".to_owned() } else { format!("{added} entries added") };
    match unread {
        0 => added,
        1 => format!("{added}, 1 without a time: it stands at the end"),
        many => format!("{added}, {many} without a time: they stand at the end"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{ActionDraft, CommandError, EntryDraft, ItemId};

    fn id(text: &str) -> ItemId {
        text.parse().expect("an id")
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn lines_that_could_not_be_read_are_told() {
        assert_eq!(outcome(50, 0), "50 entries added");
        assert_eq!(outcome(50, 3), "50 entries added, 3 without a time: they stand at the end");
    }

    #[test]
    fn what_was_refused_is_given_back_and_the_rest_can_be_taken_back() {
        let commands = [
            Command::AddEntry(id("e1"), EntryDraft::undated("one", "")),
            Command::AddEntry(id("e2"), EntryDraft::undated("two", "")),
            Command::AddAction(id("a1"), ActionDraft::new("three")),
        ];
        let lines = ["one", "two", "TODO three"].map(str::to_owned);
        let refused = [(1, EditError::Refused(CommandError::TooMany))];
        let told = refusal(&refused, &lines).expect("a refusal");
        assert_eq!((told.headline.as_str(), told.text.as_deref()), ("1 of 3 lines were not taken.", Some("two")));
        let undoing = undoing(&commands, &refused);
        assert_eq!(undoing, [Command::Delete(ItemKind::Entry, id("e1")), Command::Delete(ItemKind::Action, id("a1"))]);
        assert_eq!(refusal(&[], &lines), None);
    }

    #[test]
    fn an_entry_of_another_day_keeps_its_length_and_one_without_a_time_stays() {
        let (noon, end) = (at("2026-11-29T12:00:00Z"), at("2026-11-29T12:30:00Z"));
        let lasting = EntryDraft { until: Some(end), ..EntryDraft::new(noon, "x") };
        let commands =
            [Command::AddEntry(id("e1"), EntryDraft::undated("when", "")), Command::AddEntry(id("e2"), lasting)];
        let change = |change| Command::ChangeEntry(id("e2"), change);
        let expected = [
            change(EntryChange::Guessed(at("2026-11-28T12:00:00Z"))),
            change(EntryChange::Until(Some(at("2026-11-28T12:30:00Z")))),
        ];
        assert_eq!(moves(&commands, &[at("2026-11-28T12:00:00Z")]), expected);
    }
}
