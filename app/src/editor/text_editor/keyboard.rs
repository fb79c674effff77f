//! Where the keyboard goes from an editor, and back.

use super::editing::Editing;
use crate::browser::bridge::Editor;
use crate::controls::list::{is_arranging, is_focus_lost};
use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What happens when the keyboard has gone elsewhere.
pub fn leaving(editing: Editing, left: Option<Callback<()>>) -> Callback<()> {
    let text = editing.text.get_value();
    Callback::new(move |()| {
        // The window lost the focus, not the editor: the person comes back to where they were.
        if !document().has_focus().unwrap_or(true) {
            return;
        }
        if is_arranging() {
            take_focus_back(editing.editor);
            return;
        }
        if let Some(replica) = editing.open.replica() {
            replica.left(&text);
        }
        if let Some(left) = left {
            left.try_run(());
        }
    })
}

/// Puts the keyboard on the first of an editor's tools.
pub fn focus_tools(node: NodeRef<html::Div>) {
    let around = node.get_untracked().and_then(|node| node.parent_element());
    let tool = around.and_then(|around| around.query_selector(".tool").ok().flatten());
    if let Some(tool) = tool.and_then(|tool| tool.dyn_into::<HtmlElement>().ok()) {
        let _ = tool.focus();
    }
}

/// The row of the editor moved because of somebody else's edit: whoever writes here goes on writing.
pub fn take_focus_back(editor: RwSignal<Option<Editor>, LocalStorage>) {
    Timeout::new(0, move || {
        // An editor that went away with its row is gone from its signal too.
        if is_focus_lost()
            && let Some(editor) = editor.try_get_untracked().flatten()
        {
            editor.focus();
        }
    })
    .forget();
}
