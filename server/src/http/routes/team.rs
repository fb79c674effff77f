//! The team: what holds for everybody.

use super::accounts::team_name;
use crate::Debrief;
use crate::access::{Permit, ToManage, ToVisit};
use crate::error::ApiError;
use crate::http::request::Body;
use crate::store::announcements::Announcement;
use crate::store::team;
use axum::Json;
use axum::extract::State;
use postmortem::PostmortemRole;
use postmortem::api::TeamSettings;
use postmortem::mail_domain::clean_own_domains;

/// For how many days a browser may stay signed in.
const MOST_DAYS: u32 = 365;

pub async fn show(_: Permit<ToVisit>, State(debrief): State<Debrief>) -> Result<Json<TeamSettings>, ApiError> {
    let team = debrief.store.find_team().await?.ok_or(ApiError::NotFound("team"))?;
    Ok(Json(team))
}

/// Changes it. What members may do holds before their next message.
pub async fn update(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Body(wanted): Body<TeamSettings>,
) -> Result<Json<TeamSettings>, ApiError> {
    let days = 1..=MOST_DAYS;
    if !days.contains(&wanted.idle_days) || !days.contains(&wanted.session_days) {
        return Err(ApiError::Invalid(format!("A browser stays signed in for 1 to {MOST_DAYS} days.")));
    }
    if wanted.members_are == PostmortemRole::Owner {
        return Err(ApiError::Invalid("A post-mortem has one owner: choose editor, commenter or viewer.".into()));
    }
    let domains = clean_own_domains(&wanted.domains).map_err(|error| ApiError::Invalid(error.to_string()))?;
    let wanted = TeamSettings { name: team_name(Some(&wanted.name))?, domains, ..wanted };
    let kept = wanted.clone();
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        team::set(&mut write, &kept).await?;
        write.commit(Announcement::Team).await
    });
    changing.await?;
    Ok(Json(wanted))
}
