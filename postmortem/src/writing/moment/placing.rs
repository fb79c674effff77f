//! The times of a list in every way in which it may be meant: in which order its dates are written, which half of the day
//! is meant where only some lines say it, and on which days it runs. One way, or a question with the ways to answer it.

use super::calendar::DateOrder;
use super::halves::{self, Halves, Line, ListPlace};
use super::list;
use super::way::{Doubt, Way};
use super::{Day, Dial, Near, Stamp, headings, orders};
use chrono::{DateTime, NaiveDate, Utc};

/// A time of a list, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot<'a> {
    pub stamp: &'a Stamp,
    /// When it ended, where a range was written.
    pub end: Option<&'a Stamp>,
    /// The number of the heading that it stands under.
    pub heading: Option<usize>,
}

/// The times of a list in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// What tells it from the others; nothing where there is no doubt.
    pub ways: Vec<Way>,
    pub times: Vec<DateTime<Utc>>,
    pub order: Option<DateOrder>,
    /// Whether a time without am or pm may be in either half of the day.
    pub is_twelve: bool,
}

impl Reading {
    /// When something that began at `start` ended.
    pub fn end(&self, end: &Stamp, start: DateTime<Utc>, near: &Near) -> DateTime<Utc> {
        let day = end.day.map(|day| orders::settled(day, self.order, near));
        let stamps = end.halves().map(|time| Stamp { day, time, ..end.clone() });
        let ends = stamps.take(if self.is_twelve { 2 } else { 0 }).map(|end| near.end(&end, start));
        let literal = || near.end(&Stamp { day, ..end.clone() }, start);
        ends.filter(|end| *end >= start).min().unwrap_or_else(literal)
    }
}

/// The times of a list: in one way, or in several with the doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placing {
    /// The likeliest first.
    pub readings: Vec<Reading>,
    pub doubt: Option<Doubt>,
    /// The same list on another day, where nothing says its day.
    pub other_day: Option<Vec<DateTime<Utc>>>,
}

impl Placing {
    /// Whether the ways differ in the time with this number.
    pub fn is_doubtful(&self, number: usize) -> bool {
        let mut times = self.readings.iter().map(|reading| reading.times.get(number));
        let first = times.next();
        times.any(|time| Some(time) != first)
    }
}

/// The times of a list whose headings name these days.
pub(crate) fn place(slots: &[Slot<'_>], headings: &[Day], near: &Near) -> Placing {
    let written = slots.iter().flat_map(|slot| [slot.stamp.day, slot.end.and_then(|end| end.day)]);
    let days: Vec<Day> = written.flatten().chain(headings.iter().copied()).collect();
    let orders = orders::of(&days, near);
    let mut placing = Placing { readings: Vec::new(), doubt: None, other_day: None };
    for order in &orders {
        placing.add(slots, headings, *order, orders.len() > 1, near);
    }
    if orders.len() > 1 {
        placing.readings.sort_by_cached_key(|reading| near.cost(&reading.times));
        placing.doubt = Some(Doubt::Dates);
    }
    if placing.readings.len() == 1 {
        placing.doubt = None;
        placing.readings.iter_mut().for_each(|reading| reading.ways.clear());
    } else {
        placing.other_day = None;
    }
    placing
}

impl Placing {
    /// Adds the ways of one order of the dates.
    fn add(&mut self, slots: &[Slot<'_>], days: &[Day], order: Option<DateOrder>, is_asked: bool, near: &Near) {
        let days: Vec<Day> = days.iter().map(|day| orders::settled(*day, order, near)).collect();
        let lines: Vec<_> = slots.iter().map(|slot| (slot.heading, slot.stamp)).collect();
        let growth = headings::growth(&lines);
        let courses = headings::of(&days, growth, near);
        let is_course_asked = courses.len() > 1;
        for (course, dates) in courses {
            let order_way = order.filter(|_| is_asked).map(of_order);
            let asked = order_way.into_iter().chain(is_course_asked.then(|| of_days(course))).collect();
            self.add_on(slots, &dates, order, asked, near);
        }
        if is_course_asked && self.readings.len() > 1 {
            self.doubt = self.doubt.or(Some(Doubt::Order));
        }
    }

    /// Adds the ways in which a list may be meant whose headings are these dates.
    fn add_on(
        &mut self,
        slots: &[Slot<'_>],
        dates: &[NaiveDate],
        order: Option<DateOrder>,
        above: Vec<Way>,
        near: &Near,
    ) {
        let settled = |slot: &Slot<'_>| {
            let day = slot.stamp.day.map(|day| orders::settled(day, order, near));
            Stamp { day, ..slot.stamp.clone() }
        };
        let mut stamps: Vec<Stamp> = slots.iter().map(settled).collect();
        let places = places(slots, &stamps, dates, near);
        let lines: Vec<Line<'_>> = stamps.iter().zip(places).map(|(stamp, place)| Line { stamp, place }).collect();
        let halves = halves::readings(&lines);
        let is_half_asked = halves.len() > 1;
        let has_halves = stamps.iter().any(|stamp| stamp.dial == Dial::Twelve);
        for (half, times) in halves {
            stamps.iter_mut().zip(times).for_each(|(stamp, time)| stamp.time = time);
            let heading = |slot: &Slot<'_>| slot.heading.and_then(|number| Some((number, *dates.get(number)?)));
            let walked: Vec<list::Slot<'_>> =
                stamps.iter().zip(slots).map(|(stamp, slot)| list::Slot { stamp, heading: heading(slot) }).collect();
            let walks = list::walks(&walked, near);
            self.doubt = self.doubt.or(is_half_asked.then_some(Doubt::Halves)).or(walks.doubt);
            self.other_day = walks.other_day;
            let is_way_asked = walks.ways.len() > 1;
            for (way, times) in walks.ways {
                if self.readings.iter().any(|known| known.times == times) {
                    continue;
                }
                let mut ways = above.clone();
                ways.extend(of_halves(half));
                ways.extend(is_way_asked.then_some(way));
                let is_twelve = has_halves && half != Halves::TwentyFour;
                self.readings.push(Reading { ways, times, order, is_twelve });
            }
        }
    }
}

fn of_order(order: DateOrder) -> Way {
    match order {
        DateOrder::Day => Way::Day,
        DateOrder::Month => Way::Month,
        DateOrder::Year => Way::Year,
    }
}

fn of_days(course: Way) -> Way {
    if course == Way::Backward { Way::DaysBackward } else { Way::DaysOnward }
}

fn of_halves(halves: Halves) -> Option<Way> {
    match halves {
        Halves::Sure => None,
        Halves::Onward => Some(Way::Nearest),
        Halves::Backward => Some(Way::NearestBackward),
        Halves::TwentyFour => Some(Way::TwentyFour),
    }
}

/// Which times begin a day.
fn places(slots: &[Slot<'_>], stamps: &[Stamp], dates: &[NaiveDate], near: &Near) -> Vec<ListPlace> {
    let mut above = None;
    let mut places = Vec::with_capacity(slots.len());
    for (slot, stamp) in slots.iter().zip(stamps) {
        let date = match (stamp.day, slot.heading) {
            (Some(day), _) => Some(near.date(day)),
            (None, Some(number)) if above != Some(number) => dates.get(number).copied(),
            (None, _) => None,
        };
        above = if stamp.day.is_some() { None } else { slot.heading };
        places.push(date.map_or(ListPlace::GoesOn, ListPlace::Begins));
    }
    places
}
