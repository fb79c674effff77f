//! The times of a list in every way in which it may be meant: in which order its dates are written, which half of the day
//! is meant where only some lines say it, and on which days it runs. One way, or a question with the ways to answer it.

use super::halves::{self, Halves, Line, Place};
use super::list;
use super::numbers::Order;
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

/// Why a list may be read in more than one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The times neither grow nor run newest first, or do both.
    Order,
    /// An hour comes twice on that day.
    Twice,
    /// Its dates may begin with the day, the month or the year.
    Dates,
    /// Some of its times say am or pm, and others do not.
    Halves,
}

impl Doubt {
    /// What is asked, with the first line that it is about.
    pub fn question(self, line: &str) -> String {
        match self {
            Self::Order => {
                format!("These times can be read in more than one way, first “{line}”. Which day is meant?")
            }
            Self::Twice => {
                format!("The clocks were set back here, and an hour comes twice, first “{line}”. Which one is meant?")
            }
            Self::Dates => {
                format!("These dates can be read in more than one order, first “{line}”. Which one is meant?")
            }
            Self::Halves => {
                format!("Some of these times say am or pm and others do not, first “{line}”. Which one is meant?")
            }
        }
    }

    /// What is wrong with a single line, where nothing is taken before it is written for certain.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Order | Self::Twice => {
                "This time may be meant in two ways. Write the date in front of it and the distance from UTC behind it, as in 2018-10-21 23:07 UTC+2."
            }
            Self::Dates => "This date may be meant in two ways. Write it as 2018-10-21.",
            Self::Halves => {
                "Other lines say am or pm, and this one does not. Write it behind the time, as in 11:07 pm."
            }
        }
    }
}

/// One way to read a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// In order, over midnight.
    Onward,
    /// The newest first.
    Backward,
    /// On one day, in any order.
    OneDay,
    /// The days above its lines in order.
    DaysOnward,
    /// The newest day first.
    DaysBackward,
    /// In the earlier of two equal hours.
    Earlier,
    /// In the later of two equal hours.
    Later,
    /// Dates of numbers begin with the day.
    Day,
    /// Dates of numbers begin with the month.
    Month,
    /// Dates of numbers begin with the year.
    Year,
    /// Times without am or pm are next to the line before them.
    Nearest,
    /// The same in a list that runs newest first.
    NearestBackward,
    /// Times without am or pm are those of a clock of 24 hours.
    TwentyFour,
}

impl Way {
    /// The words of the choice.
    pub fn label(self) -> &'static str {
        match self {
            Self::Onward => "In order, over midnight",
            Self::Backward => "Newest first",
            Self::OneDay => "All on the same day",
            Self::DaysOnward => "The days in order",
            Self::DaysBackward => "The newest day first",
            Self::Earlier => "Before the clocks were set back",
            Self::Later => "After the clocks were set back",
            Self::Day => "The day stands first",
            Self::Month => "The month stands first",
            Self::Year => "The year stands first",
            Self::Nearest => "am or pm so that each line follows the one above",
            Self::NearestBackward => "am or pm so that each line comes before the one above",
            Self::TwentyFour => "Without am or pm, a clock of 24 hours",
        }
    }
}

/// The times of a list in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// What tells it from the others; nothing where there is no doubt.
    pub ways: Vec<Way>,
    pub times: Vec<DateTime<Utc>>,
    pub order: Option<Order>,
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
    fn add(&mut self, slots: &[Slot<'_>], days: &[Day], order: Option<Order>, is_asked: bool, near: &Near) {
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
    fn add_on(&mut self, slots: &[Slot<'_>], dates: &[NaiveDate], order: Option<Order>, above: Vec<Way>, near: &Near) {
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

fn of_order(order: Order) -> Way {
    match order {
        Order::Day => Way::Day,
        Order::Month => Way::Month,
        Order::Year => Way::Year,
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
fn places(slots: &[Slot<'_>], stamps: &[Stamp], dates: &[NaiveDate], near: &Near) -> Vec<Place> {
    let mut above = None;
    let mut places = Vec::with_capacity(slots.len());
    for (slot, stamp) in slots.iter().zip(stamps) {
        let date = match (stamp.day, slot.heading) {
            (Some(day), _) => Some(near.date(day)),
            (None, Some(number)) if above != Some(number) => dates.get(number).copied(),
            (None, _) => None,
        };
        above = if stamp.day.is_some() { None } else { slot.heading };
        places.push(date.map_or(Place::GoesOn, Place::Begins));
    }
    places
}
