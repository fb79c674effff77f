//! The zone that a line above a list names for all of its times: `All times UTC`, `Incident timeline (UTC)`. Where a zone
//! stands in such a line and is not clearly that of all times, no time under it is taken.

use super::line::{What, is_short};
use crate::Zone;
use crate::moment::{self, Day, TimeError};

/// Longer lines say more than a zone, in characters.
const LONGEST: usize = 200;

/// What says that the zone behind it is that of all times.
const ALL_TIMES: [&str; 6] = ["timeline", "all times", "all timestamps", "time zone", "timezone", "alle zeiten"];

/// The same at the front of a line, or behind a mark: "three times" counts something.
const TIMES: [&str; 4] = ["times", "timestamps", "timestamp", "zeiten"];

/// Names of columns, directly behind which a zone is that of all times.
const COLUMNS: [&str; 5] = ["time", "date", "start", "when", "uhrzeit"];

/// Words between that and the zone.
const BETWEEN: [&str; 19] = [
    "all", "are", "as", "below", "events", "given", "here", "in", "incident", "is", "listed", "of", "shown", "stated",
    "the", "this", "time", "times", "zone",
];

/// What a sentence goes on with behind the zone; before other words it names something else: "the UTC log".
const BEHIND: [&str; 7] = ["and", "except", "if", "not", "or", "unless", "where"];

/// How many words may stand before it in a line that is no title.
const BEFORE: usize = 3;

/// What may stand around such a line, and around the zone in it.
const FRAME: [char; 11] = ['(', ')', '[', ']', '*', '_', ' ', ':', '.', ',', '"'];

/// Minutes east of UTC or none for the reader's own zone, or why it is not known.
type Named = Result<Option<i32>, TimeError>;

/// The zone of all times; in the head of a table other columns stand behind it.
pub(super) fn of_all(text: &str, is_title: bool, is_head: bool, zone: Zone) -> Option<What> {
    if text.chars().nth(LONGEST).is_some() {
        return None;
    }
    let (before, behind) = behind_times(text, is_title || is_head).unzip();
    // "Timeline of 10 March 2026 (UTC)"
    if let Some((day, minutes_east, rest)) = behind.and_then(|behind| moment::heading(without_between(behind), zone))
        && rest.trim_matches(FRAME).is_empty()
    {
        return Some(What::Day { day, zone: Ok(minutes_east), is_of_all: false, has_words: false });
    }
    let clear = match behind {
        Some(behind) => in_front(without_between(behind), zone).or_else(|| in_brackets(behind, zone)),
        None if is_title => in_brackets(text, zone),
        None => None,
    };
    let named = names(behind.unwrap_or_default(), zone);
    let is_said = !is_title && !is_head && says(before.unwrap_or_default());
    let has_words = |rest| is_said || (!is_title && !is_short(rest));
    match clear {
        Some((Ok(zone), rest)) if (is_head || ends(rest, is_said)) && named.iter().all(|other| *other == Ok(zone)) => {
            Some(What::Zone { zone: Ok(zone), has_words: has_words(rest) })
        }
        Some((Err(error), rest)) => Some(What::Zone { zone: Err(error), has_words: has_words(rest) }),
        None if named.is_empty() => None,
        _ => Some(What::Zone { zone: Err(TimeError::ZoneAbove(text.to_owned())), has_words: !is_title }),
    }
}

/// The zone that stands alone behind a day, and whether it is that of all times: `(UTC)`, `, all times in UTC`.
pub(super) fn behind_day(rest: &str, zone: Zone) -> Option<(Named, bool)> {
    let (named, behind) = in_front(without_between(rest), zone)?;
    let is_alone = without_between(behind).trim_matches(FRAME).is_empty();
    is_alone.then(|| (named, behind_times(rest, true).is_some()))
}

/// A day with the words behind it, which may end with the zone.
pub(super) fn of_day(day: Day, minutes_east: Option<i32>, words: &str, has_words: bool, zone: Zone) -> What {
    let named = if minutes_east.is_none() { of_all(words, true, false, zone) } else { None };
    match named {
        Some(What::Zone { zone: named, .. }) => {
            What::Day { day, zone: named, is_of_all: behind_times(words, true).is_some(), has_words }
        }
        _ => What::Day { day, zone: Ok(minutes_east), is_of_all: false, has_words },
    }
}

/// Whether the words in front of "times" are more than their name, or a few that a mark parts from it.
fn says(before: &str) -> bool {
    let words = before.split(|next: char| !next.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_parted = before.trim_end().ends_with(|next: char| !next.is_alphanumeric());
    !is_parted && words.filter(|word| !BETWEEN.contains(&word.to_lowercase().as_str())).count() > 1
}

/// Whether a zone is no part of what is named behind it. In a line that says something already, a bracket parts nothing.
fn ends(rest: &str, is_said: bool) -> bool {
    let rest = if is_said { rest.trim_start_matches([')', ']']) } else { rest };
    let (next, _) = moment::word(rest);
    let is_apart = !rest.starts_with(char::is_whitespace) || !next.starts_with(char::is_alphanumeric);
    is_apart || BEHIND.contains(&next.to_lowercase().as_str())
}

/// The zone in brackets at the end of a line, which is kept.
pub(super) fn of_title(text: &str, zone: Zone) -> Option<What> {
    let (zone, rest) = in_brackets(text, zone)?;
    rest.trim_matches(FRAME).is_empty().then_some(What::Zone { zone, has_words: true })
}

/// What is in front of the words that say that a zone is that of all times, and behind them.
fn behind_times(text: &str, is_short: bool) -> Option<(&str, &str)> {
    let is_capitalised = text.starts_with(char::is_uppercase);
    starts(text).enumerate().find_map(|(count, at)| {
        let (before, rest) = text.split_at_checked(at)?;
        let is_early = is_short || count == 0 || (count <= BEFORE && is_capitalised);
        let is_front = is_short || !before.trim_end().ends_with(char::is_alphanumeric);
        let all = one_of(&ALL_TIMES, rest).filter(|_| is_early);
        let behind = all.or_else(|| one_of(&TIMES, rest).filter(|_| is_early && is_front))?;
        Some((before, behind))
    })
}

/// The zone that the head of a table names in a cell. Without a rule below it, a row may say something instead.
pub(super) fn of_head(row: &str, is_ruled: bool, zone: Zone) -> Option<What> {
    if row.chars().nth(LONGEST).is_some() {
        return None;
    }
    let mut cells = row.split(['|', '\t']);
    let is_row = cells.clone().nth(1).is_some();
    let (zone, is_alone) = cells.find_map(|cell| of_column(cell, is_row, is_ruled, zone))?;
    let is_few = row.split(['|', '\t']).all(is_short);
    Some(What::Zone { zone, has_words: !(is_ruled || (is_alone && is_few)) })
}

/// The zone of a column, and whether it stands alone with the column's name.
fn of_column(cell: &str, is_row: bool, is_ruled: bool, zone: Zone) -> Option<(Named, bool)> {
    let mut columns = starts(cell).take(BEFORE).take_while(|at| is_row || cell[..*at].trim_matches(FRAME).is_empty());
    let (found, rest) = columns.find_map(|at| in_front(one_of(&COLUMNS, cell.get(at..)?)?, zone))?;
    let ends = rest.trim_start_matches(FRAME);
    let further = if found.is_err() { without_between(ends) } else { ends };
    let is_name = found.is_err() && matches!(in_front(further, zone), Some((_, "")));
    let is_alone =
        further.is_empty() || is_name || ends.starts_with(';') || rest.trim_start_matches([')', '"']).starts_with(',');
    let is_bracketed = found.is_ok() && is_row && rest.starts_with([')', ']']);
    (is_alone || is_ruled || is_bracketed).then_some((found, is_alone))
}

/// Where the words of a text begin.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    let mut is_word = false;
    text.char_indices().filter_map(move |(at, next)| {
        let is_inside = std::mem::replace(&mut is_word, next.is_alphanumeric());
        (is_word && !is_inside).then_some(at)
    })
}

/// What is behind one of several words.
fn one_of<'a>(words: &[&str], text: &'a str) -> Option<&'a str> {
    words.iter().find_map(|word| {
        let (front, rest) = text.split_at_checked(word.len())?;
        (front.eq_ignore_ascii_case(word) && !rest.starts_with(char::is_alphanumeric)).then_some(rest)
    })
}

/// The text without the words that stand between "times" and the zone.
fn without_between(text: &str) -> &str {
    let mut text = text;
    loop {
        let (first, rest) = moment::word(text);
        let word = first.trim_matches(FRAME).to_lowercase();
        let is_between = BETWEEN.contains(&word.as_str()) || !word.contains(char::is_alphanumeric);
        if first.is_empty() || !is_between {
            return text;
        }
        text = rest;
    }
}

/// The zone in front of a text, and what is behind it.
fn in_front(text: &str, zone: Zone) -> Option<(Named, &str)> {
    let text = text.trim_start_matches(FRAME);
    match moment::zone_in_front(text, zone) {
        Ok(found) => found.map(|(zone, rest)| (Ok(zone), rest)),
        Err(error) => Some((Err(error), moment::word(text).1)),
    }
}

/// The zone that stands alone in brackets, and what is behind it. In small letters it may be another word.
fn in_brackets(text: &str, zone: Zone) -> Option<(Named, &str)> {
    text.match_indices(['(', '[']).find_map(|(at, _)| {
        let rest = text.get(at..)?;
        match moment::zone_in_front(rest, zone) {
            Ok(found) => found.map(|(zone, rest)| (Ok(zone), rest)),
            Err(_) if rest[1..].starts_with(char::is_lowercase) => None,
            Err(error) => Some((Err(error), moment::word(rest).1)),
        }
    })
}

/// All zones that a text names in capitals.
fn names(text: &str, zone: Zone) -> Vec<Named> {
    let words = text.split_whitespace().map(|word| word.trim_start_matches(FRAME));
    let capitalised = words.filter(|word| word.starts_with(char::is_uppercase));
    capitalised.filter_map(|word| in_front(word, zone)).map(|(named, _)| named).collect()
}
