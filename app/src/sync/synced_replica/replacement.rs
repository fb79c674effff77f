//! When the server does not take a copy: another one takes its place, and the text that only it had becomes a file.

use super::super::output::{Afresh, SyncEvent};
use super::SyncedReplica;
use super::files::new_file;
use bytes::Bytes;
use postmortem::leftover::leftover;
use postmortem::wire::WireError;
use postmortem::{ClientId, Peer, Received, Replica};
use std::rc::Rc;

/// The copy that takes the place of one that the server does not take, as soon as it is whole. Until then the old one is
/// on screen, and what is typed into it is kept with the rest of it.
pub(super) struct Replacement {
    replica: Rc<Replica>,
    peer: Peer,
    reason: String,
    /// Whether another tab has found out, and has kept what they have in common.
    is_echo: bool,
    /// Whether the socket that is open now is its own.
    is_on_line: bool,
}

impl Replacement {
    pub(super) fn connected(&mut self) -> Vec<Bytes> {
        self.is_on_line = true;
        self.peer.connected(&self.replica)
    }

    pub(super) fn disconnected(&mut self) {
        self.is_on_line = false;
    }

    /// Applies a frame; nothing where it came over a socket of the copy before. What changed is drawn when all is here.
    pub(super) fn received(&mut self, frame: &[u8]) -> Result<Option<Received>, WireError> {
        if !self.is_on_line {
            return Ok(None);
        }
        let received = self.peer.received(&self.replica, frame)?;
        Ok(Some(Received { changes: Vec::new(), updates: Vec::new(), ..received }))
    }

    pub(super) fn client(&self) -> ClientId {
        self.replica.client()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.peer.is_synced()
    }
}

impl SyncedReplica {
    /// The server does not take this copy. Whatever builds on what it refused would be refused as well, so a copy of the
    /// server's own takes its place.
    pub(super) fn begin_replacement(&mut self, reason: String, is_echo: bool) {
        if self.replacement.is_none() {
            let is_echo = is_echo && self.peer.own_unsaved() == 0;
            self.peer.disconnected();
            let replica = Rc::new(Replica::watched((self.sources.client_id)()));
            self.replacement = Some(Replacement { replica, peer: Peer::new(), reason, is_echo, is_on_line: false });
        }
    }

    pub(super) fn replace(&mut self, replacement: Replacement) {
        let held = std::mem::replace(&mut self.replica, replacement.replica);
        self.peer = replacement.peer;
        let waiting = Some(self.waiting.words()).filter(|words| !words.is_empty());
        self.forget_waiting();
        let lost = leftover(&held.read().postmortem, &self.replica.read().postmortem);
        let lost: Vec<String> = lost.into_iter().chain(waiting).filter(|_| !replacement.is_echo).collect();
        let lost = (!lost.is_empty()).then(|| lost.join("\n\n"));
        let file = lost.map(|text| new_file(&replacement.reason, text, self.sources));
        self.start_afresh(Afresh { file, tells: !replacement.is_echo, ..Afresh::default() });
        self.texts.begin_anew(&self.replica, self.sources.clock);
        self.tell(SyncEvent::Replaced);
        self.tell_place();
    }
}
