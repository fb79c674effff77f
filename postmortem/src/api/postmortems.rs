//! Bodies of post-mortems as a whole: the log, a new one, imports and examples.

use super::LogRow;
use crate::{Openness, PostmortemId, Severity};
use serde::{Deserialize, Serialize};

/// Post-mortems, the newest incident first: a page of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IncidentLog {
    pub postmortems: Vec<LogRow>,
    /// From where on the feed tells what changes; a server of an older release has none.
    #[serde(default)]
    pub position: Option<String>,
    /// What to ask for the next page with, as `after`; nothing on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What starts a post-mortem.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewPostmortem {
    pub title: String,
    #[serde(default = "usual_severity")]
    pub severity: Severity,
    /// Who finds it without being named in it.
    #[serde(default = "usual_openness")]
    pub access: Openness,
}

fn usual_openness() -> Openness {
    Openness::Team
}

/// The lowest that asks for a post-mortem.
fn usual_severity() -> Severity {
    Severity::Sev2
}

/// The post-mortem that was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Created {
    pub id: PostmortemId,
}

/// The post-mortem that was made of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Imported {
    pub id: PostmortemId,
    /// The fields of the file that nothing was made of.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// Which example is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NamedExample {
    pub name: String,
}

/// An incident that comes with Debrief.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Example {
    pub name: String,
    pub title: String,
    pub severity: Severity,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Examples {
    pub examples: Vec<Example>,
}
