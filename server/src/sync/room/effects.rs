//! Carries out what the state machine decides: frames into the queues of connections, updates to the saver, connections
//! closed.

use super::{LiveRoom, Order};
use crate::sync::inbox::HeadWanted;
use crate::sync::outgoing::Sent;
use crate::sync::saver::{Append, SaveTicket};
use postmortem::api::close_code;
use postmortem::{ConnectionId, RoomEffect};
use std::time::Duration;

/// What a frame and a byte of presence cost, by which people's moves are told less often the more of them there are: two
/// carets move as they are typed with, and two hundred some three times a second.
const FRAME_COST: Duration = Duration::from_micros(50);
const BYTE_COST: Duration = Duration::from_nanos(50);

impl LiveRoom {
    pub(super) fn carry_out(&mut self, effects: Vec<RoomEffect>) {
        for effect in effects {
            match effect {
                RoomEffect::Send { to, frame } => {
                    for connection in to {
                        let sent = self.outgoing.get(&connection).map(|outgoing| outgoing.send(frame.clone()));
                        self.see_to(connection, sent);
                    }
                }
                RoomEffect::Answer { to, frames } => {
                    let sent = self.outgoing.get(&to).map(|outgoing| outgoing.answer(frames));
                    self.see_to(to, sent);
                }
                RoomEffect::Broadcast { to, frame } => {
                    for connection in to {
                        let sent = self.outgoing.get(&connection).map(|outgoing| outgoing.broadcast(frame.clone()));
                        self.see_to(connection, sent);
                    }
                }
                RoomEffect::Append { sequence, update, authors } => {
                    let ticket = SaveTicket(sequence);
                    self.sequence = self.sequence.next();
                    self.under_way.push_back((ticket, self.now()));
                    self.setting.saver.append(Append {
                        postmortem: self.setting.id.clone(),
                        sequence: self.sequence,
                        update,
                        authors,
                        ticket,
                        room: self.setting.own.clone(),
                    });
                }
                RoomEffect::HeadWanted { by, status, owner } => {
                    let postmortem = self.setting.id.clone();
                    self.orders.push(Order::Judge(HeadWanted { postmortem, by, status, owner }));
                }
                RoomEffect::Close { to, code, reason } => {
                    if let Some(outgoing) = self.outgoing.remove(&to) {
                        outgoing.close(code, &reason);
                        self.room.leave(to);
                    }
                }
            }
        }
    }

    /// Does what a peer that reads too slowly makes necessary.
    fn see_to(&mut self, connection: ConnectionId, sent: Option<Sent>) {
        match sent {
            None | Some(Sent::Queued | Sent::Withheld) => {}
            Some(Sent::FallsBehind) => {
                self.setting.saver.metrics().lagging.inc();
                self.room.fall_behind(connection);
            }
            Some(Sent::Overflows) => {
                self.room.leave(connection);
                if let Some(outgoing) = self.outgoing.remove(&connection) {
                    outgoing
                        .cut(close_code::TRY_AGAIN, "Too much waits for this connection. Connect again to catch up.");
                }
            }
        }
    }
}

/// How long telling people of presence takes those who pass it on, and for how long they are left alone after it.
pub(super) fn cost(effects: &[RoomEffect]) -> Duration {
    let cost = |effect: &RoomEffect| match effect {
        RoomEffect::Broadcast { to, frame } => {
            let bytes = u32::try_from(frame.len()).unwrap_or(u32::MAX);
            (FRAME_COST + BYTE_COST * bytes) * u32::try_from(to.len()).unwrap_or(u32::MAX)
        }
        RoomEffect::Send { .. }
        | RoomEffect::Answer { .. }
        | RoomEffect::Append { .. }
        | RoomEffect::HeadWanted { .. }
        | RoomEffect::Close { .. } => Duration::ZERO,
    };
    effects.iter().map(cost).sum()
}
