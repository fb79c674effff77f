//! How the timeline is looked at: in which zone, which entries, as rows or as text. A person's own choice; nobody else
//! sees anything of it.

use crate::browser::clock;
use crate::state::postmortem::open::OpenPostmortem;
use leptos::prelude::*;
use postmortem::{EntryKind, ItemId, TimelineEntry, Zone};
use std::collections::BTreeSet;

/// Where the browser remembers the zone.
const KEY: &str = "debrief.zone";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    All,
    Kind(EntryKind),
    /// Those that name no source (R36).
    WithoutSource,
}

impl Filter {
    pub fn shows(self, entry: &TimelineEntry) -> bool {
        match self {
            Self::All => true,
            Self::Kind(kind) => entry.kind == kind,
            Self::WithoutSource => entry.source.is_none(),
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All kinds",
            Self::Kind(kind) => kind.label(),
            Self::WithoutSource => "Without source",
        }
    }
}

#[derive(Clone, Copy)]
pub struct Look {
    /// In which zone times are read and typed.
    pub zone: RwSignal<Zone>,
    pub filter: RwSignal<Filter>,
    pub is_text: RwSignal<bool>,
}

/// What stays shown under a filter though it does not fit, or does no more: the entries that somebody went to or worked
/// in since it was chosen. A row goes neither from under a hand, nor moves those below it when the hand goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    filter: Filter,
    entries: BTreeSet<ItemId>,
}

impl Kept {
    /// Follows the filter and the selected entry.
    pub fn follow(open: OpenPostmortem, filter: RwSignal<Filter>) -> Memo<Self> {
        Memo::new(move |before: Option<&Self>| {
            let filter = filter.get();
            if filter == Filter::All {
                return Self { filter, entries: BTreeSet::new() };
            }
            let before = before.filter(|before| before.filter == filter);
            let fits = |id: &ItemId| {
                let entry = open.parts.entry(id);
                entry.is_some_and(|entry| entry.with_untracked(|entry| filter.shows(entry)))
            };
            // What was selected when the filter was chosen is no reason to show it.
            let selected = open.selected.get().filter(|id| before.is_some() || fits(id));
            let kept = before.map(|before| before.entries.clone()).unwrap_or_default();
            Self { filter, entries: kept.into_iter().chain(selected).collect() }
        })
    }

    pub fn shows(&self, entry: &TimelineEntry) -> bool {
        self.filter.shows(entry) || self.entries.contains(&entry.id)
    }
}

impl Look {
    /// Everything, as rows, in the zone that the browser remembers.
    pub fn new() -> Self {
        let remembered = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
        let zone = if remembered.as_deref() == Some("local") { clock::zone() } else { Zone::UTC };
        Self { zone: RwSignal::new(zone), filter: RwSignal::new(Filter::All), is_text: RwSignal::new(false) }
    }

    /// Reads in UTC or in the browser's zone, and remembers it.
    pub fn read_in(&self, zone: Zone) {
        self.zone.set(zone);
        // Where the browser denies storage the choice lasts as long as the page.
        if let Some(storage) = storage() {
            let _ = if zone.is_utc() { storage.remove_item(KEY) } else { storage.set_item(KEY, "local") };
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// The look, from any component of the timeline.
#[expect(clippy::expect_used, reason = "the page provides it before it renders any component that asks")]
pub fn use_look() -> Look {
    use_context().expect("a component of the post-mortem's page")
}
