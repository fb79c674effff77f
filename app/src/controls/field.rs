//! A value that is edited where it stands: written when the field is left or Enter is pressed, taken back with Escape.

mod typing;

use super::list::is_arranging;
use super::lock::use_lock;
use crate::reader::icon::{Icon, IconName};
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
) -> impl IntoView {
    let lock = use_lock();
    let has_room = error.is_none();
    let error = error.unwrap_or_else(|| RwSignal::new(None));
    let node = NodeRef::<leptos::html::Input>::new();
    let typing = Typing::new(value, commit, error, node);
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
    let keydown = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            if typing.finish() {
                blur(&event);
            }
        }
        "Escape" if !event.is_composing() => {
            event.stop_propagation();
            typing.give_up();
            blur(&event);
            tell_done();
        }
        _ => {}
    };
    view! {
        <input
            node_ref=node
            class=format!("inplace {class}")
            type=kind
            aria-label=label
            aria-invalid=move || error.with(|error| error.is_some().then_some("true"))
            placeholder=placeholder
            list=(!list.is_empty()).then_some(list)
            autocomplete="off"
            readonly=move || lock.is_closed()
            title=move || lock.reason()
            prop:value=move || typing.shown()
            on:input=move |event| typing.write(event_target_value(&event))
            on:keydown=keydown
            on:blur=move |_| {
                // A row that only moved gets the focus back; nobody left the field.
                if !is_arranging() && typing.finish() {
                    tell_done();
                }
            }
        />
        {move || error.get().filter(|_| has_room).map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
    }
    .into_any()
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
