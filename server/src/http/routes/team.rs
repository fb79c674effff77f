//! The team: what holds for everybody.

use super::accounts::team_name;
use crate::Debrief;
use crate::access::{Permit, ToManage, ToVisit};
use crate::error::ApiError;
use crate::http::request::Body;
use crate::store::announcements::Announcement;
use crate::store::audit::Deed;
use crate::store::team;
use axum::Json;
use axum::extract::State;
use postmortem::api::TeamSettings;
use postmortem::mail_domain::clean_own_domains;
use postmortem::{AuditAction, PostmortemRole};
use std::ops::RangeInclusive;

/// For how many days a browser may stay signed in.
const MOST_DAYS: u32 = 365;

/// For how many days the audit log may be kept: less would be gone before anybody looks, more is ten years.
const AUDIT_DAYS: RangeInclusive<u32> = 30..=3_653;

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
    if wanted.audit_days.is_some_and(|days| !AUDIT_DAYS.contains(&days)) {
        let (least, most) = (AUDIT_DAYS.start(), AUDIT_DAYS.end());
        return Err(ApiError::Invalid(format!("The audit log is kept for {least} to {most} days.")));
    }
    if wanted.members_are == PostmortemRole::Owner {
        return Err(ApiError::Invalid("A post-mortem has one owner: choose editor, commenter or viewer.".into()));
    }
    let domains = clean_own_domains(&wanted.domains).map_err(|error| ApiError::Invalid(error.to_string()))?;
    let wanted = TeamSettings { name: team_name(Some(&wanted.name))?, domains, ..wanted };
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let before = team::find(&mut write).await?;
        team::set(&mut write, &wanted).await?;
        let now = team::find(&mut write).await?.ok_or(ApiError::NotFound("team"))?;
        write.record_each(&Deed::new(AuditAction::TeamChanged), &changes(before.as_ref(), &now)).await?;
        write.commit(Announcement::Team).await?;
        Ok(now)
    });
    Ok(Json(changing.await?))
}

/// What is another than before, for the audit log.
fn changes(before: Option<&TeamSettings>, now: &TeamSettings) -> Vec<String> {
    let line = |team: &TeamSettings| {
        let domains = if team.domains.is_empty() { "nobody".to_owned() } else { team.domains.join(" ") };
        [
            ("name", team.name.clone()),
            ("members are", team.members_are.label().to_owned()),
            ("pages are for", team.pages_are_for.label().to_owned()),
            ("days without use", team.idle_days.to_string()),
            ("days at most", team.session_days.to_string()),
            ("joining by mail domain", domains),
            ("days of the audit log", team.audit_days.unwrap_or_default().to_string()),
        ]
    };
    let before = before.map(line);
    let changed = line(now).into_iter().enumerate().filter_map(|(place, (what, value))| {
        let is_same = before.as_ref().is_some_and(|before| before[place].1 == value);
        (!is_same).then(|| format!("{what}: {value}"))
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::joining::usual_team;

    #[test]
    fn the_audit_log_is_told_what_is_another_than_before() {
        let before = usual_team("Harbour".into());
        let now = TeamSettings { members_are: PostmortemRole::Viewer, audit_days: Some(30), ..before.clone() };
        assert_eq!(changes(Some(&before), &now), ["members are: Viewer", "days of the audit log: 30"]);
        assert_eq!(changes(Some(&before), &before), Vec::<String>::new());
    }
}
