//! The audit log: who did what, read and saved by whoever looks after the team. Nothing here changes it.

use crate::access::{Permit, ToManage};
use crate::error::ApiError;
use crate::http::request::Query;
use crate::store::Store;
use crate::store::audit::{AuditFilter, Deed};
use crate::store::team::AUDIT_DAYS;
use crate::{Debrief, clock};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures_util::stream;
use postmortem::api::{AuditEntry, AuditLog};
use postmortem::{AuditAction, AuditTopic, UserId};
use serde::Deserialize;

/// The most entries of one answer.
const MOST: u32 = 500;

/// How many entries are read at a time where all are saved.
const LINES: u32 = 500;

/// Which entries are asked for.
#[derive(Debug, Deserialize)]
pub struct AuditQuery {
    /// Letters of a person, an address, a browser, or of what was done to what.
    #[serde(default)]
    search: String,
    topic: Option<AuditTopic>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    /// Those before this one.
    before: Option<i64>,
    limit: Option<u32>,
}

impl AuditQuery {
    fn filter(&self) -> AuditFilter {
        AuditFilter { search: self.search.clone(), topic: self.topic, since: self.since, until: self.until }
    }
}

/// The newest first.
pub async fn list(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditLog>, ApiError> {
    let most = query.limit.unwrap_or(100).clamp(1, MOST);
    let (reader, filter) = (&permit.person().id, query.filter());
    let mut entries = debrief.store.list_audit_entries(reader, &filter, query.before, most + 1).await?;
    let total = debrief.store.count_audit_entries(reader, &filter).await?;
    let has_more = entries.len() > most as usize;
    entries.truncate(most as usize);
    let next = entries.last().map(|last| last.sequence).filter(|_| has_more);
    let kept_days = debrief.store.find_team().await?.and_then(|team| team.audit_days).unwrap_or(AUDIT_DAYS);
    Ok(Json(AuditLog { entries, total, next, kept_days }))
}

/// All that fit as JSON lines, the newest first; that they were saved is itself an entry.
pub async fn save(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Query(query): Query<AuditQuery>,
) -> Result<Response, ApiError> {
    debrief.store.record(clock::now(), &permit.grounds().actor(), &Deed::new(AuditAction::LogSaved)).await?;
    let saved = Saved { store: debrief.store, reader: permit.person().id.clone(), filter: query.filter() };
    let lines = stream::try_unfold(Some((saved, None)), async |state: Option<(Saved, Option<i64>)>| {
        let Some((saved, before)) = state else { return Ok::<_, ApiError>(None) };
        let entries = saved.next(before).await?;
        let rest = entries.last().map(|last| (saved, Some(last.sequence)));
        Ok(Some((lines(&entries), rest)))
    });
    let headers =
        [(CONTENT_TYPE, "application/x-ndjson"), (CONTENT_DISPOSITION, "attachment; filename=\"audit-log.jsonl\"")];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// What is saved, and for whom.
struct Saved {
    store: Store,
    reader: UserId,
    filter: AuditFilter,
}

impl Saved {
    async fn next(&self, before: Option<i64>) -> Result<Vec<AuditEntry>, ApiError> {
        Ok(self.store.list_audit_entries(&self.reader, &self.filter, before, LINES).await?)
    }
}

fn lines(entries: &[AuditEntry]) -> String {
    // Entries are plain data with string keys: they always have a JSON form.
    entries.iter().map(|entry| serde_json::to_string(entry).unwrap_or_default() + "\n").collect()
}
