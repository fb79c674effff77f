//! What the cells of an action item share: its value, and the edits that change it.

use crate::state::OpenPostmortem;
use leptos::prelude::*;
use postmortem::{ActionChange, ActionDraft, ActionItem, ActionState, Command, ItemId};

#[derive(Clone, Copy)]
pub struct ActionHandle {
    open: OpenPostmortem,
    id: StoredValue<ItemId>,
    action: Memo<ActionItem>,
}

impl ActionHandle {
    pub fn new(open: OpenPostmortem, id: ItemId) -> Self {
        let id = StoredValue::new(id);
        let action = Memo::new(move |_| {
            let found =
                open.parts.actions.with(|all| all.iter().find(|one| id.with_value(|id| one.id == *id)).cloned());
            found.unwrap_or_else(|| absent(id.get_value()))
        });
        Self { open, id, action }
    }

    pub fn id(&self) -> ItemId {
        self.id.get_value()
    }

    /// Reads a value, and lets whoever calls follow the item.
    pub fn read<V>(&self, read: impl FnOnce(&ActionItem) -> V) -> V {
        self.action.with(read)
    }

    /// Makes a change for a field, which shows itself why it is refused.
    pub fn change(&self, change: ActionChange) -> Result<(), String> {
        self.open.try_edit(&Command::ChangeAction(self.id(), change))
    }

    /// Takes words from a field.
    pub fn words(self, change: fn(String) -> ActionChange) -> Callback<String, Result<(), String>> {
        Callback::new(move |words: String| self.change(change(words.trim().to_owned())))
    }

    /// Takes the code of a choice from a closed list; one that is not in it changes nothing.
    pub fn choice(self, change: fn(&str) -> Option<ActionChange>) -> Callback<String> {
        Callback::new(move |code: String| {
            if let Some(change) = change(&code) {
                self.open.edit(&Command::ChangeAction(self.id(), change));
            }
        })
    }
}

/// What a row shows in the moment between the deletion of its item and its own end.
fn absent(id: ItemId) -> ActionItem {
    let draft = ActionDraft::new("");
    ActionItem {
        id,
        text: draft.text,
        owner: draft.owner,
        due: draft.due,
        priority: draft.priority,
        kind: draft.kind,
        state: ActionState::Open,
        ticket: draft.ticket,
        reason: String::new(),
    }
}
