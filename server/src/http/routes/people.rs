//! The people of the team: who they are, what they are in it, and what becomes of what they leave.

use crate::access::{Permit, ToManage, ToVisit};
use crate::announce::AnnouncedWrite;
use crate::error::{ApiError, created, done};
use crate::http::request::{Body, Path, Query, own_origin};
use crate::store::accounts::{self, ListedAccount};
use crate::store::announcements::Announcement;
use crate::store::audit::Deed;
use crate::store::{links, rights, sessions};
use crate::work::joining;
use crate::{Debrief, clock};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use postmortem::api::{
    MadeLink, NameJoined, NameWithoutAccount, NewOwner, Nothing, People, TeamMember, TeamMemberChange,
};
use postmortem::{AuditAction, Capability, Person, TeamRole, UserId};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The most people of one answer; who looks for others writes some letters of their name.
const MOST: u32 = 500;

/// Which people are asked for.
#[derive(Debug, Deserialize)]
pub struct PeopleQuery {
    /// Letters of a name or a mail address.
    #[serde(default)]
    search: String,
    limit: Option<u32>,
}

/// The people whose name has some letters in it, by name.
pub async fn list(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Query(PeopleQuery { search, limit }): Query<PeopleQuery>,
) -> Result<Json<People>, ApiError> {
    let (asker, manages) = (permit.account(), permit.capabilities().contains(Capability::Manage));
    let most = limit.unwrap_or(MOST).clamp(1, MOST);
    // Outsiders know of nobody but those who know of them, whom each post-mortem lists.
    if asker.role == TeamRole::Outsider {
        return Ok(Json(People { people: Vec::new(), names: Vec::new(), more: 0 }));
    }
    let search = search.trim();
    let found = debrief.store.list_accounts(&asker.person.id, search, manages, most).await?;
    let all = if search.is_empty() { debrief.store.count_accounts(manages).await? } else { 0 };
    let more = all.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
    let namesakes = namesakes(found.iter().map(|listed| &listed.account.person), &asker.person.id);
    let shown = |listed: ListedAccount| {
        let Person { id, name, .. } = &listed.account.person;
        let tells_apart = namesakes.contains(&name.to_lowercase());
        let is_own = *id == asker.person.id;
        member(listed, manages || is_own || tells_apart)
    };
    let names = if manages { debrief.store.list_former_names().await? } else { Vec::new() };
    let name =
        |former: accounts::FormerName| NameWithoutAccount { person: former.person, postmortems: former.postmortems };
    Ok(Json(People {
        people: found.into_iter().map(shown).collect(),
        names: names.into_iter().map(name).collect(),
        more,
    }))
}

/// The names that more than one of these people has, beside whoever asks: only their mail addresses tell them apart.
pub(super) fn namesakes<'a>(people: impl Iterator<Item = &'a Person>, asker: &UserId) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    people
        .filter(|person| person.id != *asker)
        .map(|person| person.name.to_lowercase())
        .filter(|name| !seen.insert(name.clone()))
        .collect()
}

/// Changes what somebody is in the team, or whether they may come in. It holds before their next message.
pub async fn update(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Path(user): Path<UserId>,
    Body(change): Body<TeamMemberChange>,
) -> Result<Json<TeamMember>, ApiError> {
    let by = permit.person().id.clone();
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let listed = find(&mut write, &user).await?;
        let stays_admin = change.role.unwrap_or(listed.account.role) == TeamRole::Admin
            && !change.is_suspended.unwrap_or(listed.suspended_at.is_some());
        let is_admin = listed.account.role == TeamRole::Admin && listed.suspended_at.is_none();
        if is_admin && !stays_admin && !accounts::has_other_admin(&mut write, &user).await? {
            return Err(ApiError::Invalid(
                "This is the last admin. Make somebody else an admin first, or nobody could.".into(),
            ));
        }
        if change.is_suspended == Some(true) && user == by {
            return Err(ApiError::Invalid("Nobody suspends themselves: ask another admin.".into()));
        }
        let name = &listed.account.person.name;
        if let Some(role) = change.role.filter(|role| *role != listed.account.role) {
            accounts::set_role(&mut write, &user, role).await?;
            let deed = Deed::new(AuditAction::RoleChanged).to(name);
            write.record(deed.set(role.label(), listed.account.role.label())).await?;
        }
        if let Some(is_suspended) = change.is_suspended {
            let since = is_suspended.then(|| listed.suspended_at.unwrap_or_else(clock::now));
            accounts::set_suspended(&mut write, &user, since).await?;
            if is_suspended != listed.suspended_at.is_some() {
                let action = if is_suspended { AuditAction::Suspended } else { AuditAction::Readmitted };
                let ended = if is_suspended { "sessions, tokens and links ended" } else { "" };
                write.record(Deed::new(action).to(name).how(ended)).await?;
            }
            if is_suspended {
                sessions::delete_others(&mut write, &user, None).await?;
                sessions::delete_tokens(&mut write, &user).await?;
                links::delete_of(&mut write, &user).await?;
            }
        }
        if is_admin && !stays_admin {
            // Nobody comes in any more by what they made.
            links::delete_made_by(&mut write, &user).await?;
        }
        let now = find(&mut write, &user).await?;
        write.commit(Announcement::Account(user)).await?;
        Ok(now)
    });
    Ok(Json(member(changing.await?, true)))
}

/// Makes a link by which somebody chooses a new password.
pub async fn create_link(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Path(user): Path<UserId>,
    headers: HeaderMap,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Response, ApiError> {
    let listed = debrief.store.find_account(&user).await?.ok_or(ApiError::NotFound("person"))?;
    if !listed.can_be_chosen() {
        return Err(ApiError::Invalid("Only somebody who can sign in chooses a password.".into()));
    }
    let wanted = joining::password_link(&listed.account, &permit.person().id);
    let fresh = joining::keep_link(&debrief.store, Some(&permit.grounds()), wanted).await?;
    Ok(created(MadeLink { url: fresh.url(&own_origin(&debrief, &headers)), ends_at: fresh.link.ends_at }))
}

/// Says that a name from before there were accounts is this person's.
pub async fn create_name(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Path(user): Path<UserId>,
    Body(NameJoined { name }): Body<NameJoined>,
) -> Result<Response, ApiError> {
    let joining = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let account = find(&mut write, &user).await?.account;
        if !accounts::is_former_name(&mut write, &name).await? {
            return Err(ApiError::NotFound("name without an account"));
        }
        accounts::join_name(&mut write, &name, &account.person).await?;
        write.record(Deed::new(AuditAction::NameJoined).to(&account.person.name)).await?;
        write.commit(Announcement::Renamed(user)).await
    });
    joining.await?;
    Ok(done())
}

/// Hands everything over that somebody owns.
pub async fn create_handover(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Path(user): Path<UserId>,
    Body(NewOwner { person }): Body<NewOwner>,
) -> Result<Response, ApiError> {
    let handing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let before = find(&mut write, &user).await?;
        let heir = find(&mut write, &person).await?;
        if heir.suspended_at.is_some() || person == user {
            return Err(ApiError::Invalid("Choose somebody else, who can sign in.".into()));
        }
        let handed = rights::hand_over(&mut write, &user, &person).await?;
        let deed = Deed::new(AuditAction::HandedOver).to(&before.account.person.name);
        let to = &heir.account.person.name;
        write.record(deed.how(format!("to {to}"))).await?;
        // Both may do other things there from now on, and whose is private finds it no more.
        write.commit_all(handed.into_iter().map(Announcement::Access).collect()).await
    });
    handing.await?;
    Ok(done())
}

async fn find(write: &mut AnnouncedWrite, user: &UserId) -> Result<ListedAccount, ApiError> {
    accounts::find(write, user).await?.ok_or(ApiError::NotFound("person"))
}

fn member(listed: ListedAccount, shows_mail: bool) -> TeamMember {
    let is_program = listed.account.mail.is_none();
    TeamMember {
        person: listed.account.person,
        mail: listed.account.mail.filter(|_| shows_mail),
        role: listed.account.role,
        seen_at: listed.seen_at,
        suspended_at: listed.suspended_at,
        owned: listed.owned,
        is_program,
    }
}
