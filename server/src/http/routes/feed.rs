//! The way to the live feed of the incident log: a WebSocket at `/api/feed`. Of an event stream over HTTP/1.1 a browser
//! holds six at a host, tabs together, and the seventh page would not load.

use crate::Debrief;
use crate::access::{Permit, ToVisit, check_origin};
use crate::error::ApiError;
use crate::feed::{self, Following};
use crate::http::request::Query;
use crate::listener::ConnectionInfo;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use postmortem::wire::SUBPROTOCOL;
use serde::Deserialize;

/// The most bytes of a frame of a follower, who has nothing to say.
const LARGEST_FRAME: usize = 1 << 10;

/// From where on somebody follows.
#[derive(Debug, Deserialize)]
pub struct From {
    /// The position that came with the log, or with what was told last.
    #[serde(default)]
    after: String,
}

/// Lets a follower in. The upgrade is a GET, which no forgery check stops: this one looks at `Origin` itself.
pub async fn connect(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Extension(connection): Extension<ConnectionInfo>,
    Query(From { after }): Query<From>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    check_origin(&headers, &debrief)?;
    let upgrade = upgrade.map_err(|_| ApiError::NotWebSocket)?;
    let asker = permit.asker();
    let caller = asker.caller.clone();
    let place = debrief.rooms.admit(asker).await.map_err(|_| ApiError::TooMany)?;
    place.hold_to(permit.credential().clone());
    // Who was signed out since the request was let in is not told so any more.
    if !debrief.rooms.is_valid(&permit.person().id, permit.credential()).await? {
        return Err(ApiError::NoSession);
    }
    connection.inflow.become_socket(caller);
    let upgrade = upgrade.protocols([SUBPROTOCOL]).max_message_size(LARGEST_FRAME).max_frame_size(LARGEST_FRAME);
    let following = Following { after, account: permit.account().clone() };
    Ok(upgrade.on_upgrade(move |socket| feed::follow(debrief.feed, place, connection.inflow, following, socket)))
}
