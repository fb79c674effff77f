//! The parts of which a post-mortem's page is made, and their order.

use crate::state::postmortem::open::OpenPostmortem;
use leptos::prelude::*;
use postmortem::SectionKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetPart {
    Section(SectionKey),
    Impact,
    Timeline,
    Actions,
}

impl SheetPart {
    /// The id of its element.
    pub fn anchor(&self) -> String {
        match self {
            Self::Section(key) => key.to_string(),
            Self::Impact => "impact".into(),
            Self::Timeline => "timeline".into(),
            Self::Actions => "actions".into(),
        }
    }

    pub fn title(&self) -> String {
        match self {
            Self::Section(key) => key.title(),
            Self::Impact => "Impact".into(),
            Self::Timeline => "Timeline".into(),
            Self::Actions => "Action items".into(),
        }
    }

    /// Where presence says that somebody is who is in it.
    pub fn place(&self) -> String {
        match self {
            Self::Section(key) => format!("sections/{key}"),
            Self::Impact | Self::Timeline | Self::Actions => self.anchor(),
        }
    }
}

/// Every part in reading order: impact and timeline follow what happened, the actions follow what went poorly.
pub fn parts_in_order(open: OpenPostmortem) -> Vec<SheetPart> {
    // In reading order, without code for a sort: those that are known, then what a template added.
    let keys = open.parts.sections.with(|sections| {
        let mut keys: Vec<SectionKey> = SectionKey::known().filter(|key| sections.contains_key(key)).collect();
        let added = sections.keys().filter(|key| SectionKey::known().all(|known| known != **key)).cloned();
        keys.extend(added.collect::<Vec<_>>());
        keys
    });
    let mut parts = Vec::with_capacity(keys.len() + 3);
    for key in keys {
        let name = key.as_str().to_owned();
        parts.push(SheetPart::Section(key));
        match name.as_str() {
            "what_happened" => parts.extend([SheetPart::Impact, SheetPart::Timeline]),
            "went_poorly" => parts.push(SheetPart::Actions),
            _ => {}
        }
    }
    for part in [SheetPart::Impact, SheetPart::Timeline, SheetPart::Actions] {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}
