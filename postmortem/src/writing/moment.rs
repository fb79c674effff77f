//! A time as somebody writes it, read the same at every door: the quick line, a paste, the timeline as text, a time field
//! and an import. What is written is read here; on which day a clock without one is meant, `near.rs` says.

mod behind;
mod calendar;
mod calendar_words;
mod clock;
mod day;
mod halves;
mod headings;
mod list;
mod near;
mod numbers;
mod orders;
mod placing;
mod suffix;
mod way;

pub(crate) use calendar::Day;
pub use clock::as_typed as clock_as_typed;
pub use near::Near;
pub(crate) use placing::{Placing, Reading, Slot, place};
pub use way::{Doubt, Way};

use crate::{Precision, Zone};
use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};

/// Why a time cannot be taken as it is written, as a sentence that says what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// No clock shows this.
    #[error("{typed} is not a time. Write {instead}.")]
    NotATime { typed: String, instead: String },
    #[error("{0} is not a date. Write it as 2018-10-21.")]
    NotADate(String),
    /// A day without a time.
    #[error("{0} is a day without a time. Write the time behind it, as in {0} 23:07.")]
    NoClock(String),
    /// Something like `10:30ish`.
    #[error("{typed} may be a time. Write {clock} and a space, or another word in front.")]
    ClockOrWord {
        typed: String,
        /// The clock in it.
        clock: String,
    },
    /// Something like `(12:10 and 12:20) both fail`.
    #[error("{mark} stands in front of {clock}. Write it behind the time, or another word in front.")]
    Mark {
        /// The bracket or mark.
        mark: String,
        /// The clock behind it.
        clock: String,
    },
    /// A line above a list that may name the zone of its times.
    #[error("“{0}” may name the zone of this time. Write the zone behind the time, as in 23:07 UTC.")]
    ZoneAbove(String),
    /// A date whose day and month cannot be told apart.
    #[error("{0} may be two dates. Write it as 2018-10-21.")]
    DayOrMonth(String),
    /// A date whose year of two digits is far off however it is read.
    #[error("{0} does not say its year for certain. Write it as 2018-10-21.")]
    ShortYear(String),
    /// A date whose year cannot be meant.
    #[error("{0} is in a year that is far off. Write the year that is meant, as in 2018-10-21.")]
    FarOff(String),
    /// Something behind a clock that may be its day or a word.
    #[error(
        "{found} behind the time may be its day, or a part of the text. Write {instead} in front, or another word before it."
    )]
    DayBehind {
        found: String,
        /// Day and clock as they are read for certain.
        instead: String,
    },
    /// `12:30 am Server`, where "am" may be a word.
    #[error("{clock} am may be {midnight} at night, or “am” is a word here. Write {midnight}, or {clock}: am.")]
    HalfOrWord {
        clock: String,
        /// The clock of 24 hours with that half.
        midnight: String,
    },
    /// A name that several zones share, or that stands in no table of ours.
    #[error(
        "{name} names several zones, or none that is known here. Write the distance from UTC instead, as in {clock} {example}."
    )]
    Zone {
        name: String,
        /// The clock before it.
        clock: String,
        /// A distance as it is written.
        example: &'static str,
    },
    /// Something like `06:45-08:00`.
    #[error("{start}-{end} may be a range or a distance from UTC. Write {start} to {end}, or {start} UTC-{end}.")]
    RangeOrDistance {
        start: String,
        /// What stands behind the hyphen.
        end: String,
    },
    /// Something like `14:02 +1200`, which may be a number of things.
    #[error("{0} may be a distance from UTC. Write UTC{0} behind the time, or another word before the number.")]
    NumberOrDistance(String),
    /// A time that is only roughly known, for a field that holds exact ones.
    #[error("{typed} is only about right, which cannot be kept here. Write {instead}.")]
    About {
        typed: String,
        /// The time without the word that says "about".
        instead: String,
    },
}

/// A clock with everything that was written around it, before it is known when that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The day, where one was written.
    pub day: Option<Day>,
    pub time: NaiveTime,
    /// Whether second 60 was written: the second after `time`.
    pub is_leap: bool,
    pub has_seconds: bool,
    pub dial: Dial,
    /// Minutes east of UTC, where a zone was written.
    pub minutes_east: Option<i32>,
}

/// Which clock a time was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dial {
    /// One of twelve hours: am or pm was written.
    Twelve,
    /// One of 24 hours: it shows zero, or more than twelve.
    TwentyFour,
    /// Either, as in `9:45`: beside times with am or pm it may be one of those.
    Either,
}

/// What stands in front of the words of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written<'a> {
    pub is_about: bool,
    /// Whether it stands in bold, as Markdown exports write it.
    pub is_bold: bool,
    /// Whether it stands in square brackets, as chats write it.
    pub is_bracketed: bool,
    pub start: Stamp,
    pub end: Option<Stamp>,
    pub rest: &'a str,
}

impl Written<'_> {
    pub fn precision(&self) -> Precision {
        match (self.is_about, self.start.has_seconds) {
            (true, _) => Precision::About,
            (false, true) => Precision::Exact,
            (false, false) => Precision::Minute,
        }
    }
}

/// What a time may be wrapped in, opening and closing.
const WRAPPERS: [(&str, &str); 7] =
    [("[", "]"), ("**", "**"), ("__", "__"), ("*", "*"), ("_", "_"), ("`", "`"), ("(", ")")];

/// What says that a time is only roughly known.
const ABOUT: [&str; 6] = ["~", "about ", "around ", "approx. ", "ca. ", "circa "];

/// The time at the front of a line, its end where a range was written, and the rest of the line; `None` when there is no
/// time in front.
pub(crate) fn in_front(line: &str, zone: Zone) -> Result<Option<Written<'_>>, TimeError> {
    let line = line.trim_start();
    match about(line) {
        Some(rest) => Ok(told_once(rest, zone)?.map(|written| Written { is_about: true, ..written })),
        None => told_once(line, zone),
    }
}

/// The same behind the word that says "about". A second one is no time: two tildes strike something out.
fn told_once(line: &str, zone: Zone) -> Result<Option<Written<'_>>, TimeError> {
    for (open, close) in WRAPPERS {
        let Some((inside, behind)) = line.strip_prefix(open).and_then(|rest| rest.split_once(close)) else { continue };
        // Directly before "(" a bracket is a link of Markdown.
        if open == "[" && behind.starts_with('(') {
            return Ok(None);
        }
        let Some(read) = in_front(inside, zone)? else { return Ok(None) };
        let mut written = Written { is_bold: open == "**", is_bracketed: open == "[", ..read.clone() };
        let left = written.rest.trim();
        if !left.is_empty() {
            // Some chats put the day behind the clock: [12:10, 10.03.2026].
            match day::read(left.trim_start_matches([',', ' ']))? {
                Some((day, rest)) if rest.trim().is_empty() && written.start.day.is_none() => {
                    written.start.day = Some(day.possible()?);
                }
                // Around all of the line they are none of the time's.
                _ if behind.trim().is_empty() => return Ok(Some(read)),
                _ => return Ok(None),
            }
        }
        return Ok(Some(Written { rest: behind, ..written }));
    }
    let line = strip_word(line, "at ").unwrap_or(line);
    let Some((start, is_joined, rest)) = stamp(line)? else { return Ok(None) };
    let Some((mut start, rest)) = with_half(start, rest)? else { return Ok(None) };
    let mut text = rest;
    let mut is_zoned = false;
    match suffix::read(&start.told(is_joined), text, zone)? {
        suffix::Suffix::None => {}
        suffix::Suffix::Zone(minutes_east, rest) => {
            start.stamp.minutes_east = minutes_east;
            is_zoned = true;
            text = rest;
        }
        suffix::Suffix::Word => return Ok(None),
    }
    let is_log = start.stamp.has_seconds || day::begins_with_weekday(line);
    if let Some((day, rest)) = behind::read(start.stamp.day, start.typed, is_log, text)? {
        start.stamp.day = Some(day);
        text = rest;
        if !is_zoned && let Some((minutes_east, rest)) = zone_in_front(text, zone)? {
            start.stamp.minutes_east = minutes_east;
            is_zoned = true;
            text = rest;
        }
    }
    let mut end = None;
    let mut is_about = false;
    if let Some(behind) = range_mark(text)
        && let told = about(behind)
        && let Some((found, is_joined, behind)) = stamp(told.unwrap_or(behind))?
        && let Some((mut found, behind)) = with_half(found, behind)?
    {
        text = behind;
        is_about = told.is_some();
        match suffix::read(&found.told(is_joined), text, zone)? {
            suffix::Suffix::None if is_zoned => found.stamp.minutes_east = start.stamp.minutes_east,
            suffix::Suffix::None => {}
            suffix::Suffix::Zone(minutes_east, behind) => {
                found.stamp.minutes_east = minutes_east;
                // A zone behind the end is meant for both.
                if !is_zoned {
                    start.stamp.minutes_east = minutes_east;
                }
                text = behind;
            }
            suffix::Suffix::Word => return Ok(None),
        }
        start.share_half(&found);
        found.take_half(&start);
        end = Some(found.stamp);
    }
    Ok(Some(Written { is_about, is_bold: false, is_bracketed: false, start: start.stamp, end, rest: text }))
}

/// What is behind the word that says "about".
fn about(text: &str) -> Option<&str> {
    let text = text.trim_start();
    ABOUT.iter().find_map(|word| strip_word(text, word))
}

/// Checks a line that is read without a time: a clock that is a part of a word, or a day, is none of its words.
///
/// # Errors
/// With a sentence that says what to write.
pub(crate) fn check_without_time(line: &str) -> Result<(), TimeError> {
    let inside = line.trim_start_matches(['*', '_', '`', '[', '(', '"', '„', '“', ' ']);
    let mark = line[..line.len() - inside.len()].trim();
    let line = inside;
    let line = about(line).unwrap_or(line);
    let line = strip_word(line, "at ").unwrap_or(line);
    if let Some((_, rest)) = clock::read(line)? {
        let clock = line[..line.len() - rest.len()].to_owned();
        let behind = rest.trim_start_matches(['-', '–', '\u{2010}', '\u{2011}']);
        let word = if behind.starts_with(char::is_alphabetic) { behind } else { rest };
        if !mark.is_empty() && !word.starts_with(char::is_alphanumeric) {
            return Err(TimeError::Mark { mark: mark.to_owned(), clock });
        }
        let end = word.trim_start_matches(char::is_alphanumeric);
        let typed = line[..line.len() - end.len()].to_owned();
        return Err(TimeError::ClockOrWord { typed, clock });
    }
    behind::day_alone(line).map_or(Ok(()), |day| Err(TimeError::NoClock(day.to_owned())))
}

/// One time and nothing else, such as a time cell holds.
///
/// # Errors
/// With a sentence that says what to write.
pub(crate) fn alone(typed: &str, zone: Zone) -> Result<Written<'_>, TimeError> {
    let typed = typed.trim();
    match in_front(typed, zone)? {
        Some(written) if written.rest.trim().is_empty() && written.end.is_none() => Ok(written),
        _ => Err(TimeError::NotATime { typed: shortened(typed), instead: "23:07 or 2018-10-21 23:07".into() }),
    }
}

/// The same where nothing can say that a time is only about right.
///
/// # Errors
/// As [`alone`].
pub(crate) fn exact(typed: &str, zone: Zone) -> Result<Stamp, TimeError> {
    let written = alone(typed, zone)?;
    if !written.is_about {
        return Ok(written.start);
    }
    let typed = typed.trim();
    let bare = ABOUT.iter().find_map(|word| strip_word(typed, word)).unwrap_or("it without that");
    Err(TimeError::About { typed: shortened(typed), instead: shortened(bare) })
}

fn shortened(typed: &str) -> String {
    typed.chars().take(40).collect()
}

/// A time that says its day and its zone, as files hold them; `None` for anything else.
pub fn whole(typed: &str) -> Option<DateTime<Utc>> {
    let stamp = exact(typed, Zone::UTC).ok()?;
    let date = match (stamp.day?, stamp.minutes_east?) {
        (Day::On(date), _) => date,
        (Day::Open(numbers), _) => numbers.alone()?,
        _ => return None,
    };
    Some(stamp.on(date, Zone::UTC).first())
}

/// A day and nothing else, as a heading of a list names it, and the zone behind it in minutes east of UTC.
pub(crate) fn heading(text: &str, zone: Zone) -> Option<(Day, Option<i32>, &str)> {
    let (day, rest) = day::read(text).ok()??;
    let day = day.possible().ok()?;
    // "3/4" alone counts something.
    if matches!(day, Day::Open(numbers) if !numbers.is_long()) {
        return None;
    }
    let behind = rest.trim_start_matches([',', ' ']);
    match suffix::read(&suffix::Before::nothing(), behind, zone) {
        Ok(suffix::Suffix::Zone(minutes_east, rest)) => Some((day, minutes_east, rest)),
        _ => match suffix::place_and_distance(behind.trim_matches(['(', ')', '[', ']'])) {
            Some((minutes_east, rest)) => Some((day, Some(minutes_east), rest)),
            None => Some((day, None, rest)),
        },
    }
}

/// The zone at the front of a text, in minutes east of UTC or none for the reader's own, and what is behind it.
pub(crate) fn zone_in_front(text: &str, zone: Zone) -> Result<Option<(Option<i32>, &str)>, TimeError> {
    match suffix::read(&suffix::Before::nothing(), text, zone)? {
        suffix::Suffix::Zone(minutes_east, rest) => Ok(Some((minutes_east, rest))),
        suffix::Suffix::None | suffix::Suffix::Word => Ok(None),
    }
}

/// The first word, and what is behind it.
pub(crate) fn word(line: &str) -> (&str, &str) {
    let line = line.trim_start();
    line.split_once(char::is_whitespace).unwrap_or((line, ""))
}

/// The text behind a word, however the word is cased.
pub(crate) fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let front = text.get(..word.len())?;
    front.eq_ignore_ascii_case(word).then(|| text.get(word.len()..).unwrap_or_default().trim_start())
}

/// A clock as it was read, with the half of the day where one was written.
struct Shown<'a> {
    stamp: Stamp,
    typed: &'a str,
    half: Option<clock::Half>,
}

impl<'a> Shown<'a> {
    /// What a suffix has to know of the time before it. `is_joined` says that a `T` stood between day and clock.
    fn told(&self, is_joined: bool) -> suffix::Before<'a> {
        let has_half = self.half.is_some();
        let Stamp { has_seconds, day, .. } = self.stamp;
        suffix::Before { typed: self.typed, is_joined, has_half, has_seconds, has_day: day.is_some() }
    }

    /// In `2:02–2:10 PM` the half of the day is meant for both.
    fn share_half(&mut self, end: &Shown<'_>) {
        if self.half.is_some() || end.half.is_none() {
            return;
        }
        if let Some(time) = nearest_half(self.stamp.time, |time| end.stamp.time - time) {
            self.stamp.time = time;
            self.stamp.dial = Dial::Twelve;
        }
    }

    /// In `1:15 PM – 2:30` the end is the first such time behind the start.
    fn take_half(&mut self, start: &Shown<'_>) {
        if self.half.is_some() || start.half.is_none() || self.stamp.day.is_some() {
            return;
        }
        if let Some(time) = nearest_half(self.stamp.time, |time| time - start.stamp.time) {
            self.stamp.time = time;
            self.stamp.dial = Dial::Twelve;
        }
    }
}

/// The half of the day in which a clock of twelve hours is nearest by some measure.
fn nearest_half(time: NaiveTime, distance: impl Fn(NaiveTime) -> TimeDelta) -> Option<NaiveTime> {
    clock::halves(time).min_by_key(|time| (distance(*time) + TimeDelta::days(1)).num_minutes() % (24 * 60))
}

/// A day, where one is written, and the clock behind it.
fn stamp(text: &str) -> Result<Option<(Shown<'_>, bool, &str)>, TimeError> {
    let text = text.trim_start();
    let (day, behind) = match day::read(text) {
        Ok(Some((day, behind))) => (Some(day), behind),
        Ok(None) => (None, text),
        Err(error) => return Err(error),
    };
    let is_joined = day.is_some() && behind.starts_with(['T', 't', '_']);
    let at_clock = match &day {
        None => behind,
        Some(_) if is_joined => behind.get(1..).unwrap_or_default(),
        Some(_) => {
            let behind = behind.trim_start_matches([',', ':', ' ', '\t', '\u{a0}', '\u{202f}', '–', '—', '-', '|']);
            strip_word(behind, "at ").unwrap_or(behind)
        }
    };
    let read = if is_joined { clock::behind_date(at_clock)? } else { clock::read(at_clock)? };
    let Some((clock, rest)) = read else { return Ok(None) };
    let typed = at_clock.get(..at_clock.len() - rest.len()).unwrap_or_default();
    let day = day.map(calendar::DateRead::possible).transpose()?;
    let dial = match (clock.half, clock.time.hour()) {
        (Some(_), _) => Dial::Twelve,
        (None, 1..=12) if !is_joined => Dial::Either,
        _ => Dial::TwentyFour,
    };
    let stamp = Stamp {
        day,
        time: clock.time,
        is_leap: clock.is_leap,
        has_seconds: clock.has_seconds,
        dial,
        minutes_east: None,
    };
    Ok(Some((Shown { stamp, typed, half: clock.half }, is_joined, rest)))
}

/// The clock in the half of the day that is written behind it; `None` where only an hour stands and no half.
fn with_half<'a, 'b>(mut shown: Shown<'a>, rest: &'b str) -> Result<Option<(Shown<'a>, &'b str)>, TimeError> {
    let rest = match (shown.half, clock::small_am(rest, shown.stamp.time)) {
        (Some(_), _) | (None, clock::SmallAm::Word) => rest,
        (None, clock::SmallAm::Unclear) => {
            let clock = shown.typed.trim().to_owned();
            let midnight = format!("00:{:02}", shown.stamp.time.minute());
            return Err(TimeError::HalfOrWord { clock, midnight });
        }
        (None, clock::SmallAm::None) => match clock::half(rest) {
            Some((half, behind)) => {
                shown.half = Some(half);
                shown.stamp.dial = Dial::Twelve;
                behind
            }
            None => clock::unit(rest),
        },
    };
    if let Some(half) = shown.half {
        shown.stamp.time = clock::in_half(shown.stamp.time, half).ok_or_else(|| TimeError::NotATime {
            typed: shown
                .typed
                .trim_end_matches(|letter: char| letter.is_ascii_alphabetic() || letter == '.')
                .to_owned(),
            instead: "it without am or pm".to_owned(),
        })?;
    }
    // Letters at the clock that are neither a half nor a zone make it a word: 10:30ish.
    Ok(Some((shown, rest)))
}

/// What stands between the two ends of a range, taken off.
fn range_mark(text: &str) -> Option<&str> {
    let trimmed = text.trim_start();
    // An interval as ISO 8601 writes it.
    if let Some(rest) = text.strip_prefix('/') {
        return Some(rest);
    }
    let marks = ["–", "—", "→", "->", "-", "\u{2012}", "\u{2010}", "\u{2011}"];
    if let Some(rest) = marks.iter().find_map(|mark| trimmed.strip_prefix(mark)) {
        return Some(rest);
    }
    if trimmed.len() == text.len() {
        return None;
    }
    ["to ", "until ", "till "].iter().find_map(|mark| strip_word(trimmed, mark))
}

impl Stamp {
    /// The times of day that a clock of twelve hours may mean.
    pub fn halves(&self) -> impl Iterator<Item = NaiveTime> + use<> {
        let time = self.time;
        let halves = if self.dial == Dial::Either { clock::halves(time).collect() } else { vec![time] };
        halves.into_iter()
    }

    /// Takes the half of the day in which it is the first time behind another one of the same clock.
    pub fn follow(&mut self, before: &Self) {
        if (self.dial, before.dial) == (Dial::Either, Dial::Twelve)
            && let Some(time) = nearest_half(self.time, |time| time - before.time)
        {
            self.time = time;
            self.dial = Dial::Twelve;
        }
    }

    /// The instants at which this clock is shown on a day.
    pub fn on(&self, date: chrono::NaiveDate, zone: Zone) -> crate::zone::Instants {
        let shown = date.and_time(self.time);
        let instants = match self.minutes_east {
            Some(minutes) => crate::zone::Instants::once((shown - TimeDelta::minutes(i64::from(minutes))).and_utc()),
            None => zone.instants(shown),
        };
        if self.is_leap { instants.later_by(TimeDelta::seconds(1)) } else { instants }
    }
}
