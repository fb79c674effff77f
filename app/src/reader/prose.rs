//! Markdown as read. The domain makes the HTML safe; this is the only place that puts it into a page.

use leptos::prelude::*;
use postmortem::markdown;

/// A section, an entry or an action as HTML.
#[component]
pub fn Prose(text: String, #[prop(default = "prose")] class: &'static str) -> impl IntoView {
    view! { <div class=class inner_html=markdown::to_html(&text)></div> }
}
