//! What the columns of an entry share.

use crate::controls::focus::focus_id;
use leptos::prelude::*;
use postmortem::{ItemId, TimelineEntry};

#[derive(Clone, Copy)]
pub struct EntryHandle {
    /// Its id.
    pub id: StoredValue<ItemId>,
    /// It, with its text.
    pub entry: Signal<TimelineEntry>,
    /// The clock time for sentences, such as "23:07".
    pub clock: Memo<String>,
    /// Whether its text is being written.
    pub is_writing: RwSignal<bool>,
    /// Whether its time is being typed.
    pub is_timing: RwSignal<bool>,
    /// Whether its source is being typed.
    pub is_sourcing: RwSignal<bool>,
    /// Whether its further values are open.
    pub is_detailed: RwSignal<bool>,
}

impl EntryHandle {
    /// Puts the focus on the row.
    pub fn focus(&self) {
        focus_id(&self.id.with_value(|id| format!("entry-{id}")));
    }
}
