//! The door: what is told to whoever comes, before they are signed in.

use crate::Debrief;
use crate::access::{Permit, Public};
use crate::error::ApiError;
use axum::Json;
use axum::extract::State;
use postmortem::api::Door;

/// The name of the team, once there is one.
pub async fn show(_: Permit<Public>, State(debrief): State<Debrief>) -> Result<Json<Door>, ApiError> {
    let team = if debrief.store.is_set_up().await? { debrief.store.find_team().await? } else { None };
    Ok(Json(Door { team: team.map(|team| team.name), domains: Vec::new() }))
}
