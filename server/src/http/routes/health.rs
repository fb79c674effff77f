//! Whether the process lives, and whether it can do its work.

use crate::access::{Permit, Public};
use crate::{Debrief, error};
use axum::extract::State;
use axum::response::{IntoResponse, Response};

/// The process answers.
pub async fn alive(_: Permit<Public>) -> &'static str {
    "ok"
}

/// The database answers, and takes what people write.
pub async fn ready(_: Permit<Public>, State(debrief): State<Debrief>) -> Response {
    match debrief.store.check().await {
        Ok(()) if debrief.rooms.can_save().await => "ok".into_response(),
        Ok(()) => error::not_ready("Nothing can be saved at the moment. The server's log says why.\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            error::not_ready("The database does not answer. The server's log says why.\n")
        }
    }
}
