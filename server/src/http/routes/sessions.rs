//! Sessions: until people sign in, a visitor gives the name that others will see.

use crate::access::{Permit, ToVisit, cookie, token_hash};
use crate::error::{ApiError, created};
use crate::http::request::Body;
use crate::store::announcements::Announcement;
use crate::store::people;
use crate::to_the_end::to_the_end;
use crate::{Debrief, clock, random};
use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use postmortem::api::NewSession;
use postmortem::person::clean_name;
use postmortem::{Person, UserId};

/// The person of this browser's session; null before there is one, which is no error.
pub async fn show(permit: Permit<ToVisit>) -> Result<Json<Option<Person>>, ApiError> {
    Ok(Json(permit.into_person()?))
}

/// Gives the person of this browser another name; a browser without a person gets one of that name, and is signed in.
pub async fn create(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Body(new): Body<NewSession>,
) -> Result<Response, ApiError> {
    let (address, person) = (permit.address(), permit.into_person()?);
    let name = clean_name(&new.name).map_err(|error| ApiError::Invalid(error.to_string()))?;
    debrief.access.quotas.take_session(address)?;
    if let Some(person) = person {
        return Ok(created(rename(debrief, Person { name, ..person }).await?));
    }
    let token = random::token();
    let cookie = cookie(&token, debrief.public_url.as_ref().is_some_and(crate::access::PublicUrl::is_secure));
    let person = to_the_end(async move {
        let mut write = debrief.store.write().await?;
        let person = Person { id: random::id(UserId::new), name, color: people::next_color(&mut write).await? };
        let now = clock::now();
        people::insert_user(&mut write, &person, now).await?;
        people::insert_session(&mut write, &token_hash(&token), &person.id, now).await?;
        write.commit().await?;
        Ok(person)
    });
    Ok(([(SET_COOKIE, cookie)], created(person.await?)).into_response())
}

/// Writes the new name down and tells everyone who sees the person.
async fn rename(debrief: Debrief, person: Person) -> Result<Person, ApiError> {
    let renaming = debrief.announcer.write(async move |mut write| {
        people::rename_user(&mut write, &person.id, &person.name).await?;
        write.commit(Announcement::Renamed(person.id.clone())).await?;
        Ok(person)
    });
    renaming.await
}
