//! A panel of the right margin: open where there is room, folded on a phone, since the timeline matters more there.

use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;

/// A heading that folds what is under it.
#[component]
pub fn Panel(
    /// The id of the element, for links to it.
    id: &'static str,
    #[prop(into)] title: Signal<String>,
    /// A count or a date at the end of the heading.
    #[prop(into)]
    remark: Signal<String>,
    /// Whether the remark says that something is late.
    #[prop(optional, into)]
    is_late: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="panel" id=id open=has_room()>
            <summary>
                <h2>
                    {move || title.get()}
                    <span class:late=is_late>{move || remark.get()}</span>
                    <span class="chev">
                        <Icon name=IconName::ChevronRight />
                    </span>
                </h2>
            </summary>
            {children()}
        </details>
    }
    .into_any()
}

fn has_room() -> bool {
    window().match_media("(min-width: 640px)").ok().flatten().is_none_or(|query| query.matches())
}
