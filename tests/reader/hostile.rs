//! Text that would rather be markup.

use crate::publish;
use app::published::PublishedPage;
use postmortem::{
    ActionItem, ActionKind, ActionState, Details, EntryKind, ImpactFigure, OtherReading, Postmortem, Precision,
    Priority, Responder, Role, Severity, Stamp, TimelineEntry, section,
};

/// Closes what may be open, then opens what would run.
const BREAKOUT: &str = r#"'"></p></title></style><script>alert(1)</script><img src=x onerror=alert(1)><!>&lt;b>"#;

/// Links that must not be followed, in the shapes that Markdown knows.
const LINKS: &str = "[a](javascript:alert(1)) <javascript:alert(1)> ![b](data:text/html,x) [c]: vbscript:x\n\n[c]\n\n\
                     [d](https://example.com/\"onmouseover=\"alert(1)) [e](<java\tscript:alert(1)>)";

/// A post-mortem with hostile words in every place that holds words.
fn hostile() -> Postmortem {
    let text = format!("{BREAKOUT}\n\n{LINKS}");
    let keys = section::SECTIONS.iter().map(|(key, _, _)| *key).chain([section::REFERENCES]);
    let sections = keys.map(|key| (key.parse().unwrap(), text.clone())).collect();
    Postmortem {
        details: Details {
            title: BREAKOUT.into(),
            severity: Severity::Sev1,
            services: vec![BREAKOUT.into()],
            owner: BREAKOUT.into(),
            started_at: Some("2018-10-21T22:52:00Z".parse().unwrap()),
            ..Details::default()
        },
        sections,
        timeline: vec![TimelineEntry {
            id: "e1".parse().unwrap(),
            at: Some("2018-10-21T22:52:00Z".parse().unwrap()),
            until: None,
            precision: Precision::Exact,
            clock: BREAKOUT.into(),
            readings: vec![OtherReading { at: "2018-10-21T22:53:00Z".parse().unwrap(), clock: BREAKOUT.into() }],
            kind: EntryKind::Trigger,
            text: text.clone(),
            source: Some("https://user@example.com/'onclick='alert(1)".parse().unwrap()),
            note: BREAKOUT.into(),
            severity: Some(Severity::Sev1),
            stamp: Stamp::default(),
        }],
        impact: vec![ImpactFigure {
            id: "f1".parse().unwrap(),
            label: BREAKOUT.into(),
            value: Some(BREAKOUT.into()),
            note: BREAKOUT.into(),
            checked_by: None,
            checker: None,
        }],
        responders: vec![Responder { id: "r1".parse().unwrap(), name: BREAKOUT.into(), role: Role::Scribe }],
        actions: vec![ActionItem {
            id: "a1".parse().unwrap(),
            text,
            owner: format!("{BREAKOUT} too"),
            due: None,
            priority: Priority::P1,
            kind: ActionKind::Prevents,
            state: ActionState::Declined,
            ticket: None,
            reason: BREAKOUT.into(),
        }],
    }
}

/// The tags of a document, without what stands between them. The style element's text holds no '<'.
fn tags(page: &PublishedPage) -> Vec<&str> {
    page.html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(rest)).collect()
}

#[test]
fn no_text_becomes_an_element() {
    let page = publish(&hostile());
    let expected = [
        "a", "b", "body", "circle", "code", "dd", "div", "dl", "dt", "em", "footer", "h1", "h2", "h3", "head",
        "header", "html", "i", "li", "main", "meta", "nav", "ol", "p", "path", "rect", "section", "small", "span",
        "strong", "style", "svg", "table", "tbody", "td", "th", "thead", "time", "title", "tr", "ul",
    ];
    for tag in tags(&page) {
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(tag == "!doctype html" || expected.contains(&name.as_str()), "<{tag}>");
    }
}

#[test]
fn nothing_runs_and_nothing_is_styled_from_outside() {
    let page = publish(&hostile());
    for tag in tags(&page) {
        let outside_values: String = tag.split('"').step_by(2).collect();
        assert!(!outside_values.contains(" on"), "an event handler: <{tag}>");
        assert!(!outside_values.contains(" style="), "a style attribute: <{tag}>");
        assert!(!tag.starts_with("script") && !tag.starts_with("img"), "<{tag}>");
    }
    assert!(!page.html.contains("<!>"), "a hydration mark is left");
}

#[test]
fn only_http_links_are_links() {
    let page = publish(&hostile());
    for tag in tags(&page).into_iter().filter(|tag| tag.starts_with("a ")) {
        let (_, rest) = tag.split_once("href=\"").unwrap();
        let target = rest.split('"').next().unwrap();
        let harmless = ["https://", "http://", "mailto:", "#"].iter().any(|start| target.starts_with(start));
        assert!(harmless, "<{tag}>");
    }
}

#[test]
fn the_words_are_still_there_to_read() {
    let page = publish(&hostile());
    assert!(page.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}
