//! Markdown as read. The domain makes the HTML safe; this is the only place that puts it into a page.

use leptos::prelude::*;
use postmortem::markdown::{self, Mark};

/// Words without Markdown, such as a comment or a note, with their addresses as links.
#[component]
pub fn Plain(text: String) -> impl IntoView {
    let mut parts = Vec::new();
    let mut from = 0;
    for markdown::Destination { range, target } in markdown::addresses(&text) {
        let words = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
        parts.push(words(from..range.start).into_any());
        from = range.end;
        parts.push(
            view! { <a class="lnk" href=target rel="noopener noreferrer nofollow">{words(range)}</a> }.into_any(),
        );
    }
    parts.push(text.get(from..).unwrap_or_default().to_owned().into_any());
    parts
}

/// A section, an entry or an action as HTML.
#[component]
pub fn Prose(
    text: String,
    #[prop(default = "prose")] class: &'static str,
    /// Words to be marked, where it is read by those who write.
    #[prop(optional)]
    marks: Vec<Mark>,
) -> impl IntoView {
    let html = if marks.is_empty() { markdown::to_html(&text) } else { markdown::to_marked_html(&text, &marks) };
    view! { <div class=class inner_html=html></div> }
}
