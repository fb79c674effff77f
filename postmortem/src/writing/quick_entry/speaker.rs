//! Who said it, where a name stands before the time: `Mara: 12:12 queue stops`, `[Mara] 12:12`, `@mara 12:12 -`.

use crate::name_shape::{LONGEST_NAME, is_capitalised, is_full_name, is_name};
use crate::{Zone, moment};

/// What stands between a name and a time, and belongs to neither.
pub(crate) const BETWEEN: [char; 13] = [' ', '\t', '\u{a0}', ',', '—', '–', '|', '-', '•', '·', '[', '(', ':'];

/// What a name may be wrapped in.
const WRAPPERS: [(char, char); 3] = [('[', ']'), ('<', '>'), ('(', ')')];

/// Names of values, which nobody has.
const VALUES: [&str; 12] =
    ["note", "clock", "source", "or", "time read from", "from", "to", "cc", "sent", "date", "subject", "due"];

/// The name before a time, and the line from its time on. Something has to stand behind the time: what ends with one is
/// the head of a message.
pub(crate) fn in_front(line: &str, zone: Zone) -> Option<(&str, &str)> {
    let (left, right) = parts(line)?;
    let name = left.trim_end_matches(BETWEEN);
    let unwrapped = WRAPPERS.iter().find_map(|(open, close)| name.strip_prefix(*open)?.strip_suffix(*close));
    let gap = line.get(name.len()..line.len() - right.len())?;
    let is_wide = gap.chars().filter(|next| next.is_whitespace()).count() > 1 || gap.contains('\t');
    let is_dashed = gap.contains('-') && gap.starts_with(char::is_whitespace) && gap.ends_with(char::is_whitespace);
    let is_parted = unwrapped.is_some()
        || name.starts_with('@')
        || gap.contains([':', '—', '–', '|', '•', '·'])
        || (right.starts_with(['[', '(']) && is_capitalised(name))
        || is_dashed
        || (is_wide && is_full_name(name));
    let name = unwrapped.unwrap_or(name).trim();
    let is_value = VALUES.contains(&name.to_lowercase().as_str());
    if !is_parted || is_value || !is_name(name) || name.split_whitespace().count() > 4 {
        return None;
    }
    match moment::in_front(right, zone) {
        Ok(Some(written)) if !written.rest.contains(char::is_alphanumeric) => None,
        Ok(None) => None,
        Ok(Some(_)) | Err(_) => Some((name, right)),
    }
}

/// A line with its time put in front, where that stands behind a word or a full name and nothing says that it is one.
pub(crate) fn without_time_in_front(line: &str, zone: Zone) -> Option<String> {
    let (left, right) = parts(line)?;
    let before = left.trim();
    if before.split_whitespace().count() > 1 && !is_full_name(before) {
        return None;
    }
    let written = moment::in_front(right, zone).ok()??;
    let clock = right.get(..right.len() - written.rest.len())?.trim();
    let words = super::words(written.rest);
    (!words.is_empty()).then(|| format!("{clock} {before} {words}"))
}

/// The line before its first clock and from it on.
fn parts(line: &str) -> Option<(&str, &str)> {
    let (most, _) = LONGEST_NAME;
    let mut is_begun = true;
    for (count, (at, next)) in line.char_indices().enumerate() {
        if count > most {
            return None;
        }
        if is_begun && at > 0 && (next.is_ascii_digit() || matches!(next, '[' | '(')) {
            let right = line.get(at..)?;
            let inside = right.trim_start_matches(['[', '(']);
            let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
            let is_clock = (1..=2).contains(&digits)
                && inside[digits..].starts_with(':')
                && inside[digits + 1..].starts_with(|next: char| next.is_ascii_digit());
            let is_date = digits == 4 && inside[digits..].starts_with('-') && right.contains(':');
            if is_clock || is_date {
                return Some((line.get(..at)?, right));
            }
        }
        is_begun = next.is_whitespace() || matches!(next, '[' | '(');
    }
    None
}
