//! A value that reads as text and becomes a field when it is pressed, for values that are shown otherwise than they are
//! typed: a title that wraps, a time with its day.

use super::field::{Field, FieldCompletion};
use super::lock::use_lock;
use leptos::html;
use leptos::prelude::*;

/// A button with the value, then a field in its place.
#[component]
pub fn EditInPlace(
    /// The accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// The value as it is read; `None` while there is none.
    #[prop(into)]
    shown: Signal<Option<String>>,
    /// What stands there while there is no value.
    placeholder: &'static str,
    /// The value as it is typed.
    #[prop(into)]
    typed: Signal<String>,
    /// Takes the value over, or says why not.
    commit: Callback<String, Result<(), String>>,
    /// What an empty field says.
    #[prop(optional)]
    example: &'static str,
    /// The type of the input.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional)] is_open: Option<RwSignal<bool>>,
    /// The id of a datalist.
    #[prop(optional)]
    list: &'static str,
    /// What is offered while somebody types.
    #[prop(optional)]
    completion: Option<FieldCompletion>,
) -> impl IntoView {
    let is_open = is_open.unwrap_or_else(|| RwSignal::new(false));
    let lock = use_lock();
    let button = NodeRef::<html::Button>::new();
    let returns = RwSignal::new(false);
    // The focus goes back to the value only from the keyboard's own field, not when the page is clicked elsewhere.
    Effect::new(move |_| {
        if let Some(button) = button.get()
            && returns.get_untracked()
        {
            returns.set(false);
            let _ = button.focus();
        }
    });
    let done = Callback::new(move |()| {
        returns.set(document().active_element().is_none_or(|element| element.tag_name() == "BODY"));
        is_open.set(false);
    });
    view! {
        {move || {
            if is_open.get() {
                view! {
                    <Field
                        label=label.get_untracked()
                        value=typed
                        commit
                        placeholder=example
                        kind
                        done
                        autofocus=true
                        list
                        completion=completion.clone()
                    />
                }
                    .into_any()
            } else {
                let name = move || {
                    let value = shown.get().unwrap_or_else(|| placeholder.to_owned());
                    format!("{}: {value}. Change", label.get())
                };
                view! {
                    <button
                        type="button"
                        node_ref=button
                        class=move || if shown.with(Option::is_some) { "inplace" } else { "todo" }
                        aria-label=name
                        disabled=move || lock.is_closed()
                        title=move || lock.reason()
                        on:click=move |_| is_open.set(true)
                    >
                        {move || shown.get().unwrap_or_else(|| placeholder.to_owned())}
                    </button>
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}
