//! One-time links: what one leads to, for the page that it opens.

use crate::access::{Permit, ToEnter, token_hash};
use crate::error::ApiError;
use crate::http::request::Body;
use crate::{Debrief, clock};
use axum::Json;
use axum::extract::State;
use postmortem::api::{LinkKind, LinkShown, LinkToken};

/// Looks at a link by its secret, which uses nothing up.
pub async fn show(
    permit: Permit<ToEnter>,
    State(debrief): State<Debrief>,
    Body(LinkToken { token }): Body<LinkToken>,
) -> Result<Json<LinkShown>, ApiError> {
    debrief.access.quotas.take_entry(permit.from())?;
    let link = debrief.store.find_link(&token_hash(&token), clock::now()).await?.ok_or(ApiError::LinkEnded)?;
    let account = match &link.user {
        Some(user) => debrief.store.find_account(user).await?.map(|listed| listed.account),
        None => None,
    };
    let team = match link.kind {
        LinkKind::Setup => None,
        LinkKind::Invitation | LinkKind::SignIn | LinkKind::NewPassword => debrief.store.find_team().await?,
    };
    Ok(Json(LinkShown {
        kind: link.kind,
        team: team.map(|team| team.name),
        role: link.role,
        mail: link.mail,
        name: account.map(|account| account.person.name),
        ends_at: link.ends_at,
    }))
}
