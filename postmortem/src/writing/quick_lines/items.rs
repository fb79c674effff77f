//! The items of a paste: which lines belong together, and what each of them becomes.

use super::heads;
use super::line::{Line, Time, What};
use super::lines;
use super::mail::{self, Mail};
use super::under::{self, Form, Under};
use super::{Content, Item, Timed, chat};
use crate::link::{self, take_source};
use crate::moment::{self, Day, Near, TimeError};
use crate::{EntryDraft, EntryKind, OtherReading, Precision, markdown, quick_entry};

/// An item whose further lines are still coming.
struct Building {
    raw: Vec<String>,
    indent: usize,
    start: Start,
    heading: Option<usize>,
    /// Who wrote it, in a chat.
    name: Option<String>,
    is_chat: bool,
    lines: Vec<String>,
    is_verbatim: bool,
    /// Whether an empty line was passed over, in a chat.
    has_gap: bool,
    /// Whether a block of code in it has begun, in a chat.
    is_code: bool,
    /// Whether several people speak.
    is_talk: bool,
    mail: Option<Mail>,
}

enum Start {
    Action,
    Time(Time),
    Refused(TimeError),
    Words,
}

/// What stands in our own export in the place of a time that nobody knows; its end may be known.
const UNKNOWN: &str = "time not known";

/// The narrowest and the widest text that counts as wrapped by a program, in characters.
const WRAPPED: std::ops::RangeInclusive<usize> = 50..=200;

/// The items of a text and the days of its headings.
pub(super) fn items(text: &str, near: &Near) -> (Vec<Item>, Vec<Day>) {
    let mut lines = lines::lines(text, near.zone);
    heads::mark(&mut lines, near.zone);
    let heads = chat::heads(&lines, near.zone);
    chat::settle_fences(&mut lines, &heads);
    let mut mails = mail::mails(&lines, near.zone);
    let is_talk = heads.iter().flatten().flatten().filter(|head| head.name.is_some()).count() > 1;
    let width = lines.iter().map(|line| line.raw.trim_end().chars().count()).max().unwrap_or(0);
    let (mut items, mut days) = (Vec::new(), Vec::new());
    let mut zone_above: Result<Option<i32>, TimeError> = Ok(None);
    let mut zone_of_all: Result<Option<i32>, TimeError> = Ok(None);
    let mut open: Option<Building> = None;
    for (number, (line, head)) in lines.iter().zip(heads).enumerate() {
        let mail = mails.get_mut(number).and_then(Option::take);
        if let Some(item) = &mut open
            && (mail.is_none() || item.is_verbatim)
            && (head.is_none() || item.is_verbatim || item.mail.is_some())
            && item.goes_on(line, width)
        {
            item.add(line);
            continue;
        }
        let heading = days.len().checked_sub(1);
        let begin = |start, words: &str, name, is_chat| {
            let is_verbatim = match &start {
                Start::Time(time) => time.is_bold,
                Start::Words => Unknown::read(words).is_some(),
                Start::Action | Start::Refused(_) => false,
            };
            let lines = vec![words.to_owned()];
            Building {
                raw: vec![line.raw.clone()],
                indent: line.indent,
                start,
                heading,
                name,
                is_chat,
                lines,
                is_verbatim,
                has_gap: false,
                is_code: false,
                is_talk,
                mail: None,
            }
        };
        let with_zone = |mut time: Time| {
            let days = [time.start.day, time.end.as_ref().and_then(|end| end.day)];
            if let Some(error) = days.into_iter().find_map(|day| near.check(day).err()) {
                return Start::Refused(error);
            }
            if time.start.minutes_east.is_none() && time.start.day.is_none() {
                match &zone_above {
                    Ok(minutes_east) => time.start.minutes_east = *minutes_east,
                    Err(error) => return Start::Refused(TimeError::clone(error)),
                }
            }
            if time.start.minutes_east.is_none() {
                match &zone_of_all {
                    Ok(minutes_east) => time.start.minutes_east = *minutes_east,
                    Err(error) => return Start::Refused(TimeError::clone(error)),
                }
            }
            if let Some(end) = &mut time.end
                && end.minutes_east.is_none()
            {
                end.minutes_east = time.start.minutes_east;
            }
            Start::Time(time)
        };
        let started = |time: Time, words: &str, name, is_chat| {
            let start = with_zone(time);
            // What cannot be taken is kept as it is written.
            let words = if matches!(start, Start::Refused(_)) { line.text.as_str() } else { words };
            begin(start, words, name, is_chat)
        };
        let next = match (head, &line.what) {
            _ if mail.is_some() => mail.map(|mail| {
                let start = match &mail.time {
                    Some(Ok(time)) => with_zone(time.clone()),
                    Some(Err(error)) => Start::Refused(error.clone()),
                    None => Start::Words,
                };
                Building { mail: Some(mail), ..begin(start, "", None, false) }
            }),
            (Some(Some(head)), _) => Some(started(head.time, "", head.name, true)),
            (Some(None), _) | (None, What::Form | What::Fence | What::Title) => None,
            (None, What::Blank) => {
                // The paragraphs of a message belong to it.
                match &mut open {
                    Some(item) if item.is_verbatim => item.lines.push(String::new()),
                    Some(item) if item.is_chat => item.has_gap = true,
                    _ => items.extend(open.take().map(|item| item.done(near))),
                }
                continue;
            }
            (None, What::Day { day, zone, is_of_all, has_words }) => {
                days.push(*day);
                zone_above = zone.clone();
                if *is_of_all {
                    zone_of_all = zone.clone();
                }
                has_words.then(|| begin(Start::Words, &line.text, None, false))
            }
            (None, What::Timed(time)) => Some(started(time.clone(), &time.words, None, false)),
            (None, What::Zone { zone, has_words }) => {
                zone_of_all = zone.clone();
                has_words.then(|| begin(Start::Words, &line.text, None, false))
            }
            (None, What::Refused(error)) => Some(begin(Start::Refused(error.clone()), &line.text, None, false)),
            (None, What::Action) => Some(begin(Start::Action, &line.text, None, false)),
            (None, What::Words) => Some(begin(Start::Words, &line.text, None, false)),
        };
        items.extend(open.take().map(|item| item.done(near)));
        open = next;
    }
    items.extend(open.map(|item| item.done(near)));
    (items, days)
}

impl Building {
    /// Whether a line belongs to this item.
    fn goes_on(&self, line: &Line, width: usize) -> bool {
        let is_words = matches!(line.what, What::Words | What::Form | What::Fence | What::Title);
        let is_indented = line.indent > self.indent && !matches!(line.what, What::Blank);
        if let Some(mail) = &self.mail {
            return mail.goes_on(&line.raw);
        }
        if self.is_verbatim {
            return is_indented && line.indent >= self.indent + 2;
        }
        let is_form = match line.what {
            What::Fence => true,
            What::Form => self.lines.iter().all(String::is_empty),
            _ => false,
        };
        if self.is_chat && (self.is_code || is_form) {
            return true;
        }
        // What a message says may begin with a clock, or look like the head of a list.
        let is_begun = matches!(line.what, What::Timed(_) | What::Refused(_) | What::Action | What::Zone { .. });
        if self.is_chat && (is_begun || matches!(line.what, What::Title)) {
            return self.is_talk || !self.has_gap;
        }
        let is_part = match line.what {
            What::Words => true,
            What::Form | What::Fence => is_indented,
            _ => false,
        };
        if !is_part {
            return is_indented && is_words;
        }
        let last = self.raw.last().map_or(0, |raw| raw.trim_end().chars().count());
        let (first, _) = moment::word(&line.text);
        let is_full = WRAPPED.contains(&width) && last + 1 + first.chars().count() > width;
        let ends = self.raw.last().is_some_and(|raw| raw.trim_end().ends_with(['.', '!', '?', ':']));
        let runs_on = last >= *WRAPPED.start() && !ends && first.starts_with(char::is_lowercase);
        self.is_chat || is_indented || (!line.is_bullet && (is_full || runs_on))
    }

    fn add(&mut self, line: &Line) {
        if let Some(mail) = &mut self.mail {
            self.lines.extend(mail.said(&line.raw));
            self.raw.push(line.raw.clone());
            return;
        }
        let last = self.raw.last().map_or(0, |raw| raw.trim_end().chars().count());
        let is_form = line.is_bullet || line.text.starts_with(['|', '>']) || line.raw.trim_start().starts_with('|');
        let is_wrapped =
            !self.is_verbatim && !self.is_chat && !is_form && last >= *WRAPPED.start() && !under::is_field(&line.text);
        self.raw.push(line.raw.clone());
        if is_wrapped && let Some(words) = self.lines.last_mut() {
            words.push(' ');
            words.push_str(&line.text);
            return;
        }
        self.is_code ^= self.is_chat && matches!(line.what, What::Fence);
        let is_raw = self.is_code || matches!(line.what, What::Form | What::Fence | What::Title);
        let words = if self.is_verbatim || is_form || is_raw {
            let indent = if self.is_code { self.indent } else { self.indent + 2 };
            let spaces = line.raw.chars().take_while(|next| *next == ' ').count().min(indent);
            let words = line.raw.get(spaces..).unwrap_or_default();
            if self.is_verbatim { words.to_owned() } else { words.trim_end().to_owned() }
        } else {
            line.text.clone()
        };
        self.lines.push(words);
    }

    fn done(mut self, near: &Near) -> Item {
        let content = match self.start {
            Start::Action => {
                let words = self.lines.join(" ");
                Content::Action(quick_entry::action(&words).unwrap_or(&words).to_owned())
            }
            Start::Words if self.is_verbatim => Content::Undated(Box::new(unknown(self.lines, near))),
            Start::Words => Content::Undated(Box::new(EntryDraft::undated(self.lines.join("\n"), ""))),
            Start::Refused(error) => {
                let lines = if self.mail.is_some() { &self.raw } else { &self.lines };
                Content::Undated(Box::new(EntryDraft::undated(lines.join("\n").trim(), error.to_string())))
            }
            Start::Time(time) if self.mail.is_some() => {
                let mail = self.mail.unwrap_or_default();
                let text = self.lines.join("\n").trim().to_owned();
                let source = link::in_text(&text).into_iter().next().map(|found| found.link);
                let under = Under { clock: vec![mail.clock()], note: mail.note(), ..Under::default() };
                let text = if text.is_empty() { self.raw.join("\n") } else { text };
                Content::Timed(Box::new(Timed { time, heading: None, text, source, under }))
            }
            Start::Time(time) => {
                let form = if self.is_verbatim { Form::Markdown } else { Form::Text };
                let under = Under::take(&mut self.lines, form, near.zone);
                let words = self.lines.join("\n").trim_matches('\n').to_owned();
                let is_told = self.is_verbatim || under.source.is_some();
                let (text, source) = match is_told {
                    true if self.is_verbatim => (under::together(&markdown::as_written(&words)), None),
                    true => (words, None),
                    false => take_source(&words),
                };
                let text = match self.name {
                    Some(name) if text.starts_with(lines::FENCE) => format!("{name}:\n{text}"),
                    Some(name) if !text.is_empty() => format!("{name}: {text}"),
                    _ => text,
                };
                if text.is_empty() && source.is_none() && under.source.is_none() {
                    Content::Undated(Box::new(EntryDraft::undated(self.raw.join("\n").trim(), "")))
                } else {
                    Content::Timed(Box::new(Timed { time, heading: self.heading, text, source, under }))
                }
            }
        };
        Item { raw: self.raw, content }
    }
}

/// The head of an entry of our own export whose time nobody knows.
#[derive(Default)]
struct Unknown<'a> {
    end: Option<&'a str>,
    is_about: bool,
    rest: &'a str,
}

impl<'a> Unknown<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (head, rest) = line.strip_prefix("**")?.split_once("**")?;
        let about = head.strip_prefix("about ");
        let behind = about.unwrap_or(head).strip_prefix(UNKNOWN)?;
        let end = if behind.is_empty() { None } else { Some(behind.strip_prefix(" to ")?) };
        Some(Self { end, is_about: about.is_some(), rest })
    }
}

/// An entry of our own export whose time nobody knows.
fn unknown(mut lines: Vec<String>, near: &Near) -> EntryDraft {
    let under = Under::take(&mut lines, Form::Markdown, near.zone);
    let first = lines.first().cloned().unwrap_or_default();
    let Unknown { end, is_about, rest } = Unknown::read(&first).unwrap_or_default();
    let end = end.and_then(|end| moment::exact(end, near.zone).ok());
    let (tags, words) = quick_entry::tags(rest);
    if let Some(first) = lines.first_mut() {
        *first = words.strip_prefix(' ').unwrap_or(words).to_owned();
    }
    let readings = under
        .readings
        .iter()
        .map(|reading| OtherReading { at: near.place(&reading.stamp).at, clock: reading.clock.clone() });
    EntryDraft {
        until: end.map(|end| near.place(&end).at),
        precision: if is_about { Precision::About } else { Precision::Minute },
        kind: tags.kind.unwrap_or(EntryKind::Observation),
        severity: tags.severity,
        clock: under.clock.join("\n"),
        readings: readings.collect(),
        source: under.source,
        ..EntryDraft::undated(
            under::together(&markdown::as_written(lines.join("\n").trim_matches('\n'))),
            under.note.join("\n"),
        )
    }
}
