//! A timeline read back from its text. Nothing is taken over while a line cannot be read, or may mean two days.

use super::{UNDATED, UnreadLine, in_lines};
use crate::moment::{self, Day, Near, Reading, Slot, Stamp};
use crate::quick_entry::{self, QuickEntryError};
use crate::{EntryDraft, EntryKind, OtherReading, Precision, Zone, link};
use chrono::{DateTime, Utc};

/// Reads a text back. Times without a date are those of a list: they stay in the order of the lines around them. A time
/// without a distance from UTC is meant in the reader's zone.
///
/// # Errors
/// With every line that could not be read; nothing of the text is taken over then.
pub fn read(text: &str, near: &Near) -> Result<Vec<EntryDraft>, Vec<UnreadLine>> {
    let text = &in_lines(text);
    let mut entries: Vec<Building> = Vec::new();
    let mut unread = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let number = index + 1;
        let mut refuse = |problem: String| unread.push(UnreadLine { number, problem });
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            match entries.last_mut() {
                Some(entry) => {
                    if let Err(problem) = entry.take(line.trim_start(), near.zone) {
                        refuse(problem);
                    }
                }
                None => refuse("An indented line belongs to the entry above it, and there is none.".into()),
            }
            continue;
        }
        match head(line, number, near) {
            Ok(entry) => entries.push(entry),
            Err(error) => refuse(match error {
                QuickEntryError::NoTime(_) => {
                    "Put the time in front, or a question mark while nobody knows it.".to_owned()
                }
                other => other.to_string(),
            }),
        }
    }
    let slots: Vec<Slot<'_>> = entries
        .iter()
        .filter_map(|entry| Some(Slot { stamp: entry.stamp.as_ref()?, end: entry.end.as_ref(), heading: None }))
        .collect();
    let placing = moment::place(&slots, &[], near);
    let reading = placing.readings.first();
    if let Some(doubt) = placing.doubt {
        let dated = entries.iter().filter(|entry| entry.stamp.is_some());
        let doubtful = dated.enumerate().filter(|(number, _)| placing.is_doubtful(*number));
        let problem = doubt.sentence();
        unread.extend(doubtful.map(|(_, entry)| UnreadLine { number: entry.number, problem: problem.to_owned() }));
        unread.sort_by_key(|line| line.number);
    }
    if !unread.is_empty() {
        return Err(unread);
    }
    let mut times = reading.map(|reading| reading.times.iter().copied()).into_iter().flatten();
    Ok(entries.into_iter().map(|entry| entry.done(&mut times, reading, near)).collect())
}

/// An entry whose indented lines are still coming.
struct Building {
    number: usize,
    stamp: Option<Stamp>,
    end: Option<Stamp>,
    draft: EntryDraft,
    /// The lines of the text so far; the first may be missing where the head has no words.
    lines: Vec<String>,
    notes: Vec<String>,
    clocks: Vec<String>,
    readings: Vec<(Stamp, String)>,
}

impl Building {
    fn take(&mut self, line: &str, zone: Zone) -> Result<(), String> {
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
            let read = moment::in_front(reading, zone).map_err(|error| error.to_string())?;
            let read = read.filter(|read| read.end.is_none());
            let read = read.ok_or("Write the other time behind “or:”, as in or: 2018-10-21 23:15 chat.")?;
            let clock = read.rest.strip_prefix(", ").unwrap_or_else(|| read.rest.trim_start());
            self.readings.push((read.start, clock.to_owned()));
        } else {
            self.lines.push(line.to_owned());
        }
        Ok(())
    }

    fn done(
        mut self,
        times: &mut impl Iterator<Item = DateTime<Utc>>,
        reading: Option<&Reading>,
        near: &Near,
    ) -> EntryDraft {
        self.draft.at = self.stamp.as_ref().and_then(|_| times.next());
        let reference = self.draft.at.or(near.reference).unwrap_or(near.now);
        let beside = Near::beside(reference, near.now.max(reference), near.zone);
        self.draft.until = self.end.as_ref().map(|end| match self.draft.at {
            Some(start) => reading.map_or(start, |reading| reading.end(end, start, &beside)),
            None => beside.place(end).at,
        });
        for (stamp, clock) in &self.readings {
            let at = beside.place(stamp).at;
            match self.draft.readings.iter_mut().find(|known| known.at == at) {
                Some(known) => known.clock = format!("{}\n{clock}", known.clock),
                None => self.draft.readings.push(OtherReading { at, clock: clock.clone() }),
            }
        }
        self.draft.text = self.lines.join("\n");
        self.draft.note = self.notes.join("\n");
        self.draft.clock = self.clocks.join("\n");
        self.draft.readings.sort_by_key(|reading| reading.at);
        self.draft
    }
}

/// Whether a word is a link and nothing else but the punctuation of its sentence.
fn is_source(word: &str, found: &link::LinkFound) -> bool {
    let is_punctuation =
        |part: Option<&str>| part.is_some_and(|part| part.chars().all(|next| ".,;:!?()".contains(next)));
    found.form == link::Form::Bare
        && is_punctuation(word.get(..found.range.start))
        && is_punctuation(word.get(found.range.end..))
}

/// The first line of an entry: time, end, tags, words, and the source as its last word.
fn head(line: &str, number: usize, near: &Near) -> Result<Building, QuickEntryError> {
    let mut draft = EntryDraft::undated("", "");
    let (stamp, end, tags, precision, rest) =
        match line.strip_prefix(UNDATED).filter(|rest| rest.is_empty() || rest.starts_with(' ')) {
            Some(rest) => {
                let end = match rest.strip_prefix(" until ") {
                    Some(end) => moment::in_front(end, near.zone)?.filter(|end| end.end.is_none()),
                    None => None,
                };
                let behind = end.as_ref().map_or(rest, |end| end.rest);
                let (tags, rest) = quick_entry::tags(behind);
                (None, end.map(|end| end.start), tags, tags.precision.unwrap_or(Precision::Minute), rest)
            }
            None => {
                let front =
                    quick_entry::front(line, near.zone)?.ok_or_else(|| QuickEntryError::NoTime(line.to_owned()))?;
                let precision = front.precision();
                draft.text = front.speaker.map(|name| format!("{name}: ")).unwrap_or_default();
                // A year that is far off stands in this text where an entry has it, and is said beside that.
                for stamp in std::iter::once(&front.written.start).chain(&front.written.end) {
                    near.check(stamp.day.filter(|day| !matches!(day, Day::On(_))))?;
                }
                (Some(front.written.start), front.written.end, front.tags, precision, front.rest)
            }
        };
    draft.precision = precision;
    draft.kind = tags.kind.unwrap_or(EntryKind::Observation);
    draft.severity = tags.severity;
    // One space stands between the tags and the words; what else is there belongs to the words.
    let words = rest.strip_prefix(' ').unwrap_or(rest);
    let (before, last) = words.rsplit_once(' ').unwrap_or(("", words));
    let words = match link::in_text(last).into_iter().next().filter(|found| is_source(last, found)) {
        Some(found) => {
            draft.source = Some(found.link);
            before
        }
        None => words,
    };
    let words = std::mem::take(&mut draft.text) + words;
    let lines = if words.is_empty() { Vec::new() } else { vec![words] };
    Ok(Building { number, stamp, end, draft, lines, notes: Vec::new(), clocks: Vec::new(), readings: Vec::new() })
}
