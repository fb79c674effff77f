//! Days as they are written, before it is known which day of the calendar is meant.

use super::TimeError;
use chrono::{Datelike, NaiveDate, Weekday};
use std::fmt;

/// A day as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// With its year.
    On(NaiveDate),
    /// Month and day.
    OfYear(u32, u32),
    Weekday(Weekday),
    /// Counted from the day of the start, which is 1.
    Number(u32),
    /// So many days before today.
    Ago(u32),
    /// Numbers that do not say by themselves which of them is the day.
    Open(Numbers),
}

/// A day, or what only looks like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateRead {
    Day(Day),
    /// A date that no calendar has.
    Impossible(String),
}

impl DateRead {
    /// The day.
    ///
    /// # Errors
    /// Where it is impossible, which matters only once a clock stands behind it.
    pub fn possible(self) -> Result<Day, TimeError> {
        match self {
            Self::Day(day) => Ok(day),
            Self::Impossible(typed) => Err(TimeError::NotADate(typed)),
        }
    }
}

/// The day of a year, a month and a day of digits.
pub fn on(year: &str, month: &str, day: &str, typed: &str) -> DateRead {
    let date = match (year.parse(), month.parse(), day.parse()) {
        (Ok(year), Ok(month), Ok(day)) => NaiveDate::from_ymd_opt(year, month, day),
        _ => None,
    };
    date.map_or_else(|| DateRead::Impossible(typed.to_owned()), |date| DateRead::Day(Day::On(date)))
}

/// The day of a month and a day.
pub fn of_year(month: u32, day: u32, typed: &str) -> DateRead {
    // A leap year has every day that any year has.
    match NaiveDate::from_ymd_opt(2024, month, day) {
        Some(_) => DateRead::Day(Day::OfYear(month, day)),
        None => DateRead::Impossible(typed.to_owned()),
    }
}

/// Which number of a date stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    Day,
    Month,
    Year,
}

impl DateOrder {
    pub const ALL: [Self; 3] = [Self::Day, Self::Month, Self::Year];
}

/// A date whose numbers do not say by themselves which is which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    first: Number,
    second: Number,
    /// The year, unless it stands first.
    third: Option<Number>,
    separator: char,
}

/// One or more digits as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Number {
    value: u32,
    width: usize,
}

impl Number {
    fn new(digits: &str) -> Option<Self> {
        Some(Self { value: digits.parse().ok()?, width: digits.len() })
    }

    /// As a year: two digits are of this century.
    fn year(self) -> String {
        if self.width == 2 { format!("20{:02}", self.value) } else { self.value.to_string() }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:0width$}", self.value, width = self.width)
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}{}", self.first, self.separator, self.second)?;
        self.third.map_or(Ok(()), |year| write!(formatter, "{}{year}", self.separator))
    }
}

impl Numbers {
    /// The day in an order; `None` where no calendar has it, or nobody writes it so.
    pub fn in_order(self, order: DateOrder) -> Option<Day> {
        let (first, second) = (self.first.value, self.second.value);
        let read = match (order, self.third) {
            (DateOrder::Year, Some(third)) if third.width == 2 && self.first.width == 2 => {
                on(&self.first.year(), &second.to_string(), &third.value.to_string(), "")
            }
            (DateOrder::Year, _) => return None,
            (DateOrder::Month, _) if self.separator == '.' => return None,
            (DateOrder::Day, None) => of_year(second, first, ""),
            (DateOrder::Month, None) => of_year(first, second, ""),
            (DateOrder::Day, Some(year)) => on(&year.year(), &second.to_string(), &first.to_string(), ""),
            (DateOrder::Month, Some(year)) => on(&year.year(), &first.to_string(), &second.to_string(), ""),
        };
        match read {
            DateRead::Day(day) => Some(day),
            DateRead::Impossible(_) => None,
        }
    }

    /// The only date that is this weekday, where its year is whole.
    pub fn on(self, weekday: Weekday) -> Option<NaiveDate> {
        let days = DateOrder::ALL.into_iter().filter_map(|order| self.in_order(order));
        let mut dates = days.filter_map(|day| match day {
            Day::On(date) if date.weekday() == weekday => Some(date),
            _ => None,
        });
        dates.next().filter(|_| !self.has_short_year() && dates.next().is_none())
    }

    /// The date, where its year is whole and it can be no other.
    pub fn alone(self) -> Option<NaiveDate> {
        let days: Vec<Day> = DateOrder::ALL.into_iter().filter_map(|order| self.in_order(order)).collect();
        match days.as_slice() {
            [Day::On(date), rest @ ..] if !self.has_short_year() && rest.iter().all(|day| *day == Day::On(*date)) => {
                Some(*date)
            }
            _ => None,
        }
    }

    /// Whether its year has two digits.
    pub fn has_short_year(self) -> bool {
        self.third.is_some_and(|year| year.width == 2)
    }

    /// Whether points stand between its numbers.
    pub fn is_pointed(self) -> bool {
        self.separator == '.'
    }

    pub fn has_year(self) -> bool {
        self.third.is_some()
    }

    /// Whether it is written as dates are and other numbers are not: `10.03.26`.
    pub fn is_padded(self) -> bool {
        self.has_year() && self.first.width == 2 && self.second.width == 2
    }

    /// Whether it has the digits of a date: `10/03` and not `3/4`.
    pub fn is_long(self) -> bool {
        self.has_year() || self.first.width + self.second.width > 2
    }
}

/// Numbers that may be several days, where any calendar has one of them.
pub fn open(first: &str, second: &str, year: Option<&str>, separator: char, typed: &str) -> Option<DateRead> {
    let third = match year {
        Some(year) => Some(Number::new(year)?),
        None => None,
    };
    let numbers = Numbers { first: Number::new(first)?, second: Number::new(second)?, third, separator };
    let is_possible = DateOrder::ALL.into_iter().any(|order| numbers.in_order(order).is_some());
    Some(if is_possible { DateRead::Day(Day::Open(numbers)) } else { DateRead::Impossible(typed.to_owned()) })
}
