//! Mails as they are forwarded or pasted: a head of `From:`, `Sent:` and `Subject:`, or a line `On … wrote:`, and what was
//! written, quoted or not. Each is one entry at the time when it was sent.

use super::line::{Line, Time};
use crate::moment::TimeError;
use crate::{Zone, quick_entry};

/// A mail whose text is still coming.
#[derive(Debug, Default)]
pub(super) struct Mail {
    /// When it was sent, or why that is not known.
    pub time: Option<Result<Time, TimeError>>,
    sender: String,
    subject: String,
    /// How many more lines its head has.
    head: usize,
    /// How deep its text is quoted.
    depth: usize,
    /// Whether only what is quoted belongs to it.
    is_quotation: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Sender,
    Time,
    Subject,
    Other,
}

const FIELDS: [(&str, Field); 20] = [
    ("from", Field::Sender),
    ("von", Field::Sender),
    ("de", Field::Sender),
    ("sent", Field::Time),
    ("date", Field::Time),
    ("gesendet", Field::Time),
    ("datum", Field::Time),
    ("envoyé", Field::Time),
    ("subject", Field::Subject),
    ("betreff", Field::Subject),
    ("objet", Field::Subject),
    ("to", Field::Other),
    ("an", Field::Other),
    ("à", Field::Other),
    ("cc", Field::Other),
    ("bcc", Field::Other),
    ("kopie", Field::Other),
    ("reply-to", Field::Other),
    ("importance", Field::Other),
    ("priority", Field::Other),
];

/// What mail programs write above a mail that is forwarded or answered.
const ABOVE: [&str; 4] =
    ["forwarded message", "original message", "ursprüngliche nachricht", "weitergeleitete nachricht"];

/// The mails of a paste, each at its first line.
pub(super) fn mails(lines: &[Line], zone: Zone) -> Vec<Option<Mail>> {
    let mut mails: Vec<Option<Mail>> = lines.iter().map(|_| None).collect();
    let mut is_inside = false;
    let mut number = 0;
    while number < lines.len() {
        if let Some((mail, length)) = headed(&lines[number..], zone) {
            let start = above(lines, number);
            mails[start] = Some(Mail { head: number - start + length - 1, ..mail });
            is_inside = true;
            number += length;
        } else if let Some((mail, length)) = answered(&lines[number..], zone).filter(|_| !is_inside) {
            mails[number] = Some(Mail { head: length - 1, ..mail });
            number += length;
            let is_quoted = |line: &&Line| line.raw.trim().is_empty() || line.raw.trim_start().starts_with('>');
            number += lines[number..].iter().take_while(is_quoted).count();
        } else {
            number += 1;
        }
    }
    mails
}

/// Where a mail begins: at the rule above its head, where there is one.
fn above(lines: &[Line], head: usize) -> usize {
    let before = lines[..head].iter().rposition(|line| !line.raw.trim().is_empty());
    let is_rule = |number: &usize| {
        let text = lines[*number].raw.to_lowercase();
        ABOVE.iter().any(|words| text.contains(words))
    };
    before.filter(is_rule).unwrap_or(head)
}

/// A mail with a head, and how many lines that has.
fn headed(lines: &[Line], zone: Zone) -> Option<(Mail, usize)> {
    let mut mail = Mail::default();
    let (mut has_sender, mut length) = (false, 0);
    for line in lines {
        let (depth, text) = unquoted(&line.raw, usize::MAX);
        let Some((field, value)) = field(text) else {
            // A long line of receivers goes on.
            if length > 0 && text.starts_with([' ', '\t']) && !text.trim().is_empty() {
                length += 1;
                continue;
            }
            break;
        };
        length += 1;
        match field {
            Field::Sender => {
                has_sender = true;
                mail.depth = depth;
                mail.sender = name(value);
            }
            Field::Time => mail.time = Some(time(value, zone)),
            Field::Subject => value.clone_into(&mut mail.subject),
            Field::Other => {}
        }
    }
    (has_sender && mail.time.is_some()).then_some((mail, length))
}

/// `On Tue, Mar 10, 2026 at 12:12 PM Mara Lindqvist <mara@example.org> wrote:`, on one line or two.
fn answered(lines: &[Line], zone: Zone) -> Option<(Mail, usize)> {
    let (depth, text) = unquoted(&lines.first()?.raw, usize::MAX);
    let text = text.trim();
    let rest = text.strip_prefix("On ").or_else(|| text.strip_prefix("Am "))?;
    let is_end = |text: &str| text.ends_with("wrote:") || (text.contains(" schrieb ") && text.ends_with(':'));
    let (rest, length) = if is_end(rest) {
        (rest.to_owned(), 1)
    } else {
        let (_, next) = unquoted(&lines.get(1)?.raw, usize::MAX);
        (format!("{rest} {}", next.trim()), 2)
    };
    if !is_end(&rest) {
        return None;
    }
    let rest = rest.replacen(" um ", " ", 1);
    let front = quick_entry::front(&rest, zone).ok()??;
    front.written.start.day?;
    let who = front.rest.trim_start_matches([',', ' ']).trim_end_matches(':');
    let who = who.strip_suffix("wrote").unwrap_or(who).trim_start_matches("schrieb ");
    let said = lines[length..].iter().find(|line| !line.raw.trim().is_empty());
    let is_quotation = said.is_some_and(|line| line.raw.trim_start().starts_with('>'));
    let mail = Mail {
        time: Some(Ok(Time::new(&front))),
        sender: name(who),
        depth: depth + usize::from(is_quotation),
        is_quotation,
        ..Mail::default()
    };
    Some((mail, length))
}

fn time(value: &str, zone: Zone) -> Result<Time, TimeError> {
    let front = quick_entry::front(value, zone)?.filter(|front| front.written.start.day.is_some());
    front.map(|front| Time::new(&front)).ok_or_else(|| TimeError::NotATime {
        typed: value.chars().take(40).collect(),
        instead: "2018-10-21 23:07".to_owned(),
    })
}

fn field(text: &str) -> Option<(Field, &str)> {
    let text = text.trim_matches([' ', '*', '_']);
    let (key, value) = text.split_once(':')?;
    let key = key.trim_matches([' ', '*', '_']).to_lowercase();
    let (_, field) = FIELDS.iter().find(|(known, _)| *known == key)?;
    Some((*field, value.trim_matches([' ', '\t', '*', '_'])))
}

/// A sender without the address.
fn name(value: &str) -> String {
    let front = value.split(['<', '[']).next().unwrap_or_default();
    let name = front.trim_matches([' ', '"', '\'', ',']);
    if name.is_empty() { value.trim_matches([' ', '<', '>']).to_owned() } else { name.to_owned() }
}

/// How deep a line is quoted, up to some depth, and the line without it.
fn unquoted(raw: &str, most: usize) -> (usize, &str) {
    let (mut depth, mut text) = (0, raw);
    while depth < most
        && let Some(rest) = text.trim_start().strip_prefix('>')
    {
        text = rest.strip_prefix(' ').unwrap_or(rest);
        depth += 1;
    }
    (depth, text)
}

impl Mail {
    /// Whether a line belongs to it.
    pub fn goes_on(&self, raw: &str) -> bool {
        self.head > 0 || !self.is_quotation || raw.trim().is_empty() || raw.trim_start().starts_with('>')
    }

    /// What a line says; nothing for those of the head.
    pub fn said(&mut self, raw: &str) -> Option<String> {
        if self.head > 0 {
            self.head -= 1;
            return None;
        }
        let (_, text) = unquoted(raw, self.depth);
        Some(text.trim_end().to_owned())
    }

    /// Where its time was read.
    pub fn clock(&self) -> String {
        format!("mail from {}", self.sender)
    }

    /// Its subject, as a note.
    pub fn note(&self) -> Vec<String> {
        if self.subject.is_empty() { Vec::new() } else { vec![format!("Subject: {}", self.subject)] }
    }
}
