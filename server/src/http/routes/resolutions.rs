//! Resolutions: that a thread is settled, and by whom.

use super::threads::answer;
use crate::access::{Permit, ToComment};
use crate::error::ApiError;
use crate::http::request::PathPart;
use crate::store::announcements::Announcement;
use crate::store::threads;
use crate::{Debrief, clock};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use postmortem::api::SaidComment;
use postmortem::{ThreadId, UserId};

/// Resolves a thread.
pub async fn create(
    permit: Permit<ToComment>,
    State(debrief): State<Debrief>,
    PathPart(thread): PathPart<ThreadId>,
) -> Result<Json<SaidComment>, ApiError> {
    let by = permit.person().id.clone();
    set(debrief, &permit, thread, Some((by, clock::now()))).await
}

/// Opens a thread again.
pub async fn delete(
    permit: Permit<ToComment>,
    State(debrief): State<Debrief>,
    PathPart(thread): PathPart<ThreadId>,
) -> Result<Json<SaidComment>, ApiError> {
    set(debrief, &permit, thread, None).await
}

async fn set(
    debrief: Debrief,
    permit: &Permit<ToComment>,
    thread: ThreadId,
    resolved: Option<(UserId, DateTime<Utc>)>,
) -> Result<Json<SaidComment>, ApiError> {
    let (id, settled) = (permit.postmortem().clone(), thread.clone());
    let setting = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        threads::find_subject(&mut write, &id, &thread).await?.ok_or(ApiError::NotFound("thread"))?;
        let resolution = resolved.as_ref().map(|(by, at)| (by, *at));
        threads::set_resolution(&mut write, &thread, resolution).await?;
        write.commit(Announcement::Thread { postmortem: id, thread, comment: None }).await
    });
    setting.await?;
    Ok(Json(answer(&debrief, permit.postmortem(), &settled, None).await?))
}
