//! What of a post-mortem goes onto the shelf, and when: edits as they are made, what others wrote before anything that
//! may build on it, and now and then one row in the place of many.

use super::shelf::{Afresh, KeptFile, Record, Shelf, ShelfState};
use postmortem::{Generation, Replica};
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsValue;

/// Rows that are kept before they are folded though somebody types: reading them all takes a moment when it opens.
const MOST_ROWS: usize = 300;

/// Where what was typed here is kept until the server has it.
/// The worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Storage {
    /// In this browser, all of it.
    Browser,
    /// On its way into the browser's storage.
    Storing,
    /// The browser has not said yet whether it gives storage.
    #[default]
    Opening,
    /// In this page alone: the browser gives no storage, or has none left.
    Page,
}

/// The copy of the open post-mortem in this browser.
#[derive(Default)]
pub struct Keeping {
    shelf: RefCell<Option<Shelf>>,
    is_denied: Cell<bool>,
    /// What came from the server since the last row.
    received: RefCell<Vec<Vec<u8>>>,
    /// Rows since the last fold, and whether one came since the last look.
    rows: Cell<usize>,
    is_busy: Cell<bool>,
    /// Whether rows say that edits are not on the server.
    is_marked: Cell<bool>,
}

impl Keeping {
    /// The browser has answered.
    pub fn opened(&self, shelf: Option<Shelf>) {
        self.is_denied.set(shelf.is_none());
        self.shelf.replace(shelf);
    }

    /// Where everything is at the moment.
    pub fn storage(&self) -> Storage {
        if self.is_denied.get() {
            return Storage::Page;
        }
        match self.shelf.borrow().as_ref().map(Shelf::state) {
            None => Storage::Opening,
            Some(ShelfState { has_failed: true, .. }) => Storage::Page,
            Some(ShelfState { pending: 0, .. }) => Storage::Browser,
            Some(_) => Storage::Storing,
        }
    }

    /// Updates came from the server. They are there as well, so they are kept with the next row.
    pub fn received(&self, updates: Vec<Vec<u8>>) {
        if !self.is_denied.get() {
            self.received.borrow_mut().extend(updates);
        }
    }

    /// An edit of this person's. `is_shared` tells the other tabs, which would not hear of it from the server.
    pub fn edited(&self, generation: Option<Generation>, update: &[u8], is_shared: bool) {
        let shelf = self.shelf.borrow();
        let Some(shelf) = shelf.as_ref() else { return };
        let mut updates = self.received.take();
        updates.push(update.to_vec());
        shelf.add(generation, &updates, 1, is_shared.then_some(update));
        self.rows.set(self.rows.get() + 1);
        self.is_busy.set(true);
        self.is_marked.set(true);
    }

    /// Rows were found, and edits among them that may not be on the server. One row is what a fold leaves.
    pub fn found(&self, rows: usize, edits: usize) {
        self.rows.set(rows.saturating_sub(1));
        self.is_marked.set(edits > 0);
    }

    /// Edits of another tab were taken in; they are kept in its row.
    pub fn hold(&self, row: &JsValue) {
        if let Some(shelf) = self.shelf.borrow().as_ref() {
            shelf.hold(row);
            self.is_marked.set(true);
        }
    }

    /// Looks after the rows every few seconds; whether it is time to fold them. With `is_saved` all edits are on the
    /// server.
    pub fn tend(&self, generation: Option<Generation>, is_saved: bool) -> bool {
        let shelf = self.shelf.borrow();
        let Some(shelf) = shelf.as_ref() else { return false };
        let is_busy = self.is_busy.replace(false);
        let rows = self.rows.get();
        if shelf.state().has_failed
            || rows > MOST_ROWS
            || (!is_busy && (rows > 0 || (is_saved && self.is_marked.get())))
        {
            return true;
        }
        let received = self.received.take();
        if !received.is_empty() {
            shelf.add(generation, &received, 0, None);
            self.rows.set(rows + 1);
        }
        false
    }

    /// Whether one row does not say all yet.
    pub fn is_unfolded(&self) -> bool {
        self.rows.get() > 0 || self.is_marked.get() || !self.received.borrow().is_empty()
    }

    /// One row in the place of all; `edits` of it are not on the server, and with `is_saved` all is. Nothing is done
    /// while the fold before it is under way: it stays due.
    pub fn fold(&self, record: &Record, replica: &Replica, edits: usize, is_saved: bool) {
        let shelf = self.shelf.borrow();
        let Some(shelf) = shelf.as_ref().filter(|shelf| !shelf.state().is_folding) else { return };
        // The state vector of an empty replica always decodes.
        let Ok(everything) = replica.diff(&[0]) else { return };
        self.received.take();
        self.rows.set(0);
        self.is_marked.set(edits > 0 || !is_saved);
        shelf.fold(record, &everything, edits, is_saved);
    }

    /// The copy is given up; what only it said becomes a file.
    pub fn start_afresh(&self, afresh: Afresh, done: impl FnOnce(Option<KeptFile>) + 'static) {
        self.received.take();
        self.rows.set(0);
        self.is_marked.set(false);
        match self.shelf.borrow().as_ref() {
            Some(shelf) => {
                let kept = afresh.file.clone();
                shelf.start_afresh(&afresh, move |key| done(kept.map(|file| KeptFile { key, ..file })));
            }
            None => done(afresh.file),
        }
    }

    /// The person has a file.
    pub fn forget(&self, file: &KeptFile) {
        if let (Some(shelf), Some(key)) = (self.shelf.borrow().as_ref(), file.key) {
            shelf.forget(key);
        }
    }
}
