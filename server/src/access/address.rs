//! The address behind a request, as limits count by it.

use super::caller::{Behind, behind, narrowed};
use crate::Debrief;
use crate::error::ApiError;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::net::{IpAddr, SocketAddr};

/// The most letters of what a proxy named that the log repeats: more than an address and a port have.
const LONGEST_TOLD: usize = 64;

/// Whom limits take for one: an IPv4 address, or the network of an IPv6 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl Address {
    pub fn of(ip: IpAddr) -> Self {
        Self(narrowed(ip))
    }

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
        Self(address)
    }

    pub fn ip(self) -> IpAddr {
        self.0
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_counts_as_one_and_an_address_of_ipv4_as_itself() {
        let of = |text: &str| Address::of(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
