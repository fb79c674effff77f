//! Imports: an incident file becomes a post-mortem, or an error that names the field.

use crate::Debrief;
use crate::access::{Address, Asker, Visitor};
use crate::creation::New;
use crate::error::{ApiError, created};
use crate::request::{JsonText, to_the_end};
use axum::extract::State;
use axum::response::Response;
use postmortem::{Person, import};
use serde_json::json;

/// Creates a post-mortem from the body.
pub async fn create(
    State(debrief): State<Debrief>,
    Visitor(person): Visitor,
    address: Address,
    JsonText(text): JsonText,
) -> Result<Response, ApiError> {
    debrief.access.quotas.take_postmortem(address, &person.id)?;
    let (new, unknown) = read_text(&debrief, &person, address, text).await?;
    keep(debrief, person, new, &unknown).await
}

/// The post-mortem of an incident file's text, not yet kept, and the fields of the file that are not known.
pub(super) async fn read_text(
    debrief: &Debrief,
    person: &Person,
    address: Address,
    text: String,
) -> Result<(New, Vec<String>), ApiError> {
    let asker = Asker::new(person, address);
    let making = debrief.workshop.run(&asker, move |wanted| {
        let incident = import::parse(&text).map_err(|error| ApiError::Invalid(error.to_string()))?;
        Ok((New::imported(&incident, wanted)?, incident.unknown().to_vec()))
    });
    making.await
}

/// Keeps it, and answers with its id and what of its file was not known.
pub(super) async fn keep(debrief: Debrief, person: Person, new: New, unknown: &[String]) -> Result<Response, ApiError> {
    let id = to_the_end(async move { Ok(new.keep(&debrief.store, Some(&person.id)).await?) });
    Ok(created(json!({ "id": id.await?, "unknown": unknown })))
}
