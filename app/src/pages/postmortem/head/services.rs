//! The services that the incident was in: names between commas, completed from those of the team. What is chosen, or typed as
//! another name of a service, gets the team's own name; everything else stays as it is written.

use crate::client::services;
use crate::controls::completion::{CompletionKind, Source, Suggestion};
use crate::controls::edit_in_place::EditInPlace;
use crate::controls::field::FieldCompletion;
use crate::controls::notices::{Notices, use_notices};
use crate::state::capabilities::use_server_capabilities;
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::ServiceDraft;
use postmortem::{Capability, Command};

/// How many names of one change are looked up: those of a list that somebody pastes are known to them.
const LOOKED_UP: usize = 10;

/// Writes services by the team's own name that were typed by another one. Without the server they stay as they are.
async fn name_properly(open: OpenPostmortem, notices: Notices, typed: Vec<String>) {
    for typed in typed {
        let Ok(found) = Source::Services.named(&typed, &[]).await else { return };
        let [Suggestion::Service(service)] = found.as_slice() else { continue };
        let Some(now) = open.parts.details.try_with_untracked(|details| details.services.clone()) else { return };
        if let Some(named) = renamed(&now, &typed, &service.name)
            && open.try_edit(&Command::SetServices(named)).is_ok()
        {
            notices.toast(format!("“{typed}” is {}, and is written so.", service.name), None);
        }
    }
}

/// The services with one under its own name, once; nothing where that changes none.
fn renamed(services: &[String], typed: &str, own: &str) -> Option<Vec<String>> {
    let mut named: Vec<String> = Vec::new();
    for service in services {
        let name = if service == typed { own } else { service };
        if !named.iter().any(|known| known == name) {
            named.push(name.to_owned());
        }
    }
    (named != services).then_some(named)
}

#[component]
pub fn Services() -> impl IntoView {
    let (open, notices, capabilities) = (use_open(), use_notices(), use_server_capabilities());
    let services = Memo::new(move |_| open.parts.details.with(|details| details.services.join(", ")));
    let commit = Callback::new(move |text: String| {
        let names: Vec<String> =
            text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let before = open.parts.details.with_untracked(|details| details.services.clone());
        let fresh = names.iter().filter(|name| !before.contains(name)).take(LOOKED_UP).cloned().collect();
        open.try_edit(&Command::SetServices(names))?;
        spawn_local(name_properly(open, notices, fresh));
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_written_by_its_own_name_once() {
        let services = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let typed = services(&["Gateway", "kasse"]);
        assert_eq!(renamed(&typed, "kasse", "Payments"), Some(services(&["Gateway", "Payments"])));
        assert_eq!(renamed(&services(&["Payments", "kasse"]), "kasse", "Payments"), Some(services(&["Payments"])));
        assert_eq!(renamed(&typed, "Gateway", "Gateway"), None);
        assert_eq!(renamed(&typed, "gone", "Payments"), None, "it was changed meanwhile");
    }
}
