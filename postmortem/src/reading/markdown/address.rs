//! Addresses that stand for themselves in prose: `https://…`, `www.…` and `name@host`. The editor draws the same ones as
//! links (`app/editor/bridge/address.js`), so a change here is one there.

use super::harmless;
use crate::link::{LONGEST_LINK, ends_bare, without_sentence};
use std::ops::Range;

/// Where an address stands in a text, in bytes, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The bytes that it takes.
    pub range: Range<usize>,
    /// An `http`, `https` or `mailto` URL.
    pub target: String,
}

/// The addresses of a text, in order. The full stop behind one is the sentence's, and a bracket belongs to it only where
/// it was opened inside of it.
pub fn addresses(text: &str) -> Vec<Destination> {
    let mut found = Vec::new();
    let (mut from, mut end) = (0, 0);
    while let Some(at) = text.get(from..).and_then(next_start).map(|at| from + at) {
        if at >= end {
            // Looked for once for all that begin before it.
            end = text.get(at..).and_then(|rest| rest.find(ends_bare)).map_or(text.len(), |length| at + length);
        }
        match address_at(text, at, end) {
            Some(address) => {
                from = address.range.end;
                found.push(address);
            }
            None => from = at + 1,
        }
    }
    found
}

/// Where a scheme, `www.` or the sign of a mail address stands next.
fn next_start(text: &str) -> Option<usize> {
    text.bytes().enumerate().map(|(at, _)| at).find(|at| {
        let rest = text.as_bytes().get(*at..).unwrap_or_default();
        rest.first() == Some(&b'@') || starts(rest, b"http://") || starts(rest, b"https://") || starts(rest, b"www.")
    })
}

/// The longest name before the sign of a mail address.
const LONGEST_LOCAL_PART: usize = 100;

fn starts(rest: &[u8], word: &[u8]) -> bool {
    rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// The address that begins at a place or has its sign there; `end` is where what an address may hold ends.
fn address_at(text: &str, at: usize, end: usize) -> Option<Destination> {
    let (front, rest) = (text.get(..at)?, text.get(at..)?);
    if rest.starts_with('@') {
        return mail_around(front, rest);
    }
    if end - at > LONGEST_LINK || front.ends_with(|character: char| character.is_alphanumeric() || character == '_') {
        return None;
    }
    let body = without_sentence(text.get(at..end)?);
    let target = match body.get(..4)?.eq_ignore_ascii_case("www.") {
        true => {
            let (name, domain) = body.get(4..)?.split_once('.')?;
            let is_name = !name.is_empty() && !name.contains(['/', '?', '#']);
            (is_name && !domain.is_empty()).then(|| format!("https://{body}"))?
        }
        false => body.to_owned(),
    };
    Some(Destination { range: at..at + body.len(), target: harmless(&target)? })
}

/// The mail address with this sign in its middle.
fn mail_around(front: &str, rest: &str) -> Option<Destination> {
    let is_local = |character: char| character.is_ascii_alphanumeric() || "._+-".contains(character);
    let name = front.chars().rev().take(LONGEST_LOCAL_PART).take_while(|character| is_local(*character)).count();
    let name = front.len() - name;
    if front.get(..name)?.ends_with(char::is_alphanumeric) || name == front.len() {
        return None;
    }
    let host = rest.get(1..)?;
    let host = host.get(..host.find(|character: char| !is_host(character)).unwrap_or(host.len()))?;
    let host = host.trim_end_matches(['.', '-']);
    let is_complete = host.contains('.') && host.split('.').all(|label| !label.is_empty());
    let range = name..front.len() + 1 + host.len();
    is_complete
        .then(|| Destination { target: format!("mailto:{}@{host}", front.get(name..).unwrap_or_default()), range })
}

fn is_host(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '.' || character == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_ends_where_the_sentence_goes_on() {
        for (text, expected) in [
            ("see https://a.example/b.", &["https://a.example/b"][..]),
            ("(https://a.example/b_(c))", &["https://a.example/b_(c)"]),
            ("**https://a.example/x_y**", &["https://a.example/x_y"]),
            ("http://grafana/d/1, then www.a.example/x!", &["http://grafana/d/1", "https://www.a.example/x"]),
            ("HTTPS://A.example", &["HTTPS://A.example"]),
            ("ask oncall@example.com. Or <b@c.example>", &["mailto:oncall@example.com", "mailto:b@c.example"]),
            ("xhttps://a.example www. www.x a@b @a.b x@.y", &[]),
            ("https:// http://", &[]),
            ("\u{201c}https://a.example\u{201d}", &["https://a.example"]),
            ("é@a.example", &[]),
            ("见：https://a.example/x，然后", &["https://a.example/x"]),
            ("https://a.example/x)))))", &["https://a.example/x"]),
        ] {
            let found: Vec<String> = addresses(text).into_iter().map(|address| address.target).collect();
            assert_eq!(found, expected, "{text}");
        }
        let text = "ask oncall@example.com.";
        assert_eq!(text.get(addresses(text).remove(0).range), Some("oncall@example.com"));
    }

    #[test]
    fn a_text_of_nothing_but_beginnings_or_ends_is_read_at_once() {
        for part in ["http://", "www.", "@", "a@", "http://a)", "http://a.", ")", "https://a.example/(", "a@b."] {
            assert!(addresses(&part.repeat(200_000 / part.len())).len() < 50_000, "{part}");
        }
        let brackets = format!("http://a{}", ")".repeat(200_000));
        assert_eq!(addresses(&brackets), []);
    }
}
