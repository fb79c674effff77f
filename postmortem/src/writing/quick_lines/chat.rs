//! Messages as they are copied out of a chat: who and when on a line, or on two, and the words under it.

use super::line::{Line, Time, What};
use crate::name_shape::{LONGEST_NAME, is_capitalised, is_full_name, is_name};
use crate::quick_entry;
use crate::quick_entry::speaker::BETWEEN;
use crate::{Zone, moment};

/// The longest head of a message, in characters: a name, and a weekday, a date, a clock and a zone behind it.
const LONGEST_HEAD: usize = LONGEST_NAME.0 + 60;

/// What chats write beside the name of a bot.
const BADGES: [&str; 2] = ["APP", "BOT"];

/// The head of a message.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub name: Option<String>,
    pub time: Time,
    /// Whether name and time stand far apart.
    is_wide: bool,
}

/// What the lines are in a chat: at the place of each head the head, at the place of a line that only names somebody,
/// `Some(None)`.
pub(super) fn heads(lines: &[Line], zone: Zone) -> Vec<Option<Option<Head>>> {
    let mut heads: Vec<Option<Option<Head>>> = vec![None; lines.len()];
    for (index, line) in lines.iter().enumerate() {
        if matches!(line.what, What::Blank) {
            continue;
        }
        // A head without words under it is none. What a message says may begin with a clock itself.
        let is_form = |line: &&Line| matches!(line.what, What::Blank | What::Form | What::Fence);
        let next = lines.iter().skip(index + 1).find(|line| !is_form(line));
        let is_said = match next.map(|next| &next.what) {
            Some(What::Words | What::Refused(_) | What::Action) => true,
            Some(What::Title | What::Zone { .. }) => is_certain(lines, index, zone),
            Some(What::Timed(time)) => !time.words.is_empty() && is_certain(lines, index, zone),
            _ => false,
        };
        if line.is_bullet || !is_said {
            continue;
        }
        heads[index] = match &line.what {
            What::Words | What::Refused(_) => {
                let found = head(&line.text, zone);
                // A status stands before a time under a name.
                found.filter(|head| head.name.is_some() || above(lines, index).is_some_and(is_name)).map(Some)
            }
            What::Timed(time) if time.words.is_empty() => {
                Some(Some(Head { name: None, time: time.clone(), is_wide: false }))
            }
            What::Timed(time) if time.is_bracketed && is_full_name(&time.words) => {
                Some(Some(Head { name: Some(time.words.clone()), time: time.clone(), is_wide: false }))
            }
            What::Timed(time) => {
                sender(&time.words).map(|name| Some(Head { name: Some(name), time: time.clone(), is_wide: false }))
            }
            _ => None,
        };
    }
    names_above(lines, &mut heads);
    heads
}

/// Marks the fences that stand around several messages, or around none, as form: only a pair within one message is a part
/// of it.
pub(super) fn settle_fences(lines: &mut [Line], heads: &[Option<Option<Head>>]) {
    let mut open = None;
    for (number, head) in heads.iter().enumerate() {
        open = open.filter(|_| head.is_none());
        if matches!(lines[number].what, What::Fence) {
            lines[number].what = What::Form;
            match open.take() {
                Some(begin) => [begin, number].into_iter().for_each(|fence: usize| lines[fence].what = What::Fence),
                None => open = Some(number),
            }
        }
    }
}

/// Whether a line is the head of a message whatever stands under it: a full name far from its time, or the time alone
/// under such a name.
fn is_certain(lines: &[Line], index: usize, zone: Zone) -> bool {
    let Some(line) = lines.get(index) else { return false };
    let is_under_name = || above(lines, index).is_some_and(is_full_name);
    match &line.what {
        What::Timed(time) if time.words.is_empty() => is_under_name(),
        What::Timed(time) => time.is_bracketed && is_full_name(&time.words),
        _ => head(&line.text, zone).is_some_and(|head| match head.name {
            Some(name) => head.is_wide || is_full_name(&name),
            None => is_under_name(),
        }),
    }
}

/// The words on the line above.
fn above(lines: &[Line], index: usize) -> Option<&str> {
    let line = lines.get(index.checked_sub(1)?)?;
    matches!(line.what, What::Words).then_some(line.text.as_str())
}

/// Gives the heads that are a time alone the name on the line above, else that of the message before.
fn names_above(lines: &[Line], heads: &mut [Option<Option<Head>>]) {
    let mut last: Option<String> = None;
    let mut before: Option<moment::Stamp> = None;
    for index in 0..heads.len() {
        let Some(Some(head)) = &heads[index] else { continue };
        let lacks = head.name.as_deref().is_none_or(|name| BADGES.contains(&name));
        let above = index.checked_sub(1).filter(|above| {
            let is_words = matches!(lines[*above].what, What::Words) && heads[*above].is_none();
            // The only words of a message are no name.
            let is_message = above.checked_sub(1).is_some_and(|before| matches!(heads[before], Some(Some(_))));
            is_words && !is_message && !lines[*above].is_bullet && is_name(&lines[*above].text)
        });
        let name = match (lacks, above) {
            (true, Some(above)) => {
                heads[above] = Some(None);
                Some(lines[above].text.clone())
            }
            (true, None) => last.clone(),
            (false, _) => head.name.clone(),
        };
        if let Some(Some(head)) = &mut heads[index] {
            // Chats that write am and pm leave them away where the same person goes on.
            if let Some(before) = before.as_ref().filter(|_| head.name.is_none()) {
                head.time.start.follow(before);
            }
            head.name.clone_from(&name);
            before = Some(head.time.start.clone());
        }
        last = name;
    }
}

/// `Mara Lindqvist  12:12 PM`, `Mara — Today at 12:12`, `Mara [12:12]`, and with no name `:palm_tree:  12:12 PM`.
fn head(text: &str, zone: Zone) -> Option<Head> {
    if text.chars().nth(LONGEST_HEAD).is_some() {
        return None;
    }
    let starts = text.char_indices().filter(|(_, next)| next.is_whitespace() || matches!(next, '[' | '('));
    for (at, _) in starts {
        let (left, right) = text.split_at(at);
        let right = right.trim_start();
        let Ok(Some(front)) = quick_entry::front(right, zone) else { continue };
        if !front.rest.trim().is_empty() || front.written.end.is_some() {
            continue;
        }
        let shown = left.trim_end_matches(|next: char| next != ':' && BETWEEN.contains(&next));
        let plain = without_status(shown);
        let name = plain.trim_end_matches(BETWEEN);
        let name = name.strip_suffix(" at").unwrap_or(name).trim_end();
        let end = if plain.len() < shown.len() { shown.len() } else { name.len() };
        let gap = text.get(end..text.len() - right.len())?;
        if name.is_empty() && end > 0 {
            return Some(Head { name: None, time: Time::new(&front), is_wide: false });
        }
        let is_wide = gap.chars().filter(|next| next.is_whitespace()).count() > 1 || gap.contains('\t');
        let is_parted = is_wide || gap.contains(['—', '–', '|', '•', '·']) || right.starts_with(['[', '(']);
        let is_short_gap = gap.contains(',') && is_capitalised(name);
        let is_named = is_name(name) && (is_parted || is_short_gap || is_full_name(name));
        return is_named.then(|| {
            let badge = BADGES.iter().find_map(|badge| name.strip_suffix(badge)).map(str::trim_end);
            let name = badge.filter(|name| !name.is_empty()).unwrap_or(name);
            Head { name: Some(name.to_owned()), time: Time::new(&front), is_wide }
        });
    }
    None
}

/// A name without the emoji that stand behind it as a status: `Mara :palm_tree:`, `Mara 🌴`.
fn without_status(name: &str) -> &str {
    // The first of the symbols that are no punctuation.
    const SYMBOLS: char = '\u{2190}';
    let mut rest = name;
    loop {
        let code = rest.strip_suffix(':').and_then(|inside| inside.rsplit_once(':'));
        let is_part = |next: char| next.is_ascii_alphanumeric() || matches!(next, '_' | '-' | '+');
        let front = match code {
            Some((front, code)) if !code.is_empty() && code.chars().all(is_part) => front,
            _ => rest.trim_end_matches(|next: char| !next.is_alphanumeric() && (next >= SYMBOLS || next == '\u{200d}')),
        };
        if front.len() == rest.len() {
            break;
        }
        // Two codes may touch, as an emoji and its tone of skin do.
        rest = if front.ends_with(':') { front } else { front.trim_end() };
    }
    let is_apart = rest.is_empty() || name[rest.len()..].starts_with(char::is_whitespace) || is_full_name(rest);
    if is_apart { rest } else { name }
}

/// `From Mara to Everyone:`
fn sender(words: &str) -> Option<String> {
    let (name, to) = words.strip_prefix("From ")?.split_once(" to ")?;
    to.ends_with(':').then(|| name.trim().to_owned())
}
