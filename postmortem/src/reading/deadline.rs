//! By when the review meeting is held (R24, R54): five business days after the incident, Monday to Friday, holidays not
//! left out since every country has its own. The day of the incident is UTC's, so that all have the same last day; what day
//! it is now, everybody's own calendar says.

use crate::{Details, Status, Zone, duration};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};

/// Business days after the incident within which it is reviewed.
pub const REVIEW_BUSINESS_DAYS: u32 = 5;

/// The day that it is for somebody, by the clocks of their zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    pub date: NaiveDate,
    zone: Zone,
}

impl Today {
    pub fn at(now: DateTime<Utc>, zone: Zone) -> Self {
        Self { date: zone.local(now).date_naive(), zone }
    }

    /// The day of an instant by the same clocks.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        self.zone.local(at).date_naive()
    }
}

/// Whether a review is still ahead: afterwards nothing is due before it.
pub fn is_ahead(status: Status) -> bool {
    matches!(status, Status::Draft | Status::InReview)
}

/// The last day for the review: five business days after the day on which the incident was over, or began while nobody
/// said when it was over.
pub fn review(started_at: Option<DateTime<Utc>>, resolved_at: Option<DateTime<Utc>>) -> Option<NaiveDate> {
    let resolved = resolved_at.filter(|end| started_at.is_none_or(|start| *end >= start));
    let day = resolved.or(started_at)?.date_naive();
    business_days_after(day, REVIEW_BUSINESS_DAYS)
}

/// The day on which the review is due while it is ahead: that of its meeting, or the last day for it.
pub fn review_due(details: &Details, today: Today) -> Option<NaiveDate> {
    if !is_ahead(details.status) {
        return None;
    }
    details.meeting_at.map(|at| today.day_of(at)).or_else(|| review(details.started_at, details.resolved_at))
}

fn business_days_after(day: NaiveDate, count: u32) -> Option<NaiveDate> {
    (0..count).try_fold(day, |day, _| {
        let next = day.succ_opt()?;
        match next.weekday() {
            Weekday::Sat => next.checked_add_signed(TimeDelta::days(2)),
            Weekday::Sun => next.succ_opt(),
            _ => Some(next),
        }
    })
}

/// How many business days follow a day, up to and with another.
pub fn business_days_between(from: NaiveDate, to: NaiveDate) -> i64 {
    let days = (to - from).num_days().max(0);
    let (weeks, rest) = (days / 7, days % 7);
    let is_business = |offset: &i64| {
        let weekday = (i64::from(from.weekday().num_days_from_monday()) + offset) % 7;
        weekday < 5
    };
    weeks * 5 + i64::try_from((1..=rest).filter(is_business).count()).unwrap_or(0)
}

/// How far a due day is away, and whether it has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distance {
    pub words: String,
    pub is_late: bool,
}

impl Distance {
    /// `in 2 days`, `today`, `overdue by 4 days`.
    pub fn of(due: NaiveDate, today: Today) -> Self {
        let days = (due - today.date).num_days();
        Self { words: duration::due_in_words(days), is_late: days < 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn at(text: &str) -> Option<DateTime<Utc>> {
        Some(text.parse().expect("a time"))
    }

    fn today(now: &str, zone: Zone) -> Today {
        Today::at(now.parse().expect("a time"), zone)
    }

    #[test]
    fn r24_r54_the_review_is_due_five_business_days_after_the_incident() {
        for (resolved, due) in [
            ("2018-10-22T23:03:00Z", "2018-10-29"),
            ("2018-10-19T08:00:00Z", "2018-10-26"),
            ("2018-10-20T08:00:00Z", "2018-10-26"),
            ("2018-10-21T08:00:00Z", "2018-10-26"),
            ("2018-12-28T08:00:00Z", "2019-01-04"),
        ] {
            assert_eq!(review(None, at(resolved)), Some(day(due)), "{resolved}");
        }
        assert_eq!(review(at("2018-10-22T01:00:00Z"), None), Some(day("2018-10-29")));
        let reversed = review(at("2018-10-24T01:00:00Z"), at("2018-10-22T01:00:00Z"));
        assert_eq!(reversed, Some(day("2018-10-31")), "a resolution before the start says nothing");
        assert_eq!(review(None, None), None);
    }

    #[test]
    fn a_meeting_says_when_it_is_and_a_review_that_was_held_is_due_no_more() {
        let details = Details { resolved_at: at("2018-10-22T23:03:00Z"), ..Details::default() };
        let due = |details: &Details| review_due(details, today("2018-10-29T12:00:00Z", Zone::UTC));
        assert_eq!(due(&details), Some(day("2018-10-29")));
        let set = Details { meeting_at: at("2018-10-25T15:00:00Z"), ..details };
        assert_eq!(due(&set), Some(day("2018-10-25")));
        assert_eq!(due(&Details { status: Status::Reviewed, ..set }), None);
    }

    #[test]
    fn weekends_are_no_business_days() {
        for (from, to, count) in [
            ("2018-10-29", "2018-10-31", 2),
            ("2018-10-26", "2018-10-29", 1),
            ("2018-10-26", "2018-10-28", 0),
            ("2018-10-27", "2018-11-05", 6),
            ("2018-10-29", "2018-10-29", 0),
            ("2018-10-29", "2018-10-22", 0),
        ] {
            assert_eq!(business_days_between(day(from), day(to)), count, "{from} {to}");
        }
    }

    #[test]
    fn what_is_due_today_is_not_late_before_the_day_ends_where_one_is() {
        let angeles = Zone::new("America/Los_Angeles", |_, _| FixedOffset::west_opt(7 * 3600).expect("an offset"));
        let auckland = Zone::new("Pacific/Auckland", |_, _| FixedOffset::east_opt(13 * 3600).expect("an offset"));
        let told = |now: &str, zone| Distance::of(day("2018-10-29"), today(now, zone)).words;
        assert_eq!(told("2018-10-30T00:30:00Z", angeles), "today");
        assert_eq!(told("2018-10-30T00:30:00Z", Zone::UTC), "overdue by 1 day");
        assert_eq!(told("2018-10-29T20:00:00Z", auckland), "overdue by 1 day");
        let details = Details { meeting_at: at("2018-10-30T01:00:00Z"), ..Details::default() };
        assert_eq!(review_due(&details, today("2018-10-30T00:30:00Z", angeles)), Some(day("2018-10-29")));
    }

    #[test]
    fn late_says_by_how_much() {
        let told = |due| Distance::of(day(due), today("2018-10-29T12:00:00Z", Zone::UTC));
        assert_eq!(told("2018-10-25"), Distance { words: "overdue by 4 days".into(), is_late: true });
        assert_eq!(told("2018-10-29"), Distance { words: "today".into(), is_late: false });
        assert_eq!(told("2018-10-31"), Distance { words: "in 2 days".into(), is_late: false });
    }
}
