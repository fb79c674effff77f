//! The task that runs one room: it waits for what arrives or is due, hands it to the room as a turn, and carries out what
//! the room leaves to it. It waits for nothing but its inbox.

use super::{Input, LiveRoom, Order, STOPPING, Turned};
use crate::store::Store;
use crate::sync::connection_permits::Permits;
use crate::sync::inbox::{ConnectionMessage, Control, HeadWanted};
use crate::sync::registry::Registry;
use crate::sync::saver::DiskState;
use postmortem::PostmortemId;
use postmortem::api::close_code;
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::sleep_until;

/// The most messages of one turn, so that what was accepted is settled while more arrives.
const LONGEST_TURN: usize = 256;

pub(in crate::sync) struct RoomTask {
    pub id: PostmortemId,
    pub number: u64,
    pub registry: Registry,
    pub permits: Permits,
    pub store: Store,
    /// What is known of the disk.
    pub storage: watch::Receiver<DiskState>,
    /// Where the fold reports to.
    pub own: mpsc::UnboundedSender<Control>,
    pub room: LiveRoom,
    /// Where is decided what somebody may set.
    pub wanted: broadcast::Sender<HeadWanted>,
}

impl RoomTask {
    /// Lives until nobody needs the room any more.
    pub async fn run(
        mut self,
        mut controls: mpsc::UnboundedReceiver<Control>,
        mut messages: mpsc::Receiver<ConnectionMessage>,
    ) {
        let parting = loop {
            let deadline = self.room.next_deadline();
            let first = tokio::select! {
                biased;
                Some(control) = controls.recv() => Input::Control(control),
                Ok(()) = self.storage.changed() => Input::Storage(*self.storage.borrow_and_update()),
                Some(message) = messages.recv() => Input::Message(message),
                () = sleep_until(deadline) => Input::Tick,
            };
            let others = (0..LONGEST_TURN).map_while(|count| waiting(&mut controls, &mut messages, count % 2 == 0));
            let arrived = iter::once(first).chain(others);
            let Ok(turned) = catch_unwind(AssertUnwindSafe(|| self.room.turn(arrived))) else {
                tracing::error!(postmortem = %self.id, "the room panicked and is closed");
                self.registry.abandon(&self.id, self.number);
                break self.room.abandon();
            };
            self.carry_out_orders();
            match turned {
                Turned::Lives => {}
                Turned::Rests => {
                    if self.registry.retire(&self.id, self.number) {
                        break self.room.parting();
                    }
                }
                Turned::Ends => {
                    self.registry.forget(&self.id, self.number);
                    break self.room.parting();
                }
            }
        };
        // Whoever was about to join is not left without a word.
        messages.close();
        while let Ok(message) = messages.try_recv() {
            if let ConnectionMessage::Join { outgoing, .. } = message {
                outgoing.close(parting.0, parting.1);
            }
        }
    }

    fn carry_out_orders(&mut self) {
        for order in self.room.take_orders() {
            match order {
                Order::Fold(fold) => {
                    let (store, id, own) = (self.store.clone(), self.id.clone(), self.own.clone());
                    tokio::spawn(async move {
                        let sequence = fold.sequence;
                        let result = fold.run(&store, &id).await;
                        drop(own.send(Control::Folded { sequence, result }));
                    });
                }
                // Nobody decides any more when the server stops: the copies that brought it have it still.
                Order::Judge(wanted) => drop(self.wanted.send(wanted)),
                Order::Dismiss(outgoing) => {
                    outgoing.dismiss(close_code::RESTARTING, STOPPING, self.permits.comes_back_after())
                }
            }
        }
    }
}

/// The next that has arrived. What the server asks and what connections send take turns, so that neither waits for all of
/// the other.
fn waiting(
    controls: &mut mpsc::UnboundedReceiver<Control>,
    messages: &mut mpsc::Receiver<ConnectionMessage>,
    is_turn_of_messages: bool,
) -> Option<Input> {
    let first = if is_turn_of_messages { messages.try_recv().ok() } else { None };
    let control = || controls.try_recv().ok().map(Input::Control);
    first.map(Input::Message).or_else(control).or_else(|| messages.try_recv().ok().map(Input::Message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::saver::SaveTicket;
    use postmortem::ConnectionId;

    #[test]
    fn what_connections_send_is_taken_in_turn_with_what_the_server_asks() {
        let (control, mut controls) = mpsc::unbounded_channel();
        let (sender, mut messages) = mpsc::channel(8);
        for number in 0..4 {
            control.send(Control::Committed { ticket: SaveTicket(number) }).expect("sent");
            sender.try_send(ConnectionMessage::Leave { connection: ConnectionId(number) }).expect("sent");
        }
        sender.try_send(ConnectionMessage::Leave { connection: ConnectionId(4) }).expect("sent");
        let taken = (0..10).map_while(|count| waiting(&mut controls, &mut messages, count % 2 == 0));
        let are_messages: Vec<bool> = taken.map(|message| matches!(message, Input::Message(_))).collect();
        assert_eq!(are_messages, [true, false, true, false, true, false, true, false, true]);
    }
}
