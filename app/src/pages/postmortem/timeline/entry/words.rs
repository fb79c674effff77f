//! What an entry says: its words, who writes them and who wrote them, its note, and its further values under it.

use crate::controls::field::ErrorLine;
use crate::editor::written::Written;
use crate::pages::postmortem::changes::ChangeMark;
use crate::pages::postmortem::timeline::entry::details::EntryDetails;
use crate::pages::postmortem::timeline::entry::handle::EntryHandle;
use crate::pages::postmortem::timeline::rows::RowPosition;
use crate::reader::Turns;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{Person, TextId};

#[component]
pub fn EntryWords(
    handle: EntryHandle,
    place: Memo<RowPosition>,
    /// Who else is in it.
    writer: Memo<Option<Person>>,
    /// Why the time that was typed is refused: there is no room for it under the time.
    time_error: RwSignal<Option<String>>,
) -> impl IntoView {
    let entry = handle.entry;
    let id = handle.id.get_value();
    let text = Memo::new(move |_| entry.with(|entry| entry.text.clone()));
    let note = Memo::new(move |_| entry.with(|entry| entry.note.clone()));
    view! {
        {move || writer.get().map(|person| view! { <span class="flag">{format!("{} is editing", person.first_name())}</span> }.into_any())}
        <Written
            text=TextId::Entry(id.clone())
            value=text
            label="What happened"
            placeholder="Nothing is written here yet"
            is_editing=handle.is_writing
            done=Callback::new(move |()| handle.focus())
        >
            {move || {
                let place = place.get();
                view! { <Turns marks=place.marks begins=place.begins /> }.into_any()
            }}
        </Written>
        {move || time_error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
        {move || Some(note.get()).filter(|note| !note.is_empty()).map(|note| view! { <p class="note">{note}</p> }.into_any())}
        <ChangeMark place=format!("timeline/{id}") />
        <Author handle />
        <Show when=move || handle.is_detailed.get()>
            <EntryDetails handle />
        </Show>
    }
    .into_any()
}

/// Who made the entry: quiet, and always there for screen readers.
#[component]
fn Author(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let author = Memo::new(move |_| open.discussion.author(handle.entry.with(|entry| entry.stamp)));
    view! {
        {move || author.get().map(|person| view! { <p class="by">"Written by " {person.name}</p> }.into_any())}
    }
    .into_any()
}
