//! Markdown as safe HTML. The same renderer runs in the client and on the server; raw HTML becomes text, and only
//! links with a harmless scheme stay links, so its output needs no second cleaning.

use crate::Link;
use pulldown_cmark::{Alignment, CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// HTML of a Markdown text: paragraphs, headings (as level 3 and below, since the page has its own), lists, quotes,
/// code, tables, emphasis and links. Pictures become links to them.
pub fn to_html(markdown: &str) -> String {
    let mut open_links = Vec::new();
    let events = parser(markdown).flat_map(|event| safe(event, &mut open_links)).collect::<Vec<_>>();
    let mut result = String::with_capacity(markdown.len() + markdown.len() / 4);
    html::push_html(&mut result, events.into_iter());
    result
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
