//! The name of the product with its mark: a small rail with its start and its end.

use leptos::prelude::*;

/// The mark and the word, as a link to the incident log. `short` leaves the word out on a phone.
#[component]
pub fn Brand(#[prop(optional)] short: bool) -> impl IntoView {
    view! {
        <a class="brand" href="/" aria-label="Debrief, incident log">
            <svg viewBox="0 0 18 18" aria-hidden="true">
                <path d="M6 2v14" stroke-width="2" />
                <path class="from-red" d="M6 2v4.5" stroke-width="4" />
                <path class="to-green" d="M6 12v4" stroke-width="4" />
                <path d="M10 4h6M10 9h4M10 14h6" stroke-width="1.5" />
            </svg>
            <span class:hide-s=short>"Debrief"</span>
        </a>
    }
    .into_any()
}
