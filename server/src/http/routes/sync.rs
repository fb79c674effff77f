//! The way into a room: a WebSocket at `/sync/{id}` with the Yjs sync protocol, as any Yjs client speaks it.

use crate::Debrief;
use crate::access::{Permit, ToRead, check_origin};
use crate::error::ApiError;
use crate::listener::ConnectionInfo;
use crate::sync::{self, Connecting};
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use postmortem::wire::{PLAIN_SUBPROTOCOL, SUBPROTOCOL};
use postmortem::{Dialect, Generation};
use serde::Deserialize;

/// What a client says of the copy that it holds, and of who writes there.
#[derive(Debug, Deserialize)]
pub struct Held {
    generation: Option<Generation>,
    /// As whose page it writes, by id: who signed in as somebody else since sends nothing in their name.
    person: Option<String>,
}

/// Lets a connection in. The upgrade is a GET, which no forgery check stops: this one looks at `Origin` itself.
pub async fn connect(
    permit: Permit<ToRead>,
    State(debrief): State<Debrief>,
    Extension(connection): Extension<ConnectionInfo>,
    held: Result<Query<Held>, QueryRejection>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let (asker, participant, id) = (permit.asker(), permit.participant(), permit.postmortem().clone());
    let credential = permit.credential().clone();
    check_origin(&headers, &debrief)?;
    let Query(held) =
        held.map_err(|_| ApiError::Malformed("A generation is a number, as the welcome told it.".into()))?;
    // Who asks for no WebSocket takes nobody's place.
    let Ok(upgrade) = upgrade else {
        let is_there = debrief.store.has_postmortem(&id).await?;
        return Err(if is_there { ApiError::NotWebSocket } else { ApiError::no_postmortem(&debrief.store, &id).await });
    };
    let (address, caller) = (asker.address, asker.caller.clone());
    let place = debrief.rooms.admit(asker).await.map_err(|_| ApiError::TooMany)?;
    let is_signed_out = held.person.is_some_and(|named| named != participant.person.id.as_str());
    if !is_signed_out {
        debrief.rooms.open(&id).await?;
    }
    connection.inflow.become_socket(caller);
    let upgrade = upgrade
        .protocols([SUBPROTOCOL, PLAIN_SUBPROTOCOL])
        .read_buffer_size(sync::READ_BUFFER)
        .max_message_size(sync::LARGEST_FRAME)
        .max_frame_size(sync::LARGEST_FRAME)
        .max_write_buffer_size(sync::WRITE_BUFFER);
    if is_signed_out {
        // Browsers tell a page why a socket closed, and not why one did not open.
        return Ok(upgrade.on_upgrade(move |socket| sync::turn_away(place, connection.inflow, socket)));
    }
    let is_ours = upgrade.selected_protocol().is_some_and(|chosen| chosen.as_bytes() == SUBPROTOCOL.as_bytes());
    let dialect = if is_ours { Dialect::Debrief } else { Dialect::Plain };
    let connecting = Connecting { postmortem: id, participant, credential, address, dialect, held: held.generation };
    Ok(upgrade.on_upgrade(move |socket| sync::serve(debrief.rooms, place, connection.inflow, connecting, socket)))
}
