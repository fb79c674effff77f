//! The times that frame the incident (R72 to R76), edited in place.

use crate::controls::time_field::TimeField;
use crate::state::postmortem::open::use_open;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::{Command, KeyTime, Near, Zone, contradiction, quick_entry};

/// The four that everybody asks for.
const FIRST: [KeyTime; 4] = [KeyTime::Started, KeyTime::Detected, KeyTime::Mitigated, KeyTime::Resolved];

/// The others, under a disclosure.
const FURTHER: [KeyTime; 3] = [KeyTime::CauseBegan, KeyTime::Paged, KeyTime::Public];

#[component]
pub fn KeyTimes() -> impl IntoView {
    let open = use_open();
    let known = Memo::new(move |_| {
        open.parts.details.with(|details| FURTHER.iter().filter(|key| details.key_time(**key).is_some()).count())
    });
    view! {
        <dl class="times" id="key-times">{FIRST.into_iter().map(|key| view! { <OneTime key_time=key /> }.into_any()).collect_view()}</dl>
        <details class="further">
            <summary>
                "More times "
                <span class="q">{move || format!("{} of {} known", known.get(), FURTHER.len())}</span>
            </summary>
            <dl class="times">{FURTHER.into_iter().map(|key| view! { <OneTime key_time=key /> }.into_any()).collect_view()}</dl>
        </details>
    }.into_any()
}

#[component]
fn OneTime(key_time: KeyTime) -> impl IntoView {
    let open = use_open();
    let value = Signal::derive(move || open.parts.details.with(|details| details.key_time(key_time)));
    let read = Callback::new(move |text: String| {
        let old = value.get_untracked();
        quick_entry::parse_exact_time(&text, &near(key_time, old, open.near(old, Zone::UTC)))
    });
    let contradiction = Memo::new(move |_| {
        let details = open.parts.details.get();
        open.parts.timeline.with(|entries| contradiction::of_key_time(key_time, &details, entries))
    });
    let commit = Callback::new(move |at| open.try_edit(&Command::SetKeyTime(key_time, at)));
    view! {
        <div data-key-time=key_time.code()>
            <dt>{key_time.label()}</dt>
            <dd>
                <TimeField label=key_time.label() value zone=Signal::stored(Zone::UTC) read commit />
                {move || contradiction.get().map(|sentence| view! { <p class="hint doubtful">{sentence}</p> }.into_any())}
            </dd>
        </div>
    }
    .into_any()
}

/// By what a key time is read. It bounds nothing itself, and the cause may have begun long before the start.
fn near(key: KeyTime, old: Option<DateTime<Utc>>, timeline: Near) -> Near {
    let by_start = Near { reference: old.or(timeline.started).or(timeline.reference), ..timeline };
    match key {
        KeyTime::CauseBegan => Near { started: None, resolved: None, ..by_start },
        KeyTime::Started => Near { started: None, ..by_start },
        KeyTime::Resolved => Near { resolved: None, ..timeline },
        KeyTime::Detected | KeyTime::Paged | KeyTime::Public | KeyTime::Mitigated => by_start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_time_without_a_day_is_near_the_incident() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let timeline = Near {
            started: Some(at("2026-11-03T13:00:00Z")),
            resolved: Some(at("2026-11-04T09:00:00Z")),
            ..Near::beside(at("2026-11-04T08:00:00Z"), at("2026-11-29T12:37:00Z"), Zone::UTC)
        };
        for (key, old, typed, read) in [
            (KeyTime::Started, timeline.started, "08:00", "2026-11-03T08:00:00Z"),
            (KeyTime::Resolved, timeline.resolved, "10:00", "2026-11-04T10:00:00Z"),
            (KeyTime::Resolved, None, "08:30", "2026-11-04T08:30:00Z"),
            (KeyTime::Detected, None, "14:05", "2026-11-03T14:05:00Z"),
            (KeyTime::CauseBegan, None, "08:00", "2026-11-03T08:00:00Z"),
        ] {
            let timeline = old.map_or(timeline, |old| timeline.changing(old));
            let found = quick_entry::parse_exact_time(typed, &near(key, old, timeline)).unwrap();
            assert_eq!(found, at(read), "{key:?} {typed}");
        }
    }
}
