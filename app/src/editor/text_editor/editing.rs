//! A text with the editor that shows it, from the moment when that is in the page until it goes.

use crate::browser::bridge::{Editor, EditorEvents, EditorOptions, MountedEditor};
use crate::state::OpenPostmortem;
use leptos::prelude::*;
use postmortem::{Capability, Subject, TextId};
use web_sys::HtmlElement;

#[derive(Clone, Copy)]
pub struct Editing {
    pub open: OpenPostmortem,
    pub text: StoredValue<TextId>,
    /// The editor, once it is in the page.
    pub editor: RwSignal<Option<Editor>, LocalStorage>,
    mounted: StoredValue<Option<MountedEditor>, LocalStorage>,
}

impl Editing {
    pub fn new(open: OpenPostmortem, text: TextId) -> Self {
        Self {
            open,
            text: StoredValue::new(text),
            editor: RwSignal::new_local(None),
            mounted: StoredValue::new_local(None),
        }
    }

    pub fn words(&self) -> String {
        self.open.read(|replica| self.text.with_value(|text| replica.text(text))).flatten().unwrap_or_default()
    }

    /// The most UTF-16 units that the text takes.
    pub fn limit(&self) -> u32 {
        self.text.with_value(TextId::limit)
    }

    pub fn is_mounted(&self) -> bool {
        self.mounted.with_value(Option::is_some)
    }

    /// Makes the editor inside of `parent`; `false` when its script did not load.
    pub fn mount(
        &self,
        parent: &HtmlElement,
        options: EditorOptions,
        events: EditorEvents,
        takes_keyboard: bool,
    ) -> bool {
        let Some(made) = MountedEditor::create(parent, options, events) else { return false };
        if let Some(replica) = self.open.replica() {
            self.text.with_value(|text| replica.mount(text, made.editor.clone()));
        }
        if takes_keyboard {
            made.editor.select_end();
            made.editor.focus();
        }
        self.editor.set(Some(made.editor.clone()));
        self.mounted.set_value(Some(made));
        true
    }

    pub fn unmount(&self) {
        let made = self.mounted.try_update_value(Option::take).flatten();
        if let (Some(made), Some(text), Some(replica)) = (made, self.text.try_get_value(), self.open.replica()) {
            replica.unmount(&text, &made.editor);
        }
    }

    /// Begins a comment on the selected words, or on the whole where none are selected.
    pub fn comment(&self) {
        let Some(editor) = self.editor.get_untracked() else { return };
        let text = self.text.get_value();
        let Some(subject) = Subject::of(&text) else { return };
        if !untrack(|| self.open.capabilities.may(Capability::Comment)) {
            return;
        }
        let (anchor, head) = editor.selection();
        let passage = self.open.read(|replica| replica.passage(&text, anchor.min(head), anchor.max(head))).flatten();
        match passage {
            Some(passage) => self.open.discussion.begin(subject, Some(passage)),
            None => self.open.discussion.open(&subject),
        }
    }
}
