//! Dates of numbers: `2026-03-10`, `10.03.2026`, `10/03/26`. Some may be read in several orders; which one is meant, the
//! list around them or their distance from today says (`orders.rs`, `near.rs`).

use super::calendar::{DateRead, of_year, on, open};
use super::calendar_words::{month, number};

/// The date of numbers at the front of a text, and what is behind it.
pub fn read(text: &str) -> Option<(DateRead, &str)> {
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
