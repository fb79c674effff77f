//! Times that cannot be true together: an end before its start, a resolution before the incident, a key time years away, a
//! due date of another age. They are kept as they were typed, with a sentence beside them, and are not published as facts.

use crate::{Details, KeyTime, TimelineEntry};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

/// How far a key time may be from the others: an incident that takes longer is none.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// No action of a post-mortem was due before there were post-mortems.
const FIRST_YEAR: i32 = 1970;

/// An action that is due later than this is never done; without a start, one that is due behind this year.
const LATEST: TimeDelta = TimeDelta::days(10 * 366);
const LAST_YEAR: i32 = 2100;

/// A range over midnight may lack the day of its end.
const ENDS_FIRST: &str = "The end is before the start. If it is on another day, write that day.";

/// What is wrong with a key time.
pub fn of_key_time(key: KeyTime, details: &Details, entries: &[TimelineEntry]) -> Option<&'static str> {
    let at = details.key_time(key)?;
    let is_far = |other: DateTime<Utc>| (at - other).abs() > LONGEST;
    // A start that cannot be true says nothing about the others.
    let is_judge = key != KeyTime::Started && of_key_time(KeyTime::Started, details, entries).is_none();
    match (key, details.started_at.filter(|_| is_judge)) {
        // A cause may be years old.
        (KeyTime::CauseBegan, Some(start)) => (at > start).then_some("This is after the start."),
        (KeyTime::CauseBegan, None) => None,
        (KeyTime::Started, _) => {
            let others = [details.detected_at, details.paged_at, details.mitigated_at, details.resolved_at];
            let known = others.into_iter().flatten().chain(entries.iter().filter_map(|entry| entry.at));
            let known: Vec<DateTime<Utc>> = known.collect();
            let is_alone = !known.is_empty() && known.iter().all(|other| is_far(*other));
            is_alone.then_some("This is more than a year from everything else.")
        }
        (KeyTime::Resolved | KeyTime::Mitigated, Some(start)) if at < start => Some("This is before the start."),
        (_, Some(start)) => is_far(start).then_some("This is more than a year from the start."),
        (_, None) => {
            let mut known = entries.iter().filter_map(|entry| entry.at).peekable();
            (known.peek().is_some() && known.all(is_far)).then_some("This is more than a year from the timeline.")
        }
    }
}

/// What is wrong with the time of an entry.
pub fn of_entry(entry: &TimelineEntry, details: &Details) -> Option<&'static str> {
    of_end(entry).or_else(|| {
        let (at, start) = entry.at.zip(judging_start(details))?;
        if is_late(at, start) {
            Some("This is more than a year after the start.")
        } else {
            // A cause may be years old.
            (start - at > LONGEST).then_some("This is more than a year before the start.")
        }
    })
}

pub(crate) fn is_late(at: DateTime<Utc>, start: DateTime<Utc>) -> bool {
    at - start > LONGEST
}

/// The start, where the other key times do not speak against it.
pub(crate) fn judging_start(details: &Details) -> Option<DateTime<Utc>> {
    details.started_at.filter(|_| of_key_time(KeyTime::Started, details, &[]).is_none())
}

/// What is wrong with the end of an entry.
pub fn of_end(entry: &TimelineEntry) -> Option<&'static str> {
    entry.at.zip(entry.until).filter(|(start, end)| end < start).map(|_| ENDS_FIRST)
}

/// What is wrong with a due date. The incident's day is that of its start in UTC, here as everywhere that a due date is
/// compared with it: a reader east or west of there may see the day before or behind.
pub fn of_due(due: NaiveDate, details: &Details) -> Option<String> {
    if !(FIRST_YEAR..=LAST_YEAR).contains(&due.year()) {
        return Some(format!("This is in the year {}.", due.year()));
    }
    let start = judging_start(details)?.date_naive();
    if due - start > LATEST {
        return Some("This is more than ten years after the incident.".to_owned());
    }
    (due < start).then(|| "This is before the incident.".to_owned())
}

/// The head without the key times that cannot be true.
pub fn possible(details: &Details, entries: &[TimelineEntry]) -> Details {
    let mut possible = details.clone();
    for key in KeyTime::ALL.iter().copied().filter(|key| of_key_time(*key, details, entries).is_some()) {
        let at = match key {
            KeyTime::CauseBegan => &mut possible.began_at,
            KeyTime::Started => &mut possible.started_at,
            KeyTime::Detected => &mut possible.detected_at,
            KeyTime::Paged => &mut possible.paged_at,
            KeyTime::Public => &mut possible.public_at,
            KeyTime::Mitigated => &mut possible.mitigated_at,
            KeyTime::Resolved => &mut possible.resolved_at,
        };
        *at = None;
    }
    possible
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActionDraft, ClientId, Command, EntryDraft, ItemId, Severity, create, plausible};

    fn at(text: &str) -> Option<DateTime<Utc>> {
        Some(text.parse().expect("a time"))
    }

    #[test]
    fn a_key_time_that_cannot_be_true_is_said() {
        let details = Details {
            started_at: at("2026-03-10T12:00:00Z"),
            detected_at: at("2026-03-10T11:58:00Z"),
            resolved_at: at("2026-03-10T11:00:00Z"),
            paged_at: at("2062-03-10T12:05:00Z"),
            began_at: at("2019-03-10T12:05:00Z"),
            ..Details::default()
        };
        let of = |key| of_key_time(key, &details, &[]);
        assert_eq!(of(KeyTime::Resolved), Some("This is before the start."));
        assert_eq!(of(KeyTime::Paged), Some("This is more than a year from the start."));
        assert_eq!(of(KeyTime::Detected), None, "an alarm may be early");
        assert_eq!(of(KeyTime::CauseBegan), None, "a cause may be old");
        assert_eq!(of(KeyTime::Started), None);
        let alone = Details { started_at: at("2206-03-10T12:00:00Z"), ..details };
        assert_eq!(of_key_time(KeyTime::Started, &alone, &[]), Some("This is more than a year from everything else."));
        for key in [KeyTime::Detected, KeyTime::Resolved, KeyTime::CauseBegan] {
            assert_eq!(of_key_time(key, &alone, &[]), None, "the start is wrong and no other");
        }
    }

    #[test]
    fn an_entry_of_another_age_is_said_and_not_published_with_its_time() {
        let replica = create::create(ClientId(1), "x", Severity::Sev1).expect("made");
        let start = at("2026-03-10T12:00:00Z");
        replica.run(&Command::SetKeyTime(KeyTime::Started, start)).expect("run");
        for (number, time) in [(1, "2026-03-10T12:05:00Z"), (2, "2062-03-10T12:05:00Z"), (3, "2010-03-26T12:10:00Z")] {
            let draft = EntryDraft { until: at(time), ..EntryDraft::new(at(time).expect("a time"), time) };
            replica.run(&Command::AddEntry(ItemId::new(number, [0; 10]), draft)).expect("run");
        }
        let kept = replica.read().postmortem;
        let said: Vec<_> = kept.timeline.iter().map(|entry| of_entry(entry, &kept.details)).collect();
        assert_eq!(
            said,
            [
                Some("This is more than a year before the start."),
                None,
                Some("This is more than a year after the start.")
            ]
        );
        let published = plausible::of(kept);
        let late = published.timeline.iter().find(|entry| entry.text.starts_with("2062")).expect("kept");
        assert_eq!((late.at, late.until), (None, None));
        assert_eq!(published.timeline.iter().filter(|entry| entry.at.is_some()).count(), 2);
    }

    #[test]
    fn what_cannot_be_true_is_kept_and_not_published() {
        let replica = create::create(ClientId(1), "x", Severity::Sev1).expect("made");
        let start = at("2026-03-10T12:00:00Z");
        let id = |text: &str| text.parse::<ItemId>().expect("an id");
        let entry = EntryDraft { until: at("2026-03-10T11:00:00Z"), ..EntryDraft::new(start.expect("a time"), "x") };
        let due = NaiveDate::from_ymd_opt(26, 4, 1);
        for command in [
            Command::SetKeyTime(KeyTime::Started, start),
            Command::SetKeyTime(KeyTime::Resolved, at("2026-03-10T11:00:00Z")),
            Command::AddEntry(id("e1"), entry),
            Command::AddAction(id("a1"), ActionDraft { due, ..ActionDraft::new("y") }),
        ] {
            replica.run(&command).expect("run");
        }
        let kept = replica.read().postmortem;
        assert!(kept.details.resolved_at.is_some() && kept.timeline[0].until.is_some() && kept.actions[0].due == due);
        assert_eq!(of_due(due.expect("a day"), &kept.details).as_deref(), Some("This is in the year 26."));
        let of_year = |year| NaiveDate::from_ymd_opt(year, 4, 1).and_then(|due| of_due(due, &kept.details));
        assert_eq!(of_year(2206).as_deref(), Some("This is in the year 2206."));
        assert_eq!(of_year(9999).as_deref(), Some("This is in the year 9999."));
        assert_eq!(of_year(2062).as_deref(), Some("This is more than ten years after the incident."));
        assert_eq!(of_year(2027), None);
        let published = plausible::of(kept);
        assert_eq!(
            (published.details.resolved_at, published.timeline[0].until, published.actions[0].due),
            (None, None, None)
        );
        assert_eq!(published.details.started_at, start);
    }
}
