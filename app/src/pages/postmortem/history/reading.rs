//! A version as it is read. The timeline is a plain list: the page behind the dialog has the anchors of its entries.

use crate::reader::time::{day_and_clock, iso};
use crate::reader::{ActionTable, Facts, Prose};
use leptos::html;
use leptos::prelude::*;
use postmortem::{Postmortem, TimelineEntry, Zone};

#[component]
pub fn ReadVersion(
    value: Postmortem,
    /// Whether it is all that there is to see.
    #[prop(optional)]
    is_page: bool,
) -> impl IntoView {
    let title = value.details.title_or_placeholder().to_owned();
    let sections: Vec<_> = value
        .section_keys()
        .into_iter()
        .filter(|key| !value.section(key.as_str()).trim().is_empty())
        .map(|key| {
            let text = value.section(key.as_str()).to_owned();
            view! { <h4>{key.title()}</h4><Prose text /> }.into_any()
        })
        .collect();
    let timeline = (!value.timeline.is_empty())
        .then(|| view! { <h4>"Timeline, all times UTC"</h4><ol class="told">{told(&value.timeline)}</ol> }.into_any());
    let actions = (!value.actions.is_empty())
        .then(|| view! { <h4>"Action items"</h4><ActionTable actions=value.actions.clone() /> }.into_any());
    // On a phone it stands below the list, which may be long.
    let article = NodeRef::<html::Article>::new();
    Effect::new(move |_| {
        if let Some(article) = article.get().filter(|_| !is_page) {
            article.scroll_into_view();
        }
    });
    view! {
        <article node_ref=article class="then">
            <h3>{title}</h3>
            <Facts details=value.details.clone() />
            <p class="q">{value.details.status.label()}</p>
            {sections}
            {timeline}
            {actions}
        </article>
    }
    .into_any()
}

/// The entries; a time says its day where that changes.
fn told(timeline: &[TimelineEntry]) -> Vec<AnyView> {
    let before = std::iter::once(None).chain(timeline.iter().map(|entry| entry.at));
    let line = |(entry, before): (&TimelineEntry, _)| {
        let at = entry
            .at
            .map(|at| view! { <time datetime=iso(at)>{day_and_clock(at, before, Zone::UTC)}</time> }.into_any());
        view! { <li>{at.unwrap_or_else(|| view! { <span class="q">"No time"</span> }.into_any())}<Prose text=entry.text.clone() /></li> }
            .into_any()
    };
    timeline.iter().zip(before).map(line).collect()
}
