//! A time that is edited in place, in UTC: read as a day and a clock, typed as `2018-10-21 22:52` or as `22:52`.

use super::edit_in_place::EditInPlace;
use crate::state::clock;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::{Zone, quick_entry};

/// A time or the button that asks for it. An empty field takes the time away.
#[component]
pub fn TimeField(
    /// The accessible name.
    #[prop(into)]
    label: String,
    /// The time.
    #[prop(into)]
    value: Signal<Option<DateTime<Utc>>>,
    /// Near which time a clock without a day is meant.
    #[prop(into)]
    reference: Signal<Option<DateTime<Utc>>>,
    /// What stands there while it is not known.
    #[prop(default = "Not known yet")]
    placeholder: &'static str,
    /// Takes the time over, or says why not.
    commit: Callback<Option<DateTime<Utc>>, Result<(), String>>,
) -> impl IntoView {
    let shown = Signal::derive(move || value.get().map(|at| at.format("%a %-d %b %Y, %H:%M UTC").to_string()));
    let typed = Signal::derive(move || value.get().map(as_typed).unwrap_or_default());
    let take = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return commit.run(None);
        }
        let near = value.get_untracked().or(reference.get_untracked()).unwrap_or_else(clock::now);
        let at = quick_entry::parse_time(&text, near, Zone::UTC).map_err(|error| error.to_string())?;
        commit.run(Some(at))
    });
    view! { <EditInPlace label shown placeholder typed commit=take example="2018-10-21 22:52" /> }.into_any()
}

/// A time as it is typed, with seconds where it has some.
pub fn as_typed(at: DateTime<Utc>) -> String {
    let pattern = if at.timestamp() % 60 == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    at.format(pattern).to_string()
}
