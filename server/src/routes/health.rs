//! Whether the process lives, and whether it can do its work.

use crate::{Debrief, error};
use axum::extract::State;
use axum::response::{IntoResponse, Response};

/// The process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// The database answers.
pub async fn ready(State(debrief): State<Debrief>) -> Response {
    match debrief.store.check().await {
        Ok(()) => "ok".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            error::not_ready()
        }
    }
}
