//! The severity mark: a bar as wide as the band on the rail, and the words.

use leptos::prelude::*;
use postmortem::Severity;

/// `SEV-1` behind its bar.
#[component]
pub fn SeverityMark(severity: Severity) -> impl IntoView {
    view! { <span class="sev" data-sev=severity.number().to_string()>{severity.label()}</span> }
}
