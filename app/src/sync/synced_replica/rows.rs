//! The local copy: opening it, looking after its rows, and what other tabs do with theirs.

use super::super::kept::RowKey;
use super::super::local_copy::{Found, StorageState};
use super::super::output::{ConnectionOrder, FileContent, FoldedCopy};
use super::super::pending_comments::PendingComment;
use super::SyncedReplica;
use super::files::new_file;
use super::unsent::Unsent;
use postmortem::UserId;

impl SyncedReplica {
    /// The browser has answered what it keeps, or that it gives no storage. It is shown at once, and the server is asked for
    /// the rest, as this person's.
    pub fn copy_opened(&mut self, found: Option<Found>, comments: Vec<PendingComment>, person: Option<UserId>) {
        self.comments.load(comments);
        self.copy.opened(found.as_ref());
        let found = found.unwrap_or_default();
        let has_copy = !found.updates.is_empty();
        self.waiting.adopt(&self.replica, found.updates);
        found.greeting.iter().for_each(|event| self.rows.take(event));
        self.is_loaded = true;
        self.identity.begin(person, self.rows.you().map(|you| you.id.clone()));
        if found.edits > 0 {
            self.unsent = found.parts.map_or(Unsent::Anywhere, Unsent::In);
        }
        self.peer.applied_kept(&self.replica, found.edits);
        self.files.splice(0..0, found.kept);
        if self.page.is_some() {
            self.greet();
        }
        self.generation = found.generation.filter(|_| has_copy);
        self.order(ConnectionOrder::Open(self.generation));
        if has_copy {
            self.adopt_carried();
        }
        self.tell_standing();
    }

    /// How the storage stands, as it says itself.
    pub fn storage_stands(&mut self, state: StorageState) {
        self.copy.stands(state);
        self.tell_standing();
    }

    /// What was kept may be gone, comments that wait among it.
    pub fn storage_doubted(&mut self) {
        self.keep_comments_again();
        self.tell_standing();
    }

    /// A few seconds have passed. A copy is folded once nobody has typed for as long.
    pub fn tick(&mut self) {
        self.send_comments();
        let (is_due, order) = self.copy.tick(self.generation, self.is_saved());
        if let Some(order) = order {
            self.store(order);
        }
        if is_due {
            self.fold();
        }
        self.tell_standing();
    }

    /// Keeps all in one row. A copy that is about to be given up is not folded: its rows are its history. Nor is one of which
    /// something waits: the row would not hold it.
    pub(super) fn fold(&mut self) {
        let is_whole = self.replacement.is_none() && !self.replica.is_empty() && self.waiting.is_empty();
        if !is_whole || !self.copy.can_fold() {
            return;
        }
        // The state vector of an empty replica always decodes.
        let Ok(update) = self.replica.diff(&[0]) else { return };
        let order = self.copy.fold(FoldedCopy {
            generation: self.generation,
            greeting: self.rows.greeting(),
            update,
            edits: self.peer.own_unsaved(),
            parts: self.unsent.parts().cloned(),
            is_saved: self.is_saved(),
        });
        self.store(order);
    }

    /// Everything that the server had is here: what waited for it is applied. What waits still follows on what is lost, and
    /// its words go to their person. Until the browser has them in a file, its rows hold them.
    pub(super) fn retry_waiting(&mut self) {
        for changes in self.waiting.retry(&self.replica) {
            // Its edits were counted when the copy was opened.
            let frames = self.peer.applied_kept(&self.replica, 0);
            self.settle_kept(frames, changes);
        }
        let words = self.waiting.words();
        if words.is_empty() {
            self.forget_waiting();
        } else if !std::mem::replace(&mut self.has_handed_out, true) {
            let file = new_file("It follows on something that this browser has lost.", words, self.sources);
            self.keep_file(file, FileContent::Waiting);
        }
    }

    /// Another tab made edits while it was cut off, and keeps them in a row of its own.
    pub fn other_tab_edited(&mut self, update: &[u8], edits: usize, row: Option<RowKey>) {
        if self.replacement.is_some() {
            return;
        }
        // What builds on edits that this tab has missed comes from the server, or when the page is opened again.
        let Ok(changes) = self.replica.apply(update) else { return };
        if let Some(order) = self.copy.hold(row) {
            self.store(order);
        }
        let frames = self.peer.applied_of_other_page(&self.replica, edits);
        self.settle_kept(frames, changes);
        self.tell_standing();
    }

    /// Another tab has thrown away a copy that the server does not take.
    pub fn other_tab_replaced(&mut self) {
        self.begin_replacement("The server did not take what another tab of this browser sent.".into(), true);
        self.order(ConnectionOrder::Renew);
        self.tell_standing();
    }
}
