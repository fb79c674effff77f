//! Whether a provider answers, before anybody is sent there.

use crate::Debrief;
use crate::access::{Permit, ToManage};
use crate::error::ApiError;
use crate::http::request::Body;
use crate::openid::check_issuer;
use axum::Json;
use axum::extract::State;
use postmortem::api::{ProviderFound, ProviderQuestion};

/// Asks a provider what it is; its own words where it says no.
pub async fn create(
    _: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Body(ProviderQuestion { issuer }): Body<ProviderQuestion>,
) -> Result<Json<ProviderFound>, ApiError> {
    let issuer = check_issuer(&issuer).map_err(ApiError::Invalid)?;
    debrief.openid.look(&issuer).await.map(Json).map_err(ApiError::Invalid)
}
