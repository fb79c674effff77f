//! As whose a gate is connected, and what waits until that is known again.

use super::{GATES, Gate};
use crate::client::{Obstacle, person};
use leptos::prelude::{ArcRwSignal, GetUntracked, Set};

/// How long to wait while the server takes this page for two people: a socket from before a change of the person is gone
/// within a minute, though the network has not told the server of its end.
const LINGER_MILLISECONDS: u32 = 10_000;

thread_local! {
    static UNSENT: ArcRwSignal<usize> = ArcRwSignal::new(0);
}

impl Gate {
    /// The copy is here. It may be another person's, whose page had the same client ids.
    pub(super) fn begin_as_whose_it_is(&self) {
        self.person.replace(person::current());
        let you = self.rows.borrow().you().map(|you| you.id.clone());
        self.has_changed_person.set(you.is_some() && you != person::current());
    }

    /// The next attempt to connect leaves the server time to find the socket from before gone.
    pub(super) fn wait_for_the_socket_before(&self) {
        if let Some(connection) = self.connection.borrow().as_ref() {
            connection.come_back_after(LINGER_MILLISECONDS);
        }
    }

    /// It was found out who this is, or that nobody knows: nothing is sent then.
    fn go_on(&self) {
        let now = person::current();
        let connection = self.connection.borrow();
        let Some(connection) = connection.as_ref() else { return };
        if now.is_none() {
            if !self.is_connected.get() {
                self.obstruct(Some(Obstacle::SignedOut));
            }
            return;
        }
        if *self.obstacle.borrow() == Some(Obstacle::SignedOut) {
            self.obstruct(None);
        }
        if *self.person.borrow() == now {
            connection.go_on();
        } else {
            self.person.replace(now);
            self.has_changed_person.set(true);
            connection.change_person();
        }
    }
}

/// It was found out who this is, or that nobody knows.
pub fn go_on() {
    let gates = GATES.with_borrow(|gates| gates.values().cloned().collect::<Vec<_>>());
    gates.iter().for_each(|gate| gate.go_on());
}

/// How many changes and comments wait here to be sent, in all post-mortems.
pub fn unsent() -> ArcRwSignal<usize> {
    UNSENT.with(ArcRwSignal::clone)
}

/// Counts them again.
pub(super) fn count_unsent() {
    let unsent = unsent();
    let count = GATES.with_borrow(|gates| {
        gates.values().map(|gate| gate.peer.borrow().unsaved() + gate.outbox.len()).sum::<usize>()
    });
    if unsent.get_untracked() != count {
        unsent.set(count);
    }
}
