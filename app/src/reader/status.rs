//! The status of a post-mortem as four pips and a word.

use leptos::prelude::*;
use postmortem::Status;

/// `Draft` behind one filled pip of four.
#[component]
pub fn StatusMark(status: Status) -> impl IntoView {
    let reached = Status::ALL.iter().position(|each| *each == status).unwrap_or(0);
    let pips: Vec<_> =
        (0..Status::ALL.len()).map(|step| view! { <i class=if step <= reached { "f" } else { "e" }></i> }).collect();
    view! { <span class="st"><span class="pips" aria-hidden="true">{pips}</span>{status.label()}</span> }
}
