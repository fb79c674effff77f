//! The whole timeline as text and back: a line an entry, as the quick line takes it, with what a line cannot hold in
//! indented lines under it. Whatever a timeline holds, reading what was written gives the same entries.
//!
//! ```text
//! 2018-10-21 23:13 [status_change] [SEV-1] Status set to red https://status.example/1
//!     note: two minutes late on the page itself
//!     clock: status page
//!     or: 2018-10-21 23:15 chat
//!     | a second line of the text, word for word
//! ? somebody restarted the proxies
//! ```

use crate::moment::{self, Near};
use crate::quick_entry::{self, QuickEntryError, link_in};
use crate::text::{TextChange, TextId};
use crate::{
    Command, EntryChange, EntryDraft, EntryKind, ItemId, ItemKind, Link, OtherReading, Precision, TimelineEntry, Zone,
};
use chrono::{DateTime, Timelike, Utc};
use std::collections::{HashMap, VecDeque};

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadLine {
    /// Its number, from 1.
    pub number: usize,
    /// What is wrong and what to write, as a sentence.
    pub problem: String,
}

/// How many entries are looked through for the one that was rewritten: a person rewrites a handful, and comparing all
/// with all would hold the page up.
const COMPARED: usize = 50;

/// What stands in front of an entry whose time nobody knows.
const UNDATED: &str = "?";

/// The values of an entry.
pub fn draft(entry: &TimelineEntry) -> EntryDraft {
    EntryDraft {
        at: entry.at,
        until: entry.until,
        precision: entry.precision,
        clock: entry.clock.clone(),
        readings: entry.readings.clone(),
        kind: entry.kind,
        text: entry.text.clone(),
        source: entry.source.clone(),
        note: entry.note.clone(),
        severity: entry.severity,
    }
}

/// The text of a timeline, its times on the clocks of a zone.
pub fn write(entries: &[EntryDraft], zone: Zone) -> String {
    entries.iter().map(|entry| write_one(entry, zone)).collect()
}

fn write_one(entry: &EntryDraft, zone: Zone) -> String {
    let plain = written(entry, zone, true);
    // Where the words themselves look like a time, a tag or a source, they are written word for word.
    match read(&plain, DateTime::UNIX_EPOCH, zone) {
        Ok(entries) if entries.as_slice() == std::slice::from_ref(entry) => plain,
        _ => written(entry, zone, false),
    }
}

fn written(entry: &EntryDraft, zone: Zone, is_plain: bool) -> String {
    let mut line = front(entry, zone);
    let mut lines = entry.text.split('\n');
    let mut below = String::new();
    if is_plain {
        for part in [lines.next().unwrap_or(""), entry.source.as_ref().map_or("", Link::as_str)] {
            if !part.is_empty() {
                line.push(' ');
                line.push_str(part);
            }
        }
    } else if let Some(source) = &entry.source {
        below.push_str(&format!("    source: {source}\n"));
    }
    if is_plain || !entry.text.is_empty() {
        lines.for_each(|words| below.push_str(&format!("    | {words}\n")));
    }
    for (name, value) in [("note", &entry.note), ("clock", &entry.clock)] {
        if !value.is_empty() {
            value.split('\n').for_each(|words| below.push_str(&format!("    {name}: {words}\n")));
        }
    }
    for reading in &entry.readings {
        let at = stamp(reading.at, zone, reading.at.second() > 0);
        for words in reading.clock.split('\n') {
            below.push_str(format!("    or: {at} {words}").trim_end());
            below.push('\n');
        }
    }
    format!("{line}\n{below}")
}

/// Time, end and tags.
fn front(entry: &EntryDraft, zone: Zone) -> String {
    let has_seconds = |at: DateTime<Utc>| at.second() > 0 || at.nanosecond() > 0;
    let mut front = match entry.at {
        None => UNDATED.to_owned(),
        Some(at) => {
            let about = if entry.precision == Precision::About { "~" } else { "" };
            let seconds = has_seconds(at) || entry.precision == Precision::Exact;
            let mut front = format!("{about}{}", stamp(at, zone, seconds));
            if let Some(until) = entry.until {
                front.push_str(&format!(" until {}", stamp(until, zone, has_seconds(until))));
            }
            if entry.precision == Precision::Minute && seconds {
                front.push_str(" [minute]");
            }
            front
        }
    };
    if entry.at.is_none() {
        if let Some(until) = entry.until {
            front.push_str(&format!(" until {}", stamp(until, zone, has_seconds(until))));
        }
        if entry.precision != Precision::Minute {
            front.push_str(&format!(" [{}]", entry.precision.code()));
        }
    }
    if entry.kind != EntryKind::Observation {
        front.push_str(&format!(" [{}]", entry.kind.code()));
    }
    if let Some(severity) = entry.severity {
        front.push_str(&format!(" [{}]", severity.code()));
    }
    front
}

/// `2018-10-21 23:13`, with the distance from UTC in any other zone.
fn stamp(at: DateTime<Utc>, zone: Zone, has_seconds: bool) -> String {
    let pattern = match (has_seconds, at.nanosecond()) {
        (_, 1..) => "%Y-%m-%d %H:%M:%S%.f",
        (true, 0) => "%Y-%m-%d %H:%M:%S",
        (false, 0) => "%Y-%m-%d %H:%M",
    };
    let shown = zone.local(at).format(pattern);
    if zone.is_utc() { shown.to_string() } else { format!("{shown}{}", zone.local(at).format("%:z")) }
}

/// Reads a text back. A time without a date is put near the line before it, the first one near `reference`; a time
/// without a distance from UTC is meant in `zone`.
///
/// # Errors
/// With every line that could not be read; nothing of the text is taken over then.
pub fn read(text: &str, mut reference: DateTime<Utc>, zone: Zone) -> Result<Vec<EntryDraft>, Vec<UnreadLine>> {
    let mut entries: Vec<Building> = Vec::new();
    let mut unread = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut refuse = |problem: String| unread.push(UnreadLine { number: index + 1, problem });
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            match entries.last_mut() {
                Some(entry) => {
                    if let Err(problem) = entry.take(line.trim_start(), reference, zone) {
                        refuse(problem);
                    }
                }
                None => refuse("An indented line belongs to the entry above it, and there is none.".into()),
            }
            continue;
        }
        match head(line, Near { reference, zone }) {
            Ok(entry) => {
                reference = entry.draft.at.unwrap_or(reference);
                entries.push(entry);
            }
            Err(error) => refuse(match error {
                QuickEntryError::NoTime(_) => {
                    "Put the time in front, or a question mark while nobody knows it.".to_owned()
                }
                other => other.to_string(),
            }),
        }
    }
    if unread.is_empty() { Ok(entries.into_iter().map(Building::done).collect()) } else { Err(unread) }
}

/// An entry whose indented lines are still coming.
struct Building {
    draft: EntryDraft,
    /// The lines of the text so far; the first may be missing where the head has no words.
    lines: Vec<String>,
    notes: Vec<String>,
    clocks: Vec<String>,
}

impl Building {
    fn take(&mut self, line: &str, reference: DateTime<Utc>, zone: Zone) -> Result<(), String> {
        let value = |name: &str| line.strip_prefix(name).map(|value| value.strip_prefix(' ').unwrap_or(value));
        if let Some(words) = value("|") {
            self.lines.push(words.to_owned());
        } else if let Some(words) = value("note:") {
            self.notes.push(words.to_owned());
        } else if let Some(words) = value("clock:") {
            self.clocks.push(words.to_owned());
        } else if let Some(link) = value("source:") {
            self.draft.source = Some(link.trim().parse().map_err(|error: crate::link::LinkError| error.to_string())?);
        } else if let Some(reading) = value("or:") {
            let near = Near { reference: self.draft.at.unwrap_or(reference), zone };
            let read = moment::in_front(reading, near).map_err(|error| error.to_string())?;
            let read = read.ok_or("Write the other time behind “or:”, as in or: 2018-10-21 23:15 chat.")?;
            let (at, clock) = (read.moment.at, read.rest.to_owned());
            match self.draft.readings.iter_mut().find(|known| known.at == at) {
                Some(known) => known.clock = format!("{}\n{clock}", known.clock),
                None => self.draft.readings.push(OtherReading { at, clock }),
            }
        } else {
            self.lines.push(line.to_owned());
        }
        Ok(())
    }

    fn done(mut self) -> EntryDraft {
        self.draft.text = self.lines.join("\n");
        self.draft.note = self.notes.join("\n");
        self.draft.clock = self.clocks.join("\n");
        self.draft.readings.sort_by_key(|reading| reading.at);
        self.draft
    }
}

/// The first line of an entry: time, end, tags, words, and the source as its last word.
fn head(line: &str, near: Near) -> Result<Building, QuickEntryError> {
    let front = match line.strip_prefix(UNDATED).filter(|rest| rest.is_empty() || rest.starts_with(' ')) {
        Some(rest) => undated(rest, near)?,
        None => {
            let front = quick_entry::front(line, near)?.ok_or_else(|| QuickEntryError::NoTime(line.to_owned()))?;
            let draft = EntryDraft {
                until: front.until,
                precision: front.precision(),
                kind: front.tags.kind.unwrap_or(EntryKind::Observation),
                severity: front.tags.severity,
                ..EntryDraft::new(front.moment.at, "")
            };
            (draft, front.rest)
        }
    };
    let (mut draft, rest) = front;
    // One space stands between the tags and the words; what else is there belongs to the words.
    let words = rest.strip_prefix(' ').unwrap_or(rest);
    let (before, last) = words.rsplit_once(' ').unwrap_or(("", words));
    let words = match link_in(last).filter(|link| link.as_str() == last) {
        Some(link) => {
            draft.source = Some(link);
            before
        }
        None => words,
    };
    let lines = if words.is_empty() { Vec::new() } else { vec![words.to_owned()] };
    Ok(Building { draft, lines, notes: Vec::new(), clocks: Vec::new() })
}

fn undated(rest: &str, near: Near) -> Result<(EntryDraft, &str), QuickEntryError> {
    let mut draft = EntryDraft::undated("", "");
    let mut rest = rest;
    if let Some(end) = rest.strip_prefix(" until ")
        && let Some(read) = moment::in_front(end, near)?
    {
        draft.until = Some(read.moment.at);
        rest = read.rest;
    }
    let (tags, rest) = quick_entry::tags(rest);
    draft.precision = tags.precision.unwrap_or(Precision::Minute);
    draft.kind = tags.kind.unwrap_or(EntryKind::Observation);
    draft.severity = tags.severity;
    Ok((draft, rest))
}

/// The edits that make of the entries `before` those that a person wrote. An entry that stayed as it is has none; one
/// that was changed keeps its identity, and with it its comments and what others write in it meanwhile.
pub fn edits(
    before: &[(ItemId, EntryDraft)],
    after: &[EntryDraft],
    new_id: &mut dyn FnMut() -> ItemId,
) -> Vec<Command> {
    let partners = partners(before, after);
    let mut commands = Vec::new();
    let mut kept = vec![false; before.len()];
    for (written, partner) in after.iter().zip(&partners) {
        match partner {
            Some(index) => {
                kept[*index] = true;
                let (id, old) = &before[*index];
                commands.extend(changes(id, old, written));
            }
            None => commands.push(Command::AddEntry(new_id(), written.clone())),
        }
    }
    let gone = before.iter().zip(kept).filter(|(_, is_kept)| !is_kept);
    commands.extend(gone.map(|((id, _), _)| Command::Delete(ItemKind::Entry, id.clone())));
    commands
}

/// The edits that take back what was made of the entries `before`, on the replica where it was made.
pub fn restoring(before: &[(ItemId, EntryDraft)], after: &[(ItemId, EntryDraft)]) -> Vec<Command> {
    let then: HashMap<&ItemId, &EntryDraft> = before.iter().map(|(id, draft)| (id, draft)).collect();
    let now: HashMap<&ItemId, &EntryDraft> = after.iter().map(|(id, draft)| (id, draft)).collect();
    let changed = before.iter().flat_map(|(id, draft)| match now.get(id) {
        Some(current) => changes(id, current, draft),
        None => vec![Command::Restore(ItemKind::Entry, id.clone())],
    });
    let added = after.iter().filter(|(id, _)| !then.contains_key(id));
    changed.chain(added.map(|(id, _)| Command::Delete(ItemKind::Entry, id.clone()))).collect()
}

/// For each written entry the one that it was: the same whole, then the same words, then the same time and kind, then
/// what shares most words between the same neighbours.
fn partners(before: &[(ItemId, EntryDraft)], after: &[EntryDraft]) -> Vec<Option<usize>> {
    let mut partners: Vec<Option<usize>> = vec![None; after.len()];
    let mut free: Vec<bool> = vec![true; before.len()];
    let keys: [fn(&EntryDraft) -> Option<String>; 3] = [
        |entry| Some(write_one(entry, Zone::UTC)),
        |entry| Some(entry.text.clone()).filter(|text| !text.trim().is_empty()),
        |entry| entry.at.map(|at| at.to_rfc3339()),
    ];
    for key in keys {
        let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (index, (_, entry)) in before.iter().enumerate().filter(|(index, _)| free[*index]) {
            if let Some(key) = key(entry) {
                waiting.entry(key).or_default().push_back(index);
            }
        }
        for (written, partner) in after.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            let found = key(written).and_then(|key| waiting.get_mut(&key)?.pop_front());
            if let Some(index) = found {
                *partner = Some(index);
                free[index] = false;
            }
        }
    }
    // What is left had both time and words changed: it is the same entry where half of its words are.
    for (written, partner) in after.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
        let candidates = before.iter().enumerate().filter(|(index, _)| free[*index]).take(COMPARED);
        let best = candidates.map(|(index, (_, entry))| (shared_words(&entry.text, &written.text), index)).max();
        if let Some((50.., index)) = best {
            *partner = Some(index);
            free[index] = false;
        }
    }
    partners
}

/// How many of a hundred words of the longer text are in the other.
fn shared_words(one: &str, other: &str) -> usize {
    let (one, other): (Vec<&str>, Vec<&str>) = (one.split_whitespace().collect(), other.split_whitespace().collect());
    let shared = one.iter().filter(|word| other.contains(word)).count();
    (shared * 100).checked_div(one.len().max(other.len())).unwrap_or(0)
}

/// The edits that make of one entry the other. Line ends that an editor writes differently are no edit.
pub fn changes(id: &ItemId, old: &EntryDraft, new: &EntryDraft) -> Vec<Command> {
    let mut changes = Vec::new();
    match new.at {
        _ if old.at == new.at => {}
        Some(at) => changes.push(EntryChange::At(at)),
        None => changes.push(EntryChange::Undated),
    }
    if old.until != new.until {
        changes.push(EntryChange::Until(new.until));
    }
    if old.precision != new.precision {
        changes.push(EntryChange::Precision(new.precision));
    }
    if old.kind != new.kind {
        changes.push(EntryChange::Kind(new.kind));
    }
    if old.severity != new.severity {
        changes.push(EntryChange::Severity(new.severity));
    }
    if old.source != new.source {
        changes.push(EntryChange::Source(new.source.clone()));
    }
    if old.note != new.note {
        changes.push(EntryChange::Note(new.note.clone()));
    }
    if old.clock != new.clock {
        changes.push(EntryChange::Clock(new.clock.clone()));
    }
    for gone in old.readings.iter().filter(|known| new.readings.iter().all(|other| other.at != known.at)) {
        changes.push(EntryChange::Reading(gone.at, None));
    }
    for reading in new.readings.iter().filter(|reading| !old.readings.contains(reading)) {
        changes.push(EntryChange::Reading(reading.at, Some(reading.clock.clone())));
    }
    let mut commands: Vec<Command> =
        changes.into_iter().map(|change| Command::ChangeEntry(id.clone(), change)).collect();
    if let Some(change) = replaced(&old.text, &new.text) {
        commands.push(Command::EditText(TextId::Entry(id.clone()), vec![change]));
    }
    commands
}

/// The one range in which two texts differ.
fn replaced(old: &str, new: &str) -> Option<TextChange> {
    if old == new {
        return None;
    }
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let longest = old.len().min(new.len()) - before;
    let behind = old.iter().rev().zip(new.iter().rev()).take(longest).take_while(|(a, b)| a == b).count();
    let units = |characters: &[char]| characters.iter().map(|character| character.len_utf16() as u32).sum::<u32>();
    let from = units(&old[..before]);
    Some(TextChange {
        from,
        to: from + units(&old[before..old.len() - behind]),
        insert: new[before..new.len() - behind].iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::berlin;
    use crate::{Replica, Severity, create};
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn ids() -> impl FnMut() -> ItemId {
        let mut made = 0;
        move || {
            made += 1;
            ItemId::new(made, [0; 10])
        }
    }

    fn incident() -> Replica {
        let replica = create::create(1, "x", Severity::Sev1).expect("made");
        let mut new_id = ids();
        for (time, words) in
            [("22:52", "The link is lost."), ("23:07", "Deploys are locked."), ("23:13", "Status is red.")]
        {
            let draft = EntryDraft::new(at(&format!("2018-10-21T{time}:00Z")), words);
            replica.run(&Command::AddEntry(new_id(), draft)).expect("added");
        }
        replica
    }

    fn drafts(replica: &Replica) -> Vec<(ItemId, EntryDraft)> {
        replica.entries().iter().map(|entry| (entry.id.clone(), draft(entry))).collect()
    }

    fn text_of(replica: &Replica) -> String {
        write(&drafts(replica).into_iter().map(|(_, draft)| draft).collect::<Vec<_>>(), Zone::UTC)
    }

    /// Writes over the whole text on a fork and merges it, as the page does.
    fn rewrite(replica: &Replica, meanwhile: impl FnOnce(), change: impl FnOnce(&str) -> String) {
        let fork = replica.fork(77).expect("a copy");
        let before = drafts(&fork);
        let text = change(&text_of(&fork));
        meanwhile();
        let after = read(&text, at("2018-10-21T23:13:00Z"), Zone::UTC).expect("readable");
        let mut made = 100;
        let commands = edits(&before, &after, &mut || {
            made += 1;
            ItemId::new(made, [1; 10])
        });
        let (_, refused) = fork.run_each(&commands);
        assert_eq!(refused, []);
        replica.merge(&fork).expect("merged");
    }

    #[test]
    fn an_entry_is_a_line_that_the_quick_line_would_take() {
        assert_eq!(
            text_of(&incident()),
            "2018-10-21 22:52 The link is lost.\n2018-10-21 23:07 Deploys are locked.\n2018-10-21 23:13 Status is red.\n"
        );
    }

    #[test]
    fn what_a_line_cannot_hold_stands_under_it() {
        let entry = EntryDraft {
            until: Some(at("2018-10-22T01:00:00Z")),
            precision: Precision::About,
            clock: "status page".into(),
            readings: vec![OtherReading { at: at("2018-10-21T23:15:00Z"), clock: "chat".into() }],
            kind: EntryKind::StatusChange,
            source: Some("https://a.example/1".parse().expect("a link")),
            note: "late".into(),
            severity: Some(Severity::Sev1),
            ..EntryDraft::new(at("2018-10-21T23:13:00Z"), "Status set to red\nsee https://b.example")
        };
        assert_eq!(
            write(&[entry], Zone::UTC),
            "~2018-10-21 23:13 until 2018-10-22 01:00 [status_change] [SEV-1] Status set to red https://a.example/1\n    \
             | see https://b.example\n    note: late\n    clock: status page\n    or: 2018-10-21 23:15 chat\n"
        );
    }

    #[test]
    fn in_another_zone_every_time_says_how_far_it_is_from_utc() {
        let entry = EntryDraft::new(at("2018-10-28T01:30:00Z"), "x");
        let text = write(std::slice::from_ref(&entry), berlin());
        assert_eq!(text, "2018-10-28 02:30+01:00 x\n");
        assert_eq!(read(&text, at("2018-10-21T23:13:00Z"), berlin()), Ok(vec![entry]));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_nothing_is_taken_over() {
        let unread =
            read("22:52 x\n25:07 y\nz\n    note: fine\n", at("2018-10-21T22:52:00Z"), Zone::UTC).expect_err("refused");
        assert_eq!(
            unread,
            [
                UnreadLine { number: 2, problem: "25:07 is not a time. Write 01:07 for the next day.".into() },
                UnreadLine {
                    number: 3,
                    problem: "Put the time in front, or a question mark while nobody knows it.".into()
                },
            ]
        );
    }

    #[test]
    fn an_untouched_text_is_no_edit_at_all() {
        let replica = incident();
        let before = drafts(&replica);
        let after = read(&text_of(&replica), at("2018-10-21T23:13:00Z"), Zone::UTC).expect("readable");
        assert_eq!(edits(&before, &after, &mut ids()), []);
    }

    #[test]
    fn what_others_write_meanwhile_is_merged_and_not_overwritten() {
        let replica = incident();
        let ids: Vec<ItemId> = drafts(&replica).into_iter().map(|(id, _)| id).collect();
        let others = || {
            let insert = TextChange { from: 0, to: 0, insert: "All ".into() };
            replica.run(&Command::EditText(TextId::Entry(ids[1].clone()), vec![insert])).expect("typed");
            let new = EntryDraft::new(at("2018-10-21T23:11:00Z"), "Coordinator joins.");
            replica.run(&Command::AddEntry(ItemId::new(50, [5; 10]), new)).expect("added");
            let kind = EntryChange::Kind(EntryKind::Trigger);
            replica.run(&Command::ChangeEntry(ids[0].clone(), kind)).expect("changed");
        };
        rewrite(&replica, others, |text| {
            text.replace("22:52 The link", "22:53 The optical link").replace("locked.", "locked by hand.")
                + "23:19 Webhooks are paused.\n"
        });
        let told: Vec<String> = text_of(&replica).lines().map(str::to_owned).collect();
        assert_eq!(
            told,
            [
                "2018-10-21 22:53 [trigger] The optical link is lost.",
                "2018-10-21 23:07 All Deploys are locked by hand.",
                "2018-10-21 23:11 Coordinator joins.",
                "2018-10-21 23:13 Status is red.",
                "2018-10-21 23:19 Webhooks are paused.",
            ]
        );
        assert_eq!(replica.entries()[0].id, ids[0], "it is the same entry still");
    }

    #[test]
    fn a_line_that_is_taken_out_deletes_its_entry_and_no_other() {
        let replica = incident();
        rewrite(
            &replica,
            || {},
            |text| text.lines().filter(|line| !line.contains("Deploys")).collect::<Vec<_>>().join("\n"),
        );
        assert_eq!(text_of(&replica), "2018-10-21 22:52 The link is lost.\n2018-10-21 23:13 Status is red.\n");
    }

    #[test]
    fn a_rewriting_is_taken_back_as_one_and_what_others_wrote_stays() {
        let replica = incident();
        let before = drafts(&replica);
        let fork = replica.fork(77).expect("a copy");
        let text = text_of(&fork).replace("22:52 The", "22:50 A").lines().take(2).collect::<Vec<_>>().join("\n")
            + "\n23:50 New";
        let after = read(&text, at("2018-10-21T23:13:00Z"), Zone::UTC).expect("readable");
        let mut new_id = || ItemId::new(99, [1; 10]);
        fork.run_each(&edits(&before, &after, &mut new_id));
        replica.merge(&fork).expect("merged");
        let other = TextChange { from: 0, to: 0, insert: "All ".into() };
        replica.run(&Command::EditText(TextId::Entry(before[1].0.clone()), vec![other])).expect("typed");
        fork.run_each(&restoring(&before, &drafts(&fork)));
        replica.merge(&fork).expect("merged");
        assert_eq!(
            text_of(&replica),
            "2018-10-21 22:52 The link is lost.\n2018-10-21 23:07 All Deploys are locked.\n2018-10-21 23:13 Status is red.\n"
        );
    }

    fn time() -> impl Strategy<Value = DateTime<Utc>> {
        prop_oneof![
            (0_i64..4_000_000).prop_map(|minutes| DateTime::from_timestamp(minutes * 600, 0).expect("a time")),
            (0_i64..4_000_000_000).prop_map(|second| DateTime::from_timestamp(second, 0).expect("a time")),
            (0_i64..4_000_000_000_000).prop_map(|milli| DateTime::from_timestamp_millis(milli).expect("a time")),
        ]
    }

    fn words() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z ,.]{0,40}",
            // What looks like the front of a line, a tag, an indented line or a source.
            "(|~|\\? |    \\| |\\[SEV-1\\] |\\[minute\\]|until 23:07 |- |UTC |PM |\\\\|note: )[a-c ]{0,3}(|https://a\\.example/x|\n| \n|\n\n|\t)[a-c ]{0,5}",
            "[^\r\0]{0,30}",
        ]
    }

    fn value() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "[a-z: |]{1,12}", "https://a\\.example/[a-z]{1,4}"]
            .prop_map(|text| text.trim().to_owned())
    }

    fn any_entry() -> impl Strategy<Value = EntryDraft> {
        let times = (proptest::option::weighted(0.9, time()), proptest::option::weighted(0.2, time()), 0_usize..3);
        let readings = proptest::collection::btree_map(time(), value(), 0..3);
        let names = (0_usize..EntryKind::ALL.len(), proptest::option::weighted(0.2, 0_usize..Severity::ALL.len()));
        let source = proptest::option::weighted(0.5, "https://a\\.example/[a-z(),]{0,5}");
        (times, readings, names, words(), source, value(), value()).prop_map(
            |((at, until, precision), readings, (kind, severity), text, source, note, clock)| EntryDraft {
                at,
                until,
                precision: Precision::ALL[precision],
                clock,
                readings: readings.into_iter().map(|(at, clock)| OtherReading { at, clock }).collect(),
                kind: EntryKind::ALL[kind],
                text,
                source: source.and_then(|source| source.parse().ok()),
                note,
                severity: severity.map(|index| Severity::ALL[index]),
            },
        )
    }

    proptest! {
        #[test]
        fn any_timeline_written_as_text_and_read_again_is_the_same(
            entries in proptest::collection::vec(any_entry(), 0..6), zone in prop_oneof![Just(Zone::UTC), Just(berlin())],
        ) {
            let text = write(&entries, zone);
            prop_assert_eq!(read(&text, at("2018-10-21T23:13:00Z"), zone), Ok(entries), "{}", text);
        }

        #[test]
        fn no_text_panics(text in "(\\PC|\n| ){0,60}") {
            let _ = read(&text, at("2018-10-21T23:13:00Z"), berlin());
        }

        #[test]
        fn edits_lead_from_any_timeline_to_any_other(
            from in proptest::collection::vec(any_entry(), 0..5), to in proptest::collection::vec(any_entry(), 0..5),
        ) {
            let replica = create::create(1, "x", Severity::Sev1).expect("made");
            let mut new_id = ids();
            for draft in &from {
                replica.run(&Command::AddEntry(new_id(), draft.clone())).expect("added");
            }
            let commands = edits(&drafts(&replica), &to, &mut new_id);
            prop_assert_eq!(replica.run_each(&commands).1, []);
            let key = |draft: &EntryDraft| write(std::slice::from_ref(draft), Zone::UTC);
            let mut left: Vec<String> = drafts(&replica).iter().map(|(_, draft)| key(draft)).collect();
            let mut right: Vec<String> = to.iter().map(key).collect();
            left.sort();
            right.sort();
            prop_assert_eq!(left, right);
        }
    }
}
