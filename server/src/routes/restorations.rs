//! Restorations: an earlier version is brought back by ordinary edits of the live document.

use crate::access::{Address, Asker, Visitor};
use crate::error::{ApiError, created};
use crate::request::{Body, Path, to_the_end};
use crate::{Debrief, version};
use axum::extract::State;
use axum::response::Response;
use postmortem::PostmortemId;
use serde::Deserialize;
use serde_json::json;

/// Which version comes back.
#[derive(Debug, Deserialize)]
pub struct NewRestoration {
    version: u32,
}

/// Brings it back. `before` is the version that undoes it; null where nothing had to change.
pub async fn create(
    State(debrief): State<Debrief>,
    Visitor(person): Visitor,
    address: Address,
    Path(id): Path<PostmortemId>,
    Body(NewRestoration { version: number }): Body<NewRestoration>,
) -> Result<Response, ApiError> {
    let asker = Asker::new(&person, address);
    let place = (id.clone(), number);
    let version = version::read(&debrief.store, &debrief.workshop, &asker, place, |replica| replica).await?;
    let before = to_the_end(async move { Ok(debrief.rooms.bring_back(&id, version, &person).await?) });
    Ok(created(json!({ "version": number, "before": before.await? })))
}
