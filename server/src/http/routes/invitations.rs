//! Invitations: links by which people join, made, listed and withdrawn by whoever looks after the team.

use crate::access::{Permit, ToManage};
use crate::error::{ApiError, created, done};
use crate::http::request::{Body, Path, own_origin};
use crate::store::links;
use crate::work::joining::{self, LinkWanted, clean_mail};
use crate::{Debrief, clock};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::TimeDelta;
use postmortem::InvitationId;
use postmortem::api::{Invitation, Invitations, LinkKind, MadeInvitation, NewInvitation};

/// How many people may join with one link, and for how many days.
const MOST_PEOPLE: u32 = 1_000;
const MOST_DAYS: u32 = 90;

/// Those that are open, the newest first.
pub async fn list(_: Permit<ToManage>, State(debrief): State<Debrief>) -> Result<Json<Invitations>, ApiError> {
    let listed = debrief.store.list_invitations(clock::now()).await?;
    let invitations = listed.into_iter().map(|listed| shown(listed.link, listed.maker)).collect();
    Ok(Json(Invitations { invitations }))
}

/// Makes one. Its link is told in this answer, and never again.
pub async fn create(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
    Body(new): Body<NewInvitation>,
) -> Result<Response, ApiError> {
    let mail = new.mail.as_deref().map(clean_mail).transpose()?;
    let is_for_one = mail.is_some();
    if !(1..=MOST_PEOPLE).contains(&new.people) || (is_for_one && new.people > 1) {
        return Err(ApiError::Invalid(format!(
            "A link is for one mail address, or for 1 to {MOST_PEOPLE} people who have it."
        )));
    }
    if !(1..=MOST_DAYS).contains(&new.days) {
        return Err(ApiError::Invalid(format!("A link holds for 1 to {MOST_DAYS} days.")));
    }
    let wanted = LinkWanted {
        kind: LinkKind::Invitation,
        role: new.role,
        mail,
        user: None,
        people: new.people,
        made_by: Some(permit.person().id.clone()),
        holds: TimeDelta::days(new.days.into()),
    };
    let fresh = joining::keep_link(&debrief.store, Some(&permit.grounds()), wanted).await?;
    let url = fresh.url(&own_origin(&debrief, &headers));
    Ok(created(MadeInvitation { invitation: shown(fresh.link, Some(permit.person().name.clone())), url }))
}

/// Withdraws one: its link leads nowhere any more.
pub async fn delete(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Path(id): Path<InvitationId>,
) -> Result<Response, ApiError> {
    if joining::withdraw(&debrief.store, &permit.grounds(), &id).await? {
        Ok(done())
    } else {
        Err(ApiError::NotFound("invitation"))
    }
}

fn shown(link: links::OneTimeLink, made_by: Option<String>) -> Invitation {
    let links::OneTimeLink { id, role, mail, people, joined, ends_at, .. } = link;
    Invitation { id, role, mail, people, joined, made_by, ends_at }
}
