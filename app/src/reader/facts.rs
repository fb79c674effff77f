//! The line that sums an incident up: severity, duration, from when to when, and which services.

use crate::reader::severity::SeverityMark;
use crate::reader::time::{day_and_clock, iso};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::{Details, Zone, duration};

/// What is known of the incident on one line; what is not known is left out.
#[component]
pub fn Facts(details: Details) -> impl IntoView {
    let duration = details.duration().map(|length| view! { <b>{duration::in_words(length)}</b> });
    let span = details.started_at.map(|start| span(start, details.resolved_at.filter(|end| *end >= start)));
    let is_reversed = details.started_at.zip(details.resolved_at).is_some_and(|(start, end)| end < start);
    let wrong = is_reversed.then(|| view! { <span class="doubtful">"resolved before it started"</span> });
    let services = (!details.services.is_empty()).then(|| view! { <span>{details.services.join(", ")}</span> });
    view! { <div class="facts"><SeverityMark severity=details.severity/>{duration}{span}{wrong}{services}</div> }
}

fn span(start: DateTime<Utc>, end: Option<DateTime<Utc>>) -> impl IntoView {
    let from = view! { <time datetime=iso(start)>{day_and_clock(start, None, Zone::UTC)}</time> };
    match end {
        None => view! { <span class="span"><span>"since "</span>{from}<span>" UTC"</span></span> }.into_any(),
        Some(end) => view! {
            <span class="span">
                {from}
                <span aria-hidden="true">" → "</span>
                <span class="vh">" to "</span>
                <time datetime=iso(end)>{day_and_clock(end, Some(start), Zone::UTC)}</time>
                <span>" UTC"</span>
            </span>
        }
        .into_any(),
    }
}
