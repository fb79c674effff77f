//! Bodies of the audit log: who did what, and from where.

use crate::{AuditAction, Person, PostmortemId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditActor {
    /// Somebody with an account, under the name that they had then.
    Person(Person),
    /// Whoever sits at the server.
    Operator,
    /// The server itself.
    Debrief,
}

/// The post-mortem that something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AuditedPostmortem {
    /// As it is called now.
    Known { id: PostmortemId, title: String },
    /// One that was deleted, with its title as with every word of it.
    Gone { id: PostmortemId },
    /// One that whoever asks does not find: nothing more is told of it.
    Hidden { is_private: bool },
}

/// Something that somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The place in the log; it grows.
    pub sequence: i64,
    pub at: DateTime<Utc>,
    pub actor: AuditActor,
    pub action: AuditAction,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postmortem: Option<AuditedPostmortem>,
    /// Whom or what it was done to, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// How, and what was before, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// From which network address; none of whoever sits at the server.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// What the browser said that it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub device: String,
}

/// Entries of the log, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLog {
    pub entries: Vec<AuditEntry>,
    /// How many there are that fit, the shown ones among them.
    pub total: u32,
    /// Before which sequence the next page is asked for; none on the last.
    pub next: Option<i64>,
    /// For how many days entries are kept.
    pub kept_days: u32,
}
