//! Imports: an incident file becomes a post-mortem, or an error that names the field.

use crate::Debrief;
use crate::access::Visitor;
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
    JsonText(text): JsonText,
) -> Result<Response, ApiError> {
    import_text(debrief, person, text).await
}

/// Creates a post-mortem from an incident file's text.
pub(super) async fn import_text(debrief: Debrief, person: Person, text: String) -> Result<Response, ApiError> {
    let id = to_the_end(async move {
        let incident = import::parse(&text).map_err(|error| ApiError::Invalid(error.to_string()))?;
        // A large incident takes seconds to build, which must not hold up the sockets.
        let made = tokio::task::spawn_blocking(move || New::imported(&incident)).await;
        let new = made.map_err(|error| {
            tracing::error!(%error, "an import failed inside");
            ApiError::Internal
        })??;
        Ok(new.keep(&debrief.store, Some(&person.id)).await?)
    });
    Ok(created(json!({ "id": id.await? })))
}
