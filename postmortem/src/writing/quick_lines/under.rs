//! What stands under an entry in our own exports: where its time was read, other times, its source and a note.

use crate::moment::{self, Stamp};
use crate::{Link, Zone};

/// The values under an entry.
#[derive(Debug, Default)]
pub(super) struct Under {
    pub clock: Vec<String>,
    pub note: Vec<String>,
    pub readings: Vec<Reading>,
    pub source: Option<Link>,
}

/// Another time for the same thing.
#[derive(Debug)]
pub(super) struct Reading {
    pub stamp: Stamp,
    pub clock: String,
}

/// In which form an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As our own Markdown has it: what is no value is the text, word for word.
    Markdown,
    /// As the timeline as text has it, or as people write.
    Text,
}

enum Field {
    Clock(String),
    Note(String),
    Reading(Reading),
    Source(Link),
    /// A further line of the text, word for word.
    Words(String),
}

impl Under {
    /// Takes the values off the end of an entry's lines; what stands before them stays.
    pub fn take(lines: &mut Vec<String>, form: Form, zone: Zone) -> Self {
        let mut under = Self::default();
        let mut words = Vec::new();
        drop_blank_end(lines);
        while lines.len() > 1
            && let Some(field) = lines.last().and_then(|line| field(line.trim(), form, zone))
        {
            lines.pop();
            match field {
                Field::Clock(text) => under.clock.insert(0, text),
                Field::Note(text) => under.note.insert(0, text),
                Field::Reading(reading) => under.readings.push(reading),
                Field::Source(link) => under.source = Some(link),
                Field::Words(text) => words.insert(0, text),
            }
        }
        drop_blank_end(lines);
        lines.extend(words);
        under
    }
}

fn drop_blank_end(lines: &mut Vec<String>) {
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
}

/// Whether a line is one of these values.
pub(super) fn is_field(line: &str) -> bool {
    field(line, Form::Text, Zone::UTC).is_some()
}

fn field(line: &str, form: Form, zone: Zone) -> Option<Field> {
    let value = |names: &[&str]| names.iter().find_map(|name| line.strip_prefix(name)).map(str::trim);
    let words = line.strip_prefix("| ").filter(|words| form == Form::Text && !words.contains('|'));
    if let Some(words) = words {
        return Some(Field::Words(words.to_owned()));
    }
    if let Some(text) = value(&["Time read from:", "clock:"]) {
        return Some(Field::Clock(plain(text)));
    }
    if let Some(text) = value(&["Note:", "note:"]) {
        return Some(Field::Note(plain(text)));
    }
    if let Some(text) = value(&["Source:", "source:"]) {
        return text.trim_matches(['<', '>']).parse().ok().map(Field::Source);
    }
    let other = value(&["Or ", "or:"])?;
    let written = moment::in_front(other, zone).ok().flatten().filter(|written| written.end.is_none())?;
    if form == Form::Markdown && written.start.day.is_none() {
        return None;
    }
    let clock = written.rest.trim_start_matches([',', ' ']);
    let clock = plain(clock.strip_prefix("read from:").unwrap_or(clock).trim());
    Some(Field::Reading(Reading { stamp: written.start, clock }))
}

/// Without the backslashes that keep a value from being read as Markdown.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = characters.next_if(|next| character == '\\' && next.is_ascii_punctuation());
        plain.push(escaped.unwrap_or(character));
    }
    plain
}

/// A text whose last lines look like such values, with a backslash that tells them from one.
pub(super) fn apart(text: &str) -> String {
    let is_value = |line: &&str| field(line.trim(), Form::Markdown, Zone::UTC).is_some();
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let count = text.split('\n').rev().take_while(is_value).count();
    lines.iter_mut().rev().take(count).for_each(|line| *line = line.replacen(':', "\\:", 1));
    lines.join("\n")
}

/// The text of which [`apart`] made this.
pub(super) fn together(text: &str) -> String {
    let plain = |line: &str| line.replacen("\\:", ":", 1);
    let is_apart = |line: &&str| {
        let is_value = |line: &str| field(line.trim(), Form::Markdown, Zone::UTC).is_some();
        !is_value(line) && is_value(&plain(line))
    };
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let count = text.split('\n').rev().take_while(is_apart).count();
    lines.iter_mut().rev().take(count).for_each(|line| *line = plain(line));
    lines.join("\n")
}
