//! The day behind a clock, as people say it: `12:10 on 10 March`, `12:10 yesterday`, `12:10, 2026-03-10`; and the year
//! that Unix writes there: `Tue Mar 10 12:10:43 2026`. What may as well be a word of the text is asked about.

use super::{Day, TimeError, calendar, calendar_words, clock, day, strip_word, word};
use chrono::NaiveDate;

/// Years that a number behind a clock may be.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2099;

/// The day behind a clock, and what is behind that. `known` is the day in front of the clock, `is_log` says that the time
/// is written as logs do: with seconds, or a weekday in front.
///
/// # Errors
/// Where the words may be the day or a part of the text.
pub fn read<'a>(
    known: Option<Day>,
    clock: &str,
    is_log: bool,
    text: &'a str,
) -> Result<Option<(Day, &'a str)>, TimeError> {
    match known {
        None => day_behind(clock, text),
        Some(Day::OfYear(month, day)) => year_behind(month, day, clock, is_log, text),
        Some(_) => Ok(None),
    }
}

fn year_behind<'a>(
    month: u32,
    day: u32,
    clock: &str,
    is_log: bool,
    text: &'a str,
) -> Result<Option<(Day, &'a str)>, TimeError> {
    let trimmed = text.trim_start();
    let found = calendar_words::number(trimmed).filter(|(digits, rest)| {
        trimmed.len() < text.len() && digits.len() == 4 && (rest.is_empty() || rest.starts_with([' ', '\t', ',', ':']))
    });
    let Some((digits, rest)) = found else { return Ok(None) };
    let year: i32 = digits.parse().unwrap_or(0);
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) if is_log => Ok(Some((Day::On(date), rest))),
        Some(date) if YEARS.contains(&year) => {
            Err(TimeError::DayBehind { found: digits.to_owned(), instead: format!("{date} {}", clock.trim()) })
        }
        _ => Ok(None),
    }
}

/// The day at the front of a text without a clock, as it is written; `None` for what may as well be words.
pub fn day_alone(text: &str) -> Option<&str> {
    let Ok(Some((calendar::DateRead::Day(day), rest))) = day::read(text) else { return None };
    let is_part =
        |rest: &str| rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '/' | '_' | '\''));
    let is_joined = rest.strip_prefix('T').is_some_and(|clock| clock.starts_with(|next: char| next.is_ascii_digit()));
    let goes_on = (is_part(rest) && !is_joined) || rest.strip_prefix(['-', '.', ':']).is_some_and(is_part);
    let shown = text.get(..text.len() - rest.len())?;
    let is_day = match day {
        Day::On(_) | Day::Number(_) => true,
        // What happens today is now.
        Day::Ago(days) => days > 0,
        // "10 may be affected"
        Day::OfYear(..) => !shown.contains(char::is_alphabetic) || shown.contains(char::is_uppercase),
        Day::Open(numbers) => is_long(day) && (!numbers.has_short_year() || numbers.is_padded()),
        Day::Weekday(_) => is_name(shown),
    };
    (is_day && !goes_on).then_some(shown)
}

/// "sat waiting" names no weekday.
fn is_name(weekday: &str) -> bool {
    weekday.starts_with(char::is_uppercase) || weekday.ends_with("day")
}

fn day_behind<'a>(clock: &str, text: &'a str) -> Result<Option<(Day, &'a str)>, TimeError> {
    let trimmed = text.trim_start_matches([',', ' ', '\t', '\u{a0}']);
    if trimmed.len() == text.len() && !text.starts_with('(') {
        return Ok(None);
    }
    if let Some((inside, rest)) = trimmed.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        return Ok(match day::read(inside) {
            Ok(Some((calendar::DateRead::Day(day), left))) if left.trim().is_empty() && is_long(day) => {
                Some((day, rest))
            }
            _ => None,
        });
    }
    let behind_on = strip_word(trimmed, "on ").or_else(|| {
        let rest = strip_word(trimmed, "am ")?;
        rest.starts_with(|next: char| next.is_ascii_digit()).then_some(rest)
    });
    let Ok(Some((calendar::DateRead::Day(day), rest))) = day::read(behind_on.unwrap_or(trimmed)) else {
        return Ok(None);
    };
    let goes_on = rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '-' | '/' | '_' | '\''));
    let has_clock = clock::read(rest.trim_start_matches([',', ' ', 'T']));
    if goes_on || has_clock.is_ok_and(|clock| clock.is_some()) {
        return Ok(None);
    }
    let shown = trimmed.get(..trimmed.len() - rest.len()).unwrap_or(trimmed).trim().to_owned();
    let asked = || TimeError::DayBehind { found: shown.clone(), instead: format!("{shown} {}", clock.trim()) };
    match day {
        _ if behind_on.is_some() => Ok(is_long(day).then_some((day, rest))),
        // "10 may be affected", "may 5 nodes are lost"
        Day::OfYear(..) if may_be_words(&shown, rest) => Err(asked()),
        Day::On(_) | Day::OfYear(..) | Day::Ago(_) => Ok(Some((day, rest))),
        Day::Open(numbers) if numbers.has_year() && !numbers.has_short_year() => Ok(Some((day, rest))),
        // "1.2.26" may be a version, and "3/4" a part.
        Day::Open(numbers) => {
            if numbers.is_padded() {
                Err(asked())
            } else {
                Ok(None)
            }
        }
        Day::Number(_) => Err(asked()),
        Day::Weekday(_) => {
            let (name, _) = word(trimmed);
            if is_name(name) { Err(asked()) } else { Ok(None) }
        }
    }
}

/// Whether the name of a month may be a word, or its day may count what is named behind it.
fn may_be_words(shown: &str, rest: &str) -> bool {
    let is_named = shown.contains(char::is_alphabetic);
    let ends = rest.trim_start().chars().next().is_none_or(|next| ".,:;-–—|)".contains(next));
    is_named && !(shown.contains(char::is_uppercase) && ends)
}

fn is_long(day: Day) -> bool {
    !matches!(day, Day::Open(numbers) if !numbers.is_long())
}
