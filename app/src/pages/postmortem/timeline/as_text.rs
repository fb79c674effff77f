//! The timeline as one text. It is written on a fork of the document and merged when it is taken over: whatever others
//! do meanwhile stays, and an entry whose line was not touched is not touched.

mod kept;
mod rewriting;
mod told;

use super::look::use_look;
use crate::controls::field::ErrorLine;
use crate::controls::focus::focus_id_later;
use crate::controls::lock::use_lock;
use crate::controls::notices::use_notices;
use crate::state::postmortem::open::use_open;
pub use kept::kept_rewriting;
use leptos::html;
use leptos::prelude::*;
use rewriting::Rewriting;
use std::sync::Arc;

/// The text and what can be done with it.
#[component]
pub fn AsText() -> impl IntoView {
    let (open, look, notices) = (use_open(), use_look(), use_notices());
    let zone = look.zone.get_untracked();
    let rewriting = Rewriting::begin(open, zone);
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(area) = node.get() {
            let _ = area.focus();
            let _ = area.set_selection_range(0, 0);
        }
    });
    let close = move || {
        rewriting.end();
        look.is_text.set(false);
        focus_id_later("timeline".to_owned());
    };
    let lock = use_lock();
    let take_over = move || {
        if untrack(|| lock.is_closed()) {
            return;
        }
        if let Some((words, undo)) = rewriting.take_over() {
            notices.toast(words, undo);
            close();
        }
    };
    let cancel = move || {
        if let Some(both) = rewriting.changed() {
            let back = Arc::new(move || {
                kept_rewriting(open).keep(Some(&both));
                look.is_text.set(true);
            });
            notices.toast("What you wrote in the text is not in the timeline", Some(back));
        }
        close();
    };
    let keydown = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" if event.ctrl_key() || event.meta_key() => {
            event.prevent_default();
            take_over();
        }
        // What was written is not thrown away by one key.
        "Escape" if !event.is_composing() && rewriting.changed().is_none() => close(),
        _ => {}
    };
    view! {
        <div class="astext">
            <p class="hint" id="astext-hint">
                "A line an entry: time, what, link. A question mark stands for a time that nobody knows. What others write meanwhile stays. Times in "
                {zone.label(rewriting.first_time())} "."
            </p>
            <textarea
                node_ref=node
                class="lines"
                id="timeline-text"
                aria-label="The timeline as text"
                aria-describedby="astext-hint"
                spellcheck="false"
                rows="24"
                disabled=rewriting.is_missing()
                prop:value=move || rewriting.text.get()
                on:input=move |event| rewriting.write(event_target_value(&event))
                on:keydown=keydown
            ></textarea>
            {move || {
                let problems = rewriting.problems.get().into_iter();
                problems.map(|sentence| view! { <ErrorLine sentence /> }.into_any()).collect_view()
            }}
            <div class="ends">
                <button
                    type="button"
                    class="btn primary"
                    disabled=move || lock.is_closed()
                    title=move || lock.reason()
                    on:click=move |_| take_over()
                >
                    "Take over "
                    <kbd>"Ctrl"</kbd>
                    <kbd>"↵"</kbd>
                </button>
                <button type="button" class="btn bare" on:click=move |_| cancel()>
                    "Cancel"
                </button>
            </div>
        </div>
    }
    .into_any()
}
