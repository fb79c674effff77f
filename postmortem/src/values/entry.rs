//! One entry of the timeline: what happened, when, of which kind, and how we know (R30 to R36).

use crate::named::named;
use crate::{ItemId, Link, Severity, Stamp};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

named! {
    /// What sort of thing an entry tells (R31 to R33).
    EntryKind, "a kind of entry" {
        /// What set the incident off.
        Trigger = "trigger", "Trigger";
        /// Something or somebody noticed.
        Detection = "detection", "Detection";
        /// What somebody saw.
        Observation = "observation", "Observation";
        /// What a responder did.
        Action = "action", "Action";
        /// Status or severity changed.
        StatusChange = "status_change", "Status change";
        /// Somebody joined or left the response.
        Responder = "responder", "Responder";
        Decision = "decision", "Decision";
        /// What was said to people outside of the response.
        Communication = "communication", "Communication";
        /// Service came back, wholly or in part.
        Recovery = "recovery", "Recovery";
        /// What customers felt.
        Impact = "impact", "Impact";
    }
}

named! {
    /// How exactly the time of an entry is known.
    Precision, "a precision" {
        Exact = "exact", "to the second";
        Minute = "minute", "to the minute";
        /// Roughly.
        About = "about", "about";
    }
}

/// What another source says about the time of an entry. Readings that disagree stand side by side until somebody picks
/// one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherReading {
    pub at: DateTime<Utc>,
    /// Where it was read, in a few words or as a link; empty where nobody wrote that.
    pub clock: String,
}

/// One entry. Entries are ordered by `at`, then by id; those without a readable time come last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// The key of the entry in the document.
    pub id: ItemId,
    /// When it happened; absent while nobody knows, or when the document holds no readable time.
    pub at: Option<DateTime<Utc>>,
    /// When it ended, for what lasted.
    pub until: Option<DateTime<Utc>>,
    /// How exactly `at` is known.
    pub precision: Precision,
    /// Where `at` was read, such as the name of a log; empty where nobody wrote that (R77).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clock: String,
    /// Other times that other sources give for it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<OtherReading>,
    pub kind: EntryKind,
    /// What happened: Markdown, several people may write it at once.
    pub text: String,
    /// Where the entry's facts came from (R36).
    pub source: Option<Link>,
    /// A short remark about the time or the source.
    pub note: String,
    /// The severity that begins with this entry.
    pub severity: Option<Severity>,
    /// Where in the document's history the entry was made; the server knows who brought it.
    pub stamp: Stamp,
}
