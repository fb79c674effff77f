//! Post-mortems: the incident log, a new one, the whole of one, and its deletion.

use crate::access::Visitor;
use crate::creation::New;
use crate::error::{ApiError, created, done};
use crate::request::{Body, Path, to_the_end};
use crate::store::postmortems::Listed;
use crate::store::{StoreError, postmortems, publications};
use crate::{Debrief, clock, export};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use postmortem::{Person, PostmortemId, Severity};
use serde::Deserialize;
use serde_json::{Value, json};

/// What starts a post-mortem.
#[derive(Debug, Deserialize)]
pub struct NewPostmortem {
    title: String,
    #[serde(default = "usual_severity")]
    severity: Severity,
}

/// The lowest that asks for a post-mortem.
fn usual_severity() -> Severity {
    Severity::Sev2
}

/// Every post-mortem, the newest incident first, with who is in it now.
pub async fn list(State(debrief): State<Debrief>) -> Result<Json<Value>, ApiError> {
    let mut people = debrief.rooms.visit().await;
    let listed = debrief.store.list_postmortems().await?;
    let lines = listed.into_iter().map(|listed| {
        let here = people.remove(&listed.id).unwrap_or_default();
        line(listed, here)
    });
    Ok(Json(json!({ "postmortems": lines.collect::<Vec<_>>() })))
}

/// A line of the log. A person with several windows open is one person.
fn line(listed: Listed, mut people: Vec<Person>) -> Value {
    people.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    people.dedup_by(|one, other| one.id == other.id);
    let summary = listed.summary;
    json!({
        "id": listed.id,
        "title": summary.title,
        "severity": summary.severity,
        "status": summary.status,
        "owner": summary.owner,
        "services": summary.services,
        "started_at": summary.started_at,
        "resolved_at": summary.resolved_at,
        "entries": summary.entries,
        "open_threads": listed.open_threads,
        "open_actions": summary.actions_open,
        "actions": summary.actions_total,
        "updated_at": listed.updated_at,
        "people": people,
        "publication": listed.publication,
    })
}

/// The whole of one.
pub async fn show(State(debrief): State<Debrief>, Path(id): Path<PostmortemId>) -> Result<Json<Value>, ApiError> {
    Ok(Json(export::json::whole(&debrief.rooms.read(&id).await?)))
}

/// Starts an empty one.
pub async fn create(
    State(debrief): State<Debrief>,
    Visitor(person): Visitor,
    Body(new): Body<NewPostmortem>,
) -> Result<Response, ApiError> {
    let title = new.title.trim();
    if title.is_empty() {
        return Err(ApiError::Invalid("Give the post-mortem a title: what happened, in a few words.".into()));
    }
    let new = New::empty(title, new.severity)?;
    let id = to_the_end(async move { Ok(new.keep(&debrief.store, Some(&person.id)).await?) }).await?;
    Ok(created(json!({ "id": id })))
}

/// Deletes one with everything that belongs to it. Its published pages are withdrawn, and who has it open is told.
pub async fn delete(
    State(debrief): State<Debrief>,
    Visitor(_): Visitor,
    Path(id): Path<PostmortemId>,
) -> Result<Response, ApiError> {
    to_the_end(async move {
        let _turn = debrief.telling.lock().await;
        let mut write = debrief.store.write().await?;
        publications::withdraw_all(&mut write, &id, clock::now()).await?;
        let was_there = postmortems::delete(&mut write, &id).await?;
        write.commit().await.map_err(StoreError::from)?;
        if !was_there {
            return Err(ApiError::NotFound("post-mortem"));
        }
        debrief.rooms.delete(&id).await;
        Ok(done())
    })
    .await
}
