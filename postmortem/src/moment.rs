//! A time as somebody types it in front of a line: `23:07`, `2018-10-21 23:07:15`, `11:07 pm`, `23:07Z`,
//! `23:07 CEST`, RFC 3339. A time without a date is put on the day that brings it nearest to where the timeline is.

use crate::Zone;
use crate::quick_entry::QuickEntryError;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

/// Zone names that mean one distance from UTC wherever they are used, in minutes.
const ZONES: &[(&str, i32)] = &[
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("HKT", 480),
    ("JST", 540),
    ("KST", 540),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("EDT", -240),
    ("CDT", -300),
    ("MDT", -360),
    ("PDT", -420),
];

/// Zone names that several zones share.
const SHARED: &[&str] = &["AST", "BST", "CST", "EST", "GST", "IST", "MST", "PST", "SST", "WST"];

/// A time that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether seconds were typed.
    pub has_seconds: bool,
}

/// What a time without a date or a zone is read by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    /// Where the timeline is.
    pub reference: DateTime<Utc>,
    /// The zone that is meant without a suffix.
    pub zone: Zone,
}

/// A clock as typed, before it is known on which day.
struct Typed<'a> {
    time: NaiveTime,
    has_seconds: bool,
    minutes_east: Option<i32>,
    is_afternoon: Option<bool>,
    /// The end of `13:15–14:10`.
    end: Option<&'a str>,
}

/// The time at the front of a line, where a range was typed its end, and the rest of the line; `None` when there is no
/// time in front.
pub(crate) fn in_front<'a>(line: &'a str, near: Near) -> Result<Option<Read<'a>>, QuickEntryError> {
    let (first, rest) = word(line);
    let (date, token, rest) = if looks_like_date(first) {
        let date: NaiveDate = first.parse().map_err(|_| QuickEntryError::NotADate(first.to_owned()))?;
        let (second, rest) = word(rest);
        (Some(date), second, rest)
    } else if let Some((date, time)) = first.split_once(['T', '_'])
        && looks_like_date(date)
    {
        let date: NaiveDate = date.parse().map_err(|_| QuickEntryError::NotADate(date.to_owned()))?;
        (Some(date), time, rest)
    } else {
        (None, first, rest)
    };
    let Some(mut typed) = clock(token, date.is_some())? else { return Ok(None) };
    let rest = half_of_day(&mut typed, token, rest)?;
    let rest = zone_behind(&mut typed, rest)?;
    let at = placed(&typed, date, near);
    let moment = Moment { at, has_seconds: typed.has_seconds };
    let until = match typed.end {
        Some(end) => match clock(end, true)? {
            Some(end) => Some(first_after(&end, at, typed.minutes_east, near.zone)),
            None => return Ok(None),
        },
        None => None,
    };
    Ok(Some(Read { moment, until, rest }))
}

/// What `in_front` read.
#[derive(Debug)]
pub(crate) struct Read<'a> {
    pub moment: Moment,
    pub until: Option<DateTime<Utc>>,
    pub rest: &'a str,
}

/// The end of something that began at `start`: a clock without a date is the first such time from there on.
pub(crate) fn end_in_front(
    line: &str,
    start: DateTime<Utc>,
    zone: Zone,
) -> Result<Option<(DateTime<Utc>, &str)>, QuickEntryError> {
    let is_dated = looks_like_date(line.get(..10).unwrap_or(""));
    // Nearest to half a day later is the first from the start on.
    let near = Near { reference: start + TimeDelta::hours(12) - TimeDelta::milliseconds(1), zone };
    let Some(read) = in_front(line, near)? else { return Ok(None) };
    let mut at = read.moment.at;
    if !is_dated {
        while at < start {
            at += TimeDelta::days(1);
        }
    }
    Ok(Some((at, read.rest)))
}

/// The first word, and what is behind it.
pub(crate) fn word(line: &str) -> (&str, &str) {
    let line = line.trim_start();
    line.split_once(char::is_whitespace).unwrap_or((line, ""))
}

fn looks_like_date(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// A clock; `None` when this is no time at all, an error when it is an impossible one.
fn clock(token: &str, is_dated: bool) -> Result<Option<Typed<'_>>, QuickEntryError> {
    let token = token.trim_end_matches([',', ';', ':', '|']);
    let end = token.find(|character: char| !matches!(character, '0'..='9' | ':' | '.')).unwrap_or(token.len());
    let (digits, suffix) = token.split_at(end);
    let mut typed =
        Typed { time: NaiveTime::MIN, has_seconds: false, minutes_east: None, is_afternoon: None, end: None };
    let (digits, fraction) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let parts: Vec<&str> = digits.split(':').collect();
    let is_number = |part: &&str| (1..=2).contains(&part.len());
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(is_number) || parts[1].len() != 2 {
        return Ok(None);
    }
    match suffix.to_ascii_lowercase().as_str() {
        "" => {}
        "z" => typed.minutes_east = Some(0),
        "am" => typed.is_afternoon = Some(false),
        "pm" => typed.is_afternoon = Some(true),
        _ => {
            // Between two clocks a hyphen is a dash; behind a date it is the sign of RFC 3339.
            let range = suffix.strip_prefix('–').or_else(|| suffix.strip_prefix('-').filter(|_| !is_dated));
            match (range.filter(|end| end.contains(':')), distance(suffix)) {
                (Some(end), _) => typed.end = Some(end),
                (None, Some(minutes)) => typed.minutes_east = Some(minutes),
                (None, None) => return Ok(None),
            }
        }
    }
    let Some(nanoseconds) = fraction.map_or(Some(0), nanoseconds) else { return Ok(None) };
    if fraction.is_some() && parts.len() != 3 {
        return Ok(None);
    }
    let numbers: Vec<u32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let (hours, minutes, seconds) = (numbers[0], numbers[1], numbers.get(2).copied().unwrap_or(0));
    typed.has_seconds = numbers.len() == 3;
    typed.time = NaiveTime::from_hms_nano_opt(hours, minutes, seconds, nanoseconds).ok_or_else(|| {
        let instead = if (24..48).contains(&hours) && minutes < 60 {
            format!("{:02}:{minutes:02} for the next day", hours - 24)
        } else {
            "hours and minutes, as in 23:07".to_owned()
        };
        QuickEntryError::NotATime { typed: digits.to_owned(), instead }
    })?;
    Ok(Some(typed))
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{fraction:0<9}").parse().ok()
}

/// `+02:00`, `+0200`, `+2`, `−5`: minutes east of UTC.
fn distance(text: &str) -> Option<i32> {
    let (sign, rest) = match text.chars().next()? {
        '+' => (1, &text[1..]),
        '-' => (-1, &text[1..]),
        '\u{2212}' => (-1, &text['\u{2212}'.len_utf8()..]),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
        None => (rest, "0"),
    };
    let is_number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// `am` or `pm`, at the clock or behind it.
fn half_of_day<'a>(typed: &mut Typed<'_>, token: &str, rest: &'a str) -> Result<&'a str, QuickEntryError> {
    let (next, after) = word(rest);
    let mut remaining = rest;
    if typed.is_afternoon.is_none() && typed.minutes_east.is_none() {
        typed.is_afternoon = match next {
            "am" | "AM" | "a.m." => Some(false),
            "pm" | "PM" | "p.m." => Some(true),
            _ => None,
        };
        if typed.is_afternoon.is_some() {
            remaining = after;
        }
    }
    let Some(is_afternoon) = typed.is_afternoon else { return Ok(remaining) };
    use chrono::Timelike;
    let hour = typed.time.hour();
    let shown = match (hour, is_afternoon) {
        (1..=11, false) => hour,
        (12, false) => 0,
        (1..=11, true) => hour + 12,
        (12, true) => 12,
        _ => {
            let instead = "it without am or pm".to_owned();
            return Err(QuickEntryError::NotATime { typed: token.to_owned(), instead });
        }
    };
    typed.time = typed.time.with_hour(shown).unwrap_or(typed.time);
    Ok(remaining)
}

/// `UTC`, `CEST` or `+02:00` behind the clock.
fn zone_behind<'a>(typed: &mut Typed<'_>, rest: &'a str) -> Result<&'a str, QuickEntryError> {
    if typed.minutes_east.is_some() {
        return Ok(rest);
    }
    let (next, after) = word(rest);
    let name = next.trim_end_matches([',', ';', ':', '|']);
    if SHARED.contains(&name) {
        return Err(QuickEntryError::SharedZone(name.to_owned()));
    }
    let known = ZONES.iter().find(|(known, _)| *known == name).map(|(_, minutes)| *minutes);
    let from_utc = || name.strip_prefix("UTC").or_else(|| name.strip_prefix("GMT")).and_then(distance);
    let written = || if name.contains(':') { distance(name) } else { None };
    match known.or_else(from_utc).or_else(written) {
        Some(minutes) => {
            typed.minutes_east = Some(minutes);
            Ok(after)
        }
        None => Ok(rest),
    }
}

/// The instant of a clock on a day, by its own distance from UTC or by the clocks of the zone.
fn instant(shown: NaiveDateTime, minutes_east: Option<i32>, zone: Zone) -> DateTime<Utc> {
    match minutes_east {
        Some(minutes) => (shown - TimeDelta::minutes(i64::from(minutes))).and_utc(),
        None => zone.instant(shown),
    }
}

fn placed(typed: &Typed<'_>, date: Option<NaiveDate>, near: Near) -> DateTime<Utc> {
    match date {
        Some(date) => instant(date.and_time(typed.time), typed.minutes_east, near.zone),
        None => nearest(typed, near),
    }
}

/// The time on the day that brings it nearest to the reference; on a tie the later day, since people write forward.
fn nearest(typed: &Typed<'_>, near: Near) -> DateTime<Utc> {
    let today = match typed.minutes_east {
        Some(minutes) => (near.reference + TimeDelta::minutes(i64::from(minutes))).date_naive(),
        None => near.zone.local(near.reference).date_naive(),
    };
    let days = [today.pred_opt(), Some(today), today.succ_opt()];
    let candidates =
        days.into_iter().flatten().map(|day| instant(day.and_time(typed.time), typed.minutes_east, near.zone));
    candidates.rev().min_by_key(|at| (*at - near.reference).abs()).unwrap_or(near.reference)
}

/// The first time from `start` on at which the clock shows this.
fn first_after(typed: &Typed<'_>, start: DateTime<Utc>, minutes_east: Option<i32>, zone: Zone) -> DateTime<Utc> {
    let minutes_east = typed.minutes_east.or(minutes_east);
    let today = match minutes_east {
        Some(minutes) => (start + TimeDelta::minutes(i64::from(minutes))).date_naive(),
        None => zone.local(start).date_naive(),
    };
    let days = [Some(today), today.succ_opt()].into_iter().flatten();
    let mut candidates = days.map(|day| instant(day.and_time(typed.time), minutes_east, zone));
    candidates.find(|at| *at >= start).unwrap_or(start)
}
