//! Clocks: `23:07`, `23:07:15.5`, `23:07:15,512`, `11:07 pm`, `2 PM`, `12h10`, `14.02 Uhr`, and `121043` behind a date.

use super::TimeError;
use crate::{Precision, Zone};
use chrono::{DateTime, NaiveTime, Timelike, Utc};

/// The half of the day that a clock of twelve hours means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    Morning,
    Afternoon,
}

/// What a clock shows.
pub struct ClockTime {
    pub time: NaiveTime,
    pub is_leap: bool,
    pub has_seconds: bool,
    /// Given where an hour alone was written: `2 PM`.
    pub half: Option<Half>,
}

/// How many digits of a fraction are kept: nanoseconds.
const FRACTION: usize = 9;

/// The clock at the front of a text, and what is behind it.
pub fn read(text: &str) -> Result<Option<(ClockTime, &str)>, TimeError> {
    let Some((hours, behind)) = digits(text) else { return Ok(None) };
    let (separator, behind_separator) = match behind.strip_prefix(':') {
        Some(rest) => (':', rest),
        None => match behind.strip_prefix(['h', 'H', '.']) {
            Some(rest) if behind.starts_with('.') && is_minutes(rest) => ('.', rest),
            Some(rest) if !behind.starts_with('.') && rest.starts_with(|next: char| next.is_ascii_digit()) => {
                ('h', rest)
            }
            _ => return Ok(hour_alone(hours, behind)),
        },
    };
    let Some((minutes, behind)) = digits(behind_separator).filter(|(minutes, _)| minutes.len() == 2) else {
        return Ok(None);
    };
    let (seconds, behind) = match behind.strip_prefix(':').filter(|_| separator == ':') {
        Some(rest) => match digits(rest) {
            Some((seconds, rest)) => (Some(seconds), rest),
            // A colon behind the clock ends it: "23:07: deploys locked".
            None => (None, behind),
        },
        None => (None, behind),
    };
    let (nanoseconds, behind) = match seconds {
        Some(_) => fraction(behind),
        None => (0, behind),
    };
    if behind.starts_with(|next: char| next.is_ascii_digit())
        || (behind.starts_with([':', '.']) && behind[1..].starts_with(|next: char| next.is_ascii_digit()))
    {
        return Ok(None);
    }
    let number = |digits: &str| digits.parse::<u32>().unwrap_or(u32::MAX);
    let (hour, minute, second) = (number(hours), number(minutes), seconds.map_or(0, number));
    let is_leap = second == 60;
    let time = NaiveTime::from_hms_nano_opt(hour, minute, if is_leap { 59 } else { second }, nanoseconds);
    let typed = &text[..hours.len() + 1 + minutes.len() + seconds.map_or(0, |seconds| seconds.len() + 1)];
    let time = time.ok_or_else(|| {
        let instead = if (24..48).contains(&hour) && minute < 60 {
            format!("{:02}:{minute:02} for the next day", hour - 24)
        } else {
            "hours and minutes, as in 23:07".to_owned()
        };
        TimeError::NotATime { typed: typed.to_owned(), instead }
    })?;
    Ok(Some((ClockTime { time, is_leap, has_seconds: seconds.is_some(), half: None }, behind)))
}

/// The clock behind the `T` of a date, which may lack its colons: `20260310T121043`, `2026-03-10T1210`.
pub fn behind_date(text: &str) -> Result<Option<(ClockTime, &str)>, TimeError> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, behind) = text.split_at(length);
    let (seconds, has_seconds) = match length {
        4 => ("0", false),
        6 => (&digits[4..], true),
        _ => return read(text),
    };
    let (nanoseconds, behind) = if has_seconds { fraction(behind) } else { (0, behind) };
    let number = |digits: &str| digits.parse::<u32>().unwrap_or(u32::MAX);
    let is_leap = number(seconds) == 60;
    let second = if is_leap { 59 } else { number(seconds) };
    let time = NaiveTime::from_hms_nano_opt(number(&digits[..2]), number(&digits[2..4]), second, nanoseconds);
    let instead = "hours and minutes, as in 23:07".to_owned();
    let time = time.ok_or_else(|| TimeError::NotATime { typed: digits.to_owned(), instead })?;
    Ok(Some((ClockTime { time, is_leap, has_seconds, half: None }, behind)))
}

/// The clock of an instant as it is typed: with the seconds where there are some, or where it is known to the second.
pub fn as_typed(at: DateTime<Utc>, precision: Precision, zone: Zone) -> String {
    let has_seconds = at.second() > 0 || at.nanosecond() > 0 || precision == Precision::Exact;
    zone.local(at).format(if has_seconds { "%H:%M:%S%.f" } else { "%H:%M" }).to_string()
}

/// Whether the text behind a point is minutes of a clock: "Uhr" stands behind them, or behind the end of their range, as in
/// `02–14.10 Uhr`.
fn is_minutes(text: &str) -> bool {
    let behind = |text| digits(text).filter(|(digits, _)| digits.len() == 2).map(|(_, rest)| rest);
    behind(text).is_some_and(|rest| {
        let end = rest.trim_start().strip_prefix(['-', '–', '—']).and_then(|end| digits(end.trim_start()));
        let end = end.and_then(|(_, end)| behind(end.strip_prefix('.')?));
        is_before_uhr(rest) || end.is_some_and(is_before_uhr)
    })
}

fn is_before_uhr(text: &str) -> bool {
    text.trim_start().starts_with(['U', 'u']) && unit(text).len() < text.len()
}

/// `2 PM`, `14 Uhr`: an hour counts as a time only with what says so.
fn hour_alone<'a>(hours: &str, behind: &'a str) -> Option<(ClockTime, &'a str)> {
    let time = NaiveTime::from_hms_opt(hours.parse().ok()?, 0, 0)?;
    if is_before_uhr(behind) {
        return Some((ClockTime { time, is_leap: false, has_seconds: false, half: None }, behind));
    }
    let (half, rest) = half(behind)?;
    in_half(time, half)?;
    Some((ClockTime { time, is_leap: false, has_seconds: false, half: Some(half) }, rest))
}

/// `am` or `pm`, at the clock or behind it.
pub fn half(text: &str) -> Option<(Half, &str)> {
    let text = text.trim_start();
    let halves = [("a.m.", Half::Morning), ("p.m.", Half::Afternoon), ("am", Half::Morning), ("pm", Half::Afternoon)];
    halves.into_iter().find_map(|(written, half)| {
        let front = text.get(..written.len())?;
        let rest = text.get(written.len()..)?;
        let is_whole = !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '\'');
        (front.eq_ignore_ascii_case(written) && is_whole).then_some((half, rest))
    })
}

/// What "am" in small letters apart from its clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallAm {
    /// It does not stand there, or is the half of the day.
    None,
    /// A word: "12:30 am Server wird nichts mehr angenommen", "14:30 am Router".
    Word,
    /// Either, and the time is another one then.
    Unclear,
}

/// Words of German that English does not have, by which a line is known to be German.
const GERMAN: [&str; 34] = [
    "der", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "ist", "sind", "wird", "wurde",
    "wurden", "werden", "nicht", "kein", "keine", "nichts", "und", "oder", "mit", "von", "vom", "zum", "zur", "bei",
    "nach", "auf", "aus", "für", "über", "noch",
];

/// Whether the text behind a clock begins with such a word.
pub fn small_am(text: &str, time: NaiveTime) -> SmallAm {
    let behind = text.trim_start();
    let Some(words) = behind.strip_prefix("am").filter(|words| words.starts_with(char::is_whitespace)) else {
        return SmallAm::None;
    };
    let next = words.trim_start();
    if behind.len() == text.len() || next.is_empty() {
        return SmallAm::None;
    }
    // "am 10. März"
    let digits = next.bytes().take_while(u8::is_ascii_digit).count();
    let is_german = next.split_whitespace().any(|word| GERMAN.contains(&word.trim_end_matches([',', '.'])));
    if (digits > 0 && next[digits..].starts_with('.')) || is_german || time.hour() > 12 {
        return SmallAm::Word;
    }
    // Of other hours the morning is what the clock shows anyway.
    let first = next.split_whitespace().next().unwrap_or_default();
    let is_noun = first.starts_with(char::is_uppercase) || first.ends_with("ing");
    if time.hour() == 12 && is_noun { SmallAm::Unclear } else { SmallAm::None }
}

/// The two times of day that a clock of twelve hours shows in this way; none where no such clock does.
pub fn halves(time: NaiveTime) -> impl Iterator<Item = NaiveTime> {
    [Half::Morning, Half::Afternoon].into_iter().filter_map(move |half| in_half(time, half))
}

/// The words "Uhr", "hrs" or "h" behind a clock, taken off.
pub fn unit(text: &str) -> &str {
    let trimmed = text.trim_start();
    let behind = ["Uhr", "uhr", "hrs", "h"].iter().find_map(|unit| trimmed.strip_prefix(unit));
    match behind {
        Some(rest) if !rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '-' | '\'')) => {
            rest
        }
        _ => text,
    }
}

/// The time of day of a clock of twelve hours; `None` where such a clock does not show it.
pub fn in_half(time: NaiveTime, half: Half) -> Option<NaiveTime> {
    let hour = match (time.hour(), half) {
        (hour @ 1..=11, Half::Morning) => hour,
        (12, Half::Morning) => 0,
        (hour @ 1..=11, Half::Afternoon) => hour + 12,
        (12, Half::Afternoon) => 12,
        _ => return None,
    };
    time.with_hour(hour)
}

/// One or two digits.
fn digits(text: &str) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&length).then(|| text.split_at(length))
}

/// The fraction of a second behind a point or a comma, in nanoseconds.
fn fraction(text: &str) -> (u32, &str) {
    let Some(rest) = text.strip_prefix(['.', ',']) else { return (0, text) };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, behind) = rest.split_at(length);
    let kept = &digits[..length.min(FRACTION)];
    match format!("{kept:0<FRACTION$}").parse() {
        Ok(nanoseconds) if length > 0 => (nanoseconds, behind),
        _ => (0, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::berlin;

    #[test]
    fn a_clock_is_typed_with_its_seconds_where_there_are_some_or_where_they_are_known() {
        for (at, precision, typed) in [
            ("2018-10-21T23:10:00Z", Precision::Minute, "01:10"),
            ("2018-10-21T23:10:00Z", Precision::About, "01:10"),
            ("2018-10-21T23:10:00Z", Precision::Exact, "01:10:00"),
            ("2018-10-21T23:10:07Z", Precision::Minute, "01:10:07"),
            ("2018-10-21T23:10:00.5Z", Precision::About, "01:10:00.500"),
        ] {
            assert_eq!(as_typed(at.parse().expect("a time"), precision, berlin()), typed);
        }
    }
}
