//! Groups: people of the team under one name, kept by whoever looks after the team.

use crate::access::{Permit, ToManage, ToVisit};
use crate::announce::AnnouncedWrite;
use crate::error::{ApiError, created, done};
use crate::http::request::{Body, Path, Query};
use crate::store::announcements::Announcement;
use crate::store::audit::Deed;
use crate::store::{accounts, groups, named_groups};
use crate::{Debrief, random};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use postmortem::api::{GroupChange, Groups, NewGroup, TeamGroup};
use postmortem::person::{LONGEST_NAME, NameError, clean_name};
use postmortem::{AuditAction, GroupId, Person, TeamRole, UserId, limits};
use serde::Deserialize;

/// Which groups are asked for.
#[derive(Debug, Deserialize)]
pub struct GroupsQuery {
    /// Letters of a name.
    #[serde(default)]
    search: String,
    limit: Option<u32>,
}

/// The groups whose name has some letters in it, by name, each with its first people. Outsiders know of none.
pub async fn list(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Query(GroupsQuery { search, limit }): Query<GroupsQuery>,
) -> Result<Json<Groups>, ApiError> {
    if permit.account().role == TeamRole::Outsider {
        return Ok(Json(Groups { groups: Vec::new(), more: 0 }));
    }
    let most = limit.unwrap_or(limits::GROUPS).clamp(1, limits::GROUPS);
    let (groups, more) = debrief.store.list_groups(search.trim(), most).await?;
    Ok(Json(Groups { groups, more }))
}

/// A group with everybody in it.
pub async fn show(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Path(id): Path<GroupId>,
) -> Result<Json<TeamGroup>, ApiError> {
    let found = match permit.account().role {
        TeamRole::Outsider => None,
        TeamRole::Admin | TeamRole::Member => debrief.store.find_group(&id).await?,
    };
    found.map(Json).ok_or(ApiError::NotFound("group"))
}

pub async fn create(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Body(NewGroup { name, people }): Body<NewGroup>,
) -> Result<Response, ApiError> {
    let name = group_name(&name)?;
    let making = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        if groups::count(&mut write).await? >= limits::GROUPS {
            let most = limits::GROUPS;
            return Err(ApiError::Invalid(format!("A team has at most {most} groups. Delete one that nobody needs.")));
        }
        let id = random::id(GroupId::new);
        if !groups::insert(&mut write, &id, &name).await? {
            return Err(taken(&name));
        }
        add(&mut write, &id, &people).await?;
        // Nobody else hears of it: a list of groups is asked for when it is opened.
        keep(write, &id, None, Vec::new()).await
    });
    Ok(created(making.await?))
}

/// Renames a group, and adds people to it or takes them out. What it is named in is theirs, or not any more, before their next
/// message.
pub async fn update(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Path(id): Path<GroupId>,
    Body(change): Body<GroupChange>,
) -> Result<Json<TeamGroup>, ApiError> {
    let name = change.name.as_deref().map(group_name).transpose()?;
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let before = groups::find(&mut write, &id).await?.ok_or(ApiError::NotFound("group"))?;
        if let Some(name) = name
            && !groups::rename(&mut write, &id, &name).await?
        {
            return Err(taken(&name));
        }
        for user in &change.remove {
            groups::delete_member(&mut write, &id, user).await?;
        }
        add(&mut write, &id, &change.add).await?;
        // Another name changes nobody's rights.
        let is_of_people = !change.add.is_empty() || !change.remove.is_empty();
        let concerned = if is_of_people { concerned(&mut write, &id).await? } else { Vec::new() };
        keep(write, &id, Some(&before), concerned).await
    });
    Ok(Json(changing.await?))
}

/// Deletes a group; its people stay, without what they had by it, and what it answered for is nobody's.
pub async fn delete(
    permit: Permit<ToManage>,
    State(debrief): State<Debrief>,
    Path(id): Path<GroupId>,
) -> Result<Response, ApiError> {
    let deleting = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let before = groups::find(&mut write, &id).await?.ok_or(ApiError::NotFound("group"))?;
        let concerned = concerned(&mut write, &id).await?;
        groups::delete(&mut write, &id).await?;
        write.record(Deed::new(AuditAction::GroupDeleted).to(before.name)).await?;
        write.commit_all(concerned).await
    });
    deleting.await?;
    Ok(done())
}

/// Puts people into a group who can come in.
async fn add(write: &mut AnnouncedWrite, id: &GroupId, people: &[UserId]) -> Result<(), ApiError> {
    let most = limits::GROUP_PEOPLE;
    let full = || ApiError::Invalid(format!("A group has at most {most} people. Make two groups of it."));
    if people.len() > most as usize {
        return Err(full());
    }
    for user in people {
        let listed = accounts::find(write, user).await?.ok_or(ApiError::NotFound("person"))?;
        if !listed.can_be_chosen() {
            let name = &listed.account.person.name;
            return Err(ApiError::Invalid(format!("{name} cannot sign in. A group is of people who can.")));
        }
        groups::insert_member(write, id, user).await?;
    }
    if groups::count_members(write, id).await? > most { Err(full()) } else { Ok(()) }
}

/// That somebody may do something else now with whatever names a group.
async fn concerned(write: &mut AnnouncedWrite, id: &GroupId) -> Result<Vec<Announcement>, ApiError> {
    Ok(named_groups::list_naming(write, id).await?.into_iter().map(Announcement::Access).collect())
}

/// Commits it, and tells how the group stands then.
async fn keep(
    mut write: AnnouncedWrite,
    id: &GroupId,
    before: Option<&TeamGroup>,
    concerned: Vec<Announcement>,
) -> Result<TeamGroup, ApiError> {
    let group = groups::find(&mut write, id).await?.ok_or(ApiError::NotFound("group"))?;
    write.record_each(&Deed::new(AuditAction::GroupChanged).to(&group.name), &changes(before, &group)).await?;
    write.commit_all(concerned).await?;
    Ok(group)
}

/// What is another than before, for the audit log: `made`, `with Jonah Adeyemi, without Hana Ito, before Ops`.
fn changes(before: Option<&TeamGroup>, now: &TeamGroup) -> Vec<String> {
    let missing = |from: &TeamGroup, of: &TeamGroup| -> Vec<String> {
        let is_in = |person: &Person| from.people.iter().any(|other| other.id == person.id);
        of.people.iter().filter(|person| !is_in(person)).map(|person| person.name.clone()).collect()
    };
    let nobody = TeamGroup { people: Vec::new(), ..now.clone() };
    let (with, without) = (missing(before.unwrap_or(&nobody), now), before.map(|before| missing(now, before)));
    let mut words: Vec<String> = with.into_iter().map(|name| format!("with {name}")).collect();
    if before.is_none() {
        words.insert(0, "made".into());
    }
    words.extend(without.into_iter().flatten().map(|name| format!("without {name}")));
    if let Some(before) = before.filter(|before| before.name != now.name) {
        words.push(format!("before {}", before.name));
    }
    words
}

fn group_name(text: &str) -> Result<String, ApiError> {
    clean_name(text).map_err(|error| {
        ApiError::Invalid(match error {
            NameError::Empty => "Give the group a name.".into(),
            NameError::TooLong => format!("The name of a group has at most {LONGEST_NAME} characters."),
        })
    })
}

fn taken(name: &str) -> ApiError {
    ApiError::Invalid(format!("There is a group that is called {name} already. Choose another name."))
}
