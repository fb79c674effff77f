//! One entry of the timeline: read at rest, written in place, with its threads beside it.

use super::super::changes::ChangeMark;
use super::entry_details::EntryDetails;
use super::entry_handle::EntryHandle;
use super::entry_menu::EntryMenu;
use super::entry_source::EntrySource;
use super::entry_time::EntryTime;
use super::look::use_look;
use super::rows::Layout;
use crate::controls::lock::use_lock;
use crate::editor::written::Written;
use crate::pages::postmortem::comments::{CommentBubble, Commented, Threads};
use crate::reader::{EntryFrame, KindIcon, Tick, Turns, time};
use crate::state::notices::use_notices;
use crate::state::open::{OpenPostmortem, use_open};
use leptos::prelude::*;
use postmortem::{Command, EntryDraft, ItemId, ItemKind, Precision, Stamp, Subject, TextId, TimelineEntry};
use std::sync::Arc;

/// The row of an entry.
#[component]
pub fn Entry(id: ItemId, layout: Memo<Layout>) -> impl IntoView {
    let open = use_open();
    let known = open.parts.entry(&id).unwrap_or_else(|| ArcRwSignal::new(absent(&id)));
    let entry: Signal<TimelineEntry> = known.into();
    let zone = use_look().zone;
    let clock = Memo::new(move |_| {
        let at = entry.with(|entry| entry.at);
        at.map_or_else(|| "no time".to_owned(), |at| time::clock(at, Precision::Minute, zone.get()))
    });
    let handle = EntryHandle {
        id: StoredValue::new(id.clone()),
        entry,
        clock,
        is_writing: RwSignal::new(false),
        is_timing: RwSignal::new(false),
        is_sourcing: RwSignal::new(false),
        is_detailed: RwSignal::new(false),
    };
    let commented = Commented {
        subject: StoredValue::new(Subject::Entry(id.clone())),
        name: clock.into(),
        refocus: Callback::new(move |()| handle.focus()),
    };
    tell_when_deleted(open, handle);
    let own = id.clone();
    let place = Memo::new(move |_| layout.with(|layout| layout.place(&own)));
    let kind = Memo::new(move |_| entry.with(|entry| entry.kind));
    let text = Memo::new(move |_| entry.with(|entry| entry.text.clone()));
    let note = Memo::new(move |_| entry.with(|entry| entry.note.clone()));
    let time_error = RwSignal::new(None::<String>);
    let (here, path) = (id.clone(), format!("timeline/{id}"));
    let writer = Memo::new(move |_| open.presences.at(&path).into_iter().next());
    let is_here = Memo::new(move |_| {
        open.selected.with(|selected| selected.as_ref() == Some(&here))
            || open.discussion.is_open(&Subject::Entry(here.clone()))
    });
    let select = move || {
        let id = handle.id.get_value();
        if open.selected.with_untracked(|selected| *selected != Some(id.clone())) {
            open.selected.set(Some(id));
        }
    };
    let lock = use_lock();
    let keydown = move |event: web_sys::KeyboardEvent| {
        let is_row = event.target() == event.current_target();
        // A field that ended with Enter has given the keyboard away; the row takes it.
        if !is_row && event.key() == "Enter" && document().active_element() == document().body().map(Into::into) {
            handle.focus();
        }
        let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        let opens = match event.key().as_str() {
            _ if !is_row || !is_plain => return,
            "Enter" | "t" | "T" | "s" | "S" if untrack(|| lock.is_closed()) => return,
            "Enter" => handle.is_writing,
            "t" | "T" => handle.is_timing,
            "s" | "S" => handle.is_sourcing,
            "e" | "E" => handle.is_detailed,
            _ => return,
        };
        event.prevent_default();
        opens.set(true);
    };
    let numbered = id.clone();
    let number_of = Memo::new(move |_| layout.with(|layout| layout.number(&numbered)));
    let label = move || {
        format!(
            "Entry {}",
            handle.entry.with(|entry| entry.at).map(|at| time::clock_and_zone(at, zone.get())).unwrap_or_default()
        )
    };
    let what = view! {
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
        {move || time_error.get().map(|sentence| view! { <crate::controls::field::ErrorLine sentence /> }.into_any())}
        {move || Some(note.get()).filter(|note| !note.is_empty()).map(|note| view! { <p class="note">{note}</p> }.into_any())}
        <ChangeMark place=format!("timeline/{id}") />
        <Author handle />
        <Show when=move || handle.is_detailed.get()>
            <EntryDetails handle />
        </Show>
    }.into_any();
    view! {
        <EntryFrame
            id=format!("entry-{id}")
            from=move || place.with(|place| place.from.code())
            to=move || place.with(|place| place.to.code())
            precision=move || entry.with(|entry| entry.precision.code())
            when=view! { <EntryTime handle place error=time_error /> }.into_any()
            tick=view! { {move || view! { <Tick marks=place.with(|place| place.marks.clone()) /> }.into_any()} }.into_any()
            kind=view! {
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
            what=what.into_any()
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
            on:focusin=move |_| select()
            on:keydown=keydown
        >
            <Threads commented />
        </EntryFrame>
    }.into_any()
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

/// What a row shows in the moment between the deletion of its entry and its own end.
fn absent(id: &ItemId) -> TimelineEntry {
    let draft = EntryDraft::undated("", "");
    TimelineEntry {
        id: id.clone(),
        at: None,
        until: None,
        precision: draft.precision,
        clock: draft.clock,
        readings: draft.readings,
        kind: draft.kind,
        text: draft.text,
        source: None,
        note: draft.note,
        severity: None,
        stamp: Stamp::default(),
    }
}
