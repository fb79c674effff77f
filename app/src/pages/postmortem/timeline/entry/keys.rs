//! The keys of an entry's row: each opens what is written of it.

use crate::controls::lock::Lock;
use crate::pages::postmortem::timeline::entry::handle::EntryHandle;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Opens a part of an entry by a key on its row, and takes the keyboard back from a field that gave it away.
pub fn open_by_key(handle: EntryHandle, lock: Lock, event: &KeyboardEvent) {
    let is_row = event.target() == event.current_target();
    // A field that ended with Enter has given the keyboard away; the row takes it.
    if !is_row && event.key() == "Enter" && document().active_element() == document().body().map(Into::into) {
        handle.focus();
    }
    let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    if !is_row || !is_plain {
        return;
    }
    let is_open = match event.key().as_str() {
        "Enter" | "t" | "T" | "s" | "S" if untrack(|| lock.is_closed()) => return,
        "Enter" => handle.is_writing,
        "t" | "T" => handle.is_timing,
        "s" | "S" => handle.is_sourcing,
        "e" | "E" => handle.is_detailed,
        _ => return,
    };
    event.prevent_default();
    is_open.set(true);
}
