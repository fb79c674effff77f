//! The client's half of the protocol: one for each page, surviving every reconnect. It does no I/O; it says what to
//! send and knows what the server has not yet acknowledged.

use crate::ClientId;
use crate::event::Event;
use crate::limits;
use crate::pieces::pieces;
use crate::presence::{self, Presence, Selection, State, Whereabouts};
use crate::replica::{Changes, Replica};
use crate::wire::{self, Message, WireError};
use bytes::Bytes;
use std::collections::VecDeque;
use std::iter::Sum;

/// What one frame from the server brought.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Received {
    /// What to send back.
    pub frames: Vec<Bytes>,
    /// What changed in the replica.
    pub changes: Vec<Changes>,
    /// The updates that changed it, for a copy that outlives the page.
    pub updates: Vec<Vec<u8>>,
    /// Rows and refusals.
    pub events: Vec<Event>,
    /// Who is where, by client id; `None` for a page that was left.
    pub presences: Vec<(ClientId, Option<Presence>)>,
}

/// The state of one page's conversation with the server.
#[derive(Debug, Clone, Default)]
pub struct Peer {
    connected: bool,
    /// Whether the server has told what it lacks, so that later edits may follow as updates.
    answered: bool,
    /// What the server had when it last said so.
    seen: Vec<u8>,
    /// Whether the server was asked for everything that is lacking here, and has not answered yet.
    asked: bool,
    /// Whether everything that the server had has arrived.
    synced: bool,
    /// Edits that no message of this connection carries yet.
    unsent: Edits,
    /// For each unacknowledged message of this connection, how many edits it carries.
    sent: VecDeque<Edits>,
    /// Messages of this connection that are acknowledged.
    acknowledged: u64,
    presence_clock: u64,
    whereabouts: Whereabouts,
}

/// A number of edits, by whose they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Edits {
    own: usize,
    /// Those of other pages of this browser, which keep them as well.
    others: usize,
}

impl Sum for Edits {
    fn sum<I: Iterator<Item = Self>>(edits: I) -> Self {
        edits.fold(Self::default(), |sum, edits| Self { own: sum.own + edits.own, others: sum.others + edits.others })
    }
}

impl Peer {
    /// Before the first connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// A socket is open: the frames to send first.
    pub fn connected(&mut self, replica: &Replica) -> Vec<Bytes> {
        self.disconnected();
        self.connected = true;
        self.asked = true;
        vec![wire::state_vector(&replica.state_vector()), self.presence_frame(replica.client())]
    }

    /// The socket is gone. What was not acknowledged will be sent again; the server knows what it already has.
    pub fn disconnected(&mut self) {
        self.connected = false;
        self.answered = false;
        self.synced = false;
        self.asked = false;
        self.unsent = self.unacknowledged();
        self.sent.clear();
        self.acknowledged = 0;
    }

    /// Takes in a frame.
    ///
    /// # Errors
    /// When the frame cannot be read; the connection is then of no use.
    pub fn received(&mut self, replica: &Replica, frame: &[u8]) -> Result<Received, WireError> {
        let mut received = Received::default();
        for message in wire::messages(frame) {
            self.apply_message(replica, message?, &mut received)?;
        }
        Ok(received)
    }

    fn apply_message(
        &mut self,
        replica: &Replica,
        message: Message<'_>,
        received: &mut Received,
    ) -> Result<(), WireError> {
        match message {
            Message::StateVector(seen) => {
                self.seen = seen.to_vec();
                received.frames.extend(self.answer(replica)?);
            }
            Message::Missing(update) => {
                received.changes.push(replica.apply(update).map_err(|_| WireError::Unreadable)?);
                received.updates.push(update.to_vec());
                self.synced = true;
                self.asked = false;
            }
            Message::Update(update) => match replica.apply(update) {
                Ok(changes) => {
                    received.changes.push(changes);
                    received.updates.push(update.to_vec());
                }
                // Something was missed. The answer brings all that is lacking, this update with it, and so much of what
                // follows: one question is enough.
                Err(_) if self.asked => {}
                Err(_) => {
                    self.asked = true;
                    received.frames.push(wire::state_vector(&replica.state_vector()));
                }
            },
            Message::Presence(states) => {
                received.presences.extend(presence::decode(states)?.into_iter().map(|state| {
                    let presence = state.json.and_then(|json| serde_json::from_str(&json).ok());
                    (state.client, presence)
                }));
            }
            Message::PresenceQuery => received.frames.push(self.presence_frame(replica.client())),
            Message::Acknowledged(count) => {
                while self.acknowledged < count && self.sent.pop_front().is_some() {
                    self.acknowledged += 1;
                }
            }
            Message::Event(json) => received.events.extend(serde_json::from_str::<Event>(json).ok()),
            Message::Unknown(_) => {}
        }
        Ok(())
    }

    /// Everything that the server lacked when it last said what it has, in messages of which the last carries whatever is
    /// not acknowledged: they are acknowledged in order.
    fn answer(&mut self, replica: &Replica) -> Result<Vec<Bytes>, WireError> {
        let lacking = replica.diff(&self.seen).map_err(|_| WireError::Unreadable)?;
        let pieces = pieces(&lacking, limits::PIECE);
        let edits = self.unacknowledged();
        self.unsent = Edits::default();
        self.sent.iter_mut().for_each(|edits| *edits = Edits::default());
        self.sent.extend(std::iter::repeat_n(Edits::default(), pieces.len() - 1));
        self.sent.push_back(edits);
        self.answered = true;
        let rest = pieces.iter().skip(1).map(|piece| wire::update(piece));
        Ok(pieces.iter().take(1).map(|piece| wire::missing(piece)).chain(rest).collect())
    }

    /// The replica has taken in edits that did not come from the server: kept from an earlier page, or brought in a file.
    /// The frames to send, where a connection is ready for them; otherwise they wait.
    pub fn applied_kept(&mut self, replica: &Replica, edits: usize) -> Vec<Bytes> {
        self.unsent.own += edits;
        self.answer_again(replica)
    }

    /// The same for edits that another page of this browser makes and keeps.
    pub fn applied_of_other_page(&mut self, replica: &Replica, edits: usize) -> Vec<Bytes> {
        self.unsent.others += edits;
        self.answer_again(replica)
    }

    fn answer_again(&mut self, replica: &Replica) -> Vec<Bytes> {
        if !self.answered {
            return Vec::new();
        }
        // The state vector was read once already.
        self.answer(replica).unwrap_or_default()
    }

    /// Whether edits go to the server at once.
    pub fn is_sending(&self) -> bool {
        self.answered
    }

    /// A local edit. The frame to send, where a connection is ready for it; otherwise the edit waits.
    pub fn edited(&mut self, update: &[u8]) -> Option<Bytes> {
        if !self.answered {
            self.unsent.own += 1;
            return None;
        }
        self.sent.push_back(Edits { own: 1, others: 0 });
        Some(wire::update(update))
    }

    /// This page's person moved to a place, perhaps with a selection there. The frame to send, where there is a
    /// connection.
    pub fn moved(&mut self, client: ClientId, place: Option<String>, cursor: Option<Selection>) -> Option<Bytes> {
        self.whereabouts = Whereabouts { place, cursor };
        self.connected.then(|| self.presence_frame(client))
    }

    /// How many edits the server has not acknowledged. While this is 0, everything typed here is on its disk.
    pub fn unsaved(&self) -> usize {
        let Edits { own, others } = self.unacknowledged();
        own + others
    }

    /// How many of them no other page of this browser keeps.
    pub fn own_unsaved(&self) -> usize {
        self.unacknowledged().own
    }

    fn unacknowledged(&self) -> Edits {
        std::iter::once(self.unsent).chain(self.sent.iter().copied()).sum()
    }

    /// Whether the replica holds everything that the server had when this connection began.
    pub fn is_synced(&self) -> bool {
        self.synced
    }

    fn presence_frame(&mut self, client: ClientId) -> Bytes {
        self.presence_clock += 1;
        let json = serde_json::to_string(&self.whereabouts).ok();
        wire::presence(&presence::encode(&[State { client, clock: self.presence_clock, json }]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Severity, create};

    #[test]
    fn edits_of_another_page_are_told_from_ones_own_until_each_is_saved() {
        let begun = create::create(ClientId(7), "Disk full", Severity::Sev2).expect("made");
        let page = Replica::new(ClientId(8));
        page.apply(&begun.diff(&[0]).expect("encoded")).expect("applied");
        let mut peer = Peer::new();
        let unsaved = |peer: &Peer| (peer.unsaved(), peer.own_unsaved());
        assert!(peer.applied_of_other_page(&page, 5).is_empty());
        assert_eq!(unsaved(&peer), (5, 0));
        peer.connected(&page);
        peer.received(&page, &wire::state_vector(&begun.state_vector())).expect("a question");
        let services = page.run(&Command::SetServices(vec!["Mara".into()])).expect("run").update.expect("an update");
        assert!(peer.edited(&services).is_some());
        assert_eq!(unsaved(&peer), (6, 1));
        peer.received(&page, &wire::acknowledged(1)).expect("an acknowledgement");
        assert_eq!(unsaved(&peer), (1, 1), "what the other page made is saved, and her edit is not");
        peer.disconnected();
        assert_eq!(unsaved(&peer), (1, 1));
    }
}
