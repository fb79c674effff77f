//! Links that people write: only http and https may ever be followed from a page of ours. In prose a link ends where its
//! author ended it: brackets that open inside of it close inside of it, and the full stop behind it is the sentence's.

mod copied;

pub use copied::{Words, with_addresses};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// The longest link kept, in bytes: longer ones break mail programs and are mostly tracking parameters.
pub const LONGEST_LINK: usize = 2_000;

/// How many bytes on either side of `http://` are looked at for the rest of a link: the longest one, with a label or a title.
/// What is longer is none, and a text of nothing but beginnings is read in one go.
const REACH: usize = 2 * LONGEST_LINK;

/// An absolute http or https URL without spaces or control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Another scheme, or none.
    #[error("A link starts with https:// or http://.")]
    Scheme,
    /// No host behind the scheme, or a character that no URL has.
    #[error("This is not a complete link. Copy it from the address bar.")]
    Malformed,
    /// More than [`LONGEST_LINK`] bytes.
    #[error("A link has at most {LONGEST_LINK} characters.")]
    TooLong,
}

impl Link {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without `www.`, which is how a source is named beside its entry.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
        let host = authority.rsplit('@').next().unwrap_or("");
        let name = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or("") };
        name.strip_prefix("www.").unwrap_or(name)
    }
}

impl FromStr for Link {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        if text.len() > LONGEST_LINK {
            return Err(LinkError::TooLong);
        }
        let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return Err(LinkError::Scheme);
        }
        let link = Self(text.to_owned());
        let unusable = |character: char| {
            character.is_whitespace() || character.is_control() || matches!(character, '<' | '>' | '"' | '`' | '\\')
        };
        if link.host().is_empty() || text.contains(unusable) {
            return Err(LinkError::Malformed);
        }
        Ok(link)
    }
}

impl TryFrom<String> for Link {
    type Error = LinkError;

    fn try_from(text: String) -> Result<Self, LinkError> {
        text.parse()
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.0
    }
}

impl fmt::Display for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A link where it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkFound {
    /// The bytes of the text that it takes, with what it is wrapped in.
    pub range: Range<usize>,
    pub link: Link,
    pub form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Bare, in quotation marks, or in angle brackets.
    Bare,
    /// `<https://…|label>`, as chats copy it.
    Labelled(String),
    /// `[label](https://…)`.
    Markdown,
}

/// The links of a text, in order.
pub fn in_text(text: &str) -> Vec<LinkFound> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = next_scheme(text, from) {
        let before = text.get(..start).unwrap_or_default();
        let link = if before.ends_with("](") || before.ends_with("](<") {
            markdown(text, start).or_else(|| bare(text, start))
        } else if before.ends_with('<') {
            angled(text, start).or_else(|| bare(text, start))
        } else {
            label(text, start).or_else(|| bare(text, start))
        };
        from = match link {
            Some(link) => {
                let end = link.range.end;
                found.push(link);
                end
            }
            // A word that is too long for a link holds none.
            None if start + REACH < text.len() && !ahead(text, start).contains(ends_bare) => {
                start + ahead(text, start).len()
            }
            // Past the "://", so that the same one is not found again.
            None => start + text.get(start..).and_then(|rest| rest.find("://")).unwrap_or(0) + "://".len(),
        };
    }
    found
}

/// Where the next `http://` or `https://` begins that is not the middle of a word.
fn next_scheme(text: &str, from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let start = from + text.get(from..)?.find("://")?;
        let front = text.get(..start)?;
        let scheme = ["https", "http"].into_iter().find(|scheme| {
            front
                .len()
                .checked_sub(scheme.len())
                .and_then(|at| front.get(at..))
                .is_some_and(|end| end.eq_ignore_ascii_case(scheme))
        });
        let begins = scheme.map(|scheme| start - scheme.len());
        let is_word = |at: usize| text.get(..at).is_some_and(|front| front.ends_with(char::is_alphanumeric));
        match begins.filter(|at| *at >= from && !is_word(*at)) {
            Some(at) => return Some(at),
            None => from = start + "://".len(),
        }
    }
}

/// What is looked at from a place on.
fn ahead(text: &str, start: usize) -> &str {
    let mut end = text.len().min(start + REACH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or_default()
}

fn angled(text: &str, start: usize) -> Option<LinkFound> {
    let inside = ahead(text, start).split('>').next()?;
    let end = start + inside.len();
    text.get(end..)?.strip_prefix('>')?;
    let (target, label) = inside.split_once('|').map_or((inside, None), |(target, label)| (target, Some(label)));
    let form = match label.map(str::trim).filter(|label| !label.is_empty() && *label != target) {
        Some(label) => Form::Labelled(label.to_owned()),
        None => Form::Bare,
    };
    Some(LinkFound { range: start - 1..end + 1, link: target.parse().ok()?, form })
}

/// The link whose label is the address that starts here: `[https://…](https://…)`.
fn label(text: &str, start: usize) -> Option<LinkFound> {
    let line = ahead(text, start).split('\n').next()?;
    let behind = start + line.find("](")? + "](".len();
    let target = behind + usize::from(text.get(behind..)?.starts_with('<'));
    let is_address = next_scheme(ahead(text, target), 0) == Some(0);
    markdown(text, target).filter(|found| is_address && found.range.start < start)
}

fn markdown(text: &str, start: usize) -> Option<LinkFound> {
    let before = text.get(..start)?;
    let is_angled = before.ends_with('<');
    let label_end = before.trim_end_matches('<').strip_suffix("](")?.len();
    let open = opening(before.get(..label_end)?)?;
    let rest = ahead(text, start);
    let length = if is_angled { rest.find('>')? } else { unbalanced(rest) };
    let target = rest.get(..length)?;
    let behind = rest.get(length..)?.trim_start_matches('>').trim_start();
    // A title may stand behind the target.
    let close = rest.len() - behind.len() + behind.find(')')?;
    Some(LinkFound { range: open..start + close + 1, link: target.parse().ok()?, form: Form::Markdown })
}

/// Where the bracket opens that the end of a text would close.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (index, character) in text.char_indices().rev().take_while(|(index, _)| text.len() - index <= REACH) {
        match character {
            ']' => depth += 1,
            '[' if depth == 0 => return Some(index),
            '[' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

/// The length of a target up to a space or the bracket that was not opened in it.
fn unbalanced(text: &str) -> usize {
    let mut depth = 0;
    for (index, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' if depth == 0 => return index,
            ')' => depth -= 1,
            _ if character.is_whitespace() => return index,
            _ => {}
        }
    }
    text.len()
}

/// What no address holds in prose: spaces, quotation marks, and the marks that end a sentence without a space behind them.
pub(crate) fn ends_bare(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '<' | '>' | '"' | '`' | '\\' | '|')
        || matches!(character, '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}')
        || matches!(character, '，' | '。' | '；' | '：' | '）' | '」' | '』' | '、' | '！' | '？')
}

/// What stands where an address does, without what belongs to the sentence around it: punctuation behind it, and brackets
/// that were not opened inside of it.
pub(crate) fn without_sentence(target: &str) -> &str {
    // Brackets that close more often than they open, counted once.
    let mut unopened = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, target.matches(close).count().saturating_sub(target.matches(open).count())));
    let mut target = target;
    while let Some(last) = target.chars().next_back() {
        let is_punctuation =
            matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '\u{2019}' | '\u{2026}');
        let bracket = unopened.iter_mut().find(|(close, count)| *close == last && *count > 0);
        match bracket {
            Some((_, count)) => *count -= 1,
            None if is_punctuation => {}
            None => break,
        }
        target = target.get(..target.len() - last.len_utf8()).unwrap_or_default();
    }
    target
}

fn bare(text: &str, start: usize) -> Option<LinkFound> {
    let rest = ahead(text, start);
    let mut target = rest.get(..rest.find(ends_bare).unwrap_or(rest.len()))?;
    target = target.split("](").next()?;
    target = without_sentence(target);
    let link = target.parse().ok()?;
    let end = start + target.len();
    let quoted = [('"', '"'), ('<', '>'), ('\u{201c}', '\u{201d}'), ('\u{201e}', '\u{201c}'), ('\'', '\'')]
        .into_iter()
        .find(|(open, close)| {
            text.get(..start).is_some_and(|before| before.ends_with(*open))
                && text.get(end..).is_some_and(|behind| behind.starts_with(*close))
        });
    let range = match quoted {
        Some((open, close)) => start - open.len_utf8()..end + close.len_utf8(),
        None => start..end,
    };
    Some(LinkFound { range, link, form: Form::Bare })
}

/// The text without its first link, which becomes its source; the others stay where they are, in a form that Markdown
/// reads. A link of Markdown stays in the text as well, since its label is a part of the sentence.
pub fn take_source(text: &str) -> (String, Option<Link>) {
    let found = in_text(text);
    let source = found.first().map(|first| first.link.clone());
    let mut taken = String::with_capacity(text.len());
    let mut from = 0;
    for (index, LinkFound { range, link, form }) in found.iter().enumerate() {
        let (mut start, mut end) = (range.start, range.end);
        let written = match (index, form) {
            (_, Form::Markdown) => text.get(range.clone()).unwrap_or_default().to_owned(),
            (0, Form::Bare) if is_in_code(text, range) => text.get(range.clone()).unwrap_or_default().to_owned(),
            (0, Form::Labelled(label)) => label.clone(),
            (_, Form::Labelled(label)) => format!("[{}]({link})", escaped(label)),
            (0, Form::Bare) => {
                // Brackets and emphasis around nothing are none.
                while [('(', ')'), ('*', '*'), ('_', '_'), ('~', '~')].into_iter().any(|(open, close)| {
                    text.get(..start).is_some_and(|before| before.ends_with(open))
                        && text.get(end..).is_some_and(|behind| behind.starts_with(close))
                }) {
                    (start, end) = (start - 1, end + 1);
                }
                String::new()
            }
            (_, Form::Bare) => text.get(range.clone()).unwrap_or_default().to_owned(),
        };
        taken.push_str(text.get(from..start).unwrap_or_default());
        from = end;
        if written.is_empty() {
            let behind = text.get(end..).unwrap_or_default();
            let closes = behind.starts_with([',', ';', '.', ':', '!', '?', ')', '\n']) || behind.trim().is_empty();
            let kept = taken.trim_end_matches([' ', '\t']).len();
            taken.truncate(kept);
            // What only parted the link from what follows goes with it.
            let trimmed = if closes { behind } else { behind.trim_start_matches([' ', '\t']) };
            from = text.len() - trimmed.len();
            if !closes && !taken.is_empty() && !taken.ends_with('\n') {
                taken.push(' ');
            }
            if matches!(trimmed.trim(), "," | ";") {
                from = text.len();
            }
        } else {
            taken.push_str(&written);
        }
    }
    taken.push_str(text.get(from..).unwrap_or_default());
    (taken.trim().to_owned(), source)
}

/// Words as the label of a link: brackets of their own would end it.
fn escaped(label: &str) -> String {
    label.replace('[', "\\[").replace(']', "\\]")
}

/// Whether a part of a text stands in a code span of its line.
fn is_in_code(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).and_then(|before| before.rsplit('\n').next()).unwrap_or_default();
    let behind = text.get(range.end..).and_then(|behind| behind.split('\n').next()).unwrap_or_default();
    before.matches('`').count() % 2 == 1 && behind.contains('`')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        in_text(text).into_iter().map(|found| found.link.to_string()).collect()
    }

    #[test]
    fn a_link_in_prose_is_whole_and_nothing_of_the_sentence() {
        for (text, link) in [
            (
                "see https://en.wikipedia.example/wiki/Failover_(computing)",
                "https://en.wikipedia.example/wiki/Failover_(computing)",
            ),
            ("(see https://w.example/a_(b))", "https://w.example/a_(b)"),
            ("https://w.example/a_(b_(c))", "https://w.example/a_(b_(c))"),
            ("https://w.example/a((b))", "https://w.example/a((b))"),
            ("down? https://s.example/1?", "https://s.example/1"),
            ("down https://s.example/1?a=b, then up", "https://s.example/1?a=b"),
            ("down https://s.example/1.", "https://s.example/1"),
            ("down https://s.example/1...", "https://s.example/1"),
            ("(https://s.example/1).", "https://s.example/1"),
            ("<https://s.example/1|the status page> is red", "https://s.example/1"),
            ("<https://s.example/1>", "https://s.example/1"),
            ("\"https://s.example/1\"", "https://s.example/1"),
            ("\u{201c}https://s.example/1\u{201d}", "https://s.example/1"),
            ("[the page](https://s.example/a_(b)) is red", "https://s.example/a_(b)"),
            ("[the page](<https://s.example/a>) is red", "https://s.example/a"),
            ("[the page](https://s.example/a \"title\") is red", "https://s.example/a"),
            ("**https://s.example/1**", "https://s.example/1"),
            ("HTTPS://S.example/1", "HTTPS://S.example/1"),
            ("见 https://s.example/1，然后", "https://s.example/1"),
            ("（https://s.example/1）。", "https://s.example/1"),
            ("see [https://a.example/x](https://a.example/y) now", "https://a.example/y"),
            ("see [the https://a.example/x](<https://a.example/y>) now", "https://a.example/y"),
            ("see https://a.example/x](b) now", "https://a.example/x"),
        ] {
            assert_eq!(links(text), [link], "{text}");
        }
        assert_eq!(
            links("https://a.example, https://b.example and http://c.example!"),
            ["https://a.example", "https://b.example", "http://c.example"]
        );
        for text in ["javascript://x", "xhttps://a.example", "https://", "http:// a", "://", "ftp://a.example"] {
            assert_eq!(links(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_first_link_is_the_source_and_the_rest_of_the_line_is_kept() {
        for (text, words) in [
            ("deploys locked https://a.example/1", "deploys locked"),
            ("deploys locked (https://a.example/1)", "deploys locked"),
            ("deploys locked https://a.example/1.", "deploys locked."),
            ("deploys locked: https://a.example/1, https://b.example/2", "deploys locked:, https://b.example/2"),
            ("deploys locked https://a.example/1 https://b.example/2", "deploys locked https://b.example/2"),
            ("<https://a.example/1|the page> is red", "the page is red"),
            ("x https://a.example/1 <https://b.example/2|the page>", "x [the page](https://b.example/2)"),
            ("x https://a.example/1 <https://b.example/2|[db1] page>", "x [\\[db1\\] page](https://b.example/2)"),
            ("is it \"https://a.example/1\"?", "is it?"),
            ("see [the page](https://a.example/1) first", "see [the page](https://a.example/1) first"),
            ("https://a.example/1 tells more", "tells more"),
            ("one https://a.example/1\ntwo", "one\ntwo"),
            ("no link", "no link"),
        ] {
            assert_eq!(take_source(text).0, words, "{text}");
        }
        assert_eq!(
            take_source("x https://a.example/1").1.map(|link| link.to_string()),
            Some("https://a.example/1".into())
        );
    }

    #[test]
    fn code_stays_and_marks_around_a_link_go_with_it() {
        for (text, left) in [
            ("`curl https://a.example/x` fails", "`curl https://a.example/x` fails"),
            ("`db1` fails https://a.example/x", "`db1` fails"),
            ("**https://a.example/x** y", "y"),
            (
                "see [https://a.example/x](https://a.example/x) now",
                "see [https://a.example/x](https://a.example/x) now",
            ),
        ] {
            let link = "https://a.example/x".parse().ok();
            assert_eq!(take_source(text), (left.to_owned(), link), "{text}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_beginnings_and_ends_is_read_in_one_go() {
        let many = |part: &str| part.repeat(200_000 / part.len());
        assert_eq!(links(&format!("http://a{}", many(")"))), ["http://a"]);
        assert_eq!(links(&format!("http://a{} b", ")".repeat(REACH / 2))), ["http://a"]);
        for part in ["http://", "](http://", "[x](http://a", "((http://a.b", "<http://", "[http://a"] {
            assert!(in_text(&many(part)).len() <= 200_000 / part.len(), "{part}");
        }
    }

    #[test]
    fn a_source_is_named_by_its_host() {
        let host = |text: &str| text.parse::<Link>().map(|link| link.host().to_owned());
        assert_eq!(host("https://www.github.blog/a?b"), Ok("github.blog".into()));
        assert_eq!(host("HTTP://user:secret@grafana.example:3000/d/1"), Ok("grafana.example".into()));
        assert_eq!(host("http://[::1]:80/"), Ok("[::1]:80".into()));
    }

    #[test]
    fn a_link_that_could_run_or_mislead_is_refused() {
        for text in [
            "javascript:alert(1)",
            "java\tscript:alert(1)",
            "JaVaScRiPt://x%0aalert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "\u{1}javascript:alert(1)",
            "ftp://x",
            "example.com",
            "",
        ] {
            assert_eq!(text.parse::<Link>(), Err(LinkError::Scheme), "{text:?}");
        }
        for text in ["https://", "https:///path", "https://a b", "https://a\"onclick=x", "https://a\\b"] {
            assert_eq!(text.parse::<Link>(), Err(LinkError::Malformed), "{text:?}");
        }
        assert_eq!(format!("https://{}", "a".repeat(LONGEST_LINK)).parse::<Link>(), Err(LinkError::TooLong));
    }
}
