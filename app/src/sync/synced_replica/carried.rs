//! Files that carry a copy elsewhere, and those that come from there.

use super::super::output::{ConnectionOrder, SyncEvent};
use super::SyncedReplica;
use postmortem::carried::{Carried, CarriedError};
use serde_json::json;

impl SyncedReplica {
    /// Everything that this copy holds, as a file to be carried elsewhere.
    ///
    /// # Errors
    /// With a sentence for the person, where there is nothing to carry yet or something waits.
    pub fn carried(&self) -> Result<Carried, CarriedError> {
        Carried::of(&self.id, self.generation, &self.replica, &self.waiting)
    }

    /// Everything that is shown of this copy, comments among it, as a file that the incident log opens, and its name.
    pub fn written(&self) -> (String, String) {
        let mut postmortem = self.replica.read().postmortem;
        if let Some(head) = self.rows.head() {
            postmortem = postmortem.with_head(head);
        }
        let mut value = json!(postmortem);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("id".into(), json!(self.id));
            fields.insert("threads".into(), json!(self.threads()));
        }
        (format!("post-mortem-{}.json", self.id), format!("{value:#}\n"))
    }

    /// Adopts a file from elsewhere, as soon as the document is here or cannot be.
    pub fn carry(&mut self, carried: Carried) {
        self.carried = Some(carried);
        if !self.replica.is_empty() {
            self.adopt_carried();
        }
        self.tell_standing();
    }

    pub(super) fn adopt_carried(&mut self) {
        if !self.is_loaded || self.replacement.is_some() {
            return;
        }
        let Some(carried) = self.carried.take() else { return };
        let merged = carried.merge_into(&self.replica, &self.id, self.generation);
        let merged = merged.map(|changes| {
            let Some(news) = changes.update.clone() else { return false };
            self.generation = Some(carried.generation);
            self.order(ConnectionOrder::NameGeneration(self.generation));
            if let Some(order) = self.copy.edited(self.generation, &news, &changes.parts, true) {
                self.store(order);
            }
            let frames = self.peer.applied_kept(&self.replica, 1);
            self.settle_kept(frames, changes);
            true
        });
        self.tell_arrival();
        self.tell(SyncEvent::CarriedTold(merged));
    }
}
