//! The texts that have an editor: what of them can be undone, and where the caret is.

use super::super::output::{Effect, Output};
use super::super::place::place_of;
use super::SyncedReplica;
use postmortem::presence::Selection;
use postmortem::{Changes, Replica, TextId, TextUndo};
use std::collections::{BTreeSet, HashMap};

/// What the page's editors are about. The undo stack of a text outlives its editor, which comes and goes.
#[derive(Debug, Default)]
pub(super) struct Texts {
    mounted: BTreeSet<TextId>,
    undo: HashMap<TextId, TextUndo>,
    /// Where the caret is.
    pub(super) place: Option<TextId>,
    is_place_due: bool,
}

impl Texts {
    pub(super) fn is_mounted(&self, text: &TextId) -> bool {
        self.mounted.contains(text)
    }

    /// Another replica takes the place of the one before: what was undone or could be was in that one.
    pub(super) fn begin_anew(&mut self, replica: &Replica, clock: fn() -> u64) {
        let undo = self.mounted.iter().filter_map(|text| Some((text.clone(), replica.track_undo(text, clock)?)));
        self.undo = undo.collect();
    }
}

impl SyncedReplica {
    /// An editor shows a text from now on.
    pub fn mounted(&mut self, text: &TextId) {
        if !self.texts.undo.contains_key(text)
            && let Some(undo) = self.replica.track_undo(text, self.sources.clock)
        {
            self.texts.undo.insert(text.clone(), undo);
        }
        self.texts.mounted.insert(text.clone());
    }

    /// No editor shows it any more.
    pub fn unmounted(&mut self, text: &TextId) {
        self.texts.mounted.remove(text);
    }

    /// Takes back this person's latest edit of a text.
    pub fn undo(&mut self, text: &TextId) {
        let undo = self.texts.undo.get_mut(text).filter(|undo| undo.can_undo());
        let changes = undo.map(|undo| undo.undo(&self.replica));
        self.undone(changes);
    }

    /// Makes the latest undone edit of a text again.
    pub fn redo(&mut self, text: &TextId) {
        let undo = self.texts.undo.get_mut(text).filter(|undo| undo.can_redo());
        let changes = undo.map(|undo| undo.redo(&self.replica));
        self.undone(changes);
    }

    fn undone(&mut self, changes: Option<Changes>) {
        if let Some(changes) = changes {
            self.edited(changes, None);
        }
    }

    /// The caret is in a text.
    pub fn placed(&mut self, text: &TextId) {
        self.texts.place = Some(text.clone());
        if !std::mem::replace(&mut self.texts.is_place_due, true) {
            self.outputs.push_back(Output::Effect(Effect::FindCaretSoon));
        }
    }

    /// The caret left a text.
    pub fn left(&mut self, text: &TextId) {
        if self.texts.place.as_ref() == Some(text) {
            self.texts.place = None;
            self.tell_place();
        }
    }

    /// The moment is over for which the caret was left alone.
    pub fn caret_due(&mut self) {
        self.texts.is_place_due = false;
        self.tell_place();
    }

    /// Where the caret stands in a text, with the other end of the selection before it; `None` where no editor shows it.
    pub fn caret_found(&mut self, text: &TextId, selection: Option<(u32, u32)>) {
        if self.texts.place.as_ref() != Some(text) {
            return;
        }
        let cursor = selection.and_then(|(anchor, head)| {
            let anchor = self.replica.sticky(text, anchor)?;
            let head = self.replica.sticky(text, head)?;
            Selection::new(&anchor, &head)
        });
        let frame = self.peer.moved(self.replica.client(), Some(place_of(text)), cursor);
        self.send(frame.into_iter().collect());
    }

    pub(super) fn tell_place(&mut self) {
        match &self.texts.place {
            Some(text) => self.outputs.push_back(Output::Effect(Effect::FindCaret(text.clone()))),
            None => {
                let frame = self.peer.moved(self.replica.client(), None, None);
                self.send(frame.into_iter().collect());
            }
        }
    }
}
