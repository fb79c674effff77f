//! A stock Yjs client: it sends what is typed at once, hears of no acknowledgement and stores nothing.

use super::{Shown, next_life, section};
use crate::{Checked, Violation, clock};
use bytes::Bytes;
use postmortem::presence::{self, State};
use postmortem::wire::{self, Message};
use postmortem::{Changes, Command, CommandError, Replica, TextId, TextUndo};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Its document and its socket.
pub struct StockClient {
    pub replica: Rc<Replica>,
    pub frames: Vec<Bytes>,
    is_connected: bool,
    undo: BTreeMap<TextId, TextUndo>,
    /// Frames with updates that it has sent.
    sent: Vec<Bytes>,
}

impl StockClient {
    pub fn new() -> Self {
        let replica = Rc::new(Replica::watched(next_life()));
        Self { replica, frames: Vec::new(), is_connected: false, undo: BTreeMap::new(), sent: Vec::new() }
    }

    pub fn connected(&mut self) {
        self.is_connected = true;
        let state = State { client: self.replica.client(), clock: clock() / 1_000 + 1, json: Some("{}".into()) };
        self.frames.push(wire::state_vector(&self.replica.state_vector()));
        self.frames.push(wire::presence(&presence::encode(&[state])));
    }

    pub fn disconnected(&mut self) {
        self.is_connected = false;
    }

    pub fn run(&mut self, command: &Command, shown: &mut Shown) -> Result<(), CommandError> {
        let changes = self.replica.run(command)?;
        self.edited(changes, shown);
        Ok(())
    }

    pub fn track_undo(&mut self, text: &TextId) {
        if !self.undo.contains_key(text)
            && let Some(undo) = self.replica.track_undo(text, clock)
        {
            self.undo.insert(text.clone(), undo);
        }
    }

    pub fn tracked(&self) -> Vec<TextId> {
        self.undo.keys().cloned().collect()
    }

    pub fn undo(&mut self, text: &TextId, again: bool, shown: &mut Shown) {
        let Some(undo) = self.undo.get_mut(text) else { return };
        let changes = match again {
            true if undo.can_redo() => undo.redo(&self.replica),
            false if undo.can_undo() => undo.undo(&self.replica),
            _ => return,
        };
        self.edited(changes, shown);
    }

    fn edited(&mut self, changes: Changes, shown: &mut Shown) {
        self.show(&changes, shown);
        let Some(update) = changes.update else { return };
        if self.is_connected {
            let frame = wire::update(&update);
            self.sent.push(frame.clone());
            self.frames.push(frame);
        }
        shown.edits.push(update);
    }

    fn show(&self, changes: &Changes, shown: &mut Shown) {
        if shown.screen.is_none() {
            return shown.read(&self.replica);
        }
        for (_, changes) in changes.texts.iter().filter(|(text, _)| *text == section()) {
            shown.change(changes, &self.replica);
        }
    }

    pub fn sent_before(&self, dice: u64) -> Option<Bytes> {
        let at = dice.checked_rem(self.sent.len() as u64)?;
        self.sent.get(at as usize).cloned()
    }

    pub fn received(&mut self, frame: &[u8], shown: &mut Shown) -> Checked {
        for message in wire::messages(frame).flatten() {
            match message {
                Message::StateVector(seen) => {
                    self.frames.push(wire::missing(&self.replica.diff(seen).expect("a state vector")));
                }
                Message::Missing(update) | Message::Update(update) => {
                    let changes = self.replica.apply(update);
                    let changes = changes.map_err(|error| Violation(format!("a stock client was sent: {error}")))?;
                    self.show(&changes, shown);
                }
                _ => {}
            }
        }
        Ok(())
    }
}
