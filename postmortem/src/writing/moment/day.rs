//! Days: `2026-03-10`, `10.03.2026`, `Mar 10`, `Tuesday, 10 March 2026`, `Tuesday`, `Day 2`, `yesterday`.

use super::calendar::{DateRead, Day, of_year, on};
use super::calendar_words::{month, number, weekday};
use super::{TimeError, numbers, word};

/// The day at the front of a text, and what is behind it. An ISO date that no calendar has is an error at once, since it
/// can be nothing else.
pub fn read(text: &str) -> Result<Option<(DateRead, &str)>, TimeError> {
    if let Some((day, rest)) = numbers::read(text) {
        return match day {
            DateRead::Impossible(typed) if typed.len() == 10 && typed.as_bytes().get(4) == Some(&b'-') => {
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
            DateRead::Day(Day::Open(numbers)) => {
                (DateRead::Day(numbers.on(weekday).map_or(Day::Open(numbers), Day::On)), rest)
            }
            date => (date, rest),
        });
        return Ok(Some(date.unwrap_or((DateRead::Day(Day::Weekday(weekday)), behind))));
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
                (DateRead::Day(Day::Number(count)), rest.trim_start().get(number.len()..).unwrap_or_default())
            }));
        }
        _ => None,
    };
    Ok(day.map(|day| (DateRead::Day(day), behind)))
}

/// Whether a text begins with a weekday, as the times of mails and logs do.
pub fn begins_with_weekday(text: &str) -> bool {
    let (first, _) = word(text);
    weekday(first.trim_end_matches([',', '.'])).is_some()
}

/// `10 March 2026`, `10. March`, `1st of March`.
fn day_and_month(text: &str) -> Option<(DateRead, &str)> {
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
fn month_and_day(text: &str) -> Option<(DateRead, &str)> {
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
fn dated<'a>(text: &'a str, month: u32, day: &str, rest: &'a str) -> Option<(DateRead, &'a str)> {
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

fn ordinal(text: &str) -> &str {
    let behind = ["st", "nd", "rd", "th"].iter().find_map(|ending| text.strip_prefix(ending));
    behind.filter(|rest| !rest.starts_with(|next: char| next.is_alphanumeric())).unwrap_or(text)
}
