//! The passkeys of whoever is signed in, as the server lists them.

use crate::client::{RequestError, passkeys};
use crate::controls::notices::{Notices, use_notices};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{Passkey, Passkeys};

/// What is listed, and the way to ask anew.
#[derive(Clone, Copy)]
pub struct OwnPasskeys {
    told: RwSignal<Option<Result<Passkeys, RequestError>>>,
    notices: Notices,
}

impl OwnPasskeys {
    pub fn open() -> Self {
        let own = Self { told: RwSignal::new(None), notices: use_notices() };
        own.ask();
        own
    }

    pub fn ask(self) {
        spawn_local(async move {
            let told = passkeys::list().await;
            self.told.try_set(Some(told));
        });
    }

    /// Says that something was done, and lists them as they are since.
    pub fn tell(self, sentence: String) {
        self.notices.toast(sentence, None);
        self.ask();
    }

    /// What the server told; followed by whoever draws it, as all below.
    pub fn found(self) -> Option<Passkeys> {
        self.told.with(|told| told.as_ref().and_then(|told| told.as_ref().ok()).cloned())
    }

    pub fn listed(self) -> Vec<Passkey> {
        self.found().map(|found| found.passkeys).unwrap_or_default()
    }

    pub fn is_looking(self) -> bool {
        self.told.with(Option::is_none)
    }

    /// Why they could not be listed.
    pub fn failure(self) -> Option<String> {
        self.told.with(|told| told.as_ref().and_then(|told| told.as_ref().err()).map(ToString::to_string))
    }

    /// Removes one, or says why it is still there.
    pub async fn remove(self, passkey: &Passkey) -> Result<(), String> {
        passkeys::delete(&passkey.id).await.map_err(|error| error.to_string())?;
        self.tell(format!("{} is removed. Your other browsers that came in by it are signed out.", passkey.name));
        Ok(())
    }
}
