//! The way into a room: a WebSocket at `/sync/{id}` with the Yjs sync protocol, as any Yjs client speaks it.

use crate::Debrief;
use crate::access::{Visitor, check_origin, guest};
use crate::error::ApiError;
use crate::request::Path;
use crate::sync::{self, Connecting};
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use postmortem::wire::SUBPROTOCOL;
use postmortem::{Dialect, Generation, PostmortemId};
use serde::Deserialize;

/// What a client says of the copy that it holds.
#[derive(Debug, Deserialize)]
pub struct Held {
    generation: Option<Generation>,
}

/// Lets a connection in. The upgrade is a GET, which no forgery check stops: this one looks at `Origin` itself.
pub async fn connect(
    State(debrief): State<Debrief>,
    Path(id): Path<PostmortemId>,
    held: Result<Query<Held>, QueryRejection>,
    headers: HeaderMap,
    visitor: Option<Visitor>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    check_origin(&headers, debrief.public_url.as_ref())?;
    let Query(held) =
        held.map_err(|_| ApiError::Malformed("A generation is a number, as the welcome told it.".into()))?;
    let place = debrief.rooms.admit().map_err(|_| ApiError::TooMany)?;
    debrief.rooms.open(&id).await?;
    let upgrade = upgrade.map_err(|_| ApiError::NotWebSocket)?;
    let person = visitor.map(|Visitor(person)| person).or_else(guest).ok_or(ApiError::Internal)?;
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(sync::READ_BUFFER)
        .max_message_size(sync::LARGEST_FRAME)
        .max_frame_size(sync::LARGEST_FRAME)
        .max_write_buffer_size(sync::WRITE_BUFFER);
    let dialect = if upgrade.selected_protocol().is_some() { Dialect::Debrief } else { Dialect::Plain };
    let connecting = Connecting { postmortem: id, person, dialect, held: held.generation };
    Ok(upgrade.on_upgrade(move |socket| sync::serve(debrief.rooms, place, connecting, socket)))
}
