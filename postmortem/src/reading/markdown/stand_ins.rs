//! What must not be read as Markdown although CommonMark would: the text is parsed with characters of the same length in
//! the place of some marks, so that offsets stay what they are, and they are put back where it is read.
//!
//! Three kinds of marks stand for themselves. A definition of a link that nothing uses, or whose target is no link of
//! ours, would vanish with its words: `[db1]: ok` is what somebody wrote down. Marks inside an address belong to the
//! address. And one tilde is "about", not the beginning of something struck out.

use super::{address::addresses, harmless, parser};
use pulldown_cmark::{Event, LinkType, Tag};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The marks that may get a stand-in.
const MARKS: [char; 5] = ['[', '*', '_', '~', '&'];

/// How often a text is read anew, since a definition that becomes text changes what is behind it. One on a line of its
/// own is found the first time.
const ROUNDS: usize = 4;

/// A text as it goes to the parser.
#[derive(Debug)]
pub(super) struct StandIns<'a> {
    pub text: Cow<'a, str>,
    /// What stands for each of [`MARKS`]; nothing where nothing had to be replaced.
    characters: Option<[char; 5]>,
}

impl<'a> StandIns<'a> {
    pub fn new(markdown: &'a str) -> Self {
        let untouched = Self { text: Cow::Borrowed(markdown), characters: None };
        let lines = lines_that_may_define(markdown);
        let mut places = marks_in_addresses(markdown);
        places.extend(lone_tildes(markdown));
        if !markdown.contains("]:") && places.is_empty() {
            return untouched;
        }
        let Some(characters) = free(markdown) else { return untouched };
        let mut text = replaced(markdown, &places, characters);
        for _ in 0..ROUNDS {
            let vanished = vanished(&text, &lines);
            if vanished.is_empty() {
                break;
            }
            places.extend(vanished);
            text = replaced(markdown, &places, characters);
        }
        if places.is_empty() { untouched } else { Self { text: Cow::Owned(text), characters: Some(characters) } }
    }

    /// Words of the parser as they were written.
    pub fn put_back(&self, words: &str) -> String {
        let Some(characters) = self.characters else { return words.to_owned() };
        let original =
            |character| characters.iter().position(|own| *own == character).map_or(character, |at| MARKS[at]);
        words.chars().map(original).collect()
    }
}

/// Five control characters that the text does not hold.
fn free(markdown: &str) -> Option<[char; 5]> {
    let mut free =
        ('\u{1}'..='\u{1f}').filter(|character| !character.is_whitespace() && !markdown.contains(*character));
    Some([free.next()?, free.next()?, free.next()?, free.next()?, free.next()?])
}

fn replaced(markdown: &str, places: &BTreeSet<usize>, characters: [char; 5]) -> String {
    let stand_in = |(at, character)| match MARKS.iter().position(|mark| *mark == character) {
        Some(mark) if places.contains(&at) => characters[mark],
        _ => character,
    };
    markdown.char_indices().map(stand_in).collect()
}

/// Where lines begin like the definition of a link, behind the marks of quotes and lists.
fn lines_that_may_define(markdown: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in markdown.split_inclusive('\n') {
        let rest = inside_of_marks(line);
        if rest.starts_with('[') && label_end(rest).is_some() {
            found.push(start + line.len() - rest.len());
        }
        start += line.len();
    }
    found
}

fn inside_of_marks(line: &str) -> &str {
    let mut rest = line;
    loop {
        let inside = rest.trim_start_matches([' ', '\t', '>']);
        let digits = inside.trim_start_matches(|character: char| character.is_ascii_digit());
        let behind = match inside.strip_prefix(['-', '*', '+']) {
            Some(behind) => Some(behind),
            None if digits.len() < inside.len() => digits.strip_prefix(['.', ')']),
            None => None,
        };
        match behind.filter(|behind| behind.starts_with([' ', '\t'])) {
            Some(behind) => rest = behind,
            None => return inside,
        }
    }
}

/// The end of `[label]:`.
fn label_end(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => return None,
            ']' => return text.get(at + 1..)?.starts_with(':').then_some(at + 2),
            _ => {}
        }
    }
    None
}

/// Where definitions begin that are in the way: nothing shows them, and no link needs them.
fn vanished(text: &str, lines: &[usize]) -> Vec<usize> {
    let mut events = parser(text).into_offset_iter();
    let mut shown = Vec::new();
    let mut needed = BTreeSet::new();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. }) => {
                shown.push(range);
                if matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut) {
                    let definition = events.reference_definitions().get(&id);
                    needed.extend(
                        definition.filter(|found| harmless(&found.dest).is_some()).map(|found| found.span.start),
                    );
                }
            }
            Event::Text(_) | Event::Code(_) | Event::Html(_) | Event::InlineHtml(_) => shown.push(range),
            _ => {}
        }
    }
    let defined = events.reference_definitions().iter().map(|(_, definition)| definition.span.start);
    let is_shown = |at: usize| {
        let next = shown.partition_point(|range| range.start <= at);
        shown.get(..next).is_some_and(|before| before.iter().rev().take(2).any(|range| range.contains(&at)))
    };
    let mark = |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with('['));
    let hidden = lines.iter().copied().filter(|at| !is_shown(*at)).chain(defined);
    let marks = |at: usize| {
        let line = text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        line.char_indices().filter(|(_, character)| MARKS.contains(character)).map(move |(index, _)| at + index)
    };
    hidden.filter(|at| !needed.contains(at)).filter(mark).flat_map(marks).collect()
}

/// Marks inside of addresses, except where the address is a target or stands in angle brackets.
fn marks_in_addresses(markdown: &str) -> BTreeSet<usize> {
    let mut places = BTreeSet::new();
    for address in addresses(markdown) {
        let front = markdown.get(..address.range.start).unwrap_or_default();
        if front.ends_with('<') || front.ends_with("](") {
            continue;
        }
        let inside = markdown.get(address.range.clone()).unwrap_or_default();
        let marks = inside.char_indices().filter(|(_, character)| MARKS.contains(character));
        places.extend(marks.map(|(at, _)| address.range.start + at));
    }
    places
}

fn lone_tildes(markdown: &str) -> Vec<usize> {
    let bytes = markdown.as_bytes();
    let is = |at: Option<usize>, wanted: u8| at.and_then(|at| bytes.get(at)) == Some(&wanted);
    let is_alone = |at: &usize| {
        let before = at.checked_sub(1);
        let backslashes = bytes.get(..*at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
        !is(before, b'~') && !is(Some(at + 1), b'~') && backslashes % 2 == 0
    };
    markdown.match_indices('~').map(|(at, _)| at).filter(is_alone).collect()
}
