//! Sessions: until people sign in, a visitor gives the name that others will see.

use crate::access::{Visitor, cookie, token_hash};
use crate::error::{ApiError, created};
use crate::request::{Body, to_the_end};
use crate::store::{StoreError, people};
use crate::{Debrief, clock, random};
use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use postmortem::person::clean_name;
use postmortem::{Person, UserId};
use serde::Deserialize;

/// What a visitor gives.
#[derive(Debug, Deserialize)]
pub struct NewSession {
    name: String,
}

/// The person of this browser's session; null before there is one, which is no error.
pub async fn show(visitor: Option<Visitor>) -> Json<Option<Person>> {
    Json(visitor.map(|Visitor(person)| person))
}

/// Makes a user of that name and signs this browser in.
pub async fn create(State(debrief): State<Debrief>, Body(new): Body<NewSession>) -> Result<Response, ApiError> {
    let name = clean_name(&new.name).map_err(|error| ApiError::Invalid(error.to_string()))?;
    let token = random::token();
    let cookie = cookie(&token, debrief.public_url.as_ref().is_some_and(crate::config::PublicUrl::is_secure));
    let person = to_the_end(async move {
        let mut write = debrief.store.write().await?;
        let person = Person { id: random::id(UserId::new), name, color: people::next_color(&mut write).await? };
        let now = clock::now();
        people::insert_user(&mut write, &person, now).await?;
        people::insert_session(&mut write, &token_hash(&token), &person.id, now).await?;
        write.commit().await.map_err(StoreError::from)?;
        Ok(person)
    });
    Ok(([(SET_COOKIE, cookie)], created(person.await?)).into_response())
}
