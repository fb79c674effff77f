//! Versions: the post-mortem as it was at moments worth keeping.

use crate::Debrief;
use crate::access::{Permit, ToRead};
use crate::error::ApiError;
use crate::http::request::PathPart;
use crate::work::version;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use postmortem::Reading;
use postmortem::api::{VersionShown, Versions};

/// What was kept, the newest first.
pub async fn list(permit: Permit<ToRead>, State(debrief): State<Debrief>) -> Result<Json<Versions>, ApiError> {
    let id = permit.postmortem();
    ApiError::expect_postmortem(&debrief.store, id).await?;
    Ok(Json(Versions { versions: debrief.store.list_versions(id).await? }))
}

/// The whole value of one.
pub async fn show(
    permit: Permit<ToRead>,
    State(debrief): State<Debrief>,
    PathPart(number): PathPart<u32>,
) -> Result<Response, ApiError> {
    let (place, asker) = ((permit.postmortem().clone(), number), permit.asker());
    let answer = version::read(&debrief.store, &debrief.workshop, &asker, place, move |replica, head| {
        let Reading { mut postmortem, defects } = replica.read();
        if let Some(head) = head {
            postmortem = postmortem.with_head(&head);
        }
        let shown = VersionShown { version: number, postmortem, defects };
        Json(shown).into_response()
    });
    answer.await
}
