//! What pasted lines make of a timeline. A list is read as a list: a day above several lines is theirs, wrapped lines and
//! the messages of a chat are one entry each, and times stay in their order. What could not be read is kept as an entry
//! without a time, whose note says why; what can be read in two ways is asked about before it is taken.

mod chat;
mod heads;
mod items;
mod line;
mod lines;
mod mail;
mod under;
mod zones;

use crate::moment::{self, Doubt, Near, Placing, Reading, Slot};
use crate::quick_entry::{self, QuickEntry, QuickEntryError, QuickLine};
use crate::{ActionDraft, Command, EntryDraft, EntryKind, ItemId, Link, OtherReading};
use chrono::{DateTime, Utc};
use line::Time;
use under::Under;

/// Edits that lines make.
#[derive(Debug, Default)]
pub struct QuickLines {
    /// An edit for each entry and action item, in order.
    pub commands: Vec<Command>,
    /// The lines of each of them, to give back what is refused.
    pub lines: Vec<String>,
    /// The earliest time among the entries.
    pub first_at: Option<DateTime<Utc>>,
    /// How many are entries without a time.
    pub unread: usize,
}

#[derive(Debug)]
pub struct List {
    items: Vec<Item>,
    placing: Placing,
    near: Near,
    /// Whether nothing says the day of the list.
    pub is_day_guessed: bool,
}

/// One entry of a list, to be shown before it is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEntry {
    /// When it was; `None` where no time could be read.
    pub at: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub text: String,
    /// Why it has no time.
    pub note: String,
    /// Whether the ways to read the list differ in its time.
    pub is_doubtful: bool,
}

#[derive(Debug)]
struct Item {
    /// Its lines as they were pasted.
    raw: Vec<String>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Action(String),
    Undated(Box<EntryDraft>),
    Timed(Box<Timed>),
}

#[derive(Debug)]
struct Timed {
    time: Time,
    heading: Option<usize>,
    text: String,
    source: Option<Link>,
    under: Under,
}

/// Reads one line.
///
/// # Errors
/// With a sentence that says what to write; the line stays where it was typed.
pub fn one(
    line: &str,
    near: &Near,
    new_id: &mut dyn FnMut() -> ItemId,
) -> Result<(Command, Option<quick_entry::TimeFound>), QuickEntryError> {
    Ok(match quick_entry::parse(line, near)? {
        QuickLine::Entry(entry) => {
            let found = entry.found.clone();
            (Command::AddEntry(new_id(), draft(entry)), Some(found))
        }
        QuickLine::Action(text) => (Command::AddAction(new_id(), ActionDraft::new(text)), None),
    })
}

pub fn read(text: &str, near: &Near) -> List {
    let (items, days) = items::items(text, near);
    let slots: Vec<Slot<'_>> = items
        .iter()
        .filter_map(|item| match &item.content {
            Content::Timed(timed) => {
                let Time { start, end, .. } = &timed.time;
                Some(Slot { stamp: start, end: end.as_ref(), heading: timed.heading })
            }
            Content::Action(_) | Content::Undated(_) => None,
        })
        .collect();
    let is_day_guessed =
        !slots.is_empty() && slots.iter().all(|slot| slot.stamp.day.is_none() && slot.heading.is_none());
    let placing = moment::place(&slots, &days, near);
    List { items, placing, near: *near, is_day_guessed }
}

/// Whether the first line of a text stays as it is behind a time in bold, as our own Markdown export writes it.
pub fn stays_behind_a_time(text: &str) -> bool {
    let first = text.split('\n').next().unwrap_or_default();
    let (tags, behind) = quick_entry::tags(first);
    tags == quick_entry::Tags::default() && behind == first && quick_entry::words(&format!(" {first}")) == first
}

/// A text for the same export: lines that look like the values under an entry are told from them.
pub fn apart_from_values(text: &str) -> String {
    under::apart(text)
}

/// How much of a line a question shows, in characters.
const SHOWN: usize = 60;

impl List {
    /// Why it has to be asked about before it is taken.
    pub fn doubt(&self) -> Option<Doubt> {
        self.placing.doubt
    }

    /// What has to be answered before it is taken, with the first line that it is about.
    pub fn question(&self) -> Option<String> {
        let doubt = self.placing.doubt?;
        let timed = self.items.iter().filter(|item| matches!(item.content, Content::Timed(_)));
        let (_, item) = timed.enumerate().find(|(number, _)| self.placing.is_doubtful(*number))?;
        let line = item.raw.iter().map(|line| line.trim()).find(|line| !line.is_empty())?;
        let shown: String = line.chars().take(SHOWN).collect();
        let rest = if shown.len() < line.len() { "…" } else { "" };
        Some(doubt.question(&format!("{shown}{rest}")))
    }

    /// The ways to read it, as words, the likeliest first; one where there is no doubt.
    pub fn ways(&self) -> Vec<String> {
        let named = |reading: &Reading| reading.ways.iter().map(|way| way.label()).collect::<Vec<_>>().join("; ");
        self.placing.readings.iter().map(named).collect()
    }

    /// By what it was read.
    pub fn near(&self) -> &Near {
        &self.near
    }

    /// How many entries and action items it has.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The times of the same list on the day that is the next likely one, where nothing says the day, as
    /// [`QuickLines::commands`] has its entries with a time.
    pub fn other_day(&self) -> Option<&[DateTime<Utc>]> {
        self.placing.other_day.as_deref()
    }

    /// The entries in one of the ways, in the order of the list.
    pub fn rows(&self, way: usize) -> Vec<ListedEntry> {
        let mut number = 0;
        let rows = self.entries(way).map(|(_, draft)| {
            let is_timed = draft.as_ref().is_some_and(|draft| draft.at.is_some());
            let is_doubtful = is_timed && self.placing.is_doubtful(number);
            number += usize::from(is_timed);
            draft.map(|draft| ListedEntry {
                at: draft.at,
                until: draft.until,
                text: draft.text,
                note: draft.note,
                is_doubtful,
            })
        });
        rows.flatten().collect()
    }

    /// The edits in one of the ways.
    pub fn take(&self, way: usize, new_id: &mut dyn FnMut() -> ItemId) -> QuickLines {
        let mut taken = QuickLines::default();
        for (item, draft) in self.entries(way) {
            let command = match (&item.content, draft) {
                (Content::Action(text), _) => Command::AddAction(new_id(), ActionDraft::new(text)),
                (_, Some(draft)) => {
                    taken.unread += usize::from(draft.at.is_none());
                    taken.first_at = taken.first_at.into_iter().chain(draft.at).min();
                    Command::AddEntry(new_id(), draft)
                }
                (_, None) => continue,
            };
            taken.commands.push(command);
            taken.lines.push(item.raw.join("\n"));
        }
        taken
    }

    /// Each item with its entry in one of the ways; none for an action item.
    fn entries(&self, way: usize) -> impl Iterator<Item = (&Item, Option<EntryDraft>)> {
        let reading = self.placing.readings.get(way);
        let mut times = reading.map(|reading| reading.times.iter()).into_iter().flatten();
        self.items.iter().map(move |item| {
            let draft = match &item.content {
                Content::Action(_) => None,
                Content::Undated(draft) => Some((**draft).clone()),
                Content::Timed(timed) => {
                    let at = times.next().copied().unwrap_or(self.near.now);
                    reading.map(|reading| timed.draft(at, reading, &self.near))
                }
            };
            (item, draft)
        })
    }
}

impl Timed {
    fn draft(&self, at: DateTime<Utc>, reading: &Reading, near: &Near) -> EntryDraft {
        let other = |reading: &under::Reading| OtherReading {
            at: Near::beside(at, near.now, near.zone).place(&reading.stamp).at,
            clock: reading.clock.clone(),
        };
        let mut readings: Vec<OtherReading> = self.under.readings.iter().map(other).collect();
        readings.sort_by_key(|reading| reading.at);
        EntryDraft {
            until: self.time.end.as_ref().map(|end| reading.end(end, at, near)),
            precision: self.time.precision,
            clock: self.under.clock.join("\n"),
            readings,
            kind: self.time.tags.kind.unwrap_or(EntryKind::Observation),
            source: self.under.source.clone().or_else(|| self.source.clone()),
            note: self.under.note.join("\n"),
            severity: self.time.tags.severity,
            ..EntryDraft::new(at, self.text.clone())
        }
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
mod tests;
