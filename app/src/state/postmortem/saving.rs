//! The save state as signals: whether what was typed here is on the server's disk.

use crate::browser::clock;
use crate::sync::{Saving, Standing, WhereKept, count_changes};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// What the save state is made of.
#[derive(Clone, Copy)]
pub struct SavingSignals {
    standing: RwSignal<Standing>,
    saved_at: RwSignal<Option<DateTime<Utc>>>,
    /// Whether the document has been here once.
    pub arrived: RwSignal<bool>,
    /// The state as it is shown.
    pub state: Memo<Saving>,
    /// Whether the browser gives no storage, so that nothing outlives the page but what the server has.
    pub has_no_storage: Memo<bool>,
}

impl SavingSignals {
    /// Before the first connection.
    pub fn new() -> Self {
        let (standing, saved_at) = (RwSignal::new(Standing::default()), RwSignal::new(None));
        let arrived = RwSignal::new(false);
        let state = Memo::new(move |_| Saving::of(standing.get(), arrived.get(), saved_at.get()));
        let has_no_storage = Memo::new(move |_| standing.with(|standing| standing.storage == WhereKept::Page));
        Self { standing, saved_at, arrived, state, has_no_storage }
    }

    /// Things stand differently.
    pub fn update(&self, standing: Standing) {
        let Some(before) = self.standing.try_get_untracked() else { return };
        if standing.is_saved() && (before.unsaved > 0 || self.saved_at.try_get_untracked().flatten().is_none()) {
            self.saved_at.set(Some(clock::now()));
        }
        if before != standing {
            self.standing.set(standing);
        }
        if standing.is_connected && standing.is_synced {
            self.arrive();
        }
    }

    /// The document is here. Told once: the page is drawn for it.
    pub fn arrive(&self) {
        if self.arrived.try_get_untracked() == Some(false) {
            self.arrived.set(true);
        }
    }

    /// Why the server cannot be asked for something at the moment.
    pub fn needs_server(&self) -> Option<String> {
        let is_connected = self.standing.with(|standing| standing.is_connected);
        (!is_connected).then(|| "This needs the server, which is not reached at the moment.".to_owned())
    }

    /// What a copy for readers waits for: it is made from what is on the server's disk.
    pub fn waiting(&self) -> Option<String> {
        let count = self.standing.with(|standing| standing.unsaved);
        (count > 0).then(|| format!("Waiting for {} to be saved", count_changes(count)))
    }
}

impl Default for SavingSignals {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_the_server_says_so_while_it_is_not_reached() {
        let owner = Owner::new();
        owner.with(|| {
            let saving = SavingSignals::new();
            assert!(saving.needs_server().is_some());
            saving.update(Standing { is_connected: true, ..Standing::default() });
            assert_eq!(saving.needs_server(), None);
        });
    }
}
