//! Example incidents: which there are, and a post-mortem made from one.

use crate::Debrief;
use crate::access::Visitor;
use crate::error::ApiError;
use crate::examples::{EXAMPLES, find_example};
use crate::request::Body;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use postmortem::import;
use serde::Deserialize;
use serde_json::{Value, json};

/// Which example.
#[derive(Debug, Deserialize)]
pub struct Named {
    name: String,
}

/// The examples by name.
pub async fn list() -> Json<Value> {
    let examples = EXAMPLES.iter().filter_map(|example| {
        let incident = import::parse(example.json).ok()?;
        Some(json!({ "name": example.name, "title": incident.title(), "severity": incident.severity() }))
    });
    Json(json!({ "examples": examples.collect::<Vec<_>>() }))
}

/// Creates a post-mortem from an example.
pub async fn create(
    State(debrief): State<Debrief>,
    Visitor(person): Visitor,
    Body(named): Body<Named>,
) -> Result<Response, ApiError> {
    let example = find_example(&named.name).ok_or(ApiError::NotFound("example"))?;
    super::imports::import_text(debrief, person, example.json.to_owned()).await
}
