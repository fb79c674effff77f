//! Versions: the post-mortem as it was at moments worth keeping.

use crate::Debrief;
use crate::access::{Address, Asker, Visitor, guest};
use crate::error::ApiError;
use crate::request::Path;
use crate::version;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use postmortem::PostmortemId;
use serde_json::{Value, json};

/// What was kept, the newest first.
pub async fn list(State(debrief): State<Debrief>, Path(id): Path<PostmortemId>) -> Result<Json<Value>, ApiError> {
    ApiError::expect_postmortem(&debrief.store, &id).await?;
    Ok(Json(json!({ "versions": debrief.store.list_versions(&id).await? })))
}

/// The whole value of one.
pub async fn show(
    State(debrief): State<Debrief>,
    visitor: Option<Visitor>,
    address: Address,
    Path((id, number)): Path<(PostmortemId, u32)>,
) -> Result<Response, ApiError> {
    let person = visitor.map(|Visitor(person)| person).or_else(guest).ok_or(ApiError::Internal)?;
    let asker = Asker::new(&person, address);
    let answer = version::read(&debrief.store, &debrief.workshop, &asker, (id, number), move |replica| {
        let reading = replica.read();
        let value = json!({ "version": number, "postmortem": reading.postmortem, "defects": reading.defects });
        Json(value).into_response()
    });
    answer.await
}
