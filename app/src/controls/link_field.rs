//! A link that is edited in place: shown by its host and followed like any link, with a button to change it.

use super::field::Field;
use super::lock::use_lock;
use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;
use postmortem::Link;

/// A link, or the button that asks for it.
#[component]
pub fn LinkField(
    /// The accessible name, such as "Call recording".
    #[prop(into)]
    label: String,
    #[prop(into)] value: Signal<Option<Link>>,
    /// What stands there while there is none.
    placeholder: &'static str,
    /// Takes the link over, or says why not.
    commit: Callback<Option<Link>, Result<(), String>>,
) -> impl IntoView {
    let lock = use_lock();
    let is_open = RwSignal::new(false);
    let label = StoredValue::new(label);
    let value = Memo::new(move |_| value.get());
    let typed = Signal::derive(move || value.get().map(String::from).unwrap_or_default());
    let take = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return commit.run(None);
        }
        commit.run(Some(text.parse::<Link>().map_err(|error| error.to_string())?))
    });
    let done = Callback::new(move |()| is_open.set(false));
    view! {
        {move || {
            // The open field does not hang on the value, which others may change under it.
            if is_open.get() {
                return view! {
                    <Field
                        label=label.get_value()
                        value=typed
                        commit=take
                        placeholder="https://…"
                        done
                        autofocus=true
                    />
                }
                    .into_any();
            }
            match value.get() {
                Some(link) => view! {
                    <a class="lnk" href=link.as_str().to_owned() rel="noopener noreferrer nofollow" target="_blank">
                        {link.host().to_owned()}
                    </a>
                    <button
                        type="button"
                        class="btn bare icon small"
                        aria-label=format!("Change the link: {}", label.get_value())
                        disabled=move || lock.is_closed()
                        title=move || lock.reason()
                        on:click=move |_| is_open.set(true)
                    >
                        <Icon name=IconName::Edit small=true />
                    </button>
                }
                    .into_any(),
                None => view! {
                    <button
                        type="button"
                        class="todo"
                        disabled=move || lock.is_closed()
                        title=move || lock.reason()
                        on:click=move |_| is_open.set(true)
                    >
                        {placeholder}
                    </button>
                }
                    .into_any(),
            }
        }}
    }
    .into_any()
}
