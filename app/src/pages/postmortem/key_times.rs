//! The times that frame the incident (R72 to R76), edited in place.

use crate::controls::time_field::TimeField;
use crate::state::open::use_open;
use leptos::prelude::*;
use postmortem::{Command, KeyTime};

/// The four that everybody asks for.
const FIRST: [KeyTime; 4] = [KeyTime::Started, KeyTime::Detected, KeyTime::Mitigated, KeyTime::Resolved];

/// The others, under a disclosure.
const FURTHER: [KeyTime; 3] = [KeyTime::CauseBegan, KeyTime::Paged, KeyTime::Public];

/// The key times.
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
    let reference = Signal::derive(move || open.parts.details.with(|details| details.started_at));
    let commit = Callback::new(move |at| open.try_edit(&Command::SetKeyTime(key_time, at)));
    view! {
        <div data-key-time=key_time.code()>
            <dt>{key_time.label()}</dt>
            <dd>
                <TimeField label=key_time.label() value reference commit />
            </dd>
        </div>
    }
    .into_any()
}
