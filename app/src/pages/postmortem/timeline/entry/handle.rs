//! What the columns of an entry share.

use crate::controls::focus::focus_id;
use crate::reader::time;
use crate::state::OpenPostmortem;
use leptos::prelude::*;
use postmortem::{EntryDraft, ItemId, Precision, Stamp, TimelineEntry, Zone};

#[derive(Clone, Copy)]
pub struct EntryHandle {
    pub id: StoredValue<ItemId>,
    /// It, with its text.
    pub entry: Signal<TimelineEntry>,
    /// The clock time for sentences, such as "23:07".
    pub clock: Memo<String>,
    pub is_writing: RwSignal<bool>,
    pub is_timing: RwSignal<bool>,
    pub is_sourcing: RwSignal<bool>,
    /// Whether its further values are open.
    pub is_detailed: RwSignal<bool>,
}

impl EntryHandle {
    pub fn new(open: OpenPostmortem, zone: RwSignal<Zone>, id: &ItemId) -> Self {
        let known = open.parts.entry(id).unwrap_or_else(|| ArcRwSignal::new(absent(id)));
        let entry: Signal<TimelineEntry> = known.into();
        let clock = Memo::new(move |_| {
            let at = entry.with(|entry| entry.at);
            at.map_or_else(|| "no time".to_owned(), |at| time::clock(at, Precision::Minute, zone.get()))
        });
        Self {
            id: StoredValue::new(id.clone()),
            entry,
            clock,
            is_writing: RwSignal::new(false),
            is_timing: RwSignal::new(false),
            is_sourcing: RwSignal::new(false),
            is_detailed: RwSignal::new(false),
        }
    }

    pub fn focus(&self) {
        focus_id(&self.id.with_value(|id| format!("entry-{id}")));
    }
}

/// What a row shows in the moment between the deletion of its entry and its own end.
fn absent(id: &ItemId) -> TimelineEntry {
    let draft = EntryDraft::undated("", "");
    TimelineEntry {
        id: id.clone(),
        at: None,
        until: None,
        precision: draft.precision,
        clock: draft.clock,
        readings: draft.readings,
        kind: draft.kind,
        text: draft.text,
        source: None,
        note: draft.note,
        severity: None,
        stamp: Stamp::default(),
    }
}
