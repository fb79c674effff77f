//! The quick line: `23:07 deploys locked https://…` becomes an entry, `TODO add an alert` an action item. A zone
//! behind the time overrides the one that is meant without; kind and severity may stand in brackets behind it.

use crate::moment::{self, Moment, Near, word};
use crate::{EntryKind, Link, Precision, Severity, Zone};
use chrono::{DateTime, Utc};

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
}

/// Why a line is no entry. It stays in the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuickEntryError {
    /// Nothing was typed.
    #[error("Write a time and what happened: 23:07 deploys locked.")]
    Empty,
    /// No time in front.
    #[error("Put the time in front: 23:07 {0}")]
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
    /// A zone name that several zones share.
    #[error("{0} names several zones. Write the distance from UTC instead, as in 23:07+01:00.")]
    SharedZone(String),
    /// A time and nothing else.
    #[error("Write what happened behind the time.")]
    NoText,
}

/// Reads one line. `reference` is where the timeline is: the latest entry, else the start, else now. `zone` is the one
/// that is meant where the line names none.
///
/// # Errors
/// With a sentence that says what to write.
pub fn parse(line: &str, reference: DateTime<Utc>, zone: Zone) -> Result<QuickLine, QuickEntryError> {
    let line = line.trim();
    if line.is_empty() {
        return Err(QuickEntryError::Empty);
    }
    if let Some(action) = action(line) {
        return if action.is_empty() { Err(QuickEntryError::NoText) } else { Ok(QuickLine::Action(action.to_owned())) };
    }
    let cells = cells(line);
    let line = bullet_free(cells.as_deref().unwrap_or(line));
    let near = Near { reference, zone };
    let Some(front) = front(line, near)? else { return Err(QuickEntryError::NoTime(line.to_owned())) };
    let rest = front.rest.trim_start_matches([' ', '-', '–', '—', ':']).trim();
    let source = rest.split_whitespace().find_map(|word| link_in(word).map(|link| (word.to_owned(), link)));
    let text = match &source {
        Some((word, _)) => without_word(rest, word),
        None => rest.to_owned(),
    };
    if text.is_empty() && source.is_none() {
        return Err(QuickEntryError::NoText);
    }
    Ok(QuickLine::Entry(QuickEntry {
        at: front.moment.at,
        until: front.until,
        precision: front.precision(),
        kind: front.tags.kind,
        severity: front.tags.severity,
        text,
        source: source.map(|(_, link)| link),
    }))
}

/// Reads a time alone, as typed into a time cell: `23:07`, `23:07:15`, `23:07 CEST`, `2018-10-21 23:07`, or RFC 3339.
///
/// # Errors
/// With a sentence that says what to write.
pub fn parse_time(typed: &str, reference: DateTime<Utc>, zone: Zone) -> Result<DateTime<Utc>, QuickEntryError> {
    let typed = typed.trim();
    if let Ok(at) = typed.parse::<DateTime<Utc>>() {
        return Ok(at);
    }
    let unreadable = || QuickEntryError::NotATime {
        typed: typed.chars().take(40).collect(),
        instead: "23:07 or 2018-10-21 23:07".into(),
    };
    match moment::in_front(typed, Near { reference, zone })? {
        Some(read) if read.rest.trim().is_empty() && read.until.is_none() => Ok(read.moment.at),
        _ => Err(unreadable()),
    }
}

/// What stands in front of the words of an entry.
pub(crate) struct Front<'a> {
    pub is_about: bool,
    pub moment: Moment,
    pub until: Option<DateTime<Utc>>,
    pub tags: Tags,
    pub rest: &'a str,
}

impl Front<'_> {
    pub fn precision(&self) -> Precision {
        match (self.tags.precision, self.is_about, self.moment.has_seconds) {
            (Some(precision), ..) => precision,
            (None, true, _) => Precision::About,
            (None, false, true) => Precision::Exact,
            (None, false, false) => Precision::Minute,
        }
    }
}

/// Kind, severity and precision in brackets.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tags {
    pub kind: Option<EntryKind>,
    pub severity: Option<Severity>,
    pub precision: Option<Precision>,
}

/// Time, end and tags at the front of a line; `None` when there is no time.
pub(crate) fn front(line: &str, near: Near) -> Result<Option<Front<'_>>, QuickEntryError> {
    let (is_about, line) = match line.strip_prefix('~').or_else(|| line.strip_prefix("about ")) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, line),
    };
    let (read, bracket) = match bracketed(line) {
        Some((inside, behind)) => (moment::in_front(inside, near)?, Some(behind)),
        None => (moment::in_front(line, near)?, None),
    };
    let Some(read) = read else { return Ok(None) };
    let rest = match bracket {
        Some(_) if !read.rest.trim().is_empty() => return Ok(None),
        Some(behind) => behind,
        None => read.rest,
    };
    let (until, rest) = match (read.until, rest.trim_start().strip_prefix("until ")) {
        (None, Some(end)) => match moment::end_in_front(end, read.moment.at, near.zone)? {
            Some((until, rest)) => (Some(until), rest),
            None => (None, rest),
        },
        (until, _) => (until, rest),
    };
    let (tags, rest) = tags(rest);
    Ok(Some(Front { is_about, moment: read.moment, until, tags, rest }))
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

fn action(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("TODO")?;
    let is_word = rest.is_empty() || rest.starts_with([':', ' ', '-', '\t']);
    is_word.then(|| rest.trim_start_matches([':', ' ', '-', '\t']).trim())
}

/// The cells of a Markdown table's row as words.
fn cells(line: &str) -> Option<String> {
    let inside = line.strip_prefix('|')?;
    Some(inside.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" "))
}

/// The line without the bullet of a list.
fn bullet_free(line: &str) -> &str {
    let (first, rest) = word(line);
    if matches!(first, "-" | "*" | "•" | "+") { rest.trim_start() } else { line }
}

/// The link that a word is, without the punctuation around it.
pub(crate) fn link_in(word: &str) -> Option<Link> {
    word.trim_matches(|character: char| matches!(character, '(' | ')' | ',' | ';' | '<' | '>')).parse().ok()
}

fn without_word(text: &str, word: &str) -> String {
    text.split_whitespace().filter(|other| *other != word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::berlin;
    use proptest::prelude::*;

    fn reference() -> DateTime<Utc> {
        "2018-10-21T23:19:00Z".parse().expect("a time")
    }

    fn read(line: &str) -> Result<QuickLine, QuickEntryError> {
        parse(line, reference(), Zone::UTC)
    }

    fn entry(line: &str) -> QuickEntry {
        match read(line) {
            Ok(QuickLine::Entry(entry)) => entry,
            other => panic!("{line:?} gave {other:?}"),
        }
    }

    fn at(line: &str) -> String {
        entry(line).at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
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
        assert_eq!(at("00:05 plan set"), "2018-10-22T00:05:00Z");
    }

    #[test]
    fn a_date_in_front_overrides_the_inferred_one() {
        assert_eq!(at("2018-10-20 09:00 change merged"), "2018-10-20T09:00:00Z");
        assert_eq!(entry("2018-10-20T09:00:30Z change merged").precision, Precision::Exact);
    }

    #[test]
    fn a_zone_behind_the_time_overrides_the_one_that_is_meant() {
        for line in ["23:07Z x", "23:07 UTC x", "01:07+02:00 x", "01:07 CEST x", "01:07 +02:00 x", "01:07 UTC+2 x"] {
            assert_eq!(at(line), "2018-10-21T23:07:00Z", "{line}");
        }
        assert_eq!(at("2018-10-21T19:07:00-04:00 x"), "2018-10-21T23:07:00Z");
        assert_eq!(at("2018-10-21 19:07-04:00 x"), "2018-10-21T23:07:00Z");
        assert_eq!(at("7:07 pm EDT x"), "2018-10-21T23:07:00Z");
        assert_eq!(entry("01:07 CEST deploys locked").text, "deploys locked");
    }

    #[test]
    fn a_zone_that_several_places_share_is_asked_about() {
        let error = read("23:07 IST deploys locked").expect_err("ambiguous").to_string();
        assert_eq!(error, "IST names several zones. Write the distance from UTC instead, as in 23:07+01:00.");
    }

    #[test]
    fn a_time_is_meant_in_the_zone_of_its_reader_over_the_change_of_clocks() {
        let berlin = |line: &str, reference: &str| {
            let reference = reference.parse().expect("a time");
            match parse(line, reference, berlin()) {
                Ok(QuickLine::Entry(entry)) => entry.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                other => panic!("{line:?} gave {other:?}"),
            }
        };
        assert_eq!(berlin("01:07 x", "2018-10-21T22:52:00Z"), "2018-10-21T23:07:00Z");
        assert_eq!(berlin("01:30 x", "2018-10-28T00:10:00Z"), "2018-10-27T23:30:00Z");
        assert_eq!(berlin("03:30 x", "2018-10-28T00:10:00Z"), "2018-10-28T02:30:00Z");
        assert_eq!(berlin("02:30 CET x", "2018-10-28T00:10:00Z"), "2018-10-28T01:30:00Z");
    }

    #[test]
    fn about_is_kept() {
        assert_eq!(entry("~23:13 engineers paged").precision, Precision::About);
        assert_eq!(entry("about 23:13 engineers paged").text, "engineers paged");
    }

    #[test]
    fn an_end_may_be_typed() {
        for line in ["23:15–00:10 replicas lag", "23:15-00:10 replicas lag", "23:15 until 00:10 replicas lag"] {
            let entry = entry(line);
            assert_eq!(entry.until, Some("2018-10-22T00:10:00Z".parse().expect("a time")), "{line}");
            assert_eq!(entry.text, "replicas lag", "{line}");
        }
        assert_eq!(entry("23:15 until noon nothing helped").text, "until noon nothing helped");
    }

    #[test]
    fn r31_kind_and_severity_may_stand_in_brackets() {
        let entry = entry("23:13 [status change] [SEV-1] status set to red");
        assert_eq!(entry.kind, Some(EntryKind::StatusChange));
        assert_eq!(entry.severity, Some(Severity::Sev1));
        assert_eq!(entry.text, "status set to red");
        assert_eq!(
            super::tests::entry("23:13 [graph](https://a.example/g) fell").text,
            "[graph](https://a.example/g) fell"
        );
    }

    #[test]
    fn lines_of_chats_lists_and_tables_are_understood() {
        for line in [
            "[23:07] deploys locked",
            "- 23:07 deploys locked",
            "| 23:07 | deploys locked |",
            "[11:07 PM] deploys locked",
        ] {
            assert_eq!(
                (at(line).as_str(), entry(line).text.as_str()),
                ("2018-10-21T23:07:00Z", "deploys locked"),
                "{line}"
            );
        }
    }

    #[test]
    fn g13_todo_in_front_makes_an_action_item() {
        assert_eq!(read("TODO: add an alert"), Ok(QuickLine::Action("add an alert".into())));
    }

    #[test]
    fn an_impossible_time_says_what_to_write() {
        let said = |line: &str| read(line).expect_err("refused").to_string();
        assert_eq!(said("25:07 deploys locked"), "25:07 is not a time. Write 01:07 for the next day.");
        assert_eq!(said("23:70 x"), "23:70 is not a time. Write hours and minutes, as in 23:07.");
        assert_eq!(said("2018-13-40 23:07 x"), "2018-13-40 is not a date. Write it as 2018-10-21.");
        assert_eq!(said("deploys locked"), "Put the time in front: 23:07 deploys locked");
        assert_eq!(said("23:07 "), "Write what happened behind the time.");
        assert_eq!(said("15:07 pm x"), "15:07 is not a time. Write it without am or pm.");
        assert_eq!(said(" "), "Write a time and what happened: 23:07 deploys locked.");
    }

    #[test]
    fn a_source_that_could_run_stays_text() {
        let entry = entry("23:07 look javascript:alert(1)");
        assert_eq!((entry.text.as_str(), entry.source), ("look javascript:alert(1)", None));
    }

    #[test]
    fn a_time_cell_takes_times_alone() {
        let at = |typed: &str| parse_time(typed, reference(), Zone::UTC).map(|at| at.to_rfc3339());
        assert_eq!(at("23:07"), Ok("2018-10-21T23:07:00+00:00".into()));
        assert_eq!(at("01:07 CEST"), Ok("2018-10-21T23:07:00+00:00".into()));
        assert!(at("23:07 deploys").is_err());
        assert!(at("soon").is_err());
    }

    proptest! {
        #[test]
        fn no_line_panics_and_no_time_is_far_from_its_reference(line in "\\PC{0,40}") {
            if let Ok(QuickLine::Entry(entry)) = read(&format!("12:34 {line}")) {
                prop_assert!((entry.at - reference()).abs() <= chrono::TimeDelta::hours(26));
            }
            let _ = read(&line);
            let _ = parse(&line, reference(), berlin());
            let _ = parse_time(&line, reference(), Zone::UTC);
        }

        #[test]
        fn a_typed_minute_is_the_minute_that_is_stored(
            minutes in 0_i64..2_880, zone in prop_oneof![Just(Zone::UTC), Just(berlin())], words in "[a-m ]{1,20}x",
        ) {
            // Two days over the change of the clocks in Berlin.
            let start: DateTime<Utc> = "2018-10-27T00:00:00Z".parse().expect("a time");
            let at = start + chrono::TimeDelta::minutes(minutes);
            let line = format!("{} {words}", zone.local(at).format("%Y-%m-%d %H:%M%:z"));
            let Ok(QuickLine::Entry(entry)) = parse(&line, reference(), zone) else { panic!("{line}") };
            prop_assert_eq!(entry.at, at);
        }
    }
}
