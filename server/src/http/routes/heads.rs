//! Status and owner of a post-mortem, which are rows beside its document.

use crate::Debrief;
use crate::access::{Permit, ToEdit};
use crate::error::ApiError;
use crate::http::request::Body;
use crate::work::heads::{self, Change};
use axum::Json;
use axum::extract::State;
use postmortem::HeadRow;
use postmortem::api::{OwnerChange, StatusChange};

/// Sets the status.
pub async fn update_status(
    permit: Permit<ToEdit>,
    State(debrief): State<Debrief>,
    Body(StatusChange { status }): Body<StatusChange>,
) -> Result<Json<HeadRow>, ApiError> {
    update(&permit, &debrief, Change::Status(status)).await
}

/// Hands it over to somebody of the team, or puts a name for somebody outside.
pub async fn update_owner(
    permit: Permit<ToEdit>,
    State(debrief): State<Debrief>,
    Body(change): Body<OwnerChange>,
) -> Result<Json<HeadRow>, ApiError> {
    update(&permit, &debrief, Change::Owner(change)).await
}

async fn update(permit: &Permit<ToEdit>, debrief: &Debrief, change: Change) -> Result<Json<HeadRow>, ApiError> {
    let id = permit.postmortem();
    // What an earlier release kept in the document is settled by whoever opens it.
    debrief.rooms.open(id).await?;
    heads::change(&debrief.announcer, permit.grounds(), id.clone(), change).await?;
    let head = debrief.store.find_head(id).await?.ok_or(ApiError::NotFound("post-mortem"))?;
    Ok(Json(head.row))
}
