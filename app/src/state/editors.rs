//! The mounted text editors of the open post-mortem, so that a change of a shared text reaches the editor that shows
//! it. The undo stack of a text is kept here too: it outlives an entry's editor, which comes and goes.

use crate::editor::bridge::Editor;
use postmortem::{Changes, Replica, TextChange, TextId, TextUndo};
use std::collections::HashMap;

/// The editors by the text that they show; a text has at most one.
#[derive(Default)]
pub struct Editors {
    mounted: HashMap<TextId, Editor>,
    undo: HashMap<TextId, TextUndo>,
}

impl Editors {
    /// Registers the editor that shows `text` from now on.
    pub fn mount(&mut self, text: TextId, editor: Editor, undo: impl FnOnce() -> Option<TextUndo>) {
        if !self.undo.contains_key(&text)
            && let Some(undo) = undo()
        {
            self.undo.insert(text.clone(), undo);
        }
        self.mounted.insert(text, editor);
    }

    /// Forgets the editor of `text`, when it is still this one.
    pub fn unmount(&mut self, text: &TextId, editor: &Editor) {
        if self.mounted.get(text).is_some_and(|mounted| mounted == editor) {
            self.mounted.remove(text);
        }
    }

    /// Another replica takes the place of the one before: what was undone or could be was in that one. The editors
    /// that are mounted.
    pub fn renew(&mut self, undo: impl Fn(&TextId) -> Option<TextUndo>) -> Vec<(TextId, Editor)> {
        self.undo = self.mounted.keys().filter_map(|text| Some((text.clone(), undo(text)?))).collect();
        self.mounted.iter().map(|(text, editor)| (text.clone(), editor.clone())).collect()
    }

    /// The editor of a text.
    pub fn of(&self, text: &TextId) -> Option<Editor> {
        self.mounted.get(text).cloned()
    }

    /// The editors that a change reaches, with their deltas; `origin` has it already, because it was typed there.
    pub fn reached(
        &self,
        texts: Vec<(TextId, Vec<TextChange>)>,
        origin: Option<&TextId>,
    ) -> Vec<(TextId, Editor, Vec<TextChange>)> {
        texts
            .into_iter()
            .filter(|(text, _)| origin != Some(text))
            .filter_map(|(text, changes)| self.of(&text).map(|editor| (text, editor, changes)))
            .collect()
    }

    /// Takes back this person's latest edit of a text.
    pub fn undo(&mut self, text: &TextId, replica: &Replica) -> Option<Changes> {
        self.undo.get_mut(text).filter(|undo| undo.can_undo()).map(|undo| undo.undo(replica))
    }

    /// Makes the latest undone edit of a text again.
    pub fn redo(&mut self, text: &TextId, replica: &Replica) -> Option<Changes> {
        self.undo.get_mut(text).filter(|undo| undo.can_redo()).map(|undo| undo.redo(replica))
    }
}
