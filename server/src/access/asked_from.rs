//! The address from which a request comes, behind proxies that are ours.

use crate::Debrief;
use crate::callers::Address;
use crate::callers::{Behind, behind};
use crate::error::ApiError;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::net::{IpAddr, SocketAddr};

/// The most letters of what a proxy named that the log repeats: more than an address and a port have.
const LONGEST_TOLD: usize = 64;

impl Address {
    /// For whom a request is made, given its peer. A trusted proxy that names nobody is told of in the log.
    pub fn behind(peer: IpAddr, headers: &HeaderMap, debrief: &Debrief) -> Self {
        let Behind { address, unread } = behind(peer, headers, &debrief.trusted_proxies);
        if let Some(named) = unread
            && debrief.access.told.is_new("proxy", &address.to_string())
        {
            let named: String = named.chars().take(LONGEST_TOLD).collect();
            tracing::warn!(
                proxy = %address,
                ?named,
                "the last that a trusted proxy puts into X-Forwarded-For is no address; everyone behind it counts as one"
            );
        }
        Self::of(address)
    }
}

impl FromRequestParts<Debrief> for Address {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, debrief: &Debrief) -> Result<Self, ApiError> {
        let peer = ConnectInfo::<SocketAddr>::from_request_parts(parts, debrief).await;
        let ConnectInfo(peer) = peer.map_err(|error| {
            tracing::error!(%error, "a request without an address");
            ApiError::Internal
        })?;
        Ok(Self::behind(peer.ip(), &parts.headers, debrief))
    }
}
