//! The providers as the page shows them, and what is asked of the server about them.

use crate::client::providers;
use crate::controls::notices::{Notices, use_notices};
use crate::state::capabilities::{CapabilitySignals, use_server_capabilities};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{Provider, Providers};
use postmortem::{Capability, ProviderId};

#[derive(Clone, Copy)]
pub struct Catalogue {
    known: RwSignal<Option<Providers>>,
    failure: RwSignal<Option<String>>,
    capabilities: CapabilitySignals,
    notices: Notices,
}

impl Catalogue {
    /// Asks for the providers as soon as this person may see them.
    pub fn open() -> Self {
        let catalogue = Self {
            known: RwSignal::new(None),
            failure: RwSignal::new(None),
            capabilities: use_server_capabilities(),
            notices: use_notices(),
        };
        Effect::new(move |_| {
            if catalogue.may_manage() {
                catalogue.ask();
            }
        });
        catalogue
    }

    pub fn may_manage(self) -> bool {
        self.capabilities.may(Capability::Manage)
    }

    pub fn ask(self) {
        spawn_local(async move {
            match providers::list().await {
                Ok(listed) => {
                    self.known.try_set(Some(listed));
                    self.failure.try_set(None);
                }
                Err(problem) => drop(self.failure.try_set(Some(problem.to_string()))),
            }
        });
    }

    pub fn providers(self) -> Vec<Provider> {
        self.known.with(|known| known.as_ref().map(|known| known.providers.clone()).unwrap_or_default())
    }

    /// The mail domains of the team.
    pub fn team_domains(self) -> Vec<String> {
        self.known.with(|known| known.as_ref().map(|known| known.team_domains.clone()).unwrap_or_default())
    }

    pub fn has_providers(self) -> bool {
        self.known.with(|known| known.as_ref().is_some_and(|known| !known.providers.is_empty()))
    }

    /// Why the list may not be right.
    pub fn failure(self) -> Option<String> {
        self.failure.get()
    }

    /// The address that a provider has to be told, for a part of it that may still be typed.
    pub fn callback(self, id: &str) -> String {
        let origin = self.known.with(|known| known.as_ref().map(|known| known.origin.clone()).unwrap_or_default());
        format!("{origin}/sign-in/{id}/callback")
    }

    pub fn remove(self, id: ProviderId) {
        spawn_local(async move {
            match providers::delete(&id).await {
                Ok(()) => self.notices.toast("Nobody signs in with it any more. Their accounts stay.", None),
                Err(problem) => drop(self.failure.try_set(Some(problem.to_string()))),
            }
            self.ask();
        });
    }

    /// Says that a provider is kept, and shows it.
    pub fn kept(self, provider: &Provider) {
        self.notices.toast(format!("{} is on the sign-in page", provider.name), None);
        self.ask();
    }
}
