//! The copy in this browser, and files that carry one elsewhere.

use super::succession::new_file;
use super::{Gate, with};
use crate::state::clock;
use crate::state::shelf::Record;
use gloo_timers::callback::Interval;
use postmortem::api::LogRow;
use postmortem::carried::{Carried, CarriedError};
use serde_json::json;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// How often the copy in the browser is looked after. It is folded once nobody has typed for as long.
const TEND_MILLISECONDS: u32 = 3_000;

impl Gate {
    pub(super) fn tend_from_now_on(self: &Rc<Self>) {
        let tended = Rc::downgrade(self);
        let interval = Interval::new(TEND_MILLISECONDS, move || {
            with(&tended, |gate| {
                gate.send_comments();
                if gate.keeping.tend(gate.generation.get(), gate.is_saved()) {
                    gate.fold();
                }
            });
        });
        self.tending.replace(Some(interval));
    }

    pub(super) fn fold_if_due(&self) {
        if self.keeping.is_unfolded() {
            self.fold();
        }
    }

    /// Keeps all in one row. A copy that is about to be given up is not folded: its rows are its history. Nor is one of which
    /// something waits: the row would not hold it.
    pub(super) fn fold(&self) {
        if self.successor.borrow().is_some() || self.replica().is_empty() || !self.waiting.borrow().is_empty() {
            return;
        }
        let rows = self.rows.borrow();
        let replica = self.replica();
        let row = LogRow::of_copy(&self.id, &replica, rows.threads(), clock::now());
        let record = Record {
            generation: self.generation.get(),
            greeting: serde_json::to_string(&rows.greeting()).unwrap_or_default(),
            summary: serde_json::to_string(&row).unwrap_or_default(),
        };
        let edits = self.peer.borrow().own_unsaved();
        self.keeping.fold(&record, &replica, edits, self.is_saved());
    }

    pub(super) fn is_saved(&self) -> bool {
        self.peer.borrow().is_synced() && !self.has_unsaved()
    }

    /// Everything that this copy holds, as a file to be carried elsewhere.
    pub fn carried(&self) -> Result<Carried, CarriedError> {
        Carried::of(&self.id, self.generation.get(), &self.replica(), &self.waiting.borrow())
    }

    /// Everything that the server had is here: what waited for it is taken in. What waits still follows on what is lost, and
    /// its words go to their person. Until the browser has them in a file, its rows hold them.
    pub(super) fn take_waiting(self: &Rc<Self>) {
        let taken = self.waiting.borrow_mut().retry(&self.replica());
        for changes in taken {
            // Its edits were counted when the copy was opened.
            self.bring(changes, 0);
        }
        let words = self.waiting.borrow().words();
        if words.is_empty() {
            self.waiting.take();
        } else if !self.has_handed_out.replace(true) {
            let file = new_file("It follows on something that this browser has lost.", words);
            let gate = self.clone();
            spawn_local(async move {
                if gate.keep_file(file).await {
                    gate.waiting.take();
                    gate.fold();
                }
            });
        }
    }

    /// Everything that is shown of this copy, comments among it, as a file that the incident log opens, and its name.
    pub fn written(&self) -> (String, String) {
        let mut value = json!(self.replica().read().postmortem);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("id".into(), json!(self.id));
            fields.insert("threads".into(), json!(self.shown_threads()));
        }
        (format!("post-mortem-{}.json", self.id), format!("{value:#}\n"))
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
