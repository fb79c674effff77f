//! Copied words with the addresses of their links, which only the formatted text on a clipboard holds.

use super::{Link, escaped, in_text, unbalanced};
use std::ops::Range;

/// How many bytes behind the last words the next ones are looked for: between them may stand what was not copied as text.
const AHEAD: usize = 20_000;

/// Words of a formatted text, in the order in which they stand there, and the address where they are a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub shown: String,
    pub address: Option<String>,
}

/// A text with the addresses of its links: `words` becomes `[words](address)`. All words of the formatted text are given,
/// since the words of a link may stand in the text before it without being one.
pub fn with_addresses(plain: &str, formatted: &[Words]) -> String {
    let mut text = String::with_capacity(plain.len());
    let mut rest = plain;
    for Words { shown, address } in formatted {
        let Some(range) = find(rest, shown) else { continue };
        let (before, words, behind) = (&rest[..range.start], &rest[range.clone()], &rest[range.end..]);
        let link = address.as_deref().filter(|_| !words.contains('\n')).and_then(|address| address.parse().ok());
        text.push_str(before);
        match &link {
            Some(link) => text.push_str(&linked(words, link)),
            None => text.push_str(words),
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

fn linked(words: &str, link: &Link) -> String {
    // A shortened address names less than the link; a whole one is a link as it stands.
    let is_address = in_text(words).first().is_some_and(|found| found.range == (0..words.len()));
    if is_address && words.trim_end_matches('/') == link.as_str().trim_end_matches('/') {
        words.to_owned()
    } else if is_address || words.ends_with('…') {
        link.to_string()
    } else {
        let target = link.as_str();
        let target = if unbalanced(target) < target.len() { format!("<{target}>") } else { target.to_owned() };
        format!("[{}]({target})", escaped(words))
    }
}

/// Where words stand first, however the spaces between them were copied. They stand alone, unless they begin or end within
/// a word of the formatted text too.
fn find(text: &str, words: &str) -> Option<Range<usize>> {
    let first = words.split_whitespace().next()?;
    let end = (0..=AHEAD.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end)?.match_indices(first).map(|(at, _)| at).find_map(|start| {
        let mut at = start;
        for word in words.split_whitespace() {
            let behind = text.get(at..)?;
            let trimmed = behind.trim_start();
            if !trimmed.starts_with(word) || (at > start && trimmed.len() == behind.len()) {
                return None;
            }
            at = text.len() - trimmed.len() + word.len();
        }
        let joins = |one: Option<char>, other: Option<char>| {
            one.zip(other).is_some_and(|(one, other)| one.is_alphanumeric() && other.is_alphanumeric())
        };
        let (before, found, behind) = (text.get(..start)?, text.get(start..at)?, text.get(at..)?);
        let is_whole = !joins(before.chars().next_back(), found.chars().next())
            && !joins(found.chars().next_back(), behind.chars().next());
        is_whole.then_some(start..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(parts: &[(&str, Option<&str>)]) -> Vec<Words> {
        parts
            .iter()
            .map(|(shown, address)| Words { shown: (*shown).to_owned(), address: address.map(str::to_owned) })
            .collect()
    }

    #[test]
    fn copied_words_keep_the_addresses_of_their_links() {
        let words = formatted(&[
            ("23:07 see ", None),
            ("the graph", Some("https://g.example/a_(b)")),
            ("run", Some("javascript:x")),
            ("https://s.example/1", Some("https://s.example/1")),
            ("https://s.example/2…", Some("https://s.example/2/long")),
        ]);
        assert_eq!(
            with_addresses("23:07 see the graph\nrun\nhttps://s.example/1\nhttps://s.example/2…", &words),
            "23:07 see [the graph](https://g.example/a_(b))\nrun\nhttps://s.example/1\nhttps://s.example/2/long"
        );
    }

    #[test]
    fn a_pasted_link_lands_in_whole_words() {
        let words = formatted(&[("here", Some("https://a.example/x"))]);
        assert_eq!(with_addresses("there it is, here", &words), "there it is, [here](https://a.example/x)");
    }

    #[test]
    fn words_that_stand_oftener_than_their_link_are_linked_where_the_link_is() {
        let words = formatted(&[
            ("here and ", None),
            ("here", Some("https://a.example/2")),
            (", not\n   here; ", None),
            ("here", Some("https://a.example/4")),
        ]);
        assert_eq!(
            with_addresses("here and here, not here; here", &words),
            "here and [here](https://a.example/2), not here; [here](https://a.example/4)"
        );
    }

    #[test]
    fn words_that_are_not_there_move_no_other_link() {
        let words = formatted(&[
            ("only for screen readers", None),
            ("the graph", Some("https://a.example/1")),
            ("gone", Some("https://a.example/2")),
            ("the log", Some("https://a.example/3")),
        ]);
        assert_eq!(
            with_addresses("see the graph and the log", &words),
            "see [the graph](https://a.example/1) and [the log](https://a.example/3)"
        );
        let many: Vec<Words> = (0..1_000).map(|_| Words { shown: "b a".into(), address: None }).collect();
        assert_eq!(with_addresses(&"a ".repeat(20_000), &many).len(), 40_000);
    }
}
