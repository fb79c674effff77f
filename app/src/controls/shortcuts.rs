//! Single-key shortcuts: they work while nobody types and no dialog is open.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Calls `react` with each key that is pressed outside of fields, editors and dialogs, until the component goes. It
/// answers whether the key was its own.
pub fn use_shortcuts(react: impl Fn(&str) -> bool + 'static) {
    let listener = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
        if has_modifier || event.is_composing() || event.default_prevented() || is_typing(&event) {
            return;
        }
        if react(&event.key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let is_field = event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|element| {
        element
            .closest("input, textarea, select, [contenteditable], dialog, details[open].drop")
            .ok()
            .flatten()
            .is_some()
    });
    is_field || document().query_selector("dialog[open]").ok().flatten().is_some()
}
