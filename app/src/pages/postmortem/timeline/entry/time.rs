//! The time of an entry, typed where it stands in the zone that is read in; the entry moves to its new place.

use super::handle::EntryHandle;
use crate::browser::clock;
use crate::controls::field::Field;
use crate::controls::lock::use_lock;
use crate::controls::notices::use_notices;
use crate::pages::postmortem::timeline::guess::{self, Guess};
use crate::pages::postmortem::timeline::look::use_look;
use crate::pages::postmortem::timeline::rows::RowPosition;
use crate::reader::When;
use crate::state::postmortem::open::use_open;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::moment::clock_as_typed;
use postmortem::quick_entry::{self, TimeFound, TypedTime};
use postmortem::{Command, EntryChange, KeyTime, Precision, Zone, contradiction};
use std::sync::Arc;

#[component]
pub fn EntryTime(handle: EntryHandle, place: Memo<RowPosition>, error: RwSignal<Option<String>>) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let lock = use_lock();
    let zone = use_look().zone;
    let entry = handle.entry;
    let at = Memo::new(move |_| entry.with(|entry| entry.at));
    let typed = Signal::derive(move || {
        let precision = entry.with(|entry| entry.precision);
        at.get().map(|at| about_and_clock(at, precision, zone.get())).unwrap_or_default()
    });
    let commit = Callback::new(move |text: String| {
        let (old, zone) = (entry.get_untracked(), zone.get_untracked());
        let near = open.near(old.at, zone);
        let TypedTime { at, precision, found } =
            quick_entry::parse_time(&text, &near).map_err(|error| error.to_string())?;
        let change = |change| Command::ChangeEntry(old.id.clone(), change);
        // Those that go along with it.
        let stands_for = |key: &KeyTime| {
            old.at.is_some() && open.parts.details.with_untracked(|details| details.key_time(*key) == old.at)
        };
        let key_times: Vec<KeyTime> = KeyTime::ALL.iter().copied().filter(stands_for).collect();
        open.try_edit(&change(EntryChange::At(at)))?;
        open.try_edit(&change(EntryChange::Precision(precision)))?;
        if let TimeFound::Guessed(others) = found {
            let mut back = vec![
                change(old.at.map_or(EntryChange::Undated, EntryChange::Guessed)),
                change(EntryChange::Precision(old.precision)),
            ];
            back.extend(key_times.iter().map(|key| Command::SetKeyTime(*key, old.at)));
            let times = std::iter::once(at).chain(others).collect();
            let guess = Guess { id: old.id, times, until: None, key_times, zone };
            let undo = Arc::new(move || {
                open.edit_each(&back);
            });
            guess::tell(open, notices, &guess, "Moved to", undo);
        }
        Ok(())
    });
    let done = Callback::new(move |()| handle.is_timing.set(false));
    let read = move || {
        let (until, precision) = entry.with(|entry| (entry.until, entry.precision));
        let (clock, readings) = entry.with(|entry| (entry.clock.clone(), entry.readings.clone()));
        let RowPosition { elapsed, repeats, .. } = place.get();
        let wrong = open.parts.details.with(|details| entry.with(|entry| contradiction::of_entry(entry, details)));
        let wrong = wrong.map(|sentence| view! { <small class="doubtful">{sentence}</small> }.into_any());
        view! {
            <When at=at.get() until precision elapsed repeats readings clock zone=zone.get() />
            {wrong}
        }
        .into_any()
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
                    <button
                        type="button"
                        title=move || lock.reason().unwrap_or_else(|| "Change the time".to_owned())
                        disabled=move || lock.is_closed()
                        on:click=move |_| handle.is_timing.set(true)>
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

/// A time as it is typed: what is not typed anew is not lost.
fn about_and_clock(at: DateTime<Utc>, precision: Precision, zone: Zone) -> String {
    let about = if precision == Precision::About { "~" } else { "" };
    format!("{about}{}", clock_as_typed(at, precision, zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::Near;

    #[test]
    fn a_time_that_is_opened_and_typed_again_is_the_same() {
        for (at, precision, typed) in [
            ("2018-10-21T23:10:00Z", Precision::Minute, "23:10"),
            ("2018-10-21T23:10:00Z", Precision::Exact, "23:10:00"),
            ("2018-10-21T23:10:07.5Z", Precision::Exact, "23:10:07.500"),
            ("2018-10-21T23:10:00Z", Precision::About, "~23:10"),
        ] {
            let at: DateTime<Utc> = at.parse().unwrap();
            assert_eq!(about_and_clock(at, precision, Zone::UTC), typed);
            let near = Near::beside(at, "2026-11-29T12:37:00Z".parse().unwrap(), Zone::UTC);
            let read = quick_entry::parse_time(typed, &near).unwrap();
            assert_eq!((read.at, read.precision), (at, precision), "{typed}");
        }
    }
}
