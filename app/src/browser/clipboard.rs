//! What stands on the clipboard: several lines, which a field of one line would run together, and links whose addresses
//! only the formatted text holds.

use postmortem::link::{self, Words};
use web_sys::Element;

/// Text nodes alone, as a walk over a document is told.
const TEXTS: u32 = 4;

/// The pasted text with the addresses of its links, when it is more than one line or holds such a link.
pub fn pasted_lines(event: &web_sys::ClipboardEvent) -> Option<String> {
    let clipboard = event.clipboard_data()?;
    let plain = clipboard.get_data("text/plain").ok()?.replace("\r\n", "\n").replace('\r', "\n");
    let text = with_addresses(&plain, &clipboard.get_data("text/html").unwrap_or_default());
    let is_many = text.trim().lines().count() > 1;
    (is_many || text != plain).then_some(text)
}

/// A copied text with the addresses that stand in the same text with its formats, as HTML.
pub fn with_addresses(plain: &str, html: &str) -> String {
    // Most of what is copied has formats and no link.
    if !html.contains("href") {
        return plain.to_owned();
    }
    link::with_addresses(plain, &words(html).unwrap_or_default())
}

/// The words of formatted text. It is parsed as a document of its own: nothing of it is drawn, loaded or run.
fn words(html: &str) -> Option<Vec<Words>> {
    let page = web_sys::DomParser::new().ok()?.parse_from_string(html, web_sys::SupportedType::TextHtml).ok()?;
    let walk = page.create_tree_walker_with_what_to_show(page.body()?.as_ref(), TEXTS).ok()?;
    let mut words: Vec<Words> = Vec::new();
    let mut last: Option<Element> = None;
    while let Ok(Some(node)) = walk.next_node() {
        let around = |selector| node.parent_element().and_then(|element| element.closest(selector).ok().flatten());
        if around("style, script, title").is_some() {
            continue;
        }
        let (shown, link) = (node.text_content().unwrap_or_default(), around("a[href]"));
        let is_same =
            link.as_ref().zip(last.as_ref()).is_some_and(|(one, other)| one.is_same_node(Some(other.as_ref())));
        match words.last_mut().filter(|_| is_same) {
            Some(before) => before.shown.push_str(&shown),
            None => words.push(Words { shown, address: link.as_ref().and_then(|link| link.get_attribute("href")) }),
        }
        last = link;
    }
    Some(words)
}
