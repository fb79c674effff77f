//! The prose sections of a post-mortem (R60 to R63, R79, R80, R87, R88).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The key of a section: a lower-case word of the document's `sections` map. A template may add keys beside the known
/// ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SectionKey(String);

/// A key that is no section's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("A section's key has 1 to 40 lower-case letters and '_'.")]
pub struct SectionKeyError;

/// The sections that every post-mortem has, in reading order, as key, title and what to write there.
pub const SECTIONS: &[(&str, &str, &str)] = &[
    ("overview", "Overview", "One or two short sentences: the cause, the course, the impact."),
    ("what_happened", "What happened", "A short description of the course of events."),
    ("contributing_factors", "Contributing factors", "What led to it and what made it worse. How, rather than who."),
    ("resolution", "Resolution", "What solved it; the temporary fix and the long-term one."),
    ("went_well", "What went well", "One point a line."),
    ("went_poorly", "What did not go so well", "One point a line; each deserves a follow-up."),
    (
        "internal_email",
        "Internal email",
        "Sent right after the meeting: a short paragraph and the link. Debrief drafts it when you publish.",
    ),
    (
        "external_message",
        "External message",
        "Summary, what happened, what we are going to do about this. Reviewed in the meeting before it is sent.",
    ),
];

/// The section that an import adds for its sources and remarks.
pub const REFERENCES: &str = "references";

impl SectionKey {
    /// The keys that every post-mortem has, in reading order.
    pub fn known() -> impl Iterator<Item = Self> {
        SECTIONS.iter().map(|(key, _, _)| Self((*key).to_owned()))
    }

    /// The key as it stands in the document.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The heading; a template's own section is named by its key.
    pub fn title(&self) -> String {
        if self.0 == REFERENCES {
            return "Sources and remarks".to_owned();
        }
        match SECTIONS.iter().find(|(key, _, _)| *key == self.0) {
            Some((_, title, _)) => (*title).to_owned(),
            None => {
                let words = self.0.replace('_', " ");
                let mut letters = words.chars();
                letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
            }
        }
    }

    /// What to write there, shown while the section is empty.
    pub fn prompt(&self) -> &'static str {
        SECTIONS.iter().find(|(key, _, _)| *key == self.0).map_or("", |(_, _, prompt)| prompt)
    }

    /// The place in reading order; unknown keys follow the known ones.
    pub fn order(&self) -> usize {
        SECTIONS.iter().position(|(key, _, _)| *key == self.0).unwrap_or(SECTIONS.len())
    }
}

impl FromStr for SectionKey {
    type Err = SectionKeyError;

    fn from_str(text: &str) -> Result<Self, SectionKeyError> {
        let fits =
            !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if fits { Ok(Self(text.to_owned())) } else { Err(SectionKeyError) }
    }
}

impl TryFrom<String> for SectionKey {
    type Error = SectionKeyError;

    fn try_from(text: String) -> Result<Self, SectionKeyError> {
        text.parse()
    }
}

impl From<SectionKey> for String {
    fn from(key: SectionKey) -> Self {
        key.0
    }
}

impl fmt::Display for SectionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
