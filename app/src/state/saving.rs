//! Whether what was typed here is on the server's disk, in words that never promise more than that.

use super::clock;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::peer::Peer;

/// The save state as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saving {
    /// The document has not arrived yet.
    Opening,
    /// Everything typed here is acknowledged, last at this time.
    Saved(Option<DateTime<Utc>>),
    /// This many changes are on their way.
    Saving(usize),
    /// No connection; this many changes are kept in this page.
    Offline(usize),
    /// The server refused a change, and why.
    Refused(String),
}

impl Saving {
    /// The words beside the icon.
    pub fn words(&self) -> String {
        match self {
            Self::Opening => "Opening".into(),
            Self::Saved(_) => "Saved".into(),
            Self::Saving(count) => format!("Saving {}", changes(*count)),
            Self::Offline(count) => offline_words(*count),
            Self::Refused(reason) => format!("Not saved: {reason}"),
        }
    }
}

/// "Offline", with the number kept where there is one.
pub fn offline_words(count: usize) -> String {
    if count == 0 { "Offline".into() } else { format!("Offline, {} kept in this page", changes(count)) }
}

fn changes(count: usize) -> String {
    if count == 1 { "1 change".into() } else { format!("{count} changes") }
}

/// What the save state is made of.
#[derive(Clone, Copy)]
pub struct SavingSignals {
    connected: RwSignal<bool>,
    synced: RwSignal<bool>,
    unsaved: RwSignal<usize>,
    saved_at: RwSignal<Option<DateTime<Utc>>>,
    refused: RwSignal<Option<String>>,
    /// Whether the document has been here once.
    pub arrived: RwSignal<bool>,
    /// The state as it is shown.
    pub state: Memo<Saving>,
}

impl SavingSignals {
    /// Before the first connection.
    pub fn new() -> Self {
        let (connected, synced) = (RwSignal::new(false), RwSignal::new(false));
        let (unsaved, saved_at) = (RwSignal::new(0), RwSignal::new(None));
        let (refused, arrived) = (RwSignal::new(None), RwSignal::new(false));
        let state = Memo::new(move |_| {
            if let Some(reason) = refused.get() {
                return Saving::Refused(reason);
            }
            match (connected.get(), unsaved.get()) {
                (false, 0) if !arrived.get() => Saving::Opening,
                (false, count) => Saving::Offline(count),
                (true, 0) if synced.get() => Saving::Saved(saved_at.get()),
                (true, 0) => Saving::Opening,
                (true, count) => Saving::Saving(count),
            }
        });
        Self { connected, synced, unsaved, saved_at, refused, arrived, state }
    }

    /// Takes over the connection's state; called after everything that may have changed it.
    pub fn update(&self, is_connected: bool, peer: &Peer) {
        set_if_changed(self.connected, is_connected);
        let is_synced = is_connected && peer.is_synced();
        let unsaved = peer.unsaved();
        let was_unsaved = self.unsaved.try_get_untracked().unwrap_or(0);
        if unsaved == 0 && is_synced && (was_unsaved > 0 || self.saved_at.try_get_untracked().flatten().is_none()) {
            self.saved_at.set(Some(clock::now()));
        }
        set_if_changed(self.synced, is_synced);
        set_if_changed(self.unsaved, unsaved);
        if is_synced {
            set_if_changed(self.arrived, true);
        }
    }

    /// The server refused a change; nothing after it can be saved from this page.
    pub fn refuse(&self, reason: String) {
        self.refused.set(Some(reason));
    }

    /// What a copy for readers waits for: it is made from what is on the server's disk.
    pub fn waiting(&self) -> Option<String> {
        let count = self.unsaved.get();
        (count > 0).then(|| format!("Waiting for {} to be saved", changes(count)))
    }

    /// How many changes would be lost with the page.
    pub fn unsaved_count(&self) -> usize {
        self.unsaved.try_get_untracked().unwrap_or(0)
    }
}

impl Default for SavingSignals {
    fn default() -> Self {
        Self::new()
    }
}

fn set_if_changed<T: PartialEq + Clone + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|old| *old != value).unwrap_or(false) {
        signal.set(value);
    }
}
