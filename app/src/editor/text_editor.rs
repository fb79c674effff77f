//! A shared text in an editor: what is typed goes into the replica as it is typed, what others type appears, with
//! their carets. Undo takes back one's own edits only.

mod editing;
mod events;
mod following;
mod keyboard;
mod refused;

use super::toolbar::Toolbar;
use crate::browser::bridge::EditorOptions;
use crate::controls::lock::use_lock;
use crate::state::postmortem::open::use_open;
use editing::Editing;
use events::{Listeners, events};
use following::{follow_carets, follow_lock, follow_passages, follow_search};
use keyboard::leaving;
use leptos::html;
use leptos::prelude::*;
use postmortem::{Subject, TextId};
use refused::{RefusedInput, RefusedNote};

#[component]
pub fn TextEditor(
    text: TextId,
    /// The accessible name.
    #[prop(into)]
    label: String,
    /// What an empty editor says.
    #[prop(optional, into)]
    placeholder: String,
    /// Whether it takes the keyboard as soon as it is there.
    #[prop(optional)]
    autofocus: bool,
    /// Told when writing is done: Ctrl and Enter, or Escape.
    #[prop(optional)]
    done: Option<Callback<()>>,
    /// Told when the keyboard goes elsewhere in the page.
    #[prop(optional)]
    left: Option<Callback<()>>,
) -> impl IntoView {
    let lock = use_lock();
    let node = NodeRef::<html::Div>::new();
    let refused = RwSignal::new(None::<RefusedInput>);
    let is_missing = RwSignal::new(false);
    let subject = Subject::of(&text);
    let name = label.clone();
    let editing = Editing::new(use_open(), text);
    let comment = Callback::new(move |()| editing.comment());
    let leave = leaving(editing, left);

    Effect::new(move |_| {
        let Some(parent) = node.get() else { return };
        if editing.is_mounted() {
            return;
        }
        let options = EditorOptions {
            text: editing.words(),
            label: label.clone(),
            placeholder: placeholder.clone(),
            multiline: true,
            limit: editing.limit(),
            locked: untrack(|| lock.is_closed()),
        };
        let listeners = Listeners { done, left: leave, comment, node, refused };
        if !editing.mount(&parent, options, events(editing, listeners), autofocus) {
            is_missing.set(true);
        }
    });
    follow_lock(editing, lock);
    follow_carets(editing);
    on_cleanup(move || editing.unmount());
    follow_search(editing);
    if let Some(subject) = subject.clone() {
        follow_passages(editing, subject);
    }
    view! {
        <div class="writing" data-writing="" title=move || lock.reason()>
            {move || {
                let comment = subject.as_ref().map(|_| comment);
                (!lock.is_closed())
                    .then(|| view! { <Toolbar editor=editing.editor label=name.clone() comment left=leave /> }.into_any())
            }}
            <div class="editor" node_ref=node></div>
        </div>
        {move || {
            is_missing
                .get()
                .then(|| view! { <p class="err" role="alert">"The editor did not load. Reload the page to write here."</p> }.into_any())
        }}
        {move || refused.get().map(|refused| view! { <RefusedNote refused /> }.into_any())}
    }
    .into_any()
}
