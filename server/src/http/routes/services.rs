//! Services: what the team runs, under the names that people call it by, kept by everybody of the team.

use crate::access::{Permit, ToCurate, ToVisit};
use crate::announce::AnnouncedWrite;
use crate::error::{ApiError, created, done};
use crate::http::request::{Body, Path, Query};
use crate::store::{accounts, groups, services};
use crate::{Debrief, random};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use postmortem::api::{Service, ServiceDraft, ServiceOwnerId, Services};
use postmortem::{ServiceId, TeamRole, limits};
use serde::Deserialize;

/// The longest name of a service, in characters.
const LONGEST_NAME: usize = 80;

/// The most services of one answer; who looks for others writes some letters of their name.
const MOST: u32 = 500;

/// Which services are asked for.
#[derive(Debug, Deserialize)]
pub struct ServicesQuery {
    /// Letters of a name.
    #[serde(default)]
    search: String,
    limit: Option<u32>,
}

/// The services of which a name has some letters in it, by name. Outsiders know of none: what a team runs is the team's.
pub async fn list(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Query(ServicesQuery { search, limit }): Query<ServicesQuery>,
) -> Result<Json<Services>, ApiError> {
    if permit.account().role == TeamRole::Outsider {
        return Ok(Json(Services { services: Vec::new(), more: 0 }));
    }
    let (services, more) = debrief.store.list_services(search.trim(), limit.unwrap_or(MOST).clamp(1, MOST)).await?;
    Ok(Json(Services { services, more }))
}

pub async fn create(
    permit: Permit<ToCurate>,
    State(debrief): State<Debrief>,
    Body(draft): Body<ServiceDraft>,
) -> Result<Response, ApiError> {
    let draft = clean(&draft)?;
    let making = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        if services::count(&mut write).await? >= limits::SERVICES {
            let most = limits::SERVICES;
            return Err(ApiError::Invalid(format!(
                "A team has at most {most} services. Delete one that nobody runs any more."
            )));
        }
        let id = random::id(ServiceId::new);
        services::insert(&mut write, &id).await?;
        keep(write, &id, None, &draft).await
    });
    Ok(created(making.await?))
}

/// Puts a service in the place of what it was. Post-mortems keep what is written in them.
pub async fn update(
    permit: Permit<ToCurate>,
    State(debrief): State<Debrief>,
    Path(id): Path<ServiceId>,
    Body(draft): Body<ServiceDraft>,
) -> Result<Json<Service>, ApiError> {
    let draft = clean(&draft)?;
    let changing = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        let before = services::find(&mut write, &id).await?.ok_or(ApiError::NotFound("service"))?;
        keep(write, &id, before.owner.map(|owner| owner.id()), &draft).await
    });
    Ok(Json(changing.await?))
}

pub async fn delete(
    permit: Permit<ToCurate>,
    State(debrief): State<Debrief>,
    Path(id): Path<ServiceId>,
) -> Result<Response, ApiError> {
    let deleting = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        if !services::delete(&mut write, &id).await? {
            return Err(ApiError::NotFound("service"));
        }
        write.commit_all(Vec::new()).await
    });
    deleting.await?;
    Ok(done())
}

/// Writes a service that is there, and tells how it stands then.
async fn keep(
    mut write: AnnouncedWrite,
    id: &ServiceId,
    former_owner: Option<ServiceOwnerId>,
    draft: &ServiceDraft,
) -> Result<Service, ApiError> {
    // Whoever answers for it already may be somebody who was suspended since.
    if former_owner != draft.owner {
        expect_owner(&mut write, draft.owner.as_ref()).await?;
    }
    services::set_owner(&mut write, id, draft.owner.as_ref()).await?;
    services::delete_names(&mut write, id).await?;
    for name in std::iter::once(&draft.name).chain(&draft.other_names) {
        if !services::insert_name(&mut write, id, name).await? {
            let other = services::find_called(&mut write, name).await?.unwrap_or_default();
            return Err(ApiError::Invalid(match other.to_lowercase() == name.to_lowercase() {
                true => format!("There is a service that is called {other} already."),
                false => {
                    format!("{name} is another name of {other} already. Take it away there, or leave it out here.")
                }
            }));
        }
    }
    let kept = services::find(&mut write, id).await?.ok_or(ApiError::NotFound("service"))?;
    write.commit_all(Vec::new()).await?;
    Ok(kept)
}

/// That whoever is to answer for a service is there, and can come in.
async fn expect_owner(write: &mut AnnouncedWrite, owner: Option<&ServiceOwnerId>) -> Result<(), ApiError> {
    match owner {
        None => Ok(()),
        Some(ServiceOwnerId::Person(user)) => {
            let listed = accounts::find(write, user).await?.ok_or(ApiError::NotFound("person"))?;
            match listed.can_be_chosen() {
                true => Ok(()),
                false => Err(ApiError::Invalid("Choose an owner who can sign in.".into())),
            }
        }
        Some(ServiceOwnerId::Group(group)) => {
            groups::find(write, group).await?.map(drop).ok_or(ApiError::NotFound("group"))
        }
    }
}

/// A service as it is kept: no name twice, and none that could not stand in a post-mortem.
fn clean(draft: &ServiceDraft) -> Result<ServiceDraft, ApiError> {
    let name = service_name(&draft.name)?.ok_or(ApiError::Invalid("Give the service a name.".into()))?;
    let mut other_names: Vec<String> = Vec::new();
    for other in &draft.other_names {
        let Some(other) = service_name(other)? else { continue };
        let folded = other.to_lowercase();
        let is_known = std::iter::once(&name).chain(&other_names).any(|known| known.to_lowercase() == folded);
        if !is_known {
            other_names.push(other);
        }
    }
    if other_names.len() > limits::OTHER_NAMES {
        let most = limits::OTHER_NAMES;
        return Err(ApiError::Invalid(format!("A service has at most {most} other names.")));
    }
    Ok(ServiceDraft { name, other_names, owner: draft.owner.clone() })
}

/// A name with runs of white space as one space; `None` where there is nothing else.
fn service_name(text: &str) -> Result<Option<String>, ApiError> {
    let words = text.split(|character: char| character.is_whitespace() || character.is_control());
    let name = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if name.contains(',') {
        return Err(ApiError::Invalid("A service's name has no comma: commas stand between services.".into()));
    }
    match name.chars().count() {
        0 => Ok(None),
        count if count > LONGEST_NAME => {
            Err(ApiError::Invalid(format!("The name of a service has at most {LONGEST_NAME} characters.")))
        }
        _ => Ok(Some(name)),
    }
}
