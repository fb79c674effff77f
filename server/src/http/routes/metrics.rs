//! What the server measures of itself, for Prometheus.

use crate::Debrief;
use crate::access::{Permit, ToMeasure};
use crate::error::ApiError;
use crate::metrics::{CONTENT_TYPE, Moment, Process};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// All of it.
pub async fn show(_: Permit<ToMeasure>, State(debrief): State<Debrief>) -> Result<Response, ApiError> {
    let moment = Moment {
        rooms: debrief.rooms.count(),
        connections: debrief.rooms.count_connections(),
        set_aside: debrief.store.count_set_aside().await?,
        database_bytes: debrief.store.size(),
        workshop: debrief.workshop.load(),
        process: Process::look(),
    };
    let page = debrief.rooms.metrics().page(&moment);
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], page).into_response())
}
