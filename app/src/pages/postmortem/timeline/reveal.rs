//! Bringing an entry into sight by its id, whether it is drawn at the moment or not.

use crate::state::postmortem::open::OpenPostmortem;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use postmortem::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Selects an entry, scrolls it into sight, and calls `then` with its row once that is in the page. The focus stays
/// where it is; `then` may take it. Nothing happens for an entry that the timeline does not have.
pub fn reveal(open: OpenPostmortem, id: &ItemId, then: impl FnOnce(HtmlElement) + 'static) {
    if open.parts.entry(id).is_none() {
        return;
    }
    open.selected.set(Some(id.clone()));
    if let Some(timeline) = open.timeline.try_get_value().flatten() {
        timeline.bring_near.run(id.clone());
    }
    let row = format!("entry-{id}");
    // The row may only come with what the selection brings about.
    Timeout::new(0, move || {
        let element = document().get_element_by_id(&row).and_then(|element| element.dyn_into::<HtmlElement>().ok());
        if let Some(element) = element {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&options);
            then(element);
        }
    })
    .forget();
}

/// Reveals the entry that the address names, as in `#entry-0199…`, when the page opens and whenever that changes.
pub fn follow_address(open: OpenPostmortem) {
    let go = move || {
        let named = window().location().hash().unwrap_or_default();
        let id = named.strip_prefix("#entry-").and_then(|id| id.parse::<ItemId>().ok());
        if let Some(id) = id {
            reveal(open, &id, |row| drop(row.focus()));
        }
    };
    // The rows are there after this.
    Timeout::new(0, go).forget();
    let listener = window_event_listener(leptos::ev::hashchange, move |_| go());
    on_cleanup(move || listener.remove());
}
