//! The quick line: `23:07 deploys locked https://…` becomes an entry, `TODO add an alert` an action item. Times are
//! UTC; a time without a date is put on the day that brings it nearest to where the timeline is.

use crate::{Link, Precision};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuickLine {
    /// A timeline entry.
    Entry(QuickEntry),
    /// An action item: the line began with `TODO` (G13).
    Action(String),
}

/// A timeline entry as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickEntry {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Minute, second where seconds were typed, or about where `~` or `about` stood in front.
    pub precision: Precision,
    /// What happened, without time and source.
    pub text: String,
    /// The first link of the line.
    pub source: Option<Link>,
}

/// Why a line is no entry. It stays in the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuickEntryError {
    /// Nothing was typed.
    #[error("Write a time and what happened: 23:07 deploys locked.")]
    Empty,
    /// No time in front.
    #[error("Put the time in front, in UTC: 23:07 {0}")]
    NoTime(String),
    /// A time that no clock shows.
    #[error("{typed} is not a time. Write {instead}.")]
    NotATime {
        /// What was typed.
        typed: String,
        /// What to write instead.
        instead: String,
    },
    /// A date that no calendar has.
    #[error("{0} is not a date. Write it as 2018-10-21.")]
    NotADate(String),
    /// A time and nothing else.
    #[error("Write what happened behind the time.")]
    NoText,
}

/// Reads one line. `reference` is where the timeline is: the latest entry, else the start, else now.
///
/// # Errors
/// With a sentence that says what to write.
pub fn parse(line: &str, reference: DateTime<Utc>) -> Result<QuickLine, QuickEntryError> {
    let line = line.trim();
    if line.is_empty() {
        return Err(QuickEntryError::Empty);
    }
    if let Some(rest) = line.strip_prefix("TODO") {
        let action = rest.trim_start_matches([':', ' ', '-']).trim();
        return if action.is_empty() { Err(QuickEntryError::NoText) } else { Ok(QuickLine::Action(action.to_owned())) };
    }
    let (about, rest) = match line.strip_prefix('~').or_else(|| line.strip_prefix("about ")) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, line),
    };
    let (moment, rest) = time_in_front(rest, reference)?;
    let rest = rest.trim_start();
    // A zone behind the time would be misread as text.
    let rest = rest.strip_prefix("UTC").or_else(|| rest.strip_prefix("Z ")).unwrap_or(rest);
    let rest = rest.trim_start_matches([' ', '-', '–', ':']).trim();
    let source = rest.split_whitespace().find_map(|word| {
        let trimmed = word.trim_matches(|character: char| matches!(character, '(' | ')' | ',' | ';' | '<' | '>'));
        trimmed.parse::<Link>().ok().map(|link| (word.to_owned(), link))
    });
    let text = match &source {
        Some((word, _)) => rest.split_whitespace().filter(|other| other != word).collect::<Vec<_>>().join(" "),
        None => rest.to_owned(),
    };
    if text.is_empty() && source.is_none() {
        return Err(QuickEntryError::NoText);
    }
    let precision = match (about, moment.seconds) {
        (true, _) => Precision::About,
        (false, true) => Precision::Exact,
        (false, false) => Precision::Minute,
    };
    Ok(QuickLine::Entry(QuickEntry { at: moment.at, precision, text, source: source.map(|(_, link)| link) }))
}

/// Reads a time alone, as typed into a time cell: `23:07`, `23:07:15`, `2018-10-21 23:07`, or RFC 3339.
///
/// # Errors
/// With a sentence that says what to write.
pub fn parse_time(typed: &str, reference: DateTime<Utc>) -> Result<DateTime<Utc>, QuickEntryError> {
    let typed = typed.trim();
    if let Ok(at) = typed.parse::<DateTime<Utc>>() {
        return Ok(at);
    }
    match time_in_front(typed, reference) {
        Ok((moment, rest)) if matches!(rest.trim(), "" | "UTC" | "Z") => Ok(moment.at),
        Ok(_) | Err(QuickEntryError::NoTime(_)) => Err(QuickEntryError::NotATime {
            typed: typed.chars().take(40).collect(),
            instead: "23:07 or 2018-10-21 23:07, in UTC".into(),
        }),
        Err(error) => Err(error),
    }
}

struct Moment {
    at: DateTime<Utc>,
    seconds: bool,
}

/// The time at the front of a line, and the rest of the line.
fn time_in_front(line: &str, reference: DateTime<Utc>) -> Result<(Moment, &str), QuickEntryError> {
    let (first, rest) = word(line);
    if first.len() == 10 && first.bytes().filter(|byte| *byte == b'-').count() == 2 {
        let date: NaiveDate = first.parse().map_err(|_| QuickEntryError::NotADate(first.to_owned()))?;
        let (second, rest) = word(rest);
        let (time, seconds) = clock(second)?.ok_or_else(|| QuickEntryError::NoTime(rest.trim().to_owned()))?;
        return Ok((Moment { at: date.and_time(time).and_utc(), seconds }, rest));
    }
    if let Some((date, time)) = first.split_once('T')
        && let (Ok(date), Ok(Some((time, seconds)))) = (date.parse::<NaiveDate>(), clock(time.trim_end_matches('Z')))
    {
        return Ok((Moment { at: date.and_time(time).and_utc(), seconds }, rest));
    }
    match clock(first)? {
        Some((time, seconds)) => Ok((Moment { at: nearest(time, reference), seconds }, rest)),
        None => Err(QuickEntryError::NoTime(line.to_owned())),
    }
}

fn word(line: &str) -> (&str, &str) {
    let line = line.trim_start();
    line.split_once(char::is_whitespace).unwrap_or((line, ""))
}

/// Hours, minutes and perhaps seconds; `None` when this is no time at all, an error when it is an impossible one.
fn clock(typed: &str) -> Result<Option<(NaiveTime, bool)>, QuickEntryError> {
    let typed = typed.trim_end_matches(['Z', ',']);
    let parts: Vec<&str> = typed.split(':').collect();
    let digits = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(digits) || parts[1].len() != 2 {
        return Ok(None);
    }
    let numbers: Vec<u32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let (hours, minutes, seconds) = (numbers[0], numbers[1], numbers.get(2).copied().unwrap_or(0));
    match NaiveTime::from_hms_opt(hours, minutes, seconds) {
        Some(time) => Ok(Some((time, numbers.len() == 3))),
        None if (24..48).contains(&hours) && minutes < 60 => Err(QuickEntryError::NotATime {
            typed: typed.to_owned(),
            instead: format!("{:02}:{minutes:02} for the next day", hours - 24),
        }),
        None => {
            Err(QuickEntryError::NotATime { typed: typed.to_owned(), instead: "hours and minutes, as in 23:07".into() })
        }
    }
}

/// The time on the day that brings it nearest to the reference; on a tie the later day, since people write forward.
fn nearest(time: NaiveTime, reference: DateTime<Utc>) -> DateTime<Utc> {
    let today = reference.date_naive();
    let days = [today.pred_opt(), Some(today), today.succ_opt()];
    let distance = |at: &NaiveDateTime| (at.and_utc() - reference).abs();
    let candidates = days.into_iter().flatten().map(|day| day.and_time(time));
    let best = candidates.rev().min_by_key(|at| distance(at));
    best.map_or(reference, |at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reference() -> DateTime<Utc> {
        "2018-10-21T23:19:00Z".parse().expect("a time")
    }

    fn entry(line: &str) -> QuickEntry {
        match parse(line, reference()) {
            Ok(QuickLine::Entry(entry)) => entry,
            other => panic!("{line:?} gave {other:?}"),
        }
    }

    #[test]
    fn a_line_has_a_time_a_text_and_a_source() {
        let entry = entry("23:07 deploys locked https://deploys.example/1");
        assert_eq!(entry.at.to_rfc3339(), "2018-10-21T23:07:00+00:00");
        assert_eq!(entry.text, "deploys locked");
        assert_eq!(entry.source.expect("a link").as_str(), "https://deploys.example/1");
        assert_eq!(entry.precision, Precision::Minute);
    }

    #[test]
    fn a_time_after_midnight_is_put_on_the_next_day() {
        assert_eq!(entry("00:05 plan set").at.to_rfc3339(), "2018-10-22T00:05:00+00:00");
    }

    #[test]
    fn a_date_in_front_overrides_the_inferred_one() {
        assert_eq!(entry("2018-10-20 09:00 change merged").at.to_rfc3339(), "2018-10-20T09:00:00+00:00");
        assert_eq!(entry("2018-10-20T09:00:30Z change merged").precision, Precision::Exact);
    }

    #[test]
    fn about_is_kept() {
        assert_eq!(entry("~23:13 engineers paged").precision, Precision::About);
        assert_eq!(entry("about 23:13 engineers paged").text, "engineers paged");
    }

    #[test]
    fn g13_todo_in_front_makes_an_action_item() {
        assert_eq!(parse("TODO: add an alert", reference()), Ok(QuickLine::Action("add an alert".into())));
    }

    #[test]
    fn an_impossible_time_says_what_to_write() {
        let said = |line: &str| parse(line, reference()).expect_err("refused").to_string();
        assert_eq!(said("25:07 deploys locked"), "25:07 is not a time. Write 01:07 for the next day.");
        assert_eq!(said("23:70 x"), "23:70 is not a time. Write hours and minutes, as in 23:07.");
        assert_eq!(said("2018-13-40 23:07 x"), "2018-13-40 is not a date. Write it as 2018-10-21.");
        assert_eq!(said("deploys locked"), "Put the time in front, in UTC: 23:07 deploys locked");
        assert_eq!(said("23:07 "), "Write what happened behind the time.");
        assert_eq!(said(" "), "Write a time and what happened: 23:07 deploys locked.");
    }

    #[test]
    fn a_source_that_could_run_stays_text() {
        let entry = entry("23:07 look javascript:alert(1)");
        assert_eq!((entry.text.as_str(), entry.source), ("look javascript:alert(1)", None));
    }

    proptest! {
        #[test]
        fn no_line_panics_and_no_time_is_far_from_its_reference(line in "\\PC{0,40}") {
            if let Ok(QuickLine::Entry(entry)) = parse(&format!("12:34 {line}"), reference()) {
                prop_assert!((entry.at - reference()).abs() <= chrono::TimeDelta::hours(12));
            }
            let _ = parse(&line, reference());
            let _ = parse_time(&line, reference());
        }
    }
}
