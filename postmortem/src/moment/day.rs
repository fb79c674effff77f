//! Days: `2026-03-10`, `10.03.2026`, `Mar 10`, `Tuesday, 10 March 2026`, `Tuesday`, `Day 2`, `yesterday`.

use super::numbers::{self, Numbers};
use super::{TimeError, word};
use chrono::{NaiveDate, Weekday};

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
pub enum Read {
    Day(Day),
    /// A date that no calendar has.
    Impossible(String),
}

impl Read {
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

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The months of German mails and chats whose names are others.
const GERMAN_MONTHS: [(&str, u32); 8] = [
    ("januar", 1),
    ("februar", 2),
    ("märz", 3),
    ("mai", 5),
    ("juni", 6),
    ("juli", 7),
    ("oktober", 10),
    ("dezember", 12),
];

const GERMAN_WEEKDAYS: [(&str, Weekday); 7] = [
    ("montag", Weekday::Mon),
    ("dienstag", Weekday::Tue),
    ("mittwoch", Weekday::Wed),
    ("donnerstag", Weekday::Thu),
    ("freitag", Weekday::Fri),
    ("samstag", Weekday::Sat),
    ("sonntag", Weekday::Sun),
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

/// The day at the front of a text, and what is behind it. An ISO date that no calendar has is an error at once, since it
/// can be nothing else.
pub fn read(text: &str) -> Result<Option<(Read, &str)>, TimeError> {
    if let Some((day, rest)) = numbers::read(text) {
        return match day {
            Read::Impossible(typed) if typed.len() == 10 && typed.as_bytes().get(4) == Some(&b'-') => {
                Err(TimeError::NotADate(typed))
            }
            day => Ok(Some((day, rest))),
        };
    }
    if let Some((month_day, rest)) = day_and_month(text).or_else(|| month_and_day(text)) {
        return Ok(Some((month_day, rest)));
    }
    let (first, rest) = word(text);
    let name = first.trim_end_matches([',', '.', ':']);
    let behind = text.trim_start().get(name.len()..).unwrap_or_default();
    if let Some(weekday) = weekday(name) {
        // A weekday before a date adds nothing to it.
        let dated = rest.trim_start_matches([',', ' ']);
        let date = numbers::read(dated).or_else(|| day_and_month(dated)).or_else(|| month_and_day(dated));
        let date = date.map(|(date, rest)| match date {
            // "Tue 3/10/2026" is the date that is a Tuesday.
            Read::Day(Day::Open(numbers)) => (Read::Day(numbers.on(weekday).map_or(Day::Open(numbers), Day::On)), rest),
            date => (date, rest),
        });
        return Ok(Some(date.unwrap_or((Read::Day(Day::Weekday(weekday)), behind))));
    }
    let lower = name.to_ascii_lowercase();
    let day = match lower.as_str() {
        "today" => Some(Day::Ago(0)),
        "yesterday" => Some(Day::Ago(1)),
        "day" => {
            let (count, _) = word(rest);
            let number = count.trim_end_matches([',', ':', '.']);
            let parsed = number.parse::<u32>().ok().filter(|count| (1..=366).contains(count));
            return Ok(parsed.filter(|_| first.len() == name.len()).map(|count| {
                (Read::Day(Day::Number(count)), rest.trim_start().get(number.len()..).unwrap_or_default())
            }));
        }
        _ => None,
    };
    Ok(day.map(|day| (Read::Day(day), behind)))
}

/// Whether a text begins with a weekday, as the times of mails and logs do.
pub fn begins_with_weekday(text: &str) -> bool {
    let (first, _) = word(text);
    weekday(first.trim_end_matches([',', '.'])).is_some()
}

/// The day of a year, a month and a day of digits.
pub fn on(year: &str, month: &str, day: &str, typed: &str) -> Read {
    let date = match (year.parse(), month.parse(), day.parse()) {
        (Ok(year), Ok(month), Ok(day)) => NaiveDate::from_ymd_opt(year, month, day),
        _ => None,
    };
    date.map_or_else(|| Read::Impossible(typed.to_owned()), |date| Read::Day(Day::On(date)))
}

/// The day of a month and a day.
pub fn of_year(month: u32, day: u32, typed: &str) -> Read {
    // A leap year has every day that any year has.
    match NaiveDate::from_ymd_opt(2024, month, day) {
        Some(_) => Read::Day(Day::OfYear(month, day)),
        None => Read::Impossible(typed.to_owned()),
    }
}

/// `10 March 2026`, `10. March`, `1st of March`.
fn day_and_month(text: &str) -> Option<(Read, &str)> {
    let text = text.trim_start();
    let (day, behind) = number(text).filter(|(day, _)| day.len() <= 2)?;
    let behind = ordinal(behind).trim_start_matches('.');
    let gap = behind.trim_start();
    if gap.len() == behind.len() {
        return None;
    }
    let gap = gap.strip_prefix("of ").unwrap_or(gap);
    let (month, rest) = named_month(gap)?;
    // "10 deck chairs" names no month.
    if rest.starts_with(|next: char| next.is_alphanumeric()) {
        return None;
    }
    dated(text, month, day, rest)
}

/// `March 10th, 2026`, `Mar 10`.
fn month_and_day(text: &str) -> Option<(Read, &str)> {
    let text = text.trim_start();
    let (month, behind) = named_month(text)?;
    let gap = behind.trim_start();
    if gap.len() == behind.len() {
        return None;
    }
    let (day, rest) = number(gap).filter(|(day, _)| day.len() <= 2)?;
    // "Mar 12:10" is no day of March.
    if rest.starts_with(':') && rest[1..].starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    dated(text, month, day, ordinal(rest))
}

/// With the year behind it, where one stands there.
fn dated<'a>(text: &'a str, month: u32, day: &str, rest: &'a str) -> Option<(Read, &'a str)> {
    let typed = |rest: &str| &text[..text.len() - rest.len()];
    let behind = rest.trim_start_matches([',', ' ']);
    if behind.len() < rest.len()
        && let Some((year, behind)) = number(behind).filter(|(year, _)| year.len() == 4)
        && !behind.strip_prefix(':').is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
    {
        return Some((on(year, &month.to_string(), day, typed(behind)), behind));
    }
    Some((of_year(month, day.parse().ok()?, typed(rest)), rest))
}

fn named_month(text: &str) -> Option<(u32, &str)> {
    let letters = text.find(|next: char| !next.is_alphabetic()).unwrap_or(text.len());
    let (name, rest) = text.split_at(letters);
    Some((month(name)?, rest.strip_prefix('.').unwrap_or(rest)))
}

/// The number of a month by its name, or by its first three letters and more.
pub fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let index = MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(&name));
    let german = || GERMAN_MONTHS.iter().find(|(known, _)| *known == name).map(|(_, month)| *month);
    index.and_then(|index| u32::try_from(index + 1).ok()).or_else(german)
}

/// The weekday by its name, or by its first three letters and more.
pub fn weekday(name: &str) -> Option<Weekday> {
    let name = name.to_lowercase();
    let english = WEEKDAYS.iter().find(|(known, _)| name.len() >= 3 && known.starts_with(&name));
    english.or_else(|| GERMAN_WEEKDAYS.iter().find(|(known, _)| *known == name)).map(|(_, weekday)| *weekday)
}

fn ordinal(text: &str) -> &str {
    let behind = ["st", "nd", "rd", "th"].iter().find_map(|ending| text.strip_prefix(ending));
    behind.filter(|rest| !rest.starts_with(|next: char| next.is_alphanumeric())).unwrap_or(text)
}

/// The digits at the front of a text.
pub fn number(text: &str) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    (length > 0).then(|| text.split_at(length))
}
