//! In which zone one reads times, whichever browser one is in. Nobody else is told.

use crate::browser::clock;
use crate::client::sessions;
use crate::controls::form_field::{FieldKind, FormField};
use crate::controls::notices::use_notices;
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::ProfileChange;

/// What is said of a name that no zone has.
const UNKNOWN: &str =
    "There is no such time zone here. Choose one from the list, such as Europe/Berlin, or leave it empty.";

const LIST: &str = "time-zones";

#[component]
pub fn TimeZoneForm() -> impl IntoView {
    let (session, notices) = (use_session(), use_notices());
    let zone = RwSignal::new(untrack(|| session.time_zone()).unwrap_or_default());
    let (error, is_busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let wanted = zone.get_untracked().trim().to_owned();
        if !wanted.is_empty() && !clock::knows_zone(&wanted) {
            return error.set(Some(UNKNOWN.to_owned()));
        }
        is_busy.set(true);
        spawn_local(async move {
            let change = ProfileChange { time_zone: Some(wanted), ..ProfileChange::default() };
            let told = sessions::change_profile(&change).await;
            is_busy.try_set(false);
            match told {
                Ok(signed_in) => {
                    zone.try_set(signed_in.time_zone.clone().unwrap_or_default());
                    session.admit(signed_in);
                    notices.toast(format!("Saved. Times are read in {} from now on.", clock::zone().name()), None);
                }
                Err(problem) => {
                    error.try_set(Some(problem.to_string()));
                }
            }
        });
    };
    let browsers = move || zone.with(|zone| zone.trim().is_empty()).then(|| clock::browser_zone().name());
    let field = FieldKind { id: "own-zone", label: "Your time zone", autocomplete: "off", ..FieldKind::default() };
    view! {
        <section aria-labelledby="own-time">
            <h2 id="own-time">"Your time"</h2>
            <form class="form" novalidate on:submit=save>
                <FormField
                    field
                    value=zone
                    error
                    list=LIST
                    hint="The timeline is read and written in it beside UTC, and days that are left are counted in it, in every browser. Only you see it. Left empty, it is the zone of the browser that you are in."
                >
                    <span class="q">{browsers}</span>
                </FormField>
                <datalist id=LIST>
                    {clock::known_zones()
                        .into_iter()
                        .map(|name| view! { <option value=name></option> }.into_any())
                        .collect_view()}
                </datalist>
                <div class="end">
                    <button class="btn" disabled=move || is_busy.get()>
                        "Save time zone"
                    </button>
                </div>
            </form>
        </section>
    }
    .into_any()
}
