//! What is pasted into the quick line: several lines are a list of their own, one line goes where the cursor is.

use crate::browser::clipboard::pasted_lines;
use postmortem::Near;
use postmortem::quick_lines::{self, List};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Event, HtmlInputElement};

/// The list that was pasted; nothing where it is one line, which is in the field then.
pub fn paste(event: &ClipboardEvent, near: &Near) -> Option<List> {
    // What is pasted is no part of the line that may be half typed there.
    let text = pasted_lines(event)?;
    event.prevent_default();
    if text.trim().lines().count() == 1 {
        insert(event, text.trim());
        return None;
    }
    Some(quick_lines::read(&text, near))
}

/// Puts text where the cursor is, as the browser's own paste would.
fn insert(event: &ClipboardEvent, text: &str) {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = target else { return };
    let length = u32::try_from(input.value().encode_utf16().count()).unwrap_or(u32::MAX);
    let start = input.selection_start().ok().flatten().unwrap_or(length);
    let end = input.selection_end().ok().flatten().unwrap_or(length);
    if input.set_range_text_with_start_and_end(text, start, end).is_ok() {
        let at = start + u32::try_from(text.encode_utf16().count()).unwrap_or(0);
        let _ = input.set_selection_range(at, at);
        // The field follows its own event.
        if let Ok(typed) = Event::new("input") {
            let _ = input.dispatch_event(&typed);
        }
    }
}
