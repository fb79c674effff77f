//! A native select whose options are a closed list of named values.

use super::lock::use_lock;
use leptos::prelude::*;

/// A select that shows `value` and tells what was chosen. Options are pairs of code and label.
#[component]
pub fn Choice(
    /// The accessible name.
    #[prop(into)]
    label: String,
    #[prop(into)] value: Signal<String>,
    options: Vec<(String, String)>,
    chosen: Callback<String>,
    /// A class beside `inplace`.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    let lock = use_lock();
    let class = format!("inplace {class}");
    view! {
        <select
            class=class
            aria-label=label
            disabled=move || lock.is_closed()
            title=move || lock.reason()
            prop:value=move || value.get()
            on:change=move |event| chosen.run(event_target_value(&event))
        >
            {options
                .into_iter()
                .map(|(code, name)| {
                    let own = code.clone();
                    view! { <option value=code selected=move || value.get() == own>{name}</option> }.into_any()
                })
                .collect_view()}
        </select>
    }
    .into_any()
}

/// Code and label of every value of a closed list.
macro_rules! options {
    ($name:ty) => {
        <$name>::ALL.iter().map(|value| (value.code().to_owned(), value.label().to_owned())).collect::<Vec<_>>()
    };
}

pub(crate) use options;
