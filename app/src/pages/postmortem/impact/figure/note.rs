//! What stands under a figure: who checked that it is zero, and how it was found.

use super::handle::FigureHandle;
use crate::controls::edit_in_place::EditInPlace;
use crate::controls::lock::use_lock;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use crate::state::session::use_session;
use leptos::prelude::*;

#[component]
pub fn Note(handle: FigureHandle, is_noting: RwSignal<bool>) -> impl IntoView {
    let note = Signal::derive(move || handle.figure.with(|figure| figure.note.clone()));
    view! {
        <dd class="n">
            <Check handle />
            <EditInPlace
                label="How it was found"
                shown=Signal::derive(move || Some(note.get()).filter(|note| !note.is_empty()))
                placeholder="Add a note"
                typed=note
                commit=Callback::new(move |text: String| handle.set_note(&text))
                is_open=is_noting
            />
        </dd>
    }
    .into_any()
}

/// Who checked a zero, or the button with which somebody says that they did.
#[component]
fn Check(handle: FigureHandle) -> impl IntoView {
    let (open, session, lock) = (use_open(), use_session(), use_lock());
    let checked_by =
        Memo::new(move |_| handle.figure.with(|figure| figure.checked_by.clone()).filter(|_| handle.is_zero.get()));
    // A check that came with a file may be of somebody who is not known here.
    let checker = Memo::new(move |_| {
        let id = checked_by.get()?;
        let me = session.person().filter(|me| me.id == id);
        let person = me.or_else(|| open.discussion.writer(&id))?;
        Some(person.name)
    });
    view! {
        {move || match (checked_by.get(), checker.get()) {
            (Some(_), who) => {
                let who = who.unwrap_or_else(|| "somebody who has not written here".to_owned());
                view! { <Icon name=IconName::Check small=true /> {format!("Checked by {who}: ")} }.into_any()
            }
            (None, _) if handle.is_zero.get() => {
                view! {
                    <button
                        type="button"
                        class="btn bare small"
                        disabled=move || lock.is_closed()
                        title=move || lock.reason()
                        on:click=move |_| handle.mark_checked()
                    >
                        "Mark as checked"
                    </button>
                }
                    .into_any()
            }
            (None, _) => ().into_any(),
        }}
    }
    .into_any()
}
