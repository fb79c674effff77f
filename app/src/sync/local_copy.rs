//! The copy of a post-mortem in this browser: what of it is kept, and when. Edits are kept as they are made, what others
//! wrote before anything that may build on it, and now and then one row takes the place of many.

use super::kept::{KeptFile, RowKey};
use super::output::{Afresh, FoldedCopy, Row, StorageOrder};
use super::standing::WhereKept;
use postmortem::{Event, Generation, Part};
use std::collections::BTreeSet;

/// Rows that are kept before they are folded though somebody types: reading them all takes a moment when it opens.
const MOST_ROWS: usize = 300;

/// A copy as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Updates that make it when they are applied one after the other.
    pub updates: Vec<Vec<u8>>,
    /// How many rows they were kept in.
    pub rows: usize,
    /// Edits among them that may not be on the server.
    pub edits: usize,
    /// What those are edits of; nothing where nobody knows.
    pub parts: Option<BTreeSet<Part>>,
    pub generation: Option<Generation>,
    /// The rows that stand beside the document.
    pub greeting: Vec<Event>,
    /// Files that wait for their person.
    pub kept: Vec<KeptFile>,
}

/// What becomes of what was handed to the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StorageState {
    /// How much is on its way.
    pub pending: usize,
    /// Whether something could not be stored.
    pub has_failed: bool,
    /// Whether rows are being replaced by one.
    pub is_folding: bool,
}

/// Whether the browser gives storage.
#[derive(Debug, Default)]
enum Access {
    /// It has not said yet.
    #[default]
    Opening,
    Denied,
    Given(StorageState),
}

/// What the browser keeps of the open post-mortem.
#[derive(Debug, Default)]
pub struct LocalCopy {
    access: Access,
    /// What came from the server since the last row.
    received: Vec<Vec<u8>>,
    /// Rows since the last fold, and whether one came since the last look.
    rows: usize,
    is_busy: bool,
    /// Whether rows say that edits are not on the server.
    is_marked: bool,
}

impl LocalCopy {
    /// The browser has answered: with what it keeps, or that it gives no storage. One row is what a fold leaves.
    pub fn opened(&mut self, found: Option<&Found>) {
        self.access = match found {
            Some(found) => {
                self.rows = found.rows.saturating_sub(1);
                self.is_marked = found.edits > 0;
                Access::Given(StorageState::default())
            }
            None => Access::Denied,
        };
    }

    /// How the storage stands, as it says itself.
    pub fn stands(&mut self, state: StorageState) {
        if let Access::Given(known) = &mut self.access {
            *known = state;
        }
    }

    /// Where everything is at the moment.
    pub fn storage(&self) -> WhereKept {
        match self.access {
            Access::Opening => WhereKept::Opening,
            Access::Denied | Access::Given(StorageState { has_failed: true, .. }) => WhereKept::Page,
            Access::Given(StorageState { pending: 0, .. }) => WhereKept::Browser,
            Access::Given(_) => WhereKept::Storing,
        }
    }

    /// Whether the browser has given storage.
    pub fn is_given(&self) -> bool {
        matches!(self.access, Access::Given(_))
    }

    /// Updates came from the server. They are there as well, so they are kept with the next row.
    pub fn received(&mut self, updates: Vec<Vec<u8>>) {
        if !matches!(self.access, Access::Denied) {
            self.received.extend(updates);
        }
    }

    /// An edit of this person's. `is_shared` tells the other tabs, which would not hear of it from the server.
    pub fn edited(
        &mut self,
        generation: Option<Generation>,
        update: &[u8],
        parts: &BTreeSet<Part>,
        is_shared: bool,
    ) -> Option<StorageOrder> {
        let Access::Given(state) = &mut self.access else { return None };
        state.pending += 1;
        let mut updates = std::mem::take(&mut self.received);
        updates.push(update.to_vec());
        self.rows += 1;
        self.is_busy = true;
        self.is_marked = true;
        let shared = is_shared.then(|| update.to_vec());
        Some(StorageOrder::Append(Row { generation, updates, edits: 1, parts: parts.clone(), shared }))
    }

    /// Edits of another tab were applied; they are kept in its row.
    pub fn hold(&mut self, row: Option<RowKey>) -> Option<StorageOrder> {
        if self.is_given() {
            self.is_marked = true;
        }
        row.filter(|_| self.is_given()).map(StorageOrder::Hold)
    }

    /// Whether it is time to fold, asked every few seconds; and what else is to be kept. With `is_saved` all edits are on
    /// the server.
    pub fn tick(&mut self, generation: Option<Generation>, is_saved: bool) -> (bool, Option<StorageOrder>) {
        let Access::Given(state) = &mut self.access else { return (false, None) };
        let is_busy = std::mem::take(&mut self.is_busy);
        if state.has_failed || self.rows > MOST_ROWS || (!is_busy && (self.rows > 0 || (is_saved && self.is_marked))) {
            return (true, None);
        }
        if self.received.is_empty() {
            return (false, None);
        }
        state.pending += 1;
        self.rows += 1;
        let updates = std::mem::take(&mut self.received);
        (false, Some(StorageOrder::Append(Row { generation, updates, edits: 0, parts: BTreeSet::new(), shared: None })))
    }

    /// Whether one row does not say all yet.
    pub fn is_unfolded(&self) -> bool {
        self.rows > 0 || self.is_marked || !self.received.is_empty()
    }

    /// Whether rows can be folded now: not while the fold before is under way.
    pub fn can_fold(&self) -> bool {
        matches!(self.access, Access::Given(StorageState { is_folding: false, .. }))
    }

    /// One row in the place of all.
    pub fn fold(&mut self, fold: FoldedCopy) -> StorageOrder {
        if let Access::Given(state) = &mut self.access {
            state.pending += 1;
            state.is_folding = true;
        }
        self.received.clear();
        self.rows = 0;
        self.is_marked = fold.edits > 0 || !fold.is_saved;
        StorageOrder::Fold(fold)
    }

    /// The copy is given up; what only it said becomes a file. Given back where there is no storage to forget it.
    pub fn start_afresh(&mut self, afresh: Afresh) -> Result<StorageOrder, Afresh> {
        self.received.clear();
        self.rows = 0;
        self.is_marked = false;
        if self.is_given() { Ok(StorageOrder::StartAfresh(afresh)) } else { Err(afresh) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(rows: usize, edits: usize) -> LocalCopy {
        let mut copy = LocalCopy::default();
        copy.opened(Some(&Found { rows, edits, ..Found::default() }));
        copy
    }

    #[test]
    fn what_others_wrote_is_kept_before_an_edit_that_may_build_on_it() {
        let mut copy = opened(1, 0);
        copy.received(vec![vec![1], vec![2]]);
        let parts = BTreeSet::from([Part::Details]);
        let order = copy.edited(None, &[3], &parts, true);
        let updates = vec![vec![1], vec![2], vec![3]];
        let row = Row { generation: None, updates, edits: 1, parts: parts.clone(), shared: Some(vec![3]) };
        assert_eq!(order, Some(StorageOrder::Append(row)));
        assert_eq!(copy.storage(), WhereKept::Storing);
        copy.stands(StorageState::default());
        assert_eq!(copy.storage(), WhereKept::Browser);
        assert!(copy.edited(None, &[4], &parts, false).is_some_and(
            |order| matches!(order, StorageOrder::Append(Row { updates, shared: None, .. }) if updates == [[4]])
        ));
    }

    #[test]
    fn rows_are_folded_once_nobody_types_and_not_while_they_are_being_folded() {
        let mut copy = opened(1, 0);
        assert_eq!(copy.tick(None, true), (false, None));
        copy.edited(None, &[1], &BTreeSet::new(), false);
        assert_eq!(copy.tick(None, false), (false, None), "somebody types");
        assert_eq!(copy.tick(None, false), (true, None));
        let update = vec![1];
        copy.fold(FoldedCopy {
            generation: None,
            greeting: Vec::new(),
            update,
            edits: 1,
            parts: None,
            is_saved: false,
        });
        assert!(!copy.can_fold());
        copy.stands(StorageState::default());
        assert!(copy.can_fold() && copy.is_unfolded(), "the row says that an edit is not on the server");
        assert_eq!(copy.tick(None, false), (false, None));
        assert_eq!(copy.tick(None, true), (true, None), "it is there now");
    }

    #[test]
    fn a_row_that_could_not_be_stored_is_stored_with_all_others() {
        let mut copy = opened(1, 0);
        copy.stands(StorageState { has_failed: true, ..StorageState::default() });
        assert_eq!((copy.storage(), copy.tick(None, true)), (WhereKept::Page, (true, None)));
    }

    #[test]
    fn a_browser_without_storage_is_told_nothing() {
        let mut copy = LocalCopy::default();
        assert_eq!(copy.storage(), WhereKept::Opening);
        copy.opened(None);
        copy.received(vec![vec![1]]);
        assert_eq!((copy.edited(None, &[1], &BTreeSet::new(), true), copy.storage()), (None, WhereKept::Page));
        assert_eq!(copy.tick(None, true), (false, None));
        assert!(copy.start_afresh(Afresh::default()).is_err());
    }
}
