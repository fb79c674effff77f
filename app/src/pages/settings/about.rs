//! A dialog that is opened about something: one for all rows, since a row may be drawn anew under it.

use leptos::prelude::*;

/// What a dialog is about, and whether it is open.
pub struct About<V: Send + Sync + 'static> {
    pub open: RwSignal<bool>,
    what: RwSignal<Option<V>>,
}

impl<V: Clone + Send + Sync + 'static> About<V> {
    pub fn nothing() -> Self {
        Self { open: RwSignal::new(false), what: RwSignal::new(None) }
    }

    pub fn ask(self, what: V) {
        self.what.set(Some(what));
        self.open.set(true);
    }

    /// What it is about, followed by whoever draws it.
    pub fn get(self) -> Option<V> {
        self.what.get()
    }
}

impl<V: Send + Sync + 'static> Clone for About<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V: Send + Sync + 'static> Copy for About<V> {}
