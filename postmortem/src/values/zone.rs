//! The zone in which somebody reads and types times: a name, and how far its clocks are from UTC at any instant. Where
//! that comes from (a browser, a test) stays outside; nothing here holds a table of zones.

use chrono::{DateTime, FixedOffset, NaiveDateTime, Offset, TimeDelta, Utc};
use std::cell::RefCell;
use std::collections::HashMap;

/// Clocks change at the quarter of an hour, and a browser takes long to say how far they are: it is asked once for each.
const QUARTER: i64 = 15 * 60;

/// How many of these are remembered.
const REMEMBERED: usize = 10_000;

type Known = HashMap<(&'static str, i64), FixedOffset>;

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::new(Known::new());
}

/// A zone. Two zones of one name are the same.
#[derive(Debug, Clone, Copy)]
pub struct Zone {
    name: &'static str,
    offset: fn(&str, DateTime<Utc>) -> FixedOffset,
}

/// When the clocks of a zone show a time of day on a day: once, or twice where they are set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instants {
    first: DateTime<Utc>,
    second: Option<DateTime<Utc>>,
}

impl Instants {
    pub fn once(at: DateTime<Utc>) -> Self {
        Self { first: at, second: None }
    }

    pub fn first(self) -> DateTime<Utc> {
        self.first
    }

    /// Both, the earlier first.
    pub fn all(self) -> impl DoubleEndedIterator<Item = DateTime<Utc>> {
        std::iter::once(self.first).chain(self.second)
    }

    pub fn later_by(self, delta: TimeDelta) -> Self {
        Self { first: self.first + delta, second: self.second.map(|at| at + delta) }
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl Zone {
    /// What every time is stored in.
    pub const UTC: Self = Self { name: "UTC", offset: |_, _| Utc.fix() };

    /// A zone by its name in the zone database, such as `Europe/Berlin`, and the distance from UTC at an instant of whichever
    /// zone has this name.
    pub fn new(name: &'static str, offset: fn(&str, DateTime<Utc>) -> FixedOffset) -> Self {
        Self { name, offset }
    }

    /// The name in the zone database.
    pub fn name(&self) -> &'static str {
        self.name
    }

    pub fn is_utc(&self) -> bool {
        self.name == Self::UTC.name
    }

    /// What the clocks of the zone show at an instant.
    pub fn local(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        at.with_timezone(&self.offset_at(at))
    }

    fn offset_at(&self, at: DateTime<Utc>) -> FixedOffset {
        if self.is_utc() {
            return Utc.fix();
        }
        KNOWN.with_borrow_mut(|known| {
            if known.len() >= REMEMBERED {
                known.clear();
            }
            let quarter = at.timestamp().div_euclid(QUARTER);
            *known.entry((self.name, quarter)).or_insert_with(|| (self.offset)(self.name, at))
        })
    }

    /// The instant at which the clocks of the zone show this. Of an hour that comes twice the first is meant; in an
    /// hour that is left out the clocks are taken as not yet moved.
    pub fn instant(&self, shown: NaiveDateTime) -> DateTime<Utc> {
        self.instants(shown).first()
    }

    /// The instants at which the clocks of the zone show this: two in an hour that comes twice.
    pub(crate) fn instants(&self, shown: NaiveDateTime) -> Instants {
        let with = |offset: FixedOffset| (shown - TimeDelta::seconds(i64::from(offset.local_minus_utc()))).and_utc();
        let before = self.offset_at(shown.and_utc() - TimeDelta::days(1));
        let after = self.offset_at(shown.and_utc() + TimeDelta::days(1));
        let holds = |offset: FixedOffset| self.offset_at(with(offset)) == offset;
        match (holds(before), holds(after)) {
            (true, true) if before != after => {
                let (one, two) = (with(before), with(after));
                Instants { first: one.min(two), second: Some(one.max(two)) }
            }
            (false, true) => Instants::once(with(after)),
            _ => Instants::once(with(before)),
        }
    }

    /// The name beside a time of this instant: `UTC`, `Berlin +2`, `Kolkata +5:30`.
    pub fn label(&self, at: DateTime<Utc>) -> String {
        if self.is_utc() {
            return self.name.to_owned();
        }
        let place = self.name.rsplit('/').next().unwrap_or(self.name).replace('_', " ");
        let seconds = self.offset_at(at).local_minus_utc();
        let (sign, minutes) = (if seconds < 0 { '\u{2212}' } else { '+' }, seconds.unsigned_abs() / 60);
        match minutes % 60 {
            0 => format!("{place} {sign}{}", minutes / 60),
            rest => format!("{place} {sign}{}:{rest:02}", minutes / 60),
        }
    }
}

/// Central European time around the changes of 2018, for tests: +1 in winter, +2 in summer.
#[cfg(test)]
pub(crate) fn berlin() -> Zone {
    Zone::new("Europe/Berlin", |_, at| {
        let summer = "2018-03-25T01:00:00Z".parse::<DateTime<Utc>>().expect("a time")
            ..="2018-10-28T00:59:59Z".parse::<DateTime<Utc>>().expect("a time");
        let hours = if summer.contains(&at) { 2 } else { 1 };
        FixedOffset::east_opt(hours * 3_600).expect("an offset")
    })
}

/// New York by the rule that has held there since 2007, for tests: the second Sunday of March to the first of November.
#[cfg(test)]
pub(crate) fn new_york() -> Zone {
    use chrono::{Datelike, NaiveDate, Weekday};
    Zone::new("America/New_York", |_, at| {
        let sunday = |month, number| NaiveDate::from_weekday_of_month_opt(at.year(), month, Weekday::Sun, number);
        let change = |date: Option<NaiveDate>, hour| date.and_then(|date| date.and_hms_opt(hour, 0, 0));
        let (summer, winter) = (change(sunday(3, 2), 7), change(sunday(11, 1), 6));
        let is_summer =
            summer.is_some_and(|from| from <= at.naive_utc()) && winter.is_some_and(|to| at.naive_utc() < to);
        FixedOffset::west_opt(if is_summer { 4 } else { 5 } * 3_600).expect("an offset")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn shown(text: &str) -> NaiveDateTime {
        text.parse().expect("a local time")
    }

    #[test]
    fn a_zone_is_named_with_its_distance_at_that_instant() {
        assert_eq!(Zone::UTC.label(at("2018-10-21T22:52:00Z")), "UTC");
        assert_eq!(berlin().label(at("2018-10-28T00:59:00Z")), "Berlin +2");
        assert_eq!(berlin().label(at("2018-10-28T01:00:00Z")), "Berlin +1");
        let kolkata = Zone::new("Asia/Kolkata", |_, _| FixedOffset::east_opt(19_800).expect("an offset"));
        assert_eq!(kolkata.label(at("2018-10-21T22:52:00Z")), "Kolkata +5:30");
        let york = Zone::new("America/New_York", |_, _| FixedOffset::west_opt(14_400).expect("an offset"));
        assert_eq!(york.label(at("2018-10-21T22:52:00Z")), "New York \u{2212}4");
    }

    #[test]
    fn a_clock_is_understood_on_both_sides_of_a_change() {
        let zone = berlin();
        assert_eq!(zone.instant(shown("2018-10-28T01:59:00")), at("2018-10-27T23:59:00Z"));
        assert_eq!(zone.instant(shown("2018-10-28T02:30:00")), at("2018-10-28T00:30:00Z"), "the first of the two");
        assert_eq!(zone.instant(shown("2018-10-28T03:00:00")), at("2018-10-28T02:00:00Z"));
        assert_eq!(zone.instant(shown("2018-03-25T01:59:00")), at("2018-03-25T00:59:00Z"));
        assert_eq!(zone.instant(shown("2018-03-25T02:30:00")), at("2018-03-25T01:30:00Z"), "the hour that is left out");
        assert_eq!(zone.instant(shown("2018-03-25T03:00:00")), at("2018-03-25T01:00:00Z"));
    }
}
