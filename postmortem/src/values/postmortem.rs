//! A whole post-mortem as a value, which is what readers, exports and publications work with.

use crate::{ActionItem, Details, HeadRow, ImpactFigure, Responder, SectionKey, TimelineEntry};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that people write, as read from a document at one moment. Deleted items are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Postmortem {
    #[serde(flatten)]
    pub details: Details,
    /// The prose sections as Markdown, by key.
    pub sections: BTreeMap<SectionKey, String>,
    /// The timeline, by event time.
    pub timeline: Vec<TimelineEntry>,
    /// The figures, in the order in which they were added.
    pub impact: Vec<ImpactFigure>,
    /// The responders, by role.
    pub responders: Vec<Responder>,
    /// The action items, by priority.
    pub actions: Vec<ActionItem>,
}

impl Postmortem {
    /// With what the server wrote beside the document.
    pub fn with_head(self, head: &HeadRow) -> Self {
        Self { details: self.details.with_head(head), ..self }
    }

    /// A section's Markdown; empty where the document has no such section.
    pub fn section(&self, key: &str) -> &str {
        self.sections.iter().find(|(section, _)| section.as_str() == key).map_or("", |(_, text)| text)
    }

    /// The section keys in reading order.
    pub fn section_keys(&self) -> Vec<&SectionKey> {
        let mut keys: Vec<&SectionKey> = self.sections.keys().collect();
        keys.sort_by_key(|key| (key.order(), key.as_str()));
        keys
    }
}

/// Something in a document that could not be read as meant. The value beside it holds what could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct Defect {
    /// Where, as a path such as `timeline/ID/at`.
    pub place: String,
    /// What is wrong, as a sentence.
    pub problem: String,
}
