//! The services that the incident was in: names between commas, completed from those of the team. What is written stays as it
//! is written; only what is chosen gets the team's own name.

use crate::client::services;
use crate::controls::completion::{CompletionKind, Source, Suggestion};
use crate::controls::edit_in_place::EditInPlace;
use crate::controls::field::FieldCompletion;
use crate::controls::notices::use_notices;
use crate::state::capabilities::use_server_capabilities;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::ServiceDraft;
use postmortem::{Capability, Command};

#[component]
pub fn Services() -> impl IntoView {
    let (open, notices, capabilities) = (use_open(), use_notices(), use_server_capabilities());
    let services = Memo::new(move |_| open.parts.details.with(|details| details.services.join(", ")));
    let commit = Callback::new(move |text: String| {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        open.try_edit(&Command::SetServices(names))
    });
    let chosen = Callback::new(move |suggestion: Suggestion| {
        // The name stands in the field already, whether the team's list takes it or not.
        if let Suggestion::NewService(name) = suggestion {
            spawn_local(async move {
                let added = services::create(&ServiceDraft { name, ..ServiceDraft::default() }).await;
                let told = match added {
                    Ok(service) => format!("{} is one of the team’s services now.", service.name),
                    Err(problem) => problem.to_string(),
                };
                notices.toast(told, None);
            });
        }
    });
    let kind = CompletionKind {
        may_add: Signal::derive(move || capabilities.may(Capability::Curate)),
        ..CompletionKind::free(Source::Services)
    };
    view! {
        <div class="finds">
            <EditInPlace
                label="Services"
                shown=Signal::derive(move || Some(services.get()).filter(|services| !services.is_empty()))
                placeholder="Name them"
                typed=services
                commit
                example="Separated by commas"
                completion=FieldCompletion { id: "services".to_owned(), kind, is_list: true, chosen }
            />
        </div>
    }
    .into_any()
}
