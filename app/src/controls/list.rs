//! A keyed list of rows. One list for all of them, by keys that are text: a list of its own for every type of row would
//! be the largest part of the client.

use leptos::prelude::*;
use std::cell::Cell;
use std::str::FromStr;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

thread_local! {
    static IS_ARRANGING: Cell<bool> = const { Cell::new(false) };
}

pub type DrawRow = Arc<dyn Fn(String) -> AnyView + Send + Sync>;

/// The rows of these keys, each kept for as long as its key is among them.
#[component]
pub fn List(
    /// The keys, in order; none stands twice.
    #[prop(into)]
    keys: Signal<Vec<String>>,
    row: DrawRow,
) -> impl IntoView {
    let each = move || {
        keep_focus();
        keys.get()
    };
    view! { <For each key=String::clone children=move |key| row(key) /> }.into_any()
}

/// Whether a list is putting its rows in order now: a row that moves loses the focus, though nobody took it away.
pub fn is_arranging() -> bool {
    IS_ARRANGING.get()
}

pub fn is_focus_lost() -> bool {
    document().active_element().is_none_or(|element| element.tag_name() == "BODY")
}

/// Gives the focus back to what has it now, once the rows are in order. Text editors take it back themselves, since only
/// they know where the caret was.
pub(super) fn keep_focus() {
    let focused = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    IS_ARRANGING.set(true);
    queue_microtask(move || {
        IS_ARRANGING.set(false);
        if let Some(focused) = focused
            && is_focus_lost()
            && focused.is_connected()
            && !focused.is_content_editable()
        {
            let _ = focused.focus();
        }
    });
}

pub fn by_id<Id: FromStr>(draw: impl Fn(Id) -> AnyView + Send + Sync + 'static) -> DrawRow {
    Arc::new(move |key| key.parse().map_or_else(|_| ().into_any(), &draw))
}
