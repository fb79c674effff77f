//! The further values of an entry, opened under its text: kind, severity, precision, end and note.

use super::handle::EntryHandle;
use super::readings::Readings;
use crate::controls::choice::{Choice, options};
use crate::controls::field::Field;
use crate::controls::time_field::TimeField;
use crate::pages::postmortem::timeline::look::use_look;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{Command, EntryChange, EntryKind, Precision, Severity, quick_entry};

/// The code of the option that changes no severity.
const UNCHANGED: &str = "unchanged";

#[component]
pub fn EntryDetails(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let entry = handle.entry;
    // A code that is not in the list changes nothing.
    let choice = move |change: fn(&str) -> Option<EntryChange>| {
        Callback::new(move |code: String| {
            if let Some(change) = change(&code) {
                open.edit(&Command::ChangeEntry(handle.id.get_value(), change));
            }
        })
    };
    let try_edit = move |change| open.try_edit(&Command::ChangeEntry(handle.id.get_value(), change));
    let kind = Signal::derive(move || entry.with(|entry| entry.kind.code().to_owned()));
    let precision = Signal::derive(move || entry.with(|entry| entry.precision.code().to_owned()));
    let severity =
        Signal::derive(move || entry.with(|entry| entry.severity.map_or(UNCHANGED, Severity::code).to_owned()));
    let mut severities = vec![(UNCHANGED.to_owned(), "Unchanged".to_owned())];
    severities.extend(Severity::ALL.iter().map(|level| (level.code().to_owned(), format!("{} begins", level.label()))));
    view! {
        <div class="details">
            <label>
                <span class="hint">"Kind"</span>
                <Choice
                    label="Kind of entry"
                    value=kind
                    options=options!(EntryKind)
                    chosen=choice(|code| code.parse().ok().map(EntryChange::Kind))
                />
            </label>
            <label>
                <span class="hint">"Severity from here on"</span>
                <Choice
                    label="Severity from here on"
                    value=severity
                    options=severities
                    chosen=choice(|code| Some(EntryChange::Severity(code.parse().ok())))
                />
            </label>
            <label>
                <span class="hint">"The time is known"</span>
                <Choice
                    label="How exactly the time is known"
                    value=precision
                    options=options!(Precision)
                    chosen=choice(|code| code.parse().ok().map(EntryChange::Precision))
                />
            </label>
            <Until handle />
            <label class="full">
                <span class="hint">"The time was read from"</span>
                <Field
                    label="The time was read from"
                    value=Signal::derive(move || entry.with(|entry| entry.clock.clone()))
                    placeholder="Log of the load balancer"
                    commit=Callback::new(move |clock: String| try_edit(EntryChange::Clock(clock.trim().to_owned())))
                />
            </label>
            <Readings handle />
            <label class="full">
                <span class="hint">"Remark about the time or the source"</span>
                <Field
                    label="Remark about the time or the source"
                    value=Signal::derive(move || entry.with(|entry| entry.note.clone()))
                    placeholder="Clock of the load balancer, two minutes ahead"
                    commit=Callback::new(move |note: String| try_edit(EntryChange::Note(note.trim().to_owned())))
                />
            </label>
            <div class="full">
                <button type="button" class="btn small" on:click=move |_| handle.is_detailed.set(false)>
                    "Done"
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// When it ended, read by when it began; as a time of its own where nobody knows that.
#[component]
fn Until(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let entry = handle.entry;
    let zone = use_look().zone;
    let read = Callback::new(move |text: String| {
        let (at, until) = entry.with_untracked(|entry| (entry.at, entry.until));
        let zone = zone.get_untracked();
        match at {
            Some(at) => quick_entry::parse_end(&text, at, &open.near(Some(at), zone)),
            None => quick_entry::parse_exact_time(&text, &open.near(until, zone)),
        }
    });
    let commit = Callback::new(move |until| {
        open.try_edit(&Command::ChangeEntry(handle.id.get_value(), EntryChange::Until(until)))
    });
    view! {
        <div>
            <span class="hint">"It lasted until"</span>
            <div>
                <TimeField
                    label="It lasted until"
                    value=Signal::derive(move || entry.with(|entry| entry.until))
                    zone
                    read
                    placeholder="A moment only"
                    commit
                />
            </div>
        </div>
    }
    .into_any()
}
