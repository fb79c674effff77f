//! A time that is edited in place on the clocks of a zone: read as a day and a clock, typed as `2018-10-21 22:52` or as
//! `22:52`.

use super::edit_in_place::EditInPlace;
use crate::reader::time;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::moment::clock_as_typed;
use postmortem::quick_entry::QuickEntryError;
use postmortem::{Precision, Zone};

/// A time or the button that asks for it. An empty field takes the time away.
#[component]
pub fn TimeField(
    /// The accessible name.
    #[prop(into)]
    label: String,
    #[prop(into)] value: Signal<Option<DateTime<Utc>>>,
    /// In which zone it is shown and typed.
    #[prop(into)]
    zone: Signal<Zone>,
    /// Reads what was typed: what stands around the time says which day is meant.
    read: Callback<String, Result<DateTime<Utc>, QuickEntryError>>,
    /// What stands there while it is not known.
    #[prop(default = "Not known yet")]
    placeholder: &'static str,
    /// Takes the time over, or says why not.
    commit: Callback<Option<DateTime<Utc>>, Result<(), String>>,
) -> impl IntoView {
    let shown = Signal::derive(move || value.get().map(|at| time::whole(at, zone.get())));
    let typed = Signal::derive(move || value.get().map(|at| day_and_clock(at, zone.get())).unwrap_or_default());
    let take = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return commit.run(None);
        }
        let at = read.run(text).map_err(|error| error.to_string())?;
        commit.run(Some(at))
    });
    view! { <EditInPlace label shown placeholder typed commit=take example="2018-10-21 22:52" /> }.into_any()
}

fn day_and_clock(at: DateTime<Utc>, zone: Zone) -> String {
    format!("{} {}", zone.local(at).format("%Y-%m-%d"), clock_as_typed(at, Precision::Minute, zone))
}
