//! Where an entry's facts came from, or the quiet question for it (R36).

use super::handle::EntryHandle;
use crate::controls::field::Field;
use crate::controls::lock::use_lock;
use crate::reader::Source;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{Command, EntryChange, Link};

#[component]
pub fn EntrySource(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let lock = use_lock();
    let link = Memo::new(move |_| handle.entry.with(|entry| entry.source.clone()));
    let typed = Signal::derive(move || link.get().map(String::from).unwrap_or_default());
    let commit = Callback::new(move |text: String| {
        let link = match text.trim() {
            "" => None,
            text => Some(text.parse::<Link>().map_err(|error| error.to_string())?),
        };
        open.try_edit(&Command::ChangeEntry(handle.id.get_value(), EntryChange::Source(link)))
    });
    let done = Callback::new(move |()| handle.is_sourcing.set(false));
    view! {
        {move || {
            // The open field does not hang on the link, which others may change under it.
            if handle.is_sourcing.get() {
                return view! {
                    <Field label="Source link" value=typed commit placeholder="https://…" done autofocus=true />
                }
                    .into_any();
            }
            match link.get() {
                Some(link) => view! { <Source link=Some(link) /> }.into_any(),
                None => view! {
                    <button
                        type="button"
                        class="none"
                        disabled=move || lock.is_closed()
                        title=move || lock.reason()
                        on:click=move |_| handle.is_sourcing.set(true)
                    >
                        "No source yet"
                    </button>
                }
                    .into_any(),
            }
        }}
    }
    .into_any()
}
