//! Example incidents: which there are, and a post-mortem made from one.

use super::imports;
use crate::Debrief;
use crate::access::{Create, Permit, Public};
use crate::error::ApiError;
use crate::examples::{EXAMPLES, find_example};
use crate::request::Body;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use postmortem::import;
use serde::Deserialize;
use serde_json::{Value, json};

/// Which example.
#[derive(Debug, Deserialize)]
pub struct Named {
    name: String,
}

/// The examples by name.
pub async fn list(_: Permit<Public>) -> Json<Value> {
    let examples = EXAMPLES.iter().filter_map(|example| {
        let incident = import::parse(example.json).ok()?;
        Some(json!({ "name": example.name, "title": incident.title(), "severity": incident.severity() }))
    });
    Json(json!({ "examples": examples.collect::<Vec<_>>() }))
}

/// Creates a post-mortem from an example, or answers with the one that is there.
pub async fn create(
    permit: Permit<Create>,
    State(debrief): State<Debrief>,
    Body(named): Body<Named>,
) -> Result<Response, ApiError> {
    let example = find_example(&named.name).ok_or(ApiError::NotFound("example"))?;
    if let Some(id) = debrief.store.find_example(example.name).await? {
        return Ok(Json(json!({ "id": id })).into_response());
    }
    debrief.access.quotas.take_postmortem(permit.address(), &permit.person().id)?;
    let (new, unknown) = imports::read_text(&debrief, &permit, example.json.to_owned()).await?;
    imports::keep(debrief, permit, new.example(example.name), &unknown).await
}
