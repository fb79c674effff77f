//! What comes over the connection, and what becomes of it.

use super::super::gone::Gone;
use super::super::obstacle::Obstacle;
use super::super::output::{ConnectionOrder, SyncEvent};
use super::SyncedReplica;
use super::replacement::Replacement;
use postmortem::ingest::IngestError;
use postmortem::wire::WireError;
use postmortem::{Event, Postmortem, Received};

/// How long to wait while the server takes this page for two people: a socket from before a change of the person is gone
/// within a minute, though the network has not told the server of its end.
const LINGER_MILLISECONDS: u32 = 10_000;

/// What a refusal asks for.
enum Consequence {
    Nothing,
    /// The server does not take this copy, for this reason.
    Replace(String),
    /// The same may come again later.
    ComeLater,
}

impl SyncedReplica {
    /// A socket is open.
    pub fn connected(&mut self) {
        self.is_connected = true;
        self.tell(SyncEvent::DamageTold(None));
        let frames = match &mut self.replacement {
            Some(replacement) => replacement.connected(),
            None => self.peer.connected(&self.replica),
        };
        self.send(frames);
        self.tell_place();
        self.tell_standing();
    }

    /// The socket is gone.
    pub fn disconnected(&mut self) {
        self.is_connected = false;
        self.is_failing = false;
        self.peer.disconnected();
        if let Some(replacement) = &mut self.replacement {
            replacement.disconnected();
        }
        self.tell(SyncEvent::PresencesGone);
        if !self.identity.is_known() {
            self.obstruct(Some(Obstacle::SignedOut));
        }
        self.adopt_carried();
        self.tell_standing();
    }

    /// A frame came over the socket.
    pub fn received(&mut self, frame: &[u8]) {
        let was_synced = self.peer.is_synced();
        let received = match self.apply_frame(frame) {
            Ok(Some(received)) => received,
            Ok(None) => return,
            // What it held comes again with the next connection.
            Err(_) => return self.order(ConnectionOrder::GiveUp),
        };
        let is_first = !was_synced && self.peer.is_synced();
        self.send(received.frames);
        self.copy.received(received.updates);
        for changes in received.changes {
            self.settle(changes, None);
        }
        let mut consequence = Consequence::Nothing;
        for event in received.events {
            self.rows.take(&event);
            match self.told(&event) {
                Consequence::Nothing => {}
                Consequence::ComeLater if matches!(consequence, Consequence::Replace(_)) => {}
                follows => consequence = follows,
            }
            self.tell(SyncEvent::Told(event));
        }
        // A busy server joins frames, so the generation and the rows beside the document may have come with it.
        if is_first {
            self.in_step();
        }
        // A copy that is to take this one's place is no other page either: an earlier socket of it may linger.
        let own = [Some(self.replica.client()), self.replacement.as_ref().map(Replacement::client)];
        let others = received.presences.into_iter().filter(|(client, _)| !own.contains(&Some(*client)));
        let others: Vec<_> = others.collect();
        if !others.is_empty() {
            self.tell(SyncEvent::PresencesChanged(others));
        }
        self.tell_waiting_comments();
        self.send_comments();
        match consequence {
            Consequence::Nothing => {}
            Consequence::Replace(reason) => {
                self.begin_replacement(reason, false);
                self.order(ConnectionOrder::Renew);
            }
            Consequence::ComeLater => {
                self.order(ConnectionOrder::ComeBackAfter(LINGER_MILLISECONDS));
                self.order(ConnectionOrder::Renew);
            }
        }
        self.tell_standing();
    }

    /// Applies a frame to this copy, or to the one that is to take its place; nothing where it is for neither.
    fn apply_frame(&mut self, frame: &[u8]) -> Result<Option<Received>, WireError> {
        let Some(replacement) = &mut self.replacement else {
            return self.peer.received(&self.replica, frame).map(Some);
        };
        let Some(received) = replacement.received(frame)? else { return Ok(None) };
        if replacement.is_whole()
            && let Some(replacement) = self.replacement.take()
        {
            self.replace(replacement);
        }
        Ok(Some(received))
    }

    /// Everything that the server had is here.
    fn in_step(&mut self) {
        self.obstruct(None);
        self.order(ConnectionOrder::InStep);
        self.retry_waiting();
        self.fold();
        self.adopt_carried();
    }

    fn told(&mut self, event: &Event) -> Consequence {
        match event {
            Event::Welcome { generation, .. } => {
                self.generation = Some(*generation);
                self.order(ConnectionOrder::NameGeneration(self.generation));
            }
            Event::Storage { is_failing } => self.is_failing = *is_failing,
            Event::ComeBack { after_milliseconds } => self.order(ConnectionOrder::ComeBackAfter(*after_milliseconds)),
            // Nothing is wrong with what was sent: it goes again with the next connection.
            Event::Refused { code, .. } if code == IngestError::TooOften.code() => {}
            Event::Refused { code, .. } if code == IngestError::OtherPerson.code() && self.identity.has_changed() => {
                return Consequence::ComeLater;
            }
            Event::Refused { message, .. } => return Consequence::Replace(message.clone()),
            Event::Capabilities { .. }
            | Event::Threads { .. }
            | Event::MoreThreads { .. }
            | Event::Thread { .. }
            | Event::ThreadGone { .. }
            | Event::Comment { .. }
            | Event::CommentGone { .. }
            | Event::Resolution { .. }
            | Event::Authors { .. }
            | Event::Renamed { .. }
            | Event::Head { .. }
            | Event::Publication { .. }
            | Event::Audience { .. }
            | Event::Size { .. }
            | Event::Deleted => {}
        }
        Consequence::Nothing
    }

    /// The document was made anew on the server since this copy was made.
    pub fn outdated(&mut self) {
        self.order(ConnectionOrder::NameGeneration(None));
        self.begin_replacement("This post-mortem was made anew on the server.".into(), false);
        self.tell_standing();
    }

    /// The server cannot read the post-mortem, and says so in a sentence.
    pub fn damaged(&mut self, sentence: String) {
        self.tell(SyncEvent::DamageTold(Some(sentence)));
    }

    /// Something is in the way of a connection. Where requests get through, with the value as it stands on the server.
    pub fn obstructed(&mut self, obstacle: Obstacle, value: Option<Box<Postmortem>>) {
        if obstacle == Obstacle::Missing {
            if self.is_of_another() {
                // It was never there for this person, and nothing says that it is lost.
                self.order(ConnectionOrder::End);
                return self.gone(Gone::ClosedToYou);
            }
            if self.is_blank() {
                self.order(ConnectionOrder::End);
                return self.gone(Gone::NotHere);
            }
        }
        self.obstruct(Some(obstacle));
        if let Some(value) = value {
            self.tell(SyncEvent::SeenFromAfar(value));
        }
        self.tell_standing();
    }

    pub(super) fn obstruct(&mut self, obstacle: Option<Obstacle>) {
        if self.obstacle != obstacle {
            self.obstacle.clone_from(&obstacle);
            self.tell(SyncEvent::ObstacleChanged(obstacle));
        }
    }
}
