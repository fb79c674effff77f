//! Accounts: whoever has a link that invites, or the first, makes one and is signed in.

use super::sessions::{Former, fresh_session, signed_in, with_cookie};
use crate::access::{Permit, ToEnter, check_password, token_hash};
use crate::error::{ApiError, created};
use crate::http::request::Body;
use crate::store::announcements::Announcement;
use crate::store::audit::Deed;
use crate::store::{links, team};
use crate::work::joining::{self, Joining, clean_mail};
use crate::{Debrief, clock};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use postmortem::AuditAction;
use postmortem::api::{LinkKind, NewAccount, TeamSettings};
use postmortem::person::{LONGEST_TEAM, clean_name};

/// Makes the account of a link.
pub async fn create(
    permit: Permit<ToEnter>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
    Body(new): Body<NewAccount>,
) -> Result<Response, ApiError> {
    debrief.access.quotas.take_entry(permit.from())?;
    let secret = token_hash(&new.token);
    let link = debrief.store.find_link(&secret, clock::now()).await?.ok_or(ApiError::LinkEnded)?;
    let is_first = match link.kind {
        LinkKind::Setup => true,
        LinkKind::Invitation => false,
        LinkKind::SignIn | LinkKind::NewPassword => return Err(ApiError::LinkEnded),
    };
    let name = clean_name(&new.name).map_err(|error| ApiError::Invalid(error.to_string()))?;
    let mail = clean_mail(link.mail.as_deref().unwrap_or(&new.mail))?;
    check_password(&new.password, &[&name, &mail])?;
    let named = if is_first { Some(team_name(new.team.as_deref())?) } else { None };
    let password = debrief.access.passwords.hash(new.password).await?;
    // The first is made by the operator. Beside that, nobody proves an address that the link does not name.
    let is_mail_proven = is_first || link.mail.is_some();
    let joining = Joining { name, mail, is_mail_proven, password: Some(password), role: link.role };
    let (cookie, start) = fresh_session(&permit, &headers);
    let former = Former::of(&permit);
    let making = debrief.announcer.write(async move |mut write| {
        // Of two who come with the same link at once, one is too late.
        let link = links::find(&mut write, &secret, clock::now()).await?.ok_or(ApiError::LinkEnded)?;
        let team: TeamSettings = match named {
            Some(name) => {
                let named = TeamSettings { name, ..joining::settled_team(&mut write).await? };
                team::set(&mut write, &named).await?;
                named
            }
            None => joining::settled_team(&mut write).await?,
        };
        let account = joining::make_account(&mut write, &joining).await?;
        links::mark_joined(&mut write, &link.id).await?;
        joining::begin_session(&mut write, &account.person.id, &team, &start).await?;
        let how = if link.kind == LinkKind::Setup { "the first account" } else { "by an invitation" };
        let joined = Deed::new(AuditAction::AccountMade).how(format!("as {}, {how}", account.role.code()));
        write.record_by(start.actor(&account.person.id), joined).await?;
        if let Some(former) = &former {
            former.end(&mut write).await?;
        }
        let ended = former.map(|former| Announcement::Account(former.user));
        write.commit_all(ended.into_iter().collect()).await?;
        Ok((account, team))
    });
    let (account, team) = making.await?;
    Ok(with_cookie(&debrief, &cookie, &team, created(signed_in(&debrief, &account, team.name.clone()).await?)))
}

/// The name of a team as it is kept.
///
/// # Errors
/// When it is none, or too long.
pub(super) fn team_name(given: Option<&str>) -> Result<String, ApiError> {
    let name = given.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(ApiError::Invalid("Give the team a name: it stands on published pages.".into())),
        length if length > LONGEST_TEAM => {
            Err(ApiError::Invalid(format!("The name of a team has at most {LONGEST_TEAM} characters.")))
        }
        _ => Ok(name),
    }
}
