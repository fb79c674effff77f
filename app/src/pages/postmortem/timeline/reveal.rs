//! Bringing an entry into sight by its id, whether it is drawn at the moment or not.

use crate::state::open::OpenPostmortem;
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
