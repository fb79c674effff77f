//! What each line of a paste is: a day that stands above others, a time with words, words alone, or nothing but the form
//! of a list or a table.

use super::line::{Line, Time, What};
use super::zones;
use crate::Zone;
use crate::moment::{self, Dial, TimeError};
use crate::quick_entry;

/// The columns that a tab takes.
const TAB: usize = 4;

pub(super) fn lines(text: &str, zone: Zone) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut is_table = false;
    let mut is_head = true;
    for raw in text.trim_start_matches('\u{feff}').split('\n') {
        let raw = raw.trim_end_matches('\r').replace(['\u{200b}', '\u{200e}', '\u{200f}', '\u{2060}'], "");
        let inside = raw.trim();
        let indent =
            raw.chars().take_while(|next| next.is_whitespace()).map(|next| if next == '\t' { TAB } else { 1 }).sum();
        if is_rule(inside) && inside.contains('|') {
            // What stands above the rule of a table is its head, or the first row of one that has none.
            let head = lines.last_mut().filter(|head| head.raw.contains('|'));
            if let Some(head) = head.filter(|head| matches!(head.what, What::Words | What::Title | What::Action)) {
                head.what = zones::of_head(&head.raw, true, zone).unwrap_or(What::Form);
            }
            is_table = true;
        } else if !inside.contains('|') {
            is_table = false;
        }
        let line = line(&raw, inside, indent, is_table, is_head, zone);
        // The head of a table stands before its first time.
        is_head = match line.what {
            What::Blank | What::Title | What::Day { .. } => true,
            What::Timed(_) | What::Refused(_) => false,
            _ => is_head,
        };
        lines.push(line);
    }
    settle_small_am(&mut lines, zone);
    lines
}

/// Where "am" may be a word, the other lines tell which clock the list is written by.
fn settle_small_am(lines: &mut [Line], zone: Zone) {
    let has = |dial: Dial| lines.iter().any(|line| matches!(&line.what, What::Timed(time) if time.start.dial == dial));
    let certain = match (has(Dial::Twelve), has(Dial::TwentyFour)) {
        (true, false) => " AM ",
        (false, true) => ": am ",
        _ => return,
    };
    for line in lines {
        if matches!(line.what, What::Refused(TimeError::HalfOrWord { .. }))
            && let Ok(Some(front)) = quick_entry::front(&line.text.replacen(" am ", certain, 1), zone)
        {
            line.what = What::Timed(Time::new(&front));
        }
    }
}

fn line(raw: &str, inside: &str, indent: usize, is_table: bool, is_head: bool, zone: Zone) -> Line {
    let inside = without_fence(inside);
    let row = if inside.starts_with('|') || is_table { Some(quick_entry::row(inside)) } else { None };
    let plain = row.as_deref().unwrap_or(inside);
    let bare = quick_entry::bullet_free(plain);
    let is_bullet = bare.len() != plain.len();
    let marks = bare.bytes().take_while(|byte| *byte == b'#').count();
    let is_title = (1..=6).contains(&marks) && bare[marks..].starts_with(' ');
    let text = if is_title { bare[marks..].trim() } else { bare };
    let what = if inside.is_empty() {
        What::Blank
    } else if is_rule(inside) {
        What::Form
    } else if is_fence(inside) {
        What::Fence
    } else if quick_entry::action(text).is_some() {
        What::Action
    } else if let Some(day) = heading(text, is_title, zone) {
        day
    } else {
        match quick_entry::front(text, zone) {
            Ok(Some(front)) => What::Timed(Time::new(&front)),
            Err(error) => What::Refused(error),
            Ok(None) => {
                let is_row = inside.contains(['|', '\t']);
                let in_head = || zones::of_head(if is_row { inside } else { text }, false, zone).filter(|_| is_head);
                let otherwise = || if is_title { What::Title } else { What::Words };
                zones::of_all(text, is_title, is_row && is_head, zone).or_else(in_head).unwrap_or_else(otherwise)
            }
        }
    };
    Line { raw: raw.to_owned(), indent, text: text.to_owned(), is_bullet, what }
}

/// What stands around a block of code.
pub(super) const FENCE: &str = "```";

/// Whether a line is a fence alone, or with the name of a language.
fn is_fence(line: &str) -> bool {
    let name = line.trim_start_matches('`');
    let is_name = !name.contains(['`', ':']) && !name.trim().contains(char::is_whitespace);
    line.starts_with(FENCE) && is_name
}

/// A line without the fence that begins or ends in it; one that holds words between fences and behind them stays.
fn without_fence(line: &str) -> &str {
    let inside = line.trim_start_matches('`').trim_end_matches('`');
    if is_fence(line) || inside.contains(FENCE) {
        return line;
    }
    if line.starts_with(FENCE) {
        inside.trim()
    } else if line.ends_with(FENCE) {
        line.trim_end_matches('`').trim_end()
    } else {
        line
    }
}

/// A line of nothing but `-`, `=`, `*`, `_`, `:` and `|`, as rules and the rules of tables are.
fn is_rule(text: &str) -> bool {
    text.len() >= 3
        && text.bytes().all(|byte| matches!(byte, b'-' | b'=' | b'*' | b'_' | b':' | b'|' | b' '))
        && text.bytes().filter(|byte| matches!(byte, b'-' | b'=' | b'*' | b'_')).count() >= 2
}

/// The day that a line names and nothing else; a heading of Markdown may go on behind it.
fn heading(text: &str, is_title: bool, zone: Zone) -> Option<What> {
    const FRAME: [char; 13] = ['-', '–', '—', '─', '=', '*', '_', ' ', '[', ']', '(', ')', ':'];
    let plain = text.replace('*', "");
    let (day, minutes_east, rest) = moment::heading(plain.trim_matches(FRAME), zone)?;
    if minutes_east.is_none()
        && let Some((zone, is_of_all)) = zones::behind_day(rest, zone)
    {
        return Some(What::Day { day, zone, is_of_all, has_words: false });
    }
    // "Sunday 21 October 2018 (day 1)", "10 March, Tuesday".
    let rest = rest.trim_matches([',', ' ', '(', ')', ':', '-', '–', '—']);
    let names_it_again = moment::heading(rest, zone).is_some_and(|(_, _, rest)| rest.trim().is_empty());
    let is_whole = rest.is_empty() || names_it_again;
    let goes_on = is_title && quick_entry::front(text, zone).is_ok_and(|front| front.is_none());
    // With what closes a bracket at the end.
    let words = plain.rfind(rest).and_then(|at| plain.get(at..)).unwrap_or(rest);
    (is_whole || goes_on).then(|| zones::of_day(day, minutes_east, words, false, zone))
}
