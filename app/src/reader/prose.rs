//! Markdown as read. The domain makes the HTML safe; this is the only place that puts it into a page.

use leptos::prelude::*;
use postmortem::markdown::{self, Mark};

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
