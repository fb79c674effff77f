//! Dates of numbers: `2026-03-10`, `10.03.2026`, `10/03/26`. Some may be read in several orders; which one is meant, the
//! list around them or their distance from today says (`orders.rs`, `near.rs`).

use super::day::{Day, Read, month, number, of_year, on};
use chrono::{Datelike, NaiveDate, Weekday};
use std::fmt;

/// Which number of a date stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Day,
    Month,
    Year,
}

impl Order {
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
    pub fn in_order(self, order: Order) -> Option<Day> {
        let (first, second) = (self.first.value, self.second.value);
        let read = match (order, self.third) {
            (Order::Year, Some(third)) if third.width == 2 && self.first.width == 2 => {
                on(&self.first.year(), &second.to_string(), &third.value.to_string(), "")
            }
            (Order::Year, _) => return None,
            (Order::Month, _) if self.separator == '.' => return None,
            (Order::Day, None) => of_year(second, first, ""),
            (Order::Month, None) => of_year(first, second, ""),
            (Order::Day, Some(year)) => on(&year.year(), &second.to_string(), &first.to_string(), ""),
            (Order::Month, Some(year)) => on(&year.year(), &first.to_string(), &second.to_string(), ""),
        };
        match read {
            Read::Day(day) => Some(day),
            Read::Impossible(_) => None,
        }
    }

    /// The only date that is this weekday, where its year is whole.
    pub fn on(self, weekday: Weekday) -> Option<NaiveDate> {
        let days = Order::ALL.into_iter().filter_map(|order| self.in_order(order));
        let mut dates = days.filter_map(|day| match day {
            Day::On(date) if date.weekday() == weekday => Some(date),
            _ => None,
        });
        dates.next().filter(|_| !self.has_short_year() && dates.next().is_none())
    }

    /// The date, where its year is whole and it can be no other.
    pub fn alone(self) -> Option<NaiveDate> {
        let days: Vec<Day> = Order::ALL.into_iter().filter_map(|order| self.in_order(order)).collect();
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

/// The date of numbers at the front of a text, and what is behind it.
pub fn read(text: &str) -> Option<(Read, &str)> {
    let text = text.trim_start();
    let (first, behind) = number(text)?;
    if first.len() == 8 && behind.starts_with('T') {
        let (year, rest) = first.split_at(4);
        return Some((on(year, &rest[..2], &rest[2..], first), behind));
    }
    let separator = behind.chars().next().filter(|next| matches!(next, '-' | '.' | '/'))?;
    let (second, behind) = match number(&behind[1..]) {
        Some(found) => found,
        // 10/Mar/2026, 10-Mar-2026
        None => {
            let letters = behind[1..].bytes().take_while(u8::is_ascii_alphabetic).count();
            let (name, rest) = behind[1..].split_at(letters);
            let month = month(name)?;
            let (year, rest) = number(rest.strip_prefix(separator)?).filter(|(year, _)| year.len() == 4)?;
            let typed = &text[..text.len() - rest.len()];
            return Some((on(year, &month.to_string(), first, typed), rest));
        }
    };
    let third = behind.strip_prefix(separator).and_then(number);
    let typed = |rest: &str| &text[..text.len() - rest.len()];
    match (first.len(), second.len(), third) {
        (4, 1..=2, Some((third, rest))) if third.len() <= 2 => Some((on(first, second, third, typed(rest)), rest)),
        (1..=2, 1..=2, Some((year, rest))) if separator == '.' && year.len() == 4 => {
            Some((on(year, second, first, typed(rest)), rest))
        }
        (1..=2, 1..=2, Some((year, rest))) if matches!(year.len(), 2 | 4) => {
            Some((open(first, second, Some(year), separator, typed(rest))?, rest))
        }
        (1..=2, 1..=2, None) if separator == '.' => {
            let rest = behind.strip_prefix('.')?;
            let (day, month) = (first.parse().ok()?, second.parse().ok()?);
            Some((of_year(month, day, typed(rest)), rest))
        }
        (1..=2, 1..=2, None) if separator == '/' => {
            Some((open(first, second, None, separator, typed(behind))?, behind))
        }
        _ => None,
    }
}

fn open(first: &str, second: &str, year: Option<&str>, separator: char, typed: &str) -> Option<Read> {
    let third = match year {
        Some(year) => Some(Number::new(year)?),
        None => None,
    };
    let numbers = Numbers { first: Number::new(first)?, second: Number::new(second)?, third, separator };
    let is_possible = Order::ALL.into_iter().any(|order| numbers.in_order(order).is_some());
    Some(if is_possible { Read::Day(Day::Open(numbers)) } else { Read::Impossible(typed.to_owned()) })
}
