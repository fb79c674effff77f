//! Whether what was typed here is on the server's disk, in words that never promise more than that.

use super::clock;
use super::keeping::Storage;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// The save state as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saving {
    /// The document has not arrived yet.
    Opening,
    /// Everything typed here is acknowledged, last at this time.
    Saved(Option<DateTime<Utc>>),
    /// This many changes are on their way.
    Saving(usize),
    /// No connection; this many changes are kept where the storage says.
    Offline(usize, Storage),
    /// The server cannot save; this many changes are kept where the storage says.
    Failing(usize, Storage),
}

impl Saving {
    /// The words beside the icon.
    pub fn words(&self) -> String {
        match self {
            Self::Opening => "Opening".into(),
            Self::Saved(_) => "Saved".into(),
            Self::Saving(count) => format!("Saving {}", changes(*count)),
            Self::Offline(0, _) => "Offline".into(),
            Self::Offline(count, storage) => format!("Offline, {}", kept(*count, *storage)),
            Self::Failing(count, storage) => format!("Not saved, {}", kept(*count, *storage)),
        }
    }
}

fn kept(count: usize, storage: Storage) -> String {
    let place = if storage == Storage::Browser { "this browser" } else { "this page only" };
    format!("{} kept in {place}", changes(count))
}

fn changes(count: usize) -> String {
    if count == 1 { "1 change".into() } else { format!("{count} changes") }
}

/// How the connection and the copy stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether the server hears this page.
    pub is_connected: bool,
    /// Whether everything that the server has is here.
    pub is_synced: bool,
    /// Whether the server says that it cannot save.
    pub is_failing: bool,
    /// Whether something is known to be in the way of a connection.
    pub is_obstructed: bool,
    /// Edits that the server has not acknowledged.
    pub unsaved: usize,
    /// Where they are kept.
    pub storage: Storage,
}

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
        let state = Memo::new(move |_| shown(standing.get(), arrived.get(), saved_at.get()));
        let has_no_storage = Memo::new(move |_| standing.with(|standing| standing.storage == Storage::Page));
        Self { standing, saved_at, arrived, state, has_no_storage }
    }

    /// Takes over how things stand; called after everything that may have changed it.
    pub fn update(&self, standing: Standing) {
        let Some(before) = self.standing.try_get_untracked() else { return };
        let is_saved = standing.is_connected && standing.is_synced && standing.unsaved == 0;
        if is_saved && (before.unsaved > 0 || self.saved_at.try_get_untracked().flatten().is_none()) {
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

    /// What a copy for readers waits for: it is made from what is on the server's disk.
    pub fn waiting(&self) -> Option<String> {
        let count = self.standing.with(|standing| standing.unsaved);
        (count > 0).then(|| format!("Waiting for {} to be saved", changes(count)))
    }

    /// How many changes would be lost with the page.
    pub fn unsaved_count(&self) -> usize {
        self.standing.try_get_untracked().map_or(0, |standing| standing.unsaved)
    }
}

impl Default for SavingSignals {
    fn default() -> Self {
        Self::new()
    }
}

fn shown(standing: Standing, has_arrived: bool, saved_at: Option<DateTime<Utc>>) -> Saving {
    let Standing { is_connected, is_synced, is_failing, is_obstructed, unsaved, storage } = standing;
    match (is_connected, unsaved) {
        (false, 0) if !has_arrived && !is_obstructed => Saving::Opening,
        (false, count) => Saving::Offline(count, storage),
        (true, 0) if is_synced => Saving::Saved(saved_at),
        (true, 0) => Saving::Opening,
        (true, count) if is_failing => Saving::Failing(count, storage),
        (true, count) => Saving::Saving(count),
    }
}
