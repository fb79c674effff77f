//! The time of an entry, typed where it stands in the zone that is read in; the entry moves to its new place.

use super::entry::EntryHandle;
use super::look::use_look;
use super::rows::Place;
use crate::controls::field::Field;
use crate::reader::When;
use crate::state::clock;
use crate::state::open::use_open;
use leptos::prelude::*;
use postmortem::{Command, EntryChange, Precision, quick_entry};

/// The time column of an entry.
#[component]
pub fn EntryTime(handle: EntryHandle, place: Memo<Place>, error: RwSignal<Option<String>>) -> impl IntoView {
    let open = use_open();
    let zone = use_look().zone;
    let entry = handle.entry;
    let at = Memo::new(move |_| entry.with(|entry| entry.at));
    let typed = Signal::derive(move || {
        let pattern = if entry.with(|entry| entry.precision) == Precision::Exact { "%H:%M:%S" } else { "%H:%M" };
        at.get().map(|at| zone.get().local(at).format(pattern).to_string()).unwrap_or_default()
    });
    let commit = Callback::new(move |text: String| {
        let near = at.get_untracked().or_else(|| open.parts.details.with_untracked(|details| details.started_at));
        let moved = quick_entry::parse_time(&text, near.unwrap_or_else(clock::now), zone.get_untracked())
            .map_err(|error| error.to_string())?;
        open.try_edit(&Command::ChangeEntry(handle.id.get_value(), EntryChange::At(moved)))
    });
    let done = Callback::new(move |()| handle.is_timing.set(false));
    let read = move || {
        let (until, precision) = entry.with(|entry| (entry.until, entry.precision));
        let (clock, readings) = entry.with(|entry| (entry.clock.clone(), entry.readings.clone()));
        let Place { elapsed, repeats, .. } = place.get();
        view! { <When at=at.get() until precision elapsed repeats readings clock zone=zone.get() /> }.into_any()
    };
    view! {
        {move || {
            if handle.is_timing.get() {
                view! {
                    <Field
                        label=format!(
                            "Time in {}, as 23:07 or 2018-10-21 23:07",
                            zone.with_untracked(|zone| zone.label(at.get_untracked().unwrap_or_else(clock::now))),
                        )
                        value=typed
                        commit
                        done
                        error
                        autofocus=true
                    />
                }
                    .into_any()
            } else {
                view! {
                    <button type="button" title="Change the time" on:click=move |_| handle.is_timing.set(true)>
                        {read}
                        <span class="vh">" Change the time"</span>
                    </button>
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}
