//! Undo and redo of one's own edits to one text. Edits of others are never undone, and stay where they are.

use super::{Changes, OWN, Replica};
use yrs::undo::{Options, UndoManager};
use yrs::{Doc, TextRef};

/// Edits closer together than this are undone as one.
const TOGETHER_MILLISECONDS: u64 = 500;

/// The undo stack of one text, from the moment tracking began.
pub struct TextUndo {
    manager: UndoManager<()>,
}

impl std::fmt::Debug for TextUndo {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TextUndo")
    }
}

impl TextUndo {
    pub(super) fn new(doc: &Doc, text: &TextRef, clock: fn() -> u64) -> Self {
        let mut manager = UndoManager::with_options(Options {
            capture_timeout_millis: TOGETHER_MILLISECONDS,
            tracked_origins: std::iter::once(OWN.into()).collect(),
            capture_transaction: None,
            timestamp: std::sync::Arc::new(clock),
            init_undo_stack: Vec::new(),
            init_redo_stack: Vec::new(),
        });
        manager.expand_scope(doc, text);
        Self { manager }
    }

    /// Takes back the latest own edit.
    pub fn undo(&mut self, replica: &Replica) -> Changes {
        replica.expect_undo();
        self.manager.undo_blocking();
        replica.observed_changes()
    }

    /// Makes the latest undone edit again.
    pub fn redo(&mut self, replica: &Replica) -> Changes {
        replica.expect_undo();
        self.manager.redo_blocking();
        replica.observed_changes()
    }

    /// Whether there is an own edit to take back.
    pub fn can_undo(&self) -> bool {
        self.manager.can_undo()
    }

    /// Whether there is an undone edit to make again.
    pub fn can_redo(&self) -> bool {
        self.manager.can_redo()
    }
}
