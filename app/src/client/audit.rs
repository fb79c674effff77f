//! The audit log: who did what.

use super::http::{self, RequestError};
use chrono::{DateTime, Utc};
use postmortem::AuditTopic;
use postmortem::api::AuditLog;

/// Which entries are asked for.
#[derive(Debug, Clone, Default)]
pub struct AuditQuestion {
    /// Letters of a person, an address, or of what was done to what.
    pub search: String,
    pub topic: Option<AuditTopic>,
    pub since: Option<DateTime<Utc>>,
}

/// At most so many entries, those before a sequence.
pub async fn list(question: &AuditQuestion, before: Option<i64>, limit: u32) -> Result<AuditLog, RequestError> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    http::get(&format!("/api/audit?limit={limit}{before}{}", words(question))).await
}

/// Where all of them are saved from.
pub fn lines(question: &AuditQuestion) -> String {
    format!("/api/audit/lines?{}", words(question).trim_start_matches('&'))
}

fn words(AuditQuestion { search, topic, since }: &AuditQuestion) -> String {
    let search = js_sys::encode_uri_component(search.trim());
    let topic = topic.map(|topic| format!("&topic={}", topic.code())).unwrap_or_default();
    let since = since.map(|since| format!("&since={}", since.format("%Y-%m-%dT%H:%M:%SZ"))).unwrap_or_default();
    format!("&search={search}{topic}{since}")
}
