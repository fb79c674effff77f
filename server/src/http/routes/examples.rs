//! Example incidents: which there are, and a post-mortem made from one.

use super::imports;
use crate::Debrief;
use crate::access::{Permit, ToCreate, ToVisit};
use crate::error::ApiError;
use crate::http::request::Body;
use crate::work::examples::{EXAMPLES, find_example};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use postmortem::api::{Created, Example, Examples, NamedExample};
use postmortem::import;

/// The examples by name.
pub async fn list(_: Permit<ToVisit>) -> Json<Examples> {
    let examples = EXAMPLES.iter().filter_map(|example| {
        let incident = import::parse(example.json).ok()?;
        let (title, severity) = (incident.title().to_owned(), incident.severity());
        Some(Example { name: example.name.to_owned(), title, severity })
    });
    Json(Examples { examples: examples.collect() })
}

/// Creates a post-mortem from an example, or answers with the one that is there.
pub async fn create(
    permit: Permit<ToCreate>,
    State(debrief): State<Debrief>,
    Body(named): Body<NamedExample>,
) -> Result<Response, ApiError> {
    let example = find_example(&named.name).ok_or(ApiError::NotFound("example"))?;
    let account = permit.account();
    let there = debrief.store.find_example(example.name).await?;
    if let Some(id) = &there
        && debrief.store.find_capabilities(id, &account.person.id, account.role).await?.is_some()
    {
        return Ok(Json(Created { id: id.clone() }).into_response());
    }
    debrief.access.quotas.take_postmortem(permit.address(), &permit.person().id)?;
    let (new, unknown) = imports::read_text(&debrief, &permit, example.json.to_owned()).await?;
    // Of one that is not for them there is no trace: they have another.
    let new = if there.is_some() { new } else { new.example(example.name) };
    imports::keep(debrief, permit, new, unknown).await
}
