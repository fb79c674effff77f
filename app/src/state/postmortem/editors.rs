//! The mounted text editors of the open post-mortem, so that a change of a shared text reaches the editor that shows it.

use crate::browser::bridge::Editor;
use postmortem::TextId;
use std::collections::HashMap;

/// The editors by the text that they show; a text has at most one.
#[derive(Default)]
pub struct Editors {
    mounted: HashMap<TextId, Editor>,
}

impl Editors {
    /// Registers the editor that shows `text` from now on.
    pub fn mount(&mut self, text: TextId, editor: Editor) {
        self.mounted.insert(text, editor);
    }

    /// Forgets the editor of `text`, when it is still this one; whether it was.
    pub fn unmount(&mut self, text: &TextId, editor: &Editor) -> bool {
        let is_shown = self.mounted.get(text).is_some_and(|mounted| mounted == editor);
        is_shown && self.mounted.remove(text).is_some()
    }

    /// The editor of a text.
    pub fn of(&self, text: &TextId) -> Option<Editor> {
        self.mounted.get(text).cloned()
    }

    /// All of them.
    pub fn all(&self) -> Vec<(TextId, Editor)> {
        self.mounted.iter().map(|(text, editor)| (text.clone(), editor.clone())).collect()
    }
}
