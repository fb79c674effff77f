//! The copy in this browser, and files that carry one elsewhere.

use super::{Gate, with};
use crate::client::listener::Listener;
use crate::client::postmortems::Summary;
use crate::state::clock;
use crate::state::shelf::Record;
use gloo_timers::callback::Interval;
use leptos::prelude::document;
use postmortem::carried::Carried;
use std::rc::Rc;

/// How often the copy in the browser is looked after. It is folded once nobody has typed for as long.
const TEND_MILLISECONDS: u32 = 3_000;

impl Gate {
    pub(super) fn tend_from_now_on(self: &Rc<Self>) {
        let (tended, hidden) = (Rc::downgrade(self), Rc::downgrade(self));
        let interval = Interval::new(TEND_MILLISECONDS, move || {
            with(&tended, |gate| {
                gate.send_comments();
                if gate.keeping.tend(gate.generation.get(), gate.is_saved()) {
                    gate.fold();
                }
            });
        });
        // The last that a page hears for certain; what follows may be its end.
        let listener = Listener::new(&document(), "visibilitychange", move |_| {
            if document().hidden() {
                with(&hidden, |gate| gate.fold_if_due());
            }
        });
        self.tending.replace(Some((interval, listener)));
    }

    pub(super) fn fold_if_due(&self) {
        if self.keeping.is_unfolded() {
            self.fold();
        }
    }

    /// Keeps all in one row. A copy that is about to be given up is not folded: its rows are its history.
    pub(super) fn fold(&self) {
        if self.successor.borrow().is_some() || self.replica().is_empty() {
            return;
        }
        let rows = self.rows.borrow();
        let replica = self.replica();
        let summary = Summary::of(&self.id, &replica, rows.threads(), clock::now());
        let record = Record {
            generation: self.generation.get(),
            greeting: serde_json::to_string(&rows.greeting()).unwrap_or_default(),
            summary: serde_json::to_string(&summary).unwrap_or_default(),
        };
        let edits = self.peer.borrow().unsaved().saturating_sub(self.borrowed.get());
        self.keeping.fold(&record, &replica, edits, self.is_saved());
    }

    pub(super) fn is_saved(&self) -> bool {
        self.peer.borrow().is_synced() && !self.has_unsaved()
    }

    /// Everything that this copy holds, as a file to be carried elsewhere.
    pub fn carried(&self) -> Option<Carried> {
        let (generation, update) = (self.generation.get()?, self.replica().diff(&[0]).ok()?);
        Some(Carried { postmortem: self.id.clone(), generation, update })
    }

    /// Takes in a file from elsewhere, as soon as the document is here or cannot be.
    pub fn carry(self: &Rc<Self>, carried: Carried) {
        self.carried.replace(Some(carried));
        if !self.replica().is_empty() {
            self.take_carried();
        }
    }

    pub(super) fn take_carried(self: &Rc<Self>) {
        if !self.is_loaded.get() || self.successor.borrow().is_some() {
            return;
        }
        let Some(carried) = self.carried.take() else { return };
        let merged = carried.merge_into(&self.replica(), &self.id, self.generation.get());
        if let Ok(changes) = &merged
            && let Some(news) = &changes.update
        {
            self.generation.set(Some(carried.generation));
            if let Some(connection) = self.connection.borrow().as_ref() {
                connection.name_generation(Some(carried.generation));
            }
            self.keeping.edited(self.generation.get(), news, true);
            self.bring(changes.clone(), 1);
        }
        if let Some(page) = self.page() {
            if !self.replica().is_empty() {
                page.saving.arrive();
            }
            page.tell_carried(merged.map(|changes| changes.update.is_some()));
        }
    }
}
