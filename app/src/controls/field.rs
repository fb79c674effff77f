//! A value that is edited where it stands: written when the field is left or Enter is pressed, taken back with Escape.

mod completing;
mod typing;

pub use completing::FieldCompletion;

use super::completion::{Completion, Suggestions};
use super::list::is_arranging;
use super::lock::use_lock;
use crate::reader::icon::{Icon, IconName};
use completing::Completing;
use leptos::prelude::*;
use typing::Typing;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// An input that reads as text until it is used. While somebody types in it, a change by others waits; a refused value
/// stays in the field with the sentence under it.
#[component]
pub fn Field(
    /// The accessible name.
    #[prop(into)]
    label: String,
    /// What the document says.
    #[prop(into)]
    value: Signal<String>,
    /// Takes the value over, or says why not.
    commit: Callback<String, Result<(), String>>,
    /// What an empty field says.
    #[prop(optional, into)]
    placeholder: String,
    /// The type of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// A class beside `inplace`.
    #[prop(optional, into)]
    class: String,
    /// Told when the field was left, with or without a change.
    #[prop(optional)]
    done: Option<Callback<()>>,
    /// Whether it takes the keyboard as soon as it is there.
    #[prop(optional)]
    autofocus: bool,
    /// Where the sentence goes, when there is no room for it under the field.
    #[prop(optional)]
    error: Option<RwSignal<Option<String>>>,
    /// The id of a datalist; empty for none.
    #[prop(optional)]
    list: &'static str,
    /// What is offered while somebody types.
    #[prop(optional_no_strip)]
    completion: Option<FieldCompletion>,
) -> impl IntoView {
    let lock = use_lock();
    let has_room = error.is_none();
    let error = error.unwrap_or_else(|| RwSignal::new(None));
    let node = NodeRef::<leptos::html::Input>::new();
    let typing = Typing::new(value, commit, error, node);
    let completing = completion.map(|wanted| Completing::new(wanted, typing, node));
    let completion = completing.map(|completing| completing.completion);
    let tell_done = move || {
        if let Some(done) = done {
            done.try_run(());
        }
    };
    Effect::new(move |_| {
        if autofocus && let Some(input) = node.get() {
            // The value reaches the input only after this; selecting needs it now.
            input.set_value(&value.get_untracked());
            let _ = input.focus();
            input.select();
        }
    });
    view! {
        <input
            node_ref=node
            class=format!("inplace {class}")
            type=kind
            aria-label=label
            aria-invalid=move || error.with(|error| error.is_some().then_some("true"))
            placeholder=placeholder
            list=(!list.is_empty()).then_some(list)
            role=completing.map(|_| "combobox")
            aria-autocomplete=completing.map(|_| "list")
            aria-expanded=move || completion.map(|completion| completion.is_open().to_string())
            aria-controls=completing.map(Completing::list)
            aria-activedescendant=move || completing.and_then(Completing::active)
            autocomplete="off"
            readonly=move || lock.is_closed()
            title=move || lock.reason()
            prop:value=move || typing.shown()
            on:input=move |event| {
                let text = event_target_value(&event);
                if let Some(completing) = completing {
                    completing.type_in(&text);
                }
                typing.write(text);
            }
            on:keydown=move |event| press(&event, typing, completion, tell_done)
            on:blur=move |_| {
                if let Some(completion) = completion {
                    completion.close();
                }
                // A row that only moved gets the focus back; nobody left the field.
                if !is_arranging() && typing.finish() {
                    tell_done();
                }
            }
        />
        {completing
            .map(|completing| view! { <Suggestions id=completing.id() completion=completing.completion /> }.into_any())}
        {move || error.get().filter(|_| has_room).map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
    }
    .into_any()
}

/// What a key does in the field, unless the list under it takes it.
fn press(event: &web_sys::KeyboardEvent, typing: Typing, completion: Option<Completion>, tell_done: impl Fn()) {
    match event.key().as_str() {
        _ if event.is_composing() => {}
        key if completion.is_some_and(|completion| completion.key(key)) => {
            event.prevent_default();
            event.stop_propagation();
        }
        "Enter" => {
            event.prevent_default();
            if typing.finish() {
                blur(event);
            }
        }
        "Escape" => {
            event.stop_propagation();
            typing.give_up();
            blur(event);
            tell_done();
        }
        _ => {}
    }
}

/// A sentence under a field: what is wrong and what to write instead.
#[component]
pub fn ErrorLine(sentence: String) -> impl IntoView {
    view! {
        <div class="err" role="alert">
            <Icon name=IconName::Warning small=true />
            <span>{sentence}</span>
        </div>
    }
    .into_any()
}

fn blur(event: &web_sys::KeyboardEvent) {
    if let Some(element) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
        // Nothing depends on whether it had the focus.
        let _ = element.blur();
    }
}
