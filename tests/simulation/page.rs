//! One page in a browser: its replica, its client's half of the protocol, what it keeps in the browser's storage, and what
//! its person sees.

use crate::plan::Dialect;
use crate::{Checked, Violation, clock};
use bytes::Bytes;
use postmortem::presence::{self, State};
use postmortem::wire::{self, Message};
use postmortem::{Changes, ConnectionId, Event, Peer, Replica, TextId, TextUndo};
use std::collections::{BTreeMap, BTreeSet};

/// An edit made in one life of a page: the life, and how many were made in it before.
pub type EditId = (u64, usize);

/// A page.
pub struct Page {
    pub dialect: Dialect,
    /// Tells one life of the page from the next, and is its client id.
    pub life: u64,
    pub replica: Replica,
    pub link: Option<ConnectionId>,
    /// Turns for which it reads nothing.
    pub stalled: usize,
    /// Everything written in this life, in order, as updates.
    pub edits: Vec<Vec<u8>>,
    /// How many of them are known to be on the server's disk.
    pub acknowledged: usize,
    pub undo: BTreeMap<TextId, TextUndo>,
    /// The others that it shows, by client id.
    pub presences: BTreeSet<u64>,
    peer: Peer,
    /// What lies in the browser's storage, in the order in which it was written.
    stored: Vec<Stored>,
    /// How much of it this life began with.
    brought: usize,
    /// The text of a section as its editor shows it, once the document is here: from then on only ever changed by what
    /// the replica reports.
    screen: Option<Vec<u16>>,
    /// Frames with updates that a stock client has sent.
    sent: Vec<Bytes>,
}

/// A write into the browser's storage.
#[derive(Debug, Clone)]
struct Stored {
    update: Vec<u8>,
    /// Which of this life's edits it is; none for what came from others and from lives before, and is saved.
    edit: Option<usize>,
}

/// The section whose editor is open in every page.
pub fn section() -> TextId {
    "sections/overview".parse().expect("a text")
}

impl Page {
    pub fn new(life: u64, dialect: Dialect) -> Self {
        Self {
            dialect,
            life,
            replica: Replica::watched(life),
            link: None,
            stalled: 0,
            edits: Vec::new(),
            acknowledged: 0,
            undo: BTreeMap::new(),
            presences: BTreeSet::new(),
            peer: Peer::new(),
            stored: Vec::new(),
            brought: 0,
            screen: None,
            sent: Vec::new(),
        }
    }

    /// The browser dies and the page is opened again with what was in its storage, under a fresh client id. Returns how
    /// many edits of the life before are not lost with it.
    pub fn reopen(&mut self, life: u64, unwritten: usize) -> usize {
        let mut stored = std::mem::take(&mut self.stored);
        // A stock client stores nothing.
        let kept = if self.dialect == Dialect::Stock { 0 } else { stored.len().saturating_sub(unwritten) };
        stored.truncate(kept.max(self.brought));
        let (acknowledged, dialect) = (self.acknowledged, self.dialect);
        let last = stored.iter().filter_map(|write| write.edit).max();
        *self = Self::new(life, dialect);
        self.brought = stored.len();
        for Stored { update, edit } in stored {
            let changes = self.replica.apply(&update).expect("what is stored is whole");
            self.show(&changes);
            // What is not known to be saved counts as unsaved until the server says so.
            let unsaved = edit.is_some_and(|edit| edit >= acknowledged);
            self.stored.push(Stored { update: update.clone(), edit: unsaved.then_some(self.edits.len()) });
            if unsaved {
                let frames = self.peer.brought(&self.replica, 1);
                assert!(frames.is_empty(), "nothing is sent without a connection");
                self.edits.push(update);
            }
        }
        last.map_or(acknowledged, |last| acknowledged.max(last + 1))
    }

    /// A socket is open: the frames to send first.
    pub fn connected(&mut self) -> Vec<Bytes> {
        match self.dialect {
            Dialect::Debrief => self.peer.connected(&self.replica),
            Dialect::Stock => {
                let state = State { client: self.life, clock: clock() / 1_000 + 1, json: Some("{}".into()) };
                vec![wire::state_vector(&self.replica.state_vector()), wire::presence(&presence::encode(&[state]))]
            }
        }
    }

    /// The socket is gone.
    pub fn disconnected(&mut self) {
        self.link = None;
        self.presences.clear();
        self.peer.disconnected();
    }

    /// An edit was made; the frame to send, where it can be sent now.
    pub fn edited(&mut self, changes: &Changes) -> Option<Bytes> {
        self.show(changes);
        let update = changes.update.clone()?;
        self.stored.push(Stored { update: update.clone(), edit: Some(self.edits.len()) });
        self.edits.push(update.clone());
        match self.dialect {
            Dialect::Debrief => self.peer.edited(&update),
            Dialect::Stock => {
                let frame = self.link.map(|_| wire::update(&update))?;
                self.sent.push(frame.clone());
                Some(frame)
            }
        }
    }

    /// Takes in what another page holds; the frames to send, where they can be sent now.
    pub fn bring(&mut self, update: Vec<u8>) -> Vec<Bytes> {
        if self.dialect == Dialect::Stock {
            return Vec::new();
        }
        let changes = self.replica.apply(&update).expect("what a page holds is whole");
        self.show(&changes);
        self.stored.push(Stored { update: update.clone(), edit: Some(self.edits.len()) });
        self.edits.push(update);
        self.peer.brought(&self.replica, 1)
    }

    /// A frame that a stock client sent before.
    pub fn sent_before(&self, dice: u64) -> Option<Bytes> {
        self.link?;
        let at = dice.checked_rem(self.sent.len() as u64)?;
        self.sent.get(at as usize).cloned()
    }

    /// Takes in a frame; what to send back. `is_durable` tells whether the log holds an update.
    pub fn received(&mut self, frame: &[u8], is_durable: impl Fn(&[u8]) -> bool) -> Result<Vec<Bytes>, Violation> {
        let mut updates = Vec::new();
        for message in wire::messages(frame) {
            if let Message::Missing(update) | Message::Update(update) =
                message.map_err(|error| Violation(format!("page {} cannot read a frame: {error}", self.life)))?
            {
                if !is_durable(update) {
                    return Err(Violation(format!("page {} was shown what is not on disk", self.life)));
                }
                updates.push(update.to_vec());
            }
        }
        let frames = match self.dialect {
            Dialect::Debrief => self.received_by_peer(frame)?,
            Dialect::Stock => self.received_by_stock(frame)?,
        };
        self.stored.extend(updates.into_iter().map(|update| Stored { update, edit: None }));
        Ok(frames)
    }

    fn received_by_peer(&mut self, frame: &[u8]) -> Result<Vec<Bytes>, Violation> {
        let received = self.peer.received(&self.replica, frame);
        let received = received.map_err(|error| Violation(format!("page {}: {error}", self.life)))?;
        // An editor that opens shows all that the frame brought.
        let shown = if self.screen.is_none() { 1 } else { received.changes.len() };
        for changes in received.changes.iter().take(shown) {
            self.show(changes);
        }
        for event in received.events {
            if let Event::Refused { code, message } = event {
                return Err(Violation(format!("an honest page was refused: {code}: {message}")));
            }
        }
        for (client, presence) in received.presences {
            match presence {
                Some(_) if client != self.life => drop(self.presences.insert(client)),
                _ => drop(self.presences.remove(&client)),
            }
        }
        Ok(received.frames)
    }

    fn received_by_stock(&mut self, frame: &[u8]) -> Result<Vec<Bytes>, Violation> {
        let mut frames = Vec::new();
        for message in wire::messages(frame).flatten() {
            match message {
                Message::StateVector(seen) => {
                    frames.push(wire::missing(&self.replica.diff(seen).expect("a state vector")));
                }
                Message::Missing(update) | Message::Update(update) => {
                    let changes = self.replica.apply(update);
                    let changes = changes.map_err(|error| Violation(format!("a stock client was sent: {error}")))?;
                    self.show(&changes);
                }
                _ => {}
            }
        }
        Ok(frames)
    }

    /// Edits that the client now takes for saved, from the last time on. `is_durable` tells whether the log holds an
    /// update.
    pub fn check_saved(&mut self, is_durable: impl Fn(&[u8]) -> bool) -> Checked {
        if self.dialect == Dialect::Stock {
            return Ok(());
        }
        let saved = self.edits.len().checked_sub(self.peer.unsaved());
        let saved = saved.ok_or_else(|| Violation(format!("page {} counts more edits than it made", self.life)))?;
        if saved < self.acknowledged {
            return Err(Violation(format!("page {} takes back that an edit is saved", self.life)));
        }
        for number in self.acknowledged..saved {
            if !is_durable(&self.edits[number]) {
                return Err(Violation(format!("edit {number} of page {} is shown as saved and is not", self.life)));
            }
        }
        self.acknowledged = saved;
        Ok(())
    }

    /// What must hold when everything has arrived.
    pub fn check_rest(&self) -> Checked {
        let text = self.replica.text(&section()).unwrap_or_default();
        if self.screen.as_deref().map(String::from_utf16_lossy).as_ref() != Some(&text) {
            return Err(Violation(format!("the editor of page {} shows something else than its replica", self.life)));
        }
        let is_saved = self.peer.is_synced() && self.peer.unsaved() == 0;
        if self.dialect == Dialect::Debrief && !is_saved {
            return Err(Violation(format!("page {} never comes to be saved", self.life)));
        }
        Ok(())
    }

    /// Puts text changes on the screen, as an editor does.
    fn show(&mut self, changes: &Changes) {
        let Some(screen) = &mut self.screen else {
            self.screen = self.replica.text(&section()).map(|text| text.encode_utf16().collect());
            return;
        };
        for (_, changes) in changes.texts.iter().filter(|(text, _)| *text == section()) {
            for change in changes.iter().rev() {
                let range = change.from as usize..change.to as usize;
                screen.splice(range, change.insert.encode_utf16());
            }
        }
    }
}
