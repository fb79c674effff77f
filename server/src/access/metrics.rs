//! Who may read the server's measurements. They hold no text and no names, but tell how busy people are.

use super::names::is_for_loopback;
use super::session::bearer;
use crate::Debrief;
use crate::error::ApiError;
use axum::http::HeaderMap;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

/// What proxies add to a request that they pass on.
const PASSED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Lets in who brings the token, where one is set; otherwise who asks from this machine, and for it by a loopback name.
/// Behind a proxy everyone comes from this machine, so that a server with a public URL has no such reader.
///
/// # Errors
/// When neither holds.
pub fn check_metrics_reader(headers: &HeaderMap, peer: SocketAddr, debrief: &Debrief) -> Result<(), ApiError> {
    let is_let_in = match &debrief.metrics_token {
        Some(token) => bearer(headers).is_some_and(|given| is_equal(given, token)),
        None => {
            let is_passed_on = PASSED_ON.iter().any(|name| headers.contains_key(*name));
            let is_here = peer.ip().to_canonical().is_loopback() && is_for_loopback(headers);
            is_here && debrief.public_url.is_none() && !is_passed_on
        }
    };
    if is_let_in { Ok(()) } else { Err(ApiError::MetricsClosed) }
}

/// Hashed first, so that the time it takes says nothing about the token.
fn is_equal(given: &str, token: &str) -> bool {
    Sha256::digest(given.as_bytes()) == Sha256::digest(token.as_bytes())
}
