//! The times that other sources give for an entry, and the way to add one or to pick it.

use super::handle::EntryHandle;
use crate::controls::field::Field;
use crate::pages::postmortem::timeline::look::use_look;
use crate::reader::time;
use crate::state::postmortem::open::use_open;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::quick_entry::{self, QuickEntryError};
use postmortem::{Command, EntryChange, Near, OtherReading};

/// What other sources give as the time. They stand beside it until somebody picks one.
#[component]
pub fn Readings(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let zone = use_look().zone;
    let readings = Memo::new(move |_| handle.entry.with(|entry| entry.readings.clone()));
    let change = move |change| Command::ChangeEntry(handle.id.get_value(), change);
    let pick = move |reading: OtherReading| {
        let (at, clock) = handle.entry.with_untracked(|entry| (entry.at, entry.clock.clone()));
        let commands: Vec<_> = picked(reading, at, clock).into_iter().map(change).collect();
        open.edit_each(&commands);
    };
    let add = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return Ok(());
        }
        let near = open.near(handle.entry.with_untracked(|entry| entry.at), zone.get_untracked());
        let (at, clock) = read(&text, &near).map_err(|error| error.to_string())?;
        open.try_edit(&change(EntryChange::Reading(at, Some(clock))))
    });
    view! {
        <div class="full">
            <span class="hint">"Another source gives another time"</span>
            <ul class="readings">
                {move || {
                    readings
                        .get()
                        .into_iter()
                        .map(|reading| {
                            let (at, picked) = (reading.at, reading.clone());
                            let shown = time::whole(at, zone.get());
                            let label = format!("Take this one: {shown}");
                            view! {
                                <li>
                                    <span class="mono">{shown.clone()}</span>
                                    <span class="q">{reading.clock}</span>
                                    <span class="grow"></span>
                                    <button type="button" class="btn bare small" aria-label=label on:click=move |_| pick(picked.clone())>
                                        "Take this one"
                                    </button>
                                    <button
                                        type="button"
                                        class="btn bare small"
                                        aria-label=format!("Remove the reading {shown}")
                                        on:click=move |_| open.edit(&change(EntryChange::Reading(at, None)))
                                    >
                                        "Remove"
                                    </button>
                                </li>
                            }
                                .into_any()
                        })
                        .collect_view()
                }}
            </ul>
            <Field
                label="Another time, and behind a comma where it was read"
                value=Signal::derive(String::new)
                placeholder="23:30, later report"
                commit=add
            />
        </div>
    }
    .into_any()
}

/// What picking a reading changes. The time that is not picked stays as a reading, so that the choice can be seen and
/// taken back.
fn picked(reading: OtherReading, at: Option<DateTime<Utc>>, clock: String) -> Vec<EntryChange> {
    let stays = at.map(|at| EntryChange::Reading(at, Some(clock)));
    [EntryChange::At(reading.at), EntryChange::Clock(reading.clock), EntryChange::Reading(reading.at, None)]
        .into_iter()
        .chain(stays)
        .collect()
}

/// Reads a time, and behind a comma where it was read. A comma may be a part of the time, as in `12:10:43,512` or
/// `Mar 10, 12:10`: the longest time counts.
fn read(text: &str, near: &Near) -> Result<(DateTime<Utc>, String), QuickEntryError> {
    let read = |end: usize| {
        let (time, clock) = text.split_at(end);
        let at = quick_entry::parse_exact_time(time, near)?;
        Ok((at, clock.trim_start_matches(',').trim().to_owned()))
    };
    let commas = text.rmatch_indices(',').map(|(at, _)| at);
    commas.fold(read(text.len()), |best, comma| best.or_else(|_| read(comma)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::Zone;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn a_comma_parts_a_time_from_its_source_where_it_is_no_part_of_the_time() {
        let near = Near::beside(at("2018-10-21T23:10:00Z"), at("2026-11-29T12:37:00Z"), Zone::UTC);
        for (text, time, clock) in [
            ("23:30", "2018-10-21T23:30:00Z", ""),
            ("23:30, later report", "2018-10-21T23:30:00Z", "later report"),
            ("23:30, a report, the later one", "2018-10-21T23:30:00Z", "a report, the later one"),
            ("23:30:43,512", "2018-10-21T23:30:43.512Z", ""),
            ("23:30:43,512, chat", "2018-10-21T23:30:43.512Z", "chat"),
        ] {
            assert_eq!(read(text, &near).ok(), Some((at(time), clock.to_owned())), "{text}");
        }
        assert!(read("later, or sooner", &near).is_err());
    }

    #[test]
    fn the_time_that_is_not_picked_stays_as_a_reading() {
        let reading = OtherReading { at: at("2018-10-21T23:15:00Z"), clock: "chat".to_owned() };
        let changes = picked(reading.clone(), Some(at("2018-10-21T23:13:00Z")), "status page".to_owned());
        let stays = EntryChange::Reading(at("2018-10-21T23:13:00Z"), Some("status page".to_owned()));
        assert_eq!(changes.last(), Some(&stays));
        assert_eq!(changes.len(), 4);
        assert_eq!(picked(reading, None, String::new()).len(), 3, "nothing was read before");
    }
}
