//! On which day a clock is meant that names none: within the incident first, then within the last day, then next to where
//! the timeline is; never in the future.

use super::calendar::{DateOrder, Numbers};
use super::{Day, Stamp, TimeError, Written};
use crate::{Details, TimelineEntry, Zone};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};

/// How far a clock may be ahead of the browser's own: people round a minute up.
const AHEAD: TimeDelta = TimeDelta::minutes(1);

/// How long an incident counts as the one that is going on.
const RECENT: TimeDelta = TimeDelta::hours(24);

/// A date whose year has two digits is at most so many days old, or so near to the incident.
const LIKELY: u64 = 3 * 366;
const NEARBY: TimeDelta = TimeDelta::days(366);

/// Of a range over midnight that takes longer the end is meant on the day of the start, and is before it.
const LONGEST_RANGE: TimeDelta = TimeDelta::hours(12);

/// The same of one that runs from an evening to the next morning.
const LONGEST_NIGHT: TimeDelta = TimeDelta::hours(18);
const EVENING: u32 = 17;
const NOON: u32 = 12;

/// How many days of a long incident are looked through for a clock.
const LONGEST: i64 = 62;

/// What is known where a time is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    /// The time of the reader's clock.
    pub now: DateTime<Utc>,
    /// The zone that is meant where none is written.
    pub zone: Zone,
    /// Where the timeline is: its latest entry, or the value that is changed.
    pub reference: Option<DateTime<Utc>>,
    /// When the incident started.
    pub started: Option<DateTime<Utc>>,
    pub resolved: Option<DateTime<Utc>>,
}

impl Near {
    /// Nothing is known but the reader's clock.
    pub fn now(now: DateTime<Utc>, zone: Zone) -> Self {
        Self { now, zone, reference: None, started: None, resolved: None }
    }

    pub fn beside(reference: DateTime<Utc>, now: DateTime<Utc>, zone: Zone) -> Self {
        Self { reference: Some(reference), ..Self::now(now, zone) }
    }

    /// On the timeline of an incident.
    pub fn incident(details: &Details, entries: &[TimelineEntry], now: DateTime<Utc>, zone: Zone) -> Self {
        let reference = entries.iter().filter_map(|entry| entry.at).max();
        Self { now, zone, reference, started: details.started_at, resolved: details.resolved_at }
    }

    /// Where a time is changed: beside itself, and within the incident only where it is.
    pub fn changing(self, at: DateTime<Utc>) -> Self {
        let is_within = self.started.is_none_or(|start| start <= at) && self.resolved.is_none_or(|end| at <= end);
        if is_within { Self { reference: Some(at), ..self } } else { Self::beside(at, self.now, self.zone) }
    }

    /// Whether the incident is going on: it started within the last day, and nothing says that it is over.
    pub fn is_going_on(&self) -> bool {
        self.resolved.is_none() && self.started.is_some_and(|start| self.is_recent(start) && start <= self.now)
    }

    /// From start to resolution, where both are known and in order.
    fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.started.zip(self.resolved).filter(|(start, end)| start <= end)
    }

    fn is_recent(&self, at: DateTime<Utc>) -> bool {
        (self.now - at) < RECENT
    }

    /// Where a time is looked for without a day.
    fn anchor(&self) -> DateTime<Utc> {
        self.reference.or(self.started).or(self.resolved).unwrap_or(self.now)
    }

    /// Whether what is read belongs to the last day, as far as the incident's own times tell.
    fn is_last_day(&self) -> bool {
        self.resolved.or(self.started).or(self.reference).is_none_or(|at| self.is_recent(at))
    }

    /// How good a guess these times are together; less is better.
    pub(crate) fn cost(&self, times: &[DateTime<Utc>]) -> Cost {
        let count = |is: &dyn Fn(DateTime<Utc>) -> bool| times.iter().filter(|at| is(**at)).count();
        let outside = self.span().map_or(0, |(start, end)| {
            // A minute is within the incident in which it starts or ends.
            count(&|at| at <= start - TimeDelta::minutes(1) || at >= end + TimeDelta::minutes(1))
        });
        let old = if self.is_last_day() && (outside > 0 || self.span().is_none()) {
            count(&|at| at > self.now + AHEAD || !self.is_recent(at))
        } else {
            0
        };
        let anchor = self.anchor();
        let far = |at: DateTime<Utc>| match self.span() {
            Some((start, _)) if outside > 0 && at < start => start - at,
            Some((_, end)) if outside > 0 && at > end => at - end,
            _ => (at - anchor).abs(),
        };
        Cost {
            is_ahead: times.iter().any(|at| *at > self.now + AHEAD),
            outside,
            old,
            distance: times.iter().map(|at| far(*at)).min().unwrap_or_default(),
            // Of two days that are as near the later, since people write forward.
            earlier: times.iter().max().map_or(0, |at| -at.timestamp()),
        }
    }

    /// The dates on which a clock without a date may be meant.
    pub(crate) fn dates(&self) -> Vec<NaiveDate> {
        let local = |at: DateTime<Utc>| self.zone.local(at).date_naive();
        let mut dates = Vec::new();
        let mut around = |date: NaiveDate, before: u64, after: u64| {
            dates.extend((0..=before).filter_map(|days| date.checked_sub_days(Days::new(days))));
            dates.extend((1..=after).filter_map(|days| date.checked_add_days(Days::new(days))));
        };
        for at in [self.reference, self.started, self.resolved].into_iter().flatten() {
            around(local(at), 2, 2);
        }
        around(local(self.now), 2, 1);
        if let Some((start, end)) = self.span() {
            let days = (local(end) - local(start)).num_days().min(LONGEST);
            around(local(start), 0, u64::try_from(days).unwrap_or(0));
        }
        dates.sort();
        dates.dedup();
        dates
    }

    /// The date of a day that is written in some way.
    pub(crate) fn date(&self, day: Day) -> NaiveDate {
        if let Day::On(date) = day {
            return date;
        }
        let anchor = self.zone.local(self.anchor()).date_naive();
        let today = self.zone.local(self.now).date_naive();
        let best = |dates: Vec<NaiveDate>| {
            let noon = |date: &NaiveDate| self.zone.instant(date.and_hms_opt(12, 0, 0).unwrap_or_default());
            // A day is in the future when it is not today, and within the incident when one of its hours is.
            let cost = |date: &NaiveDate| {
                let is_outside = self.span().is_some_and(|(start, end)| {
                    *date < self.zone.local(start).date_naive() || *date > self.zone.local(end).date_naive()
                });
                (*date > today, is_outside, (noon(date) - noon(&anchor)).abs(), -i64::from(date.num_days_from_ce()))
            };
            dates.into_iter().min_by_key(cost)
        };
        let found = match day {
            Day::On(date) => Some(date),
            Day::OfYear(month, day) => {
                let years = [anchor.year() - 1, anchor.year(), anchor.year() + 1, today.year() - 1, today.year()];
                // The 29th of February is that of the last leap year.
                let leap = (0..8).map(|back| today.year() - back);
                let dates = years.into_iter().chain(leap.filter(|_| (month, day) == (2, 29)));
                best(dates.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day)).collect())
            }
            Day::Weekday(weekday) => {
                let week = |date: NaiveDate| {
                    (0..14).filter_map(move |days| (date + Days::new(7)).checked_sub_days(Days::new(days)))
                };
                best(week(anchor).chain(week(today)).filter(|date| date.weekday() == weekday).collect())
            }
            Day::Number(number) => {
                let first = self.started.or(self.reference).map_or(today, |at| self.zone.local(at).date_naive());
                first.checked_add_days(Days::new(u64::from(number.saturating_sub(1))))
            }
            Day::Ago(days) => today.checked_sub_days(Days::new(u64::from(days))),
            Day::Open(numbers) => self.readings(numbers).first().map(|(_, day)| self.date(*day)),
        };
        found.unwrap_or(today)
    }

    /// What a date of numbers may mean.
    pub(crate) fn readings(&self, numbers: Numbers) -> Vec<(DateOrder, Day)> {
        let readings = DateOrder::ALL.into_iter().filter_map(|order| Some((order, numbers.in_order(order)?)));
        let mut likely: Vec<(DateOrder, Day)> =
            readings.filter(|(_, day)| !numbers.has_short_year() || self.is_likely(*day)).collect();
        // With points the day stands first wherever it can.
        if numbers.is_pointed() && matches!(likely.first(), Some((DateOrder::Day, _))) {
            likely.truncate(1);
        }
        likely
    }

    fn is_likely(&self, day: Day) -> bool {
        let Day::On(date) = day else { return true };
        let local = |at: DateTime<Utc>| self.zone.local(at).date_naive();
        let today = local(self.now);
        let is_recent = today.checked_sub_days(Days::new(LIKELY)).is_some_and(|first| first <= date);
        let is_nearby = || {
            let known = [self.reference, self.started, self.resolved];
            known.into_iter().flatten().any(|at| (local(at) - date).abs() <= NEARBY)
        };
        date <= today + Days::new(1) && (is_recent || is_nearby())
    }

    /// Why a day cannot be taken whatever stands around it.
    pub(crate) fn check(&self, day: Option<Day>) -> Result<(), TimeError> {
        match day {
            Some(Day::Open(numbers)) => {
                let readings = self.readings(numbers);
                match readings.iter().map(|(_, day)| self.check(Some(*day))).reduce(Result::or) {
                    None => Err(TimeError::ShortYear(numbers.to_string())),
                    Some(checked) => checked,
                }
            }
            Some(Day::On(date)) => {
                let is_ahead = date - self.zone.local(self.now).date_naive() > NEARBY;
                let is_possible = (1970..=9999).contains(&date.year());
                if is_ahead || !is_possible { Err(TimeError::FarOff(date.to_string())) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    /// The day that is meant.
    fn settled(&self, day: Option<Day>) -> Result<Option<Day>, TimeError> {
        let Some(Day::Open(numbers)) = day else {
            return self.check(day).map(|()| day);
        };
        let readings = self.readings(numbers);
        match readings.first() {
            None => Err(TimeError::ShortYear(numbers.to_string())),
            Some((_, first)) if readings.iter().all(|(_, day)| day == first) => {
                self.check(Some(*first)).map(|()| Some(*first))
            }
            Some(_) => Err(TimeError::DayOrMonth(numbers.to_string())),
        }
    }

    /// A time with the day that is meant.
    ///
    /// # Errors
    /// Where its date may be several, or cannot be meant.
    pub(crate) fn settle(&self, stamp: Stamp) -> Result<Stamp, TimeError> {
        Ok(Stamp { day: self.settled(stamp.day)?, ..stamp })
    }

    /// The same for both ends of what stands in front of a line.
    ///
    /// # Errors
    /// As [`Near::settle`].
    pub(crate) fn settle_both<'a>(&self, written: Written<'a>) -> Result<Written<'a>, TimeError> {
        let end = written.end.map(|end| self.settle(end)).transpose()?;
        Ok(Written { start: self.settle(written.start)?, end, ..written })
    }

    /// The instant that is meant, and the others that may be, the likeliest first.
    pub(crate) fn place(&self, stamp: &Stamp) -> Placed {
        let dates = match stamp.day {
            // In whatever order the numbers are meant.
            Some(Day::Open(numbers)) => self.readings(numbers).into_iter().map(|(_, day)| self.date(day)).collect(),
            Some(day) => vec![self.date(day)],
            None => match stamp.minutes_east {
                // The day in the zone that was written may be another one.
                Some(_) => self.dates().into_iter().flat_map(|date| [date.pred_opt(), Some(date)]).flatten().collect(),
                None => self.dates(),
            },
        };
        let mut times: Vec<DateTime<Utc>> =
            dates.into_iter().flat_map(|date| stamp.on(date, self.zone).all()).collect();
        times.sort();
        times.dedup();
        times.sort_by_key(|at| self.cost(&[*at]));
        let mut times = times.into_iter();
        let at = times.next().unwrap_or(self.now);
        let others = times.filter(|other| *other <= self.now + AHEAD && (*other - at).abs() <= TimeDelta::hours(49));
        Placed { at, others: others.take(3).collect() }
    }

    /// The first instant from `start` on that an end may mean. Where that is in the future, or far from the start, the day
    /// of the start is meant, and it ends before it starts.
    pub(crate) fn end(&self, end: &Stamp, start: DateTime<Utc>) -> DateTime<Utc> {
        if let Some(day) = end.day {
            return end.on(Near { reference: Some(start), ..*self }.date(day), self.zone).first();
        }
        let next = after(end, start, self.zone);
        let day = day_of(end, start, self.zone);
        let is_night = shown(end, start, self.zone).hour() >= EVENING && end.time.hour() < NOON;
        let longest = if is_night { LONGEST_NIGHT } else { LONGEST_RANGE };
        let is_likely = next <= self.now + AHEAD && next - start <= longest;
        let is_next = is_likely || day_of(end, next, self.zone) == day;
        if is_next { next } else { end.on(day, self.zone).first() }
    }
}

/// How good a guess is: what stands first matters most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cost {
    pub is_ahead: bool,
    outside: usize,
    old: usize,
    distance: TimeDelta,
    earlier: i64,
}

impl Cost {
    /// The same but for some hours, which tell the two of an hour that comes twice apart and no days.
    pub fn coarse(&self) -> impl Ord + use<> {
        (self.is_ahead, self.outside, self.old, self.distance.num_hours() / 12)
    }
}

/// Where a clock was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub at: DateTime<Utc>,
    /// The other instants that may have been meant.
    pub others: Vec<DateTime<Utc>>,
}

/// What the clocks of a stamp show at an instant.
fn shown(stamp: &Stamp, at: DateTime<Utc>, zone: Zone) -> NaiveDateTime {
    match stamp.minutes_east {
        Some(minutes) => (at + TimeDelta::minutes(i64::from(minutes))).naive_utc(),
        None => zone.local(at).naive_local(),
    }
}

/// The day of an instant on the clocks of a stamp.
pub(crate) fn day_of(stamp: &Stamp, at: DateTime<Utc>, zone: Zone) -> NaiveDate {
    shown(stamp, at, zone).date()
}

/// The first instant from `start` on at which the clocks show a stamp.
pub(crate) fn after(stamp: &Stamp, start: DateTime<Utc>, zone: Zone) -> DateTime<Utc> {
    let day = day_of(stamp, start, zone);
    let days = (0..=2).filter_map(|days| day.checked_add_days(Days::new(days)));
    days.flat_map(|date| stamp.on(date, zone).all()).find(|at| *at >= start).unwrap_or(start)
}

/// The last instant up to `end` at which the clocks show a stamp.
pub(crate) fn before(stamp: &Stamp, end: DateTime<Utc>, zone: Zone) -> DateTime<Utc> {
    let day = day_of(stamp, end, zone);
    let days = (0..=2).filter_map(|days| day.checked_sub_days(Days::new(days)));
    days.flat_map(|date| stamp.on(date, zone).all().rev()).find(|at| *at <= end).unwrap_or(end)
}
