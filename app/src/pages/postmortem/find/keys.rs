//! Ctrl and F, which open the bar, and pressed again in its field ask for the browser's own search.

use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Opens the bar by its keys for as long as the page lives.
pub fn follow_keys(field: NodeRef<html::Input>, is_open: RwSignal<bool>, leave: impl Fn() + 'static) {
    let listener = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        if !asks(&event) || document().query_selector("dialog[open]").ok().flatten().is_some() {
            return;
        }
        let focused = document().active_element();
        // All of the timeline stands in that field, where only the browser finds it.
        if focused.as_ref().is_some_and(|element| element.id() == "timeline-text") {
            return;
        }
        if field.get_untracked().is_some_and(|field| focused.as_ref() == Some(field.as_ref())) {
            leave();
            return;
        }
        event.prevent_default();
        is_open.set(true);
    });
    on_cleanup(move || listener.remove());
}

fn asks(event: &KeyboardEvent) -> bool {
    (event.ctrl_key() || event.meta_key())
        && !event.shift_key()
        && !event.alt_key()
        && event.key().eq_ignore_ascii_case("f")
}
