//! On which dates the headings of a list are. Weekdays may run onward or backward: the lines under them tell which, or the
//! start of the incident, and else it is asked.

use super::{Day, Dial, Near, Stamp, Way};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};

/// A clock that goes on by more than this went back.
const NATURAL: TimeDelta = TimeDelta::hours(12);

/// The dates of headings: in one way, or in both where nothing says in which direction their weekdays run. `growth` is the
/// way in which the lines under them run, where they do.
pub fn of(days: &[Day], growth: Option<Way>, near: &Near) -> Vec<(Way, Vec<NaiveDate>)> {
    let is_growth = |way: Way| growth.is_none_or(|growth| growth == way);
    let mut ways: Vec<(Guess, Way, Vec<NaiveDate>)> = [Way::Onward, Way::Backward]
        .into_iter()
        .filter_map(|way| {
            let dates = dates(days, way, near);
            let guesses = weeks(days, &dates, near).into_iter().map(|dates| (Guess::new(days, &dates, near), dates));
            guesses.min_by_key(|(guess, _)| *guess).map(|(guess, dates)| (guess, way, dates))
        })
        .collect();
    ways.sort_by_key(|(guess, way, _)| (guess.ahead, !is_growth(*way), *guess));
    let is_sure = match ways.as_slice() {
        [one, other] => {
            let is_growth = is_growth(one.1) != is_growth(other.1);
            is_growth || one.2 == other.2 || one.0.is_clear_before(other.0)
        }
        _ => true,
    };
    ways.truncate(if is_sure { 1 } else { 2 });
    ways.into_iter().map(|(_, way, dates)| (way, dates)).collect()
}

/// How likely weekdays are meant as some dates: what stands first matters most, and less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Guess {
    /// How many are in the future.
    ahead: usize,
    /// How many are before the start or behind the resolution.
    outside: usize,
    is_long: bool,
    /// How many days they are from the start, together.
    distance: i64,
}

impl Guess {
    fn new(days: &[Day], dates: &[NaiveDate], near: &Near) -> Self {
        let local = |at: DateTime<Utc>| near.zone.local(at).date_naive();
        let guessed = days.iter().zip(dates).filter(|(day, _)| matches!(day, Day::Weekday(_))).map(|(_, date)| *date);
        let guessed: Vec<NaiveDate> = guessed.collect();
        let is_outside = |date: &&NaiveDate| {
            near.started.is_some_and(|at| **date < local(at)) || near.resolved.is_some_and(|at| **date > local(at))
        };
        let ends = guessed.iter().min().zip(guessed.iter().max());
        Self {
            ahead: guessed.iter().filter(|date| **date > local(near.now)).count(),
            outside: guessed.iter().filter(is_outside).count(),
            is_long: ends.is_some_and(|(first, last)| *last - *first > TimeDelta::days(7)),
            distance: near
                .started
                .map_or(0, |at| guessed.iter().map(|date| (*date - local(at)).num_days().abs()).sum()),
        }
    }

    /// Whether another guess cannot be meant as well.
    fn is_clear_before(self, other: Self) -> bool {
        let first = |guess: Self| (guess.ahead, guess.outside, guess.is_long);
        first(self) < first(other) || self.distance * 3 < other.distance
    }
}

/// Dates of weekdays alone, and the same a week before and behind, which are as likely where a start is known.
fn weeks(days: &[Day], dates: &[NaiveDate], near: &Near) -> Vec<Vec<NaiveDate>> {
    let is_open = near.started.is_some() && days.iter().all(|day| matches!(day, Day::Weekday(_)));
    let moved = |weeks: i64| dates.iter().filter_map(|date| date.checked_add_signed(TimeDelta::weeks(weeks))).collect();
    [0, -1, 1].into_iter().filter(|weeks| is_open || *weeks == 0).map(moved).collect()
}

/// The dates of headings, each seen from the one above it.
fn dates(days: &[Day], way: Way, near: &Near) -> Vec<NaiveDate> {
    let today = near.zone.local(near.now).date_naive();
    let mut dates: Vec<NaiveDate> = Vec::new();
    for day in days {
        let date = match (day, dates.last()) {
            (Day::Weekday(weekday), Some(above)) => {
                let onward = (7 + weekday.num_days_from_monday() - above.weekday().num_days_from_monday()) % 7;
                match way {
                    Way::Backward => *above - Days::new(u64::from((7 - onward) % 7)),
                    _ => *above + Days::new(u64::from(onward)),
                }
            }
            (Day::OfYear(..), Some(above)) => {
                let noon = near.zone.instant(above.and_hms_opt(12, 0, 0).unwrap_or_default());
                Near::beside(noon, near.now, near.zone).date(*day)
            }
            _ => near.date(*day),
        };
        dates.push(date);
    }
    // Guessed days are not in the future: a week of weekdays is the last one, and its days end today.
    for (is_guessed, step) in [
        ((|day: &Day| matches!(day, Day::Weekday(_))) as fn(&Day) -> bool, 7),
        ((|day: &Day| matches!(day, Day::Number(_))) as fn(&Day) -> bool, 1),
    ] {
        let latest = days.iter().zip(&dates).filter(|(day, _)| is_guessed(day)).map(|(_, date)| *date).max();
        let ahead = latest.map_or(0, |latest| (latest - today).num_days().max(0));
        if ahead > 0 && near.started.is_none() {
            let back = Days::new(u64::try_from((ahead + step - 1) / step * step).unwrap_or(0));
            days.iter().zip(&mut dates).filter(|(day, _)| is_guessed(day)).for_each(|(_, date)| *date = *date - back);
        }
    }
    dates
}

/// In which way the lines under headings run, where all that tell it tell the same.
pub fn growth(lines: &[(Option<usize>, &Stamp)]) -> Option<Way> {
    let has_halves = lines.iter().any(|(_, stamp)| stamp.dial == Dial::Twelve);
    let is_sure = |stamp: &Stamp| stamp.dial != Dial::Either || !has_halves;
    let mut found = None;
    let mut above: Option<(usize, &Stamp)> = None;
    for (heading, stamp) in lines.iter().copied() {
        let heading = heading.filter(|_| stamp.day.is_none() && is_sure(stamp));
        let before = above.filter(|(number, before)| {
            Some(*number) == heading && before.minutes_east == stamp.minutes_east && before.time != stamp.time
        });
        above = heading.map(|number| (number, stamp));
        let Some((_, before)) = before else { continue };
        let onward = (stamp.time - before.time + TimeDelta::days(1)).num_seconds() % TimeDelta::days(1).num_seconds();
        let way = if onward <= NATURAL.num_seconds() { Way::Onward } else { Way::Backward };
        if *found.get_or_insert(way) != way {
            return None;
        }
    }
    found
}
