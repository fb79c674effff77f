//! Lines that only stand above others: a day with a few words behind it, and the names of a spreadsheet's columns.

use super::line::{Line, What, is_short};
use super::zones;
use crate::{Zone, moment, quick_entry};

/// Names of columns that hold times.
const TIMES: [&str; 14] = [
    "time",
    "times",
    "date",
    "day",
    "when",
    "clock",
    "timestamp",
    "datetime",
    "date/time",
    "date&time",
    "start",
    "zeit",
    "uhrzeit",
    "datum",
];

/// What parts the columns of a row.
const COLUMNS: [char; 4] = ['\t', '|', ';', ','];

/// Marks such lines.
pub(super) fn mark(lines: &mut [Line], zone: Zone) {
    for number in 0..lines.len() {
        let Some(line) = lines.get(number) else { continue };
        if line.is_bullet || !matches!(line.what, What::Words) {
            continue;
        }
        let is_form = |line: &&Line| matches!(line.what, What::Blank | What::Form | What::Fence);
        let Some(next) = lines[number + 1..].iter().find(|line| !is_form(line)) else { continue };
        let is_timed = matches!(&next.what, What::Timed(time) if time.start.day.is_none());
        let is_titled = matches!(&next.what, What::Timed(time) if !time.words.is_empty());
        let is_first = lines[..number].iter().all(|line| is_form(&line));
        let what = if is_timed && let Some(day) = day(&line.text, zone) {
            day
        } else if is_first
            && is_titled
            && is_short(&line.text)
            && let Some(named) = zones::of_title(&line.text, zone)
        {
            named
        } else if is_columns(&line.raw, &next.raw) {
            What::Form
        } else {
            continue;
        };
        lines[number].what = what;
    }
}

/// `Day 2 – failover`, `Tuesday (cont.)`, `2026-03-10: the morning`.
fn day(text: &str, zone: Zone) -> Option<What> {
    let inside = text.trim_matches(['*', '_', '=', '-', ' ']);
    let (day, minutes_east, rest) = moment::heading(inside, zone)?;
    let words = rest.trim_start_matches(['*', '_', ' ']);
    let is_parted = words.starts_with([':', '–', '—', '(', '[', ',', '|'])
        || words.strip_prefix('-').is_some_and(|words| words.starts_with(' '));
    let has_clock =
        words.split_whitespace().any(|word| quick_entry::front(word, zone).is_ok_and(|time| time.is_some()));
    (is_parted && !has_clock).then(|| zones::of_day(day, minutes_east, words, !is_short(words), zone))
}

/// Whether a line names columns of which one holds times, and the next line is a row of them.
fn is_columns(line: &str, next: &str) -> bool {
    COLUMNS.iter().any(|column| {
        let cells: Vec<String> = line.split(*column).map(|cell| cell.trim().to_lowercase()).collect();
        let is_name =
            |cell: &String| cell.split_whitespace().count() <= 3 && !cell.contains(|next: char| next.is_ascii_digit());
        let named = |cell: &String| {
            let name = cell.split('(').next().unwrap_or_default().replace([' ', '"', '*'], "");
            TIMES.contains(&name.as_str())
        };
        cells.len() > 1 && next.contains(*column) && cells.iter().all(is_name) && cells.iter().any(named)
    })
}
