//! As whose a copy is connected, and what waits until that is known again.

use super::super::obstacle::Obstacle;
use super::super::output::ConnectionOrder;
use super::SyncedReplica;
use postmortem::UserId;

/// Whose copy it is.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// As whose it was connected last.
    person: Option<UserId>,
    is_known: bool,
    /// Whether it was another's before, whose socket may linger at the server.
    has_changed: bool,
}

impl Identity {
    /// The copy is here, which was last `before`'s: it may be another person's, whose page had the same client ids.
    pub(super) fn begin(&mut self, now: Option<UserId>, before: Option<UserId>) {
        self.has_changed = before.is_some() && before != now;
        self.is_known = now.is_some();
        self.person = now;
    }

    /// Whether it is known who this is. Nothing is sent while it is not.
    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }

    pub(super) fn has_changed(&self) -> bool {
        self.has_changed
    }
}

impl SyncedReplica {
    /// It was found out who this is, or that nobody knows: nothing is sent then.
    pub fn person_found(&mut self, now: Option<UserId>) {
        if !self.is_loaded {
            return;
        }
        self.identity.is_known = now.is_some();
        if now.is_none() {
            if !self.is_connected {
                self.obstruct(Some(Obstacle::SignedOut));
            }
        } else {
            if self.obstacle == Some(Obstacle::SignedOut) {
                self.obstruct(None);
            }
            if self.identity.person == now {
                self.order(ConnectionOrder::GoOn);
            } else {
                self.identity.person = now;
                self.identity.has_changed = true;
                self.order(ConnectionOrder::ChangePerson);
            }
        }
        self.tell_standing();
    }

    /// Whether the server greeted somebody else last at this copy.
    pub(super) fn is_of_another(&self) -> bool {
        let both = self.rows.you().zip(self.identity.person.as_ref());
        both.is_some_and(|(you, person)| you.id != *person)
    }

    /// The server has no session of this copy's person.
    pub fn signed_out(&mut self) {
        self.obstruct(Some(Obstacle::SignedOut));
        self.tell_standing();
    }
}
