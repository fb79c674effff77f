//! The door: what is told to whoever comes, before they are signed in.

use crate::Debrief;
use crate::access::{Permit, Public, RelyingParty};
use crate::error::ApiError;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use postmortem::api::{Door, ProviderDoor};

/// The name of the team, once there is one, and by what one comes in.
pub async fn show(
    _: Permit<Public>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
) -> Result<Json<Door>, ApiError> {
    let team = if debrief.store.is_set_up().await? { debrief.store.find_team().await? } else { None };
    let Some(team) = team else { return Ok(Json(Door::default())) };
    let listed = debrief.store.list_providers().await?;
    let providers: Vec<ProviderDoor> =
        listed.into_iter().map(|provider| ProviderDoor { id: provider.id, name: provider.name }).collect();
    // Nothing else proves an address.
    let domains = if providers.is_empty() { Vec::new() } else { team.domains };
    let passkeys_at = RelyingParty::of(debrief.public_url.as_ref(), &headers).ok().map(|party| party.origin);
    Ok(Json(Door { team: Some(team.name), domains, providers, passkeys_at }))
}
