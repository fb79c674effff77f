//! Connections as they come, send and go, and what stands beside the document that each is told: who it is, the threads,
//! the authors, the publication. Of what is long, the next piece goes out when the one before is written.

use super::{LiveRoom, Order};
use crate::sync::inbox::ConnectionMessage;
use crate::sync::outgoing::Outgoing;
use crate::sync::threads::Told;
use postmortem::api::close_code;
use postmortem::{ConnectionId, Event, Participant, RoomEffect, limits, wire};

impl LiveRoom {
    pub(super) fn receive(&mut self, message: ConnectionMessage) {
        let effects = match message {
            ConnectionMessage::Join { connection, participant, address, dialect, held, outgoing } => {
                if self.stopping.is_some() {
                    return self.send_away(outgoing);
                }
                if held.is_some_and(|held| held != self.generation) {
                    return outgoing.close(
                        close_code::OTHER_GENERATION,
                        "This post-mortem was made anew. Keep your copy as a file and open it again.",
                    );
                }
                self.outgoing.insert(connection, outgoing);
                let (greetings, told) = self.greetings(&participant);
                let effects = self.room.join(connection, participant, dialect, greetings);
                self.room.locate(connection, address);
                self.carry_out(effects);
                return self.tell_on(connection, told);
            }
            ConnectionMessage::Frame { connection, frame } => {
                // What a connection sent before it was closed, and we read after, is no longer taken.
                if !self.outgoing.contains_key(&connection) {
                    return;
                }
                self.room.receive(connection, &frame)
            }
            ConnectionMessage::Leave { connection } => {
                self.outgoing.remove(&connection);
                self.told.remove(&connection);
                return self.room.leave(connection);
            }
        };
        self.carry_out(effects);
    }

    /// A connection that had fallen behind has read what waited for it.
    pub(super) fn catch_up(&mut self, connection: ConnectionId) {
        let Some(outgoing) = self.outgoing.get(&connection) else { return };
        outgoing.catch_up();
        let (mut circumstances, told) = self.circumstances();
        circumstances.push(Event::Storage { is_failing: self.is_in_trouble });
        let effects = self.room.catch_up(connection, &circumstances);
        self.carry_out(effects);
        self.tell_on(connection, told);
    }

    /// The next piece for a connection that has read the one before.
    pub(super) fn tell_more(&mut self, connection: ConnectionId) {
        let Some(mut told) = self.told.remove(&connection) else { return };
        let event = match (told.threads, told.authors) {
            (Some(last), _) => {
                let (threads, next) = self.threads.piece(last, self.largest_piece());
                told.threads = next;
                Event::MoreThreads { threads, more: next.is_some() }
            }
            (None, Some(last)) => {
                let authors = self.room.authors();
                told.authors = authors.end_of_piece(Some(last));
                Event::Authors { authors: authors.piece(Some(last)) }
            }
            (None, None) => return,
        };
        self.carry_out(vec![RoomEffect::Send { to: vec![connection], frame: wire::event(&event) }]);
        self.tell_on(connection, told);
    }

    /// Closes a connection because the server stops.
    pub(super) fn send_away(&mut self, outgoing: Outgoing) {
        self.orders.push(Order::Dismiss(outgoing));
    }

    /// The welcome, and what stands beside the document.
    fn greetings(&self, participant: &Participant) -> (Vec<Event>, Told) {
        let mut greetings = vec![Event::Welcome {
            you: participant.person.clone(),
            generation: self.generation,
            capabilities: participant.capabilities,
            receipt: self.receipt.clone(),
        }];
        let (circumstances, told) = self.circumstances();
        greetings.extend(circumstances);
        if self.is_in_trouble {
            greetings.push(Event::Storage { is_failing: true });
        }
        (greetings, told)
    }

    /// What stands beside the document, as it is now: of what is long, the first piece, and how far that goes.
    fn circumstances(&self) -> (Vec<Event>, Told) {
        let (threads, last) = self.threads.piece(0, self.largest_piece());
        let told = Told { threads: last, authors: self.room.authors().end_of_piece(None) };
        let head = Event::Head { row: self.head.clone() };
        let threads = Event::Threads { threads, more: last.is_some() };
        let mut circumstances = vec![head, threads, self.audience.clone(), self.publication.clone()];
        circumstances.extend(self.room.fullness());
        (circumstances, told)
    }

    /// A piece fits into what may wait for one peer.
    fn largest_piece(&self) -> usize {
        limits::THREADS.min(self.setting.queue)
    }

    /// Where a connection was not told everything yet, it is when it has read what waits for it.
    fn tell_on(&mut self, connection: ConnectionId, told: Told) {
        self.told.remove(&connection);
        let is_left = !told.is_all() && self.room.speaks_debrief(connection);
        if let Some(outgoing) = self.outgoing.get(&connection).filter(|_| is_left) {
            outgoing.mark();
            self.told.insert(connection, told);
        }
    }
}
