//! The door: what is told to whoever comes, before they are signed in.

use crate::Debrief;
use crate::access::{Permit, Public};
use crate::error::ApiError;
use axum::Json;
use axum::extract::State;
use postmortem::api::{Door, ProviderDoor};

/// The name of the team, once there is one, and by what one comes in.
pub async fn show(_: Permit<Public>, State(debrief): State<Debrief>) -> Result<Json<Door>, ApiError> {
    let team = if debrief.store.is_set_up().await? { debrief.store.find_team().await? } else { None };
    let Some(team) = team else { return Ok(Json(Door { team: None, domains: Vec::new(), providers: Vec::new() })) };
    let listed = debrief.store.list_providers().await?;
    let providers: Vec<ProviderDoor> =
        listed.into_iter().map(|provider| ProviderDoor { id: provider.id, name: provider.name }).collect();
    // Nothing else proves an address.
    let domains = if providers.is_empty() { Vec::new() } else { team.domains };
    Ok(Json(Door { team: Some(team.name), domains, providers }))
}
