//! Markdown as safe HTML. The same renderer runs in the client and on the server; raw HTML becomes text, and only
//! links with a harmless scheme stay links, so its output needs no second cleaning.

use crate::{Link, ThreadId};
use pulldown_cmark::{Alignment, CowStr, Event, Options, Parser, Tag, TagEnd, html};
use std::ops::Range;

/// Words to be marked where they are read, by their place in the Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where they begin, in UTF-16 units of the Markdown.
    pub from: u32,
    /// Where they end.
    pub to: u32,
    /// What marks them.
    pub by: MarkedBy,
}

/// What marks words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkedBy {
    /// A thread is about them.
    Thread(ThreadId),
    /// The thread that is open now, or about to be begun, is about them.
    OpenThread,
    /// A search found them.
    Search,
}

/// HTML of a Markdown text: paragraphs, headings (as level 3 and below, since the page has its own), lists, quotes,
/// code, tables, emphasis and links. Pictures become links to them.
pub fn to_html(markdown: &str) -> String {
    let mut open_links = Vec::new();
    let events = parser(markdown).flat_map(|event| safe(event, &mut open_links)).collect::<Vec<_>>();
    let mut result = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut result, events.into_iter());
    result
}

/// HTML of a Markdown text with some of its words in `mark` elements. Of several marks on a word the shortest shows.
pub fn to_marked_html(markdown: &str, marks: &[Mark]) -> String {
    let mut marks: Vec<(Range<usize>, &MarkedBy)> = marks
        .iter()
        .map(|mark| (byte_of(markdown, mark.from)..byte_of(markdown, mark.to), &mark.by))
        .filter(|(range, _)| !range.is_empty())
        .collect();
    marks.sort_by_key(|(range, _)| range.len());
    let mut open_links = Vec::new();
    let mut events = Vec::new();
    for (event, range) in parser(markdown).into_offset_iter() {
        for event in safe(event, &mut open_links) {
            match event {
                Event::Text(words) => {
                    for (at, piece) in pieces(markdown, &words, range.clone(), &marks) {
                        push_marked(&mut events, Event::Text(piece.to_owned().into()), by(&marks, &at));
                    }
                }
                Event::Code(words) => push_marked(&mut events, Event::Code(words), by(&marks, &range)),
                other => events.push(other),
            }
        }
    }
    let mut result = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut result, events.into_iter());
    result
}

/// Where words of the rendered text stand in the Markdown, in UTF-16 units. `before` counts the characters in front of
/// them and `inside` their own, both without white space, which is where the two texts differ.
pub fn source_of(markdown: &str, before: usize, inside: usize) -> Option<(u32, u32)> {
    let mut shown = parser(markdown).into_offset_iter().flat_map(|(event, range)| match event {
        Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
            characters(markdown, &words, range)
        }
        _ => Vec::new(),
    });
    let first = shown.nth(before)?;
    let last = if inside > 1 { shown.nth(inside - 2)? } else { first.clone() };
    let utf16 = |byte| crate::text::utf16_length(markdown.get(..byte).unwrap_or_default());
    (inside > 0).then(|| (utf16(first.start), utf16(last.end)))
}

/// Where the visible characters of an event stand: each for itself where the words stand there as they are, and all of
/// them together where the Markdown writes them otherwise.
fn characters(markdown: &str, words: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let start = start_of(markdown, words, &range);
    words
        .char_indices()
        .filter(|(_, character)| !character.is_whitespace())
        .map(|(at, character)| start.map_or(range.clone(), |start| start + at..start + at + character.len_utf8()))
        .collect()
}

/// Where the words of an event begin, if the Markdown has them as they are: alone, or between the ticks of code.
fn start_of(markdown: &str, words: &str, range: &Range<usize>) -> Option<usize> {
    let source = markdown.get(range.clone())?;
    let inside = source.trim_matches('`');
    if source != words && inside.trim() != words {
        return None;
    }
    source.find(words).map(|at| range.start + at)
}

/// The words of an event cut where marks begin and end, each piece with its place.
fn pieces<'a>(
    markdown: &str,
    words: &'a str,
    range: Range<usize>,
    marks: &[(Range<usize>, &MarkedBy)],
) -> Vec<(Range<usize>, &'a str)> {
    let Some(start) = start_of(markdown, words, &range) else { return vec![(range, words)] };
    let end = start + words.len();
    let mut cuts: Vec<usize> = marks.iter().flat_map(|(range, _)| [range.start, range.end]).collect();
    cuts.retain(|cut| (start + 1..end).contains(cut));
    cuts.extend([start, end]);
    cuts.sort_unstable();
    cuts.windows(2)
        .filter_map(|cut| Some((cut[0]..cut[1], words.get(cut[0] - start..cut[1] - start)?)))
        .filter(|(_, piece)| !piece.is_empty())
        .collect()
}

fn by<'a>(marks: &[(Range<usize>, &'a MarkedBy)], place: &Range<usize>) -> Option<&'a MarkedBy> {
    marks.iter().find(|(range, _)| range.start < place.end && place.start < range.end).map(|(_, by)| *by)
}

fn push_marked<'a>(events: &mut Vec<Event<'a>>, event: Event<'a>, by: Option<&MarkedBy>) {
    let Some(by) = by else {
        events.push(event);
        return;
    };
    let opening = match by {
        MarkedBy::Thread(id) => format!("<mark class=\"quo\" data-thread=\"{id}\">"),
        MarkedBy::OpenThread => "<mark class=\"quo open\">".to_owned(),
        MarkedBy::Search => "<mark class=\"found\">".to_owned(),
    };
    events.extend([Event::InlineHtml(opening.into()), event, Event::InlineHtml("</mark>".into())]);
}

fn byte_of(text: &str, offset: u32) -> usize {
    let mut units = 0;
    for (at, character) in text.char_indices() {
        if units >= offset {
            return at;
        }
        units += u32::try_from(character.len_utf16()).unwrap_or(2);
    }
    text.len()
}

/// The words of a Markdown text on one line, for descriptions and mail.
pub fn to_text(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in parser(markdown) {
        match event {
            Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
                text.push_str(&words);
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => {
                text.push(' ');
            }
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How many points a section of one point a line has: list items, or paragraphs where there is no list.
pub fn points(markdown: &str) -> usize {
    let items = parser(markdown).filter(|event| matches!(event, Event::Start(Tag::Item))).count();
    if items > 0 {
        return items;
    }
    parser(markdown).filter(|event| matches!(event, Event::Start(Tag::Paragraph))).count()
}

fn parser(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES)
}

/// One event, made harmless. `open_links` remembers for each open link whether it stayed one.
fn safe<'a>(event: Event<'a>, open_links: &mut Vec<bool>) -> Vec<Event<'a>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
        Event::Start(Tag::HtmlBlock) => vec![Event::Start(Tag::Paragraph)],
        Event::End(TagEnd::HtmlBlock) => vec![Event::End(TagEnd::Paragraph)],
        Event::Start(Tag::Heading { level, .. }) => {
            vec![Event::Start(Tag::Heading { level: lowered(level), id: None, classes: vec![], attrs: vec![] })]
        }
        Event::End(TagEnd::Heading(level)) => vec![Event::End(TagEnd::Heading(lowered(level)))],
        // Alignment would become style attributes, which the published page's policy forbids.
        Event::Start(Tag::Table(columns)) => vec![Event::Start(Tag::Table(vec![Alignment::None; columns.len()]))],
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            let target = harmless(&dest_url);
            open_links.push(target.is_some());
            target.map(|target| vec![Event::InlineHtml(opening(&target))]).unwrap_or_default()
        }
        Event::End(TagEnd::Link | TagEnd::Image) => {
            let stayed = open_links.pop().unwrap_or(false);
            if stayed { vec![Event::InlineHtml(CowStr::Borrowed("</a>"))] } else { vec![] }
        }
        other => vec![other],
    }
}

fn opening(target: &str) -> CowStr<'static> {
    let mut escaped = String::with_capacity(target.len());
    for character in target.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    format!("<a class=\"lnk\" href=\"{escaped}\" rel=\"noopener noreferrer nofollow\">").into()
}

fn harmless(target: &str) -> Option<String> {
    let is_mail = target.strip_prefix("mailto:").is_some_and(|address| {
        !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@._+-".contains(&byte))
    });
    if is_mail { Some(target.to_owned()) } else { target.parse::<Link>().ok().map(String::from) }
}

fn lowered(level: pulldown_cmark::HeadingLevel) -> pulldown_cmark::HeadingLevel {
    use pulldown_cmark::HeadingLevel::{H1, H2, H3, H4, H5, H6};
    match level {
        H1 => H3,
        H2 => H4,
        H3 => H5,
        H4 | H5 | H6 => H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_code_and_links_are_rendered() {
        let html = to_html("Two *words* and `code`.\n\n- a\n- [b](https://b.example/?x=1&y=2)\n");
        assert_eq!(
            html,
            "<p>Two <em>words</em> and <code>code</code>.</p>\n<ul>\n<li>a</li>\n<li><a class=\"lnk\" \
             href=\"https://b.example/?x=1&amp;y=2\" rel=\"noopener noreferrer nofollow\">b</a></li>\n</ul>\n"
        );
    }

    #[test]
    fn raw_html_becomes_text() {
        for hostile in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<svg><style><img onerror=alert(1)>",
            "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
            "<!-- x --><noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        ] {
            let html = to_html(hostile);
            let tags: Vec<&str> =
                html.split('<').skip(1).map(|tag| tag.split(['>', ' ']).next().unwrap_or("")).collect();
            assert!(tags.iter().all(|tag| ["p", "/p"].contains(tag)), "{hostile} became {html}");
        }
    }

    #[test]
    fn a_table_has_no_style() {
        let html = to_html("|a|\n|--:|\n|1|");
        assert!(html.contains("<td>1</td>") && !html.contains("style"), "{html}");
    }

    #[test]
    fn marked_words_are_marked_and_nothing_else_changes() {
        let thread = || MarkedBy::Thread("t-1".parse().expect("an id"));
        let mark = |from, to| Mark { from, to, by: thread() };
        let markdown = "a 😀 **bold** `x` [l](https://l.example) 3 &lt; 4 \\* <b>";
        let unmarked = to_html(markdown);
        assert_eq!(to_marked_html(markdown, &[]), unmarked);
        let length = crate::text::utf16_length(markdown);
        for from in 0..length {
            let html = to_marked_html(markdown, &[mark(from, length)]);
            let without = html.replace("<mark class=\"quo\" data-thread=\"t-1\">", "").replace("</mark>", "");
            assert_eq!(without, unmarked, "from {from}");
        }
        assert_eq!(
            to_marked_html("one two three", &[mark(4, 13), Mark { from: 8, to: 13, by: MarkedBy::Search }]),
            "<p>one <mark class=\"quo\" data-thread=\"t-1\">two </mark><mark class=\"found\">three</mark></p>\n"
        );
    }

    #[test]
    fn selected_words_are_found_in_their_markdown() {
        let markdown = "One **bold** word.\n\n- 😀 `x = 1` &amp; more";
        let shown = "Oneboldword.😀x=1&more";
        let slice = |before, inside| {
            let (from, to) = source_of(markdown, before, inside)?;
            markdown.get(byte_of(markdown, from)..byte_of(markdown, to))
        };
        assert_eq!(slice(3, 4), Some("bold"));
        assert_eq!(slice(0, 7), Some("One **bold"));
        assert_eq!(slice(13, 3), Some("x = 1"));
        assert_eq!(slice(12, 4), Some("😀 `x = 1"));
        assert_eq!(slice(16, 1), Some("&amp;"));
        assert_eq!(slice(17, 4), Some("more"));
        assert_eq!((slice(0, 0), slice(shown.chars().count(), 1)), (None, None));
    }

    #[test]
    fn only_harmless_links_stay_links() {
        for hostile in [
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java&#9;script:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](vbscript:x)",
            "[x](//evil.example)",
            "![x](javascript:alert(1))",
            "<javascript:alert(1)>",
            "[x](mailto:a@b.example?subject=<script>)",
        ] {
            assert!(!to_html(hostile).contains("<a"), "{hostile} became {}", to_html(hostile));
        }
        assert!(
            to_html("![graph](https://g.example/a.png)").contains("<a class=\"lnk\" href=\"https://g.example/a.png\"")
        );
        assert!(to_html("[mail](mailto:ops@b.example)").contains("href=\"mailto:ops@b.example\""));
    }

    #[test]
    fn words_come_out_of_markdown() {
        assert_eq!(to_text("# A\n\nb *c*\n\n- d\n- `e`"), "A b c d e");
        assert_eq!(points("- a\n- b"), 2);
        assert_eq!(points("a\n\nb\n\nc"), 3);
        assert_eq!(points(""), 0);
    }
}
