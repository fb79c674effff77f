//! The quick line: `23:07 deploys locked https://…` becomes an entry, `TODO add an alert` an action item. Kind and
//! severity may stand in brackets behind the time, and who said it in front.

pub(crate) mod speaker;

use crate::link::take_source;
use crate::moment::{self, Near, TimeError, Written, word};
use crate::{EntryKind, Link, Precision, Severity, Zone};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuickLine {
    Entry(QuickEntry),
    /// An action item: the line began with `TODO` (G13).
    Action(String),
}

/// A timeline entry as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickEntry {
    pub at: DateTime<Utc>,
    /// When it ended: `13:15–14:10` or `13:15 until 14:10`.
    pub until: Option<DateTime<Utc>>,
    /// Minute, second where seconds were typed, or about where `~` or `about` stood in front.
    pub precision: Precision,
    /// The kind that stood in brackets, as in `[decision]`.
    pub kind: Option<EntryKind>,
    /// The severity that stood in brackets, as in `[SEV-1]`.
    pub severity: Option<Severity>,
    /// What happened, without time and source.
    pub text: String,
    /// The first link of the line.
    pub source: Option<Link>,
    pub found: TimeFound,
}

/// How the time of an entry was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFound {
    /// It was written with its day.
    Written,
    /// The day was guessed, or the hour comes twice; with the other times that may be meant, the likeliest first.
    Guessed(Vec<DateTime<Utc>>),
    /// No time was written, and the incident is going on.
    Now,
}

/// Why a line is no entry. It stays in the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuickEntryError {
    #[error("Write a time and what happened: 23:07 deploys locked.")]
    Empty,
    /// No time in front.
    #[error("Put the time in front: 23:07 {0}")]
    NoTime(String),
    /// A time behind a word that may be a name.
    #[error("The time stands behind another word. Put it in front: {0}")]
    NotInFront(String),
    /// A time that cannot be taken as it is written.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// A time and nothing else.
    #[error("Write what happened behind the time.")]
    NoText,
}

/// Reads one line. A line without a time means now while the incident is going on.
///
/// # Errors
/// With a sentence that says what to write.
pub fn parse(line: &str, near: &Near) -> Result<QuickLine, QuickEntryError> {
    let line = line.trim();
    if line.is_empty() {
        return Err(QuickEntryError::Empty);
    }
    if let Some(action) = action(line) {
        return if action.is_empty() { Err(QuickEntryError::NoText) } else { Ok(QuickLine::Action(action.to_owned())) };
    }
    let cells = cells(line);
    let line = bullet_free(cells.as_deref().unwrap_or(line));
    let Some(front) = front(line, near.zone)? else {
        moment::check_without_time(line)?;
        if !near.is_going_on() {
            return Err(QuickEntryError::NoTime(line.to_owned()));
        }
        if let Some(instead) = speaker::without_time_in_front(line, near.zone) {
            return Err(QuickEntryError::NotInFront(instead));
        }
        let (tags, rest) = tags(line);
        let rest = if rest.len() == line.len() { line } else { words(rest) };
        let now = near.now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(near.now);
        return entry(now, None, tags.precision.unwrap_or(Precision::Minute), tags, rest, TimeFound::Now);
    };
    let front = Front { written: near.settle_both(front.written)?, ..front };
    let Stamped { at, until, found } = stamped(&front.written, near);
    entry(at, until, front.precision(), front.tags, &front.words(), found)
}

fn entry(
    at: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    precision: Precision,
    tags: Tags,
    rest: &str,
    found: TimeFound,
) -> Result<QuickLine, QuickEntryError> {
    let (text, source) = take_source(rest);
    if text.is_empty() && source.is_none() {
        return Err(QuickEntryError::NoText);
    }
    let (kind, severity) = (tags.kind, tags.severity);
    Ok(QuickLine::Entry(QuickEntry { at, until, precision, kind, severity, text, source, found }))
}

/// When a line says it was.
pub(crate) struct Stamped {
    pub at: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
    pub found: TimeFound,
}

/// The instants of a time in front of a line.
pub(crate) fn stamped(written: &Written<'_>, near: &Near) -> Stamped {
    let placed = near.place(&written.start);
    let until = written.end.as_ref().map(|end| near.end(end, placed.at));
    let is_sure = written.start.day.is_some() && placed.others.is_empty();
    Stamped {
        at: placed.at,
        until,
        found: if is_sure { TimeFound::Written } else { TimeFound::Guessed(placed.others) },
    }
}

/// The words behind a time, without what parts them from it. A sign at a number or an option belongs to the words:
/// `12:30 -3 nodes left`, `12:30 --force was used`.
pub(crate) fn words(rest: &str) -> &str {
    let mut text = rest;
    let mut is_attached = true;
    loop {
        let words = text.trim_start();
        is_attached &= words.len() == text.len();
        let Some(mark) = words.chars().next().filter(|next| "-–—:,;|".contains(*next)) else {
            return words.trim_end();
        };
        let behind = words.trim_start_matches(mark);
        let is_sign = "-–".contains(mark) && behind.starts_with(|next: char| next.is_ascii_digit());
        let is_part = !behind.is_empty() && !behind.starts_with(char::is_whitespace) && (!is_attached || is_sign);
        if is_part {
            return words.trim_end();
        }
        text = behind;
    }
}

/// A time that was typed by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedTime {
    pub at: DateTime<Utc>,
    pub precision: Precision,
    pub found: TimeFound,
}

/// Reads a time alone, as typed into a time cell: `23:07`, `~23:07`, `23:07:15`, `23:07 CEST`, `2018-10-21 23:07`, or
/// RFC 3339.
///
/// # Errors
/// With a sentence that says what to write.
pub fn parse_time(typed: &str, near: &Near) -> Result<TypedTime, QuickEntryError> {
    let written = near.settle_both(moment::alone(typed, near.zone)?)?;
    let Stamped { at, found, .. } = stamped(&written, near);
    Ok(TypedTime { at, precision: written.precision(), found })
}

/// The same for a field that cannot hold that a time is only about right.
///
/// # Errors
/// As [`parse_time`].
pub fn parse_exact_time(typed: &str, near: &Near) -> Result<DateTime<Utc>, QuickEntryError> {
    Ok(near.place(&near.settle(moment::exact(typed, near.zone)?)?).at)
}

/// The end of what began at `start`, read as the end of a range is.
///
/// # Errors
/// As [`parse_exact_time`].
pub fn parse_end(typed: &str, start: DateTime<Utc>, near: &Near) -> Result<DateTime<Utc>, QuickEntryError> {
    Ok(near.end(&near.settle(moment::exact(typed, near.zone)?)?, start))
}

/// What stands in front of the words of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Front<'a> {
    /// Who said it, where a name stands before the time.
    pub speaker: Option<&'a str>,
    pub written: Written<'a>,
    pub tags: Tags,
    pub rest: &'a str,
}

impl Front<'_> {
    /// The words behind the time, and the name before it in front of them.
    pub fn words(&self) -> String {
        let words = words(self.rest);
        self.speaker.map_or_else(|| words.to_owned(), |name| format!("{name}: {words}"))
    }

    pub fn precision(&self) -> Precision {
        self.tags.precision.unwrap_or_else(|| self.written.precision())
    }
}

/// Kind, severity and precision in brackets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tags {
    pub kind: Option<EntryKind>,
    pub severity: Option<Severity>,
    pub precision: Option<Precision>,
}

/// Time, end and tags at the front of a line; `None` when there is no time.
pub(crate) fn front(line: &str, zone: Zone) -> Result<Option<Front<'_>>, TimeError> {
    if let Some(front) = timed(line, None, zone)? {
        return Ok(Some(front));
    }
    let (before, behind) = tags(line);
    if behind.len() < line.len() {
        return Ok(timed(behind, None, zone)?.map(|front| Front { tags: before.or(front.tags), ..front }));
    }
    match speaker::in_front(line, zone) {
        Some((name, behind)) => timed(behind, Some(name), zone),
        None => Ok(None),
    }
}

fn timed<'a>(line: &'a str, speaker: Option<&'a str>, zone: Zone) -> Result<Option<Front<'a>>, TimeError> {
    let Some(written) = moment::in_front(line, zone)? else { return Ok(None) };
    let (tags, rest) = tags(written.rest);
    Ok(Some(Front { speaker, written, tags, rest }))
}

impl Tags {
    fn or(self, other: Self) -> Self {
        Self {
            kind: self.kind.or(other.kind),
            severity: self.severity.or(other.severity),
            precision: self.precision.or(other.precision),
        }
    }
}

/// The tags at the front of a text, and what is behind them.
pub(crate) fn tags(text: &str) -> (Tags, &str) {
    let mut tags = Tags::default();
    let mut rest = text;
    while let Some((inside, behind)) = bracketed(rest.trim_start()) {
        let code = inside.replace(' ', "_");
        if let (None, Ok(kind)) = (tags.kind, code.to_lowercase().parse::<EntryKind>()) {
            tags.kind = Some(kind);
        } else if let (None, Ok(severity)) = (tags.severity, code.to_uppercase().parse::<Severity>()) {
            tags.severity = Some(severity);
        } else if let (None, Ok(precision)) = (tags.precision, code.parse::<Precision>()) {
            tags.precision = Some(precision);
        } else {
            break;
        }
        rest = behind;
    }
    (tags, rest)
}

/// `[inside] behind`.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (inside, behind) = text.strip_prefix('[')?.split_once(']')?;
    // Directly before "(" it is a link of Markdown.
    (!behind.starts_with('(')).then_some((inside, behind))
}

pub(crate) fn action(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("TODO")?;
    let is_word = rest.is_empty() || rest.starts_with([':', ' ', '-', '\t']);
    is_word.then(|| rest.trim_start_matches([':', ' ', '-', '\t']).trim())
}

/// The cells of a Markdown table's row as words.
pub(crate) fn cells(line: &str) -> Option<String> {
    let inside = line.strip_prefix('|')?;
    Some(row(inside))
}

/// The cells between upright lines as words; `\|` is a character of a cell.
pub(crate) fn row(inside: &str) -> String {
    const KEPT: &str = "\u{0}";
    let cells = inside.replace("\\|", KEPT);
    let cells: Vec<&str> = cells.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect();
    cells.join(" ").replace(KEPT, "|")
}

/// The line without the bullet of a list.
pub(crate) fn bullet_free(line: &str) -> &str {
    let (mark, rest) = word(line);
    let rest = rest.trim_start();
    let is_bullet = match mark {
        "-" | "*" | "•" | "+" => true,
        // "10. 3. 2026" is a day, and "> so they said" a quotation.
        "–" | "·" | ">" => is_timed(rest),
        _ => mark.strip_suffix(['.', ')']).is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && is_timed(rest)
        }),
    };
    if !is_bullet {
        return line;
    }
    let behind_box = ["[ ]", "[x]", "[X]"].iter().find_map(|mark| rest.strip_prefix(mark)).map(str::trim_start);
    behind_box.filter(|rest| is_timed(rest)).unwrap_or(rest)
}

/// Whether the first word holds a clock, or a date that begins with its year.
fn is_timed(text: &str) -> bool {
    let (first, _) = word(text);
    let digits = first.bytes().take_while(u8::is_ascii_digit).count();
    digits == 4 || (digits > 0 && first[digits..].starts_with(':'))
}

#[cfg(test)]
mod tests;
