//! How the timeline is looked at: in which zone, which entries, as rows or as text. A person's own choice; nobody else
//! sees anything of it.

use crate::state::clock;
use leptos::prelude::*;
use postmortem::{EntryKind, TimelineEntry, Zone};

/// Where the browser remembers the zone.
const KEY: &str = "debrief.zone";

/// Which entries are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// All of them.
    All,
    /// Those of one kind.
    Kind(EntryKind),
    /// Those that name no source (R36).
    WithoutSource,
}

impl Filter {
    /// Whether an entry is shown.
    pub fn shows(self, entry: &TimelineEntry) -> bool {
        match self {
            Self::All => true,
            Self::Kind(kind) => entry.kind == kind,
            Self::WithoutSource => entry.source.is_none(),
        }
    }

    /// The words on the button.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All kinds",
            Self::Kind(kind) => kind.label(),
            Self::WithoutSource => "Without source",
        }
    }
}

/// The look of the timeline.
#[derive(Clone, Copy)]
pub struct Look {
    /// In which zone times are read and typed.
    pub zone: RwSignal<Zone>,
    /// Which entries are shown.
    pub filter: RwSignal<Filter>,
    /// Whether the timeline is a text at the moment.
    pub is_text: RwSignal<bool>,
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
