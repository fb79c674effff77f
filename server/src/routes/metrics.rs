//! What the server measures of itself, for Prometheus.

use crate::Debrief;
use crate::access::check_metrics_reader;
use crate::error::ApiError;
use crate::metrics::{Moment, Process};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;

/// All of it.
pub async fn show(
    State(debrief): State<Debrief>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_metrics_reader(&headers, peer, &debrief)?;
    let moment = Moment {
        rooms: debrief.rooms.count(),
        connections: debrief.rooms.count_connections(),
        set_aside: debrief.store.count_set_aside().await?,
        database_bytes: debrief.store.size(),
        workshop: debrief.workshop.load(),
        process: Process::look(),
    };
    let page = debrief.rooms.metrics().page(&moment);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page).into_response())
}
