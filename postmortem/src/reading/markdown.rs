//! Markdown as safe HTML. The same renderer runs in the client and on the server; raw HTML becomes text, and only
//! links with a harmless scheme stay links, so its output needs no second cleaning.

mod address;
mod exported;
mod shown;
mod stand_ins;

pub use address::{Destination, addresses};
pub use exported::{as_written, contained, fence_mark};

use crate::{Link, ThreadId};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use shown::{Shown, shown};
use stand_ins::StandIns;
use std::ops::Range;

/// Words to be marked where they are read, by their place in the Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where they begin, in UTF-16 units of the Markdown.
    pub from: u32,
    pub to: u32,
    pub by: MarkedBy,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkedBy {
    Thread(ThreadId),
    /// The thread that is open now, or about to be begun, is about them.
    OpenThread,
    Search,
}

/// HTML of a Markdown text: paragraphs, headings (as level 3 and below, since the page has its own), lists, quotes,
/// code, tables, emphasis and links. A line that was typed is a line. Pictures become links to them.
pub fn to_html(markdown: &str) -> String {
    written(markdown, shown(markdown).into_iter().map(|(event, _)| event))
}

fn written(markdown: &str, events: impl Iterator<Item = Shown>) -> String {
    let mut result = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut result, events);
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
    let mut events = Vec::new();
    for (event, range) in shown(markdown) {
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
    written(markdown, events.into_iter())
}

/// Where words of the rendered text stand in the Markdown, in UTF-16 units. `before` counts the characters in front of
/// them and `inside` their own, both without white space, which is where the two texts differ.
pub fn source_of(markdown: &str, before: usize, inside: usize) -> Option<(u32, u32)> {
    let mut shown = shown(markdown).into_iter().flat_map(|(event, range)| match event {
        Event::Text(words) | Event::Code(words) => characters(markdown, &words, range),
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

fn push_marked(events: &mut Vec<Shown>, event: Shown, by: Option<&MarkedBy>) {
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
    for (event, _) in shown(markdown) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            // Without its marks, what is struck out would say the opposite.
            Event::Start(Tag::Strikethrough) | Event::End(TagEnd::Strikethrough) => text.push_str("~~"),
            Event::InlineHtml(tag) if matches!(&*tag, "</td>" | "</th>") => text.push(' '),
            Event::HardBreak
            | Event::Html(_)
            | Event::Start(Tag::Item)
            | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock) => text.push(' '),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The bytes of a Markdown text that are plain words: neither code, nor markup, nor a link or a part of one. Words that
/// follow on each other are one range.
pub fn words(markdown: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let (mut links, mut code) = (0_usize, 0_usize);
    for (event, range) in shown(markdown) {
        match event {
            Event::InlineHtml(tag) if tag.starts_with("<a ") => links += 1,
            Event::InlineHtml(tag) if &*tag == "</a>" => links = links.saturating_sub(1),
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code = code.saturating_sub(1),
            Event::Text(text) if links == 0 && code == 0 && markdown.get(range.clone()) == Some(&text) => {
                match words.last_mut().filter(|last| last.end == range.start) {
                    Some(last) => last.end = range.end,
                    None => words.push(range),
                }
            }
            _ => {}
        }
    }
    words
}

/// How many points a section of one point a line has: list items, or lines where there is no list.
pub fn points(markdown: &str) -> usize {
    let mut items = 0;
    let mut lines = 0;
    let stand_ins = StandIns::new(markdown);
    for event in parser(&stand_ins.text) {
        match event {
            Event::Start(Tag::Item) => items += 1,
            Event::Start(Tag::Paragraph) | Event::SoftBreak | Event::HardBreak => lines += 1,
            _ => {}
        }
    }
    if items > 0 { items } else { lines }
}

fn parser(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS)
}

/// The target, where a page of ours may link to it.
fn harmless(target: &str) -> Option<String> {
    let is_mail = target.strip_prefix("mailto:").is_some_and(|address| {
        !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@._+-".contains(&byte))
    });
    if is_mail { Some(target.to_owned()) } else { target.parse::<Link>().ok().map(String::from) }
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
        assert!(html.contains("<td class=\"right\">1</td>") && !html.contains("style"), "{html}");
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
        assert_eq!(to_text("It was ~~not~~ DNS"), "It was ~~not~~ DNS");
        assert_eq!(to_text("|a|b|\n|-|-|\n|1|2|3|"), "a b 1 2 3");
        assert_eq!(to_text("- a\n  - b\n\n1. c\n5. d"), "a b c d");
        assert_eq!(points("- a\n- b"), 2);
        assert_eq!(points("a\n\nb\n\nc"), 3);
        assert_eq!(points("a\nb\nc"), 3);
        assert_eq!(points("[db1]: ok\n[db2]: ok"), 2);
        assert_eq!(points(""), 0);
    }

    fn words_of(html: &str) -> String {
        let mut words = String::new();
        let mut is_tag = false;
        for character in html.chars() {
            match character {
                '<' => is_tag = true,
                '>' => is_tag = false,
                _ if is_tag => {}
                other => words.push(other),
            }
        }
        words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    #[test]
    fn a_definition_that_no_link_needs_is_what_somebody_wrote_down() {
        for written in [
            "[db1]: ok",
            "[14:03]: restarted",
            "[INC-1]: fix",
            "[^1]: db1",
            "# Hosts\n\n[db1]: ok\n[db2]: down",
            "- [db1]: ok\n- [db2]: https://a.example",
            "> [db1]: ok",
            "1. [db1]: ok",
            "[a]: https://a.example\n\n[a]: https://b.example",
            "[a]: <x> 'title'",
            "[a]:\nhttps://a.example",
            "[a\nb]: https://a.example",
            "See [db1] and [db1][x].\n\n[db1]: /relative\n[x]: javascript:alert(1)",
        ] {
            let html = to_html(written);
            let shown: String = words_of(&html).split_whitespace().collect();
            let marks = |character: char| character.is_whitespace() || "#->".contains(character);
            let expected: String = written.chars().filter(|character| !marks(*character)).collect();
            let shown: String = shown.chars().filter(|character| !marks(*character)).collect();
            assert_eq!(shown, expected.strip_prefix("1.").unwrap_or(&expected), "{html}");
        }
    }

    #[test]
    fn a_definition_that_a_link_needs_stays_one() {
        let html = to_html("See [the page][p].\n\n[p]: https://a.example/x \"A title\"\n[q]: https://b.example");
        assert!(html.contains("<a class=\"lnk\" href=\"https://a.example/x\" title=\"A title\""), "{html}");
        assert!(html.contains("[q]: <a") && !html.contains("[p]"), "{html}");
    }

    #[test]
    fn lists_keep_the_numbers_that_were_written() {
        assert_eq!(to_html("3. a\n4. b"), "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n");
        assert_eq!(to_html("1. a\n5. b\n6. c"), "<ol>\n<li>a</li>\n<li value=\"5\">b</li>\n<li>c</li>\n</ol>\n");
        assert_eq!(to_html("1. a\n1. b"), "<ol>\n<li>a</li>\n<li value=\"1\">b</li>\n</ol>\n");
    }

    #[test]
    fn lines_that_were_typed_are_lines() {
        assert_eq!(to_html("one\ntwo\nthree"), "<p>one<br />\ntwo<br />\nthree</p>\n");
        assert_eq!(to_html("<b>\nx\n</b>"), "<p>&lt;b&gt;<br />\nx<br />\n&lt;/b&gt;</p>\n");
        assert_eq!(to_text("one\ntwo"), "one two");
    }

    #[test]
    fn addresses_are_links_and_refused_links_are_what_was_written() {
        for (written, target) in [
            ("https://a.example/x_y_z*1*", "https://a.example/x_y_z*1"),
            ("www.a.example", "https://www.a.example"),
            ("<oncall@example.com>", "mailto:oncall@example.com"),
            ("oncall@example.com", "mailto:oncall@example.com"),
            ("**https://a.example/x_y**", "https://a.example/x_y"),
            ("<https://a.example/x_y>", "https://a.example/x_y"),
            ("[x](https://a.example/x_y)", "https://a.example/x_y"),
            ("|a|\n|-|\n|https://a.example/x|", "https://a.example/x"),
        ] {
            let html = to_html(written);
            assert_eq!(html.matches("<a ").count(), 1, "{html}");
            assert!(html.contains(&format!("href=\"{target}\"")), "{html}");
        }
        for written in [
            "[x](/relative)",
            "[a **b** c](javascript:alert(1))",
            "[](x)",
            "![alt](data:image/png;base64,x)",
            "<javascript:alert(1)>",
            "`https://a.example`",
        ] {
            let html = to_html(written);
            let shown = words_of(&html);
            assert!(!html.contains("<a "), "{html}");
            assert_eq!(shown.trim(), written.replace(['*', '`'], ""), "{html}");
        }
        let html = to_html("[https://a.example](https://b.example)");
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
    }

    #[test]
    fn one_tilde_is_about_and_two_strike_out() {
        assert_eq!(to_html("~5 to 10~ and \\~6"), "<p>~5 to 10~ and ~6</p>\n");
        assert_eq!(to_html("~~DNS~~"), "<p><del>DNS</del></p>\n");
    }

    #[test]
    fn every_cell_of_a_table_is_shown_and_keeps_its_side() {
        let html = to_html("|a|b|\n|:-:|--:|\n|1|2|3 **4**|five\\|six|\n|7|");
        assert!(html.contains("<th class=\"center\">a</th><th class=\"right\">b</th>"), "{html}");
        assert!(html.contains("<td class=\"center\">1</td><td class=\"right\">2</td><td>3 **4**</td>"), "{html}");
        assert!(html.contains("five\\|six"), "{html}");
        let html = to_html("a|b\n-|-\n1|2|3");
        assert!(html.contains("<td>3</td>"), "{html}");
    }

    #[test]
    fn tasks_say_whether_they_are_done() {
        let html = to_html("- [x] done\n- [ ] open");
        assert_eq!(html.matches("<span class=\"task").count(), 2, "{html}");
        assert_eq!(words_of(&html).split_whitespace().collect::<Vec<_>>(), ["done", "open"]);
    }
}
