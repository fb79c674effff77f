//! Versions: the post-mortem as it was at moments worth keeping.

use crate::Debrief;
use crate::error::ApiError;
use crate::request::Path;
use crate::version;
use axum::Json;
use axum::extract::State;
use postmortem::PostmortemId;
use serde_json::{Value, json};

/// What was kept, the newest first.
pub async fn list(State(debrief): State<Debrief>, Path(id): Path<PostmortemId>) -> Result<Json<Value>, ApiError> {
    if !debrief.store.has_postmortem(&id).await? {
        return Err(ApiError::NotFound("post-mortem"));
    }
    Ok(Json(json!({ "versions": debrief.store.list_versions(&id).await? })))
}

/// The whole value of one.
pub async fn show(
    State(debrief): State<Debrief>,
    Path((id, number)): Path<(PostmortemId, u32)>,
) -> Result<Json<Value>, ApiError> {
    let reading = version::read(&debrief.store, &id, number, |replica| replica.read()).await?;
    Ok(Json(json!({ "version": number, "postmortem": reading.postmortem, "defects": reading.defects })))
}
