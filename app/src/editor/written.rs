//! A shared text that is read until somebody wants to write in it: prose at rest, an editor in its place while one
//! writes. Long timelines stay light, since only the entry at hand has an editor.

use super::text_editor::TextEditor;
use crate::controls::lock::use_lock;
use crate::reader::Prose;
use crate::state::postmortem::anchors::{anchors, marks};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::markdown::{Mark, MarkedBy};
use postmortem::{Subject, TextId, ThreadId};
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

/// The text of an entry or an action item.
#[component]
pub fn Written(
    text: TextId,
    #[prop(into)] value: Signal<String>,
    /// The accessible name of the editor.
    #[prop(into)]
    label: String,
    /// What stands there while nothing is written.
    placeholder: &'static str,
    is_editing: RwSignal<bool>,
    /// Told when writing ended by a key, to put the focus back.
    #[prop(optional)]
    done: Option<Callback<()>>,
    /// What stands before the words.
    #[prop(optional)]
    children: Option<ChildrenFn>,
) -> impl IntoView {
    let open = use_open();
    let subject = Subject::of(&text).map(|subject| (open.follow_text(subject.clone()), subject));
    let own = text.clone();
    let found = Memo::new(move |_| {
        let searched = open.found.get().filter(|(found, ..)| *found == own);
        let searched = searched.map(|(_, from, to)| Mark { from, to, by: MarkedBy::Search });
        let threads = subject.as_ref().map(|(written, subject)| {
            written();
            marks(anchors(open, subject))
        });
        threads.unwrap_or_default().into_iter().chain(searched).collect::<Vec<_>>()
    });
    let id = StoredValue::new(text);
    let label = StoredValue::new(label);
    let before = StoredValue::new(children);
    let lock = use_lock();
    let start = move |event: MouseEvent| {
        if let Some(thread) = thread_of(&event) {
            open.discussion.open_id(&thread);
        } else if !is_for_reading(&event) && !untrack(|| lock.is_closed()) {
            is_editing.set(true);
        }
    };
    let finish = Callback::new(move |()| {
        is_editing.set(false);
        if let Some(done) = done {
            done.run(());
        }
    });
    let leave = Callback::new(move |()| is_editing.set(false));
    view! {
        {move || {
            if is_editing.get() {
                view! {
                    {before.with_value(|before| before.as_ref().map(|before| before()))}
                    <TextEditor
                        text=id.get_value()
                        label=label.get_value()
                        placeholder
                        autofocus=true
                        done=finish
                        left=leave
                    />
                }
                    .into_any()
            } else {
                view! {
                    <div class="text" on:click=start>
                        {before.with_value(|before| before.as_ref().map(|before| before()))}
                        {move || {
                            let words = value.get();
                            if words.trim().is_empty() {
                                view! { <p class="q">{placeholder}</p> }.into_any()
                            } else {
                                view! { <Prose text=words marks=found.get() /> }.into_any()
                            }
                        }}
                    </div>
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}

/// The thread on the words that were clicked.
fn thread_of(event: &MouseEvent) -> Option<ThreadId> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest("[data-thread]").ok()??.get_attribute("data-thread")?.parse().ok()
}

/// Whether a click follows a link or ends a selection, rather than asking to write.
fn is_for_reading(event: &MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is_link = target.is_some_and(|target| target.closest("a").ok().flatten().is_some());
    let selection = window().get_selection().ok().flatten();
    is_link || selection.is_some_and(|selection| !selection.is_collapsed())
}
