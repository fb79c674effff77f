//! One entry of the timeline: read at rest, written in place, with its threads beside it.

mod details;
mod handle;
mod keys;
mod menu;
mod readings;
mod source;
mod time;
mod words;

use super::look::use_look;
use super::rows::Layout;
use crate::controls::lock::use_lock;
use crate::controls::notices::use_notices;
use crate::pages::postmortem::comments::{CommentBubble, Commented, Threads};
use crate::reader::time::clock_and_zone;
use crate::reader::{EntryFrame, KindIcon, Tick};
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use handle::EntryHandle;
use keys::open_by_key;
use leptos::prelude::*;
use menu::EntryMenu;
use postmortem::{Command, ItemId, ItemKind, Subject};
use source::EntrySource;
use std::sync::Arc;
use time::EntryTime;
use words::EntryWords;

#[component]
pub fn Entry(id: ItemId, layout: Memo<Layout>) -> impl IntoView {
    let open = use_open();
    let zone = use_look().zone;
    let lock = use_lock();
    let handle = EntryHandle::new(open, zone, &id);
    let entry = handle.entry;
    let commented = Commented {
        subject: StoredValue::new(Subject::Entry(id.clone())),
        name: handle.clock.into(),
        refocus: Callback::new(move |()| handle.focus()),
    };
    tell_when_deleted(open, handle);
    let own = id.clone();
    let place = Memo::new(move |_| layout.with(|layout| layout.place(&own)));
    let numbered = id.clone();
    let number_of = Memo::new(move |_| layout.with(|layout| layout.number(&numbered)));
    let time_error = RwSignal::new(None::<String>);
    let (here, path) = (id.clone(), format!("timeline/{id}"));
    let writer = Memo::new(move |_| open.presences.at(&path).into_iter().next());
    let is_here = Memo::new(move |_| {
        open.selected.with(|selected| selected.as_ref() == Some(&here))
            || open.discussion.is_open(&Subject::Entry(here.clone()))
    });
    let label = move || {
        let at = entry.with(|entry| entry.at);
        format!("Entry {}", at.map(|at| clock_and_zone(at, zone.get())).unwrap_or_default())
    };
    view! {
        <EntryFrame
            id=format!("entry-{id}")
            from=move || place.with(|place| place.from.code())
            to=move || place.with(|place| place.to.code())
            precision=move || entry.with(|entry| entry.precision.code())
            when=view! { <EntryTime handle place error=time_error /> }.into_any()
            tick=view! { {move || view! { <Tick marks=place.with(|place| place.marks.clone()) /> }.into_any()} }.into_any()
            kind=view! { <KindButton handle /> }.into_any()
            what=view! { <EntryWords handle place writer time_error /> }.into_any()
            source=view! { <EntrySource handle /> }.into_any()
            side=view! {
                <CommentBubble commented />
                <EntryMenu handle />
            }
                .into_any()
            attr:data-entry=id.to_string()
            attr:tabindex="-1"
            attr:aria-posinset=move || number_of.get().0.to_string()
            attr:aria-setsize=move || number_of.get().1.to_string()
            attr:aria-label=label
            attr:data-p=move || writer.get().map(|person| person.color.code())
            class:here=move || is_here.get()
            class:typing=move || writer.with(Option::is_some)
            on:focusin=move |_| select(open, handle)
            on:keydown=move |event| open_by_key(handle, lock, &event)
        >
            <Threads commented />
        </EntryFrame>
    }
    .into_any()
}

fn select(open: OpenPostmortem, handle: EntryHandle) {
    let id = handle.id.get_value();
    if open.selected.with_untracked(|selected| *selected != Some(id.clone())) {
        open.selected.set(Some(id));
    }
}

/// The kind as a button that opens the further values.
#[component]
fn KindButton(handle: EntryHandle) -> impl IntoView {
    let kind = Memo::new(move |_| handle.entry.with(|entry| entry.kind));
    view! {
        <button
            type="button"
            aria-expanded=move || handle.is_detailed.get().to_string()
            aria-label=move || format!("{}. Change kind, precision and more", kind.get().label())
            on:click=move |_| handle.is_detailed.update(|is_open| *is_open = !*is_open)
        >
            {move || view! { <KindIcon kind=kind.get() /> }.into_any()}
        </button>
    }
    .into_any()
}

/// Somebody else deleted what this person is writing: its words are in the document still, and can be brought back.
fn tell_when_deleted(open: OpenPostmortem, handle: EntryHandle) {
    let id = handle.id.get_value();
    let notices = use_notices();
    on_cleanup(move || {
        let is_gone = open.parts.timeline.try_with_untracked(|entries| entries.iter().all(|entry| entry.id != id));
        if handle.is_writing.try_get_untracked() == Some(true) && is_gone == Some(true) {
            let restore = Arc::new(move || open.edit(&Command::Restore(ItemKind::Entry, id.clone())));
            notices.toast("Somebody deleted this entry. Your words are kept.", Some(restore));
        }
    });
}
