//! The values at the head of a post-mortem: title, severity, status, owner and the times that frame the incident.

use crate::named::named;
use crate::{HeadRow, Link, Severity, Status, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

named! {
    /// The times that frame an incident (R72 to R76).
    KeyTime, "a key time" {
        /// When the cause began, possibly long before anyone was affected (R72).
        CauseBegan = "began_at", "Cause began";
        /// When the incident started for its users (R34).
        Started = "started_at", "Started";
        /// When somebody or something noticed.
        Detected = "detected_at", "Detected";
        /// When the first responder was paged (R73).
        Paged = "paged_at", "Page sent";
        /// When the status page said so (R74).
        Public = "public_at", "Status page updated";
        /// When users were no longer affected, though work went on.
        Mitigated = "mitigated_at", "Mitigated";
        /// When it was over (R35, R76).
        Resolved = "resolved_at", "Resolved";
    }
}

/// The head of a post-mortem. Every field is last-writer-wins, but status and owner, which come from its [`HeadRow`]: of a
/// document alone they are what releases before there was such a row wrote into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// One line; empty while nobody has written it.
    pub title: String,
    /// The worst severity of the incident.
    pub severity: Severity,
    pub status: Status,
    /// The name of the one person responsible for completing the page (R57); empty while there is none.
    pub owner: String,
    /// Whose name that is; none of somebody outside the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// The services that were affected, as written.
    pub services: Vec<String>,
    /// When the cause began.
    pub began_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub detected_at: Option<DateTime<Utc>>,
    /// When the page was sent.
    pub paged_at: Option<DateTime<Utc>>,
    pub public_at: Option<DateTime<Utc>>,
    pub mitigated_at: Option<DateTime<Utc>>,
    pub resolved_at: Option<DateTime<Utc>>,
    /// When the review meeting is held (R58).
    pub meeting_at: Option<DateTime<Utc>>,
    /// The recording of the incident call (R59).
    pub recording: Option<Link>,
}

impl Default for Details {
    fn default() -> Self {
        Self {
            title: String::new(),
            severity: Severity::Sev2,
            status: Status::Draft,
            owner: String::new(),
            owner_id: None,
            services: Vec::new(),
            began_at: None,
            started_at: None,
            detected_at: None,
            paged_at: None,
            public_at: None,
            mitigated_at: None,
            resolved_at: None,
            meeting_at: None,
            recording: None,
        }
    }
}

impl Details {
    /// With what the server wrote beside the document.
    pub fn with_head(self, head: &HeadRow) -> Self {
        let HeadRow { status, owner, owner_id, is_owned: _ } = head.clone();
        Self { status, owner, owner_id, ..self }
    }

    /// What stands in the row, as far as it is told here.
    pub fn head(&self) -> HeadRow {
        let (owner, owner_id) = (self.owner.clone(), self.owner_id.clone());
        HeadRow { status: self.status, owner, is_owned: owner_id.is_some(), owner_id }
    }

    pub fn key_time(&self, key: KeyTime) -> Option<DateTime<Utc>> {
        match key {
            KeyTime::CauseBegan => self.began_at,
            KeyTime::Started => self.started_at,
            KeyTime::Detected => self.detected_at,
            KeyTime::Paged => self.paged_at,
            KeyTime::Public => self.public_at,
            KeyTime::Mitigated => self.mitigated_at,
            KeyTime::Resolved => self.resolved_at,
        }
    }

    /// From start to resolution, where both are known and in order.
    pub fn duration(&self) -> Option<chrono::TimeDelta> {
        let duration = self.resolved_at? - self.started_at?;
        (duration >= chrono::TimeDelta::zero()).then_some(duration)
    }

    /// The title, or what stands in its place while there is none.
    pub fn title_or_placeholder(&self) -> &str {
        if self.title.trim().is_empty() { "Untitled incident" } else { &self.title }
    }
}
