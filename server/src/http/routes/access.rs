//! Who may do what with a post-mortem.

use super::people::namesakes;
use crate::Debrief;
use crate::access::{Permit, ToAdminister, ToRead};
use crate::error::ApiError;
use crate::http::request::Body;
use crate::store::accounts::Account;
use crate::store::announcements::Announcement;
use crate::store::audit::Deed;
use crate::store::rights::{Granted, Named};
use crate::store::{accounts, groups, named_groups, rights};
use crate::work::access_changes::AccessStand;
use axum::Json;
use axum::extract::State;
use postmortem::api::{AccessChange, AccessShown, NamedGroupRole, NamedRole, PostmortemMember};
use postmortem::{AuditAction, Capabilities, GroupId, Openness, PostmortemId, PostmortemRole, TeamRole, UserId};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// The most people whom one post-mortem names: more are a team.
const MOST: usize = 500;

/// The most groups: their people are looked through with each request.
const MOST_GROUPS: usize = 50;

pub async fn show(permit: Permit<ToRead>, State(debrief): State<Debrief>) -> Result<Json<AccessShown>, ApiError> {
    Ok(Json(shown(&debrief, permit.postmortem(), permit.account(), permit.capabilities()).await?))
}

/// Puts who may do what in the place of what was. It holds before anybody's next message.
pub async fn update(
    permit: Permit<ToAdminister>,
    State(debrief): State<Debrief>,
    Body(change): Body<AccessChange>,
) -> Result<Json<AccessShown>, ApiError> {
    if change.members.len() > MOST {
        return Err(ApiError::Invalid(format!("A post-mortem names at most {MOST} people.")));
    }
    if change.members_are == Some(PostmortemRole::Owner) {
        return Err(ApiError::Invalid("A post-mortem has one owner: choose editor, commenter or viewer.".into()));
    }
    let groups = change.groups.map(named_groups_of).transpose()?;
    let (id, team_role) = (permit.postmortem().clone(), permit.account().role);
    // Asked again when it is their turn: two who decide at once decide after each other.
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let (before, known) = (rights::find_owner(&mut write, &id).await?, rights::list_named(&mut write, &id).await?);
        let named = named(change.members, before)?;
        // Whoever is named already may stay so, though they cannot come in at the moment.
        for user in named.keys().filter(|user| !known.contains(user)) {
            let account = accounts::find(&mut write, user).await?;
            if account.is_none_or(|account| account.suspended_at.is_some()) {
                return Err(ApiError::Invalid("Name people of the team who can sign in.".into()));
            }
        }
        if change.access == Openness::Private && !named.values().any(|role| *role == PostmortemRole::Owner) {
            return Err(ApiError::Invalid("Somebody has to own a private post-mortem: name an owner.".into()));
        }
        let stood = AccessStand::of(&mut write, &id).await?.ok_or(ApiError::NotFound("post-mortem"))?;
        rights::set(&mut write, &id, change.access, change.members_are, &named).await?;
        if let Some(groups) = groups {
            check_groups(&mut write, &id, &groups, team_role).await?;
            named_groups::set(&mut write, &id, &groups).await?;
        }
        let stands = AccessStand::of(&mut write, &id).await?.ok_or(ApiError::NotFound("post-mortem"))?;
        let deed = Deed::new(AuditAction::AccessChanged).on(&id);
        write.record_each(&deed, &stands.changes_since(&stood)).await?;
        let (now, was) = (stands.owner(), stood.owner());
        if now.map(|(user, _)| user) != was.map(|(user, _)| user) {
            let name = |owner: Option<(&UserId, &str)>| owner.map_or("nobody", |(_, name)| name).to_owned();
            write.record(Deed::new(AuditAction::OwnerChanged).on(&id).set(&name(now), &name(was))).await?;
        }
        write.commit(Announcement::Access(id)).await
    });
    changing.await?;
    let (postmortem, account) = (permit.postmortem(), permit.account());
    let now = debrief.store.find_capabilities(postmortem, &account.person.id, account.role).await?.unwrap_or_default();
    Ok(Json(shown(&debrief, postmortem, account, now).await?))
}

/// The groups that are to be named, each once.
fn named_groups_of(wanted: Vec<NamedGroupRole>) -> Result<BTreeMap<GroupId, PostmortemRole>, ApiError> {
    if wanted.len() > MOST_GROUPS {
        return Err(ApiError::Invalid(format!("A post-mortem names at most {MOST_GROUPS} groups.")));
    }
    let mut groups = BTreeMap::new();
    for NamedGroupRole { group, role } in wanted {
        if role == PostmortemRole::Owner {
            return Err(ApiError::Invalid(
                "A group owns no post-mortem: name a person, or choose editor, commenter or viewer.".into(),
            ));
        }
        if groups.insert(group, role).is_some() {
            return Err(ApiError::Invalid("Name every group once.".into()));
        }
    }
    Ok(groups)
}

/// Whether somebody may name these groups: outsiders know of none but those that are named already.
async fn check_groups(
    read: &mut SqliteConnection,
    id: &PostmortemId,
    groups: &BTreeMap<GroupId, PostmortemRole>,
    by: TeamRole,
) -> Result<(), ApiError> {
    let known = named_groups::list_ids(read, id).await?;
    for group in groups.keys().filter(|group| !known.contains(group)) {
        if by == TeamRole::Outsider || groups::find(read, group).await?.is_none() {
            return Err(ApiError::Invalid(
                "A group that is named here is not there. It may have been deleted: open this again.".into(),
            ));
        }
    }
    Ok(())
}

/// Everybody who is to be named, with one owner at most: another than before where one is named, who is an editor then
/// unless something else is said of them.
fn named(members: Vec<NamedRole>, before: Option<UserId>) -> Result<BTreeMap<UserId, PostmortemRole>, ApiError> {
    let mut named = BTreeMap::new();
    for NamedRole { person, role } in members {
        if named.insert(person, role).is_some() {
            return Err(ApiError::Invalid("Name everybody once.".into()));
        }
    }
    let owners: Vec<UserId> =
        named.iter().filter(|(_, role)| **role == PostmortemRole::Owner).map(|(user, _)| user.clone()).collect();
    let newcomers: Vec<&UserId> = owners.iter().filter(|owner| Some(*owner) != before.as_ref()).collect();
    match (newcomers.as_slice(), before) {
        ([], None) => {}
        // The owner stays, whatever is said of them beside handing over.
        ([], Some(before)) => drop(named.insert(before, PostmortemRole::Owner)),
        ([_], Some(before)) => {
            let role = named.entry(before).or_insert(PostmortemRole::Editor);
            *role = (*role).min(PostmortemRole::Editor);
        }
        ([_], None) => {}
        _ => return Err(ApiError::Invalid("A post-mortem has one owner.".into())),
    }
    Ok(named)
}

async fn shown(
    debrief: &Debrief,
    id: &PostmortemId,
    asker: &Account,
    capabilities: Capabilities,
) -> Result<AccessShown, ApiError> {
    let found = debrief.store.find_granted(id, &asker.person.id).await?;
    let Granted { access, people, groups, readers } = found.ok_or(ApiError::NotFound("post-mortem"))?;
    let namesakes = namesakes(people.iter().map(|named| &named.account.person), &asker.person.id);
    let is_of_team = asker.role != TeamRole::Outsider;
    let members = people.into_iter().map(|Named { account, role }| PostmortemMember {
        mail: account.mail.filter(|_| is_of_team && namesakes.contains(&account.person.name.to_lowercase())),
        person: account.person,
        role,
        team_role: account.role,
    });
    Ok(AccessShown {
        access: access.openness,
        members_are: access.members_are,
        usually: access.usually,
        members: members.collect(),
        groups,
        readers,
        capabilities,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        name.parse().expect("an id")
    }

    fn naming(roles: &[(&str, PostmortemRole)], before: Option<&str>) -> Option<Vec<(String, PostmortemRole)>> {
        let members = roles.iter().map(|(name, role)| NamedRole { person: user(name), role: *role }).collect();
        let named = named(members, before.map(user)).ok()?;
        Some(named.into_iter().map(|(user, role)| (user.to_string(), role)).collect())
    }

    #[test]
    fn there_is_one_owner_who_stays_until_it_is_handed_over() {
        use PostmortemRole::{Editor, Owner, Viewer};
        let pair = |name: &str, role| (name.to_owned(), role);
        assert_eq!(naming(&[("jonah", Viewer)], Some("mara")), Some(vec![pair("jonah", Viewer), pair("mara", Owner)]));
        assert_eq!(naming(&[("mara", Viewer)], Some("mara")), Some(vec![pair("mara", Owner)]));
        let handed = Some(vec![pair("jonah", Owner), pair("mara", Editor)]);
        assert_eq!(naming(&[("jonah", Owner)], Some("mara")), handed);
        assert_eq!(naming(&[("jonah", Owner), ("mara", Owner)], Some("mara")), handed);
        let left = Some(vec![pair("jonah", Owner), pair("mara", Viewer)]);
        assert_eq!(naming(&[("jonah", Owner), ("mara", Viewer)], Some("mara")), left);
        assert_eq!(naming(&[("jonah", Owner), ("ines", Owner)], Some("mara")), None);
        assert_eq!(naming(&[("jonah", Viewer), ("jonah", Editor)], None), None);
        assert_eq!(naming(&[], None), Some(vec![]));
    }
}
