//! Post-mortems: the incident log, a new one, the whole of one, and its deletion.

use crate::access::{Permit, ToAdminister, ToCreate, ToRead, ToVisit};
use crate::error::{ApiError, created, done};
use crate::http::request::Body;
use crate::store::announcements::Announcement;
use crate::store::{postmortems, publications};
use crate::to_the_end::to_the_end;
use crate::work::creation::New;
use crate::work::export;
use crate::{Debrief, clock};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use postmortem::api::{Created, IncidentLog, NewPostmortem};

/// Every post-mortem, the newest incident first, with who is in it now.
pub async fn list(_: Permit<ToVisit>, State(debrief): State<Debrief>) -> Result<Response, ApiError> {
    let listed = debrief.log.ask(make_list(&debrief)).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], listed).into_response())
}

/// The list, as it is for everyone.
async fn make_list(debrief: &Debrief) -> Result<Bytes, ApiError> {
    // Whoever follows on from there hears of everything that is not in the list.
    let position = Some(debrief.feed.position());
    let mut people = debrief.rooms.visit().await;
    let listed = debrief.store.list_postmortems().await?;
    let rows = listed.into_iter().map(|row| {
        let here = people.remove(&row.id).unwrap_or_default();
        row.with_people(here)
    });
    let log = IncidentLog { postmortems: rows.collect(), position };
    Ok(serde_json::to_vec(&log).map_err(|_| ApiError::Internal)?.into())
}

/// The whole of one.
pub async fn show(permit: Permit<ToRead>, State(debrief): State<Debrief>) -> Result<Response, ApiError> {
    let (id, asker) = (permit.postmortem(), permit.asker()?);
    let whole = debrief.rooms.read(id).await?;
    let said = debrief.store.held(id).await?.ok_or(ApiError::NotFound("post-mortem"))?;
    if whole.is_short(said) {
        let threads = debrief.store.list_threads(id).await?;
        return Ok(Json(export::json::whole(&whole, &threads)).into_response());
    }
    let turn = debrief.workshop.turn(&asker).await?;
    // In its turn: all that was said is not held by everyone who waits.
    let threads = debrief.store.list_threads(id).await?;
    turn.run(move |_| Ok(Json(export::json::whole(&whole, &threads)).into_response())).await
}

/// Starts an empty one.
pub async fn create(
    permit: Permit<ToCreate>,
    State(debrief): State<Debrief>,
    Body(new): Body<NewPostmortem>,
) -> Result<Response, ApiError> {
    let title = new.title.trim();
    if title.is_empty() {
        return Err(ApiError::Invalid("Give the post-mortem a title: what happened, in a few words.".into()));
    }
    let new = New::empty(title, new.severity)?;
    debrief.access.quotas.take_postmortem(permit.address(), &permit.person().id)?;
    let id = to_the_end(async move { Ok(new.keep(&debrief.store, Some(&permit.person().id)).await?) }).await?;
    Ok(created(Created { id }))
}

/// Deletes one with everything that belongs to it. Its published pages are withdrawn, and who has it open is told.
pub async fn delete(permit: Permit<ToAdminister>, State(debrief): State<Debrief>) -> Result<Response, ApiError> {
    let (store, id) = (debrief.store.clone(), permit.postmortem().clone());
    let deleting = debrief.announcer.write(async move |mut write| {
        publications::withdraw_all(&mut write, &id, clock::now()).await?;
        if !postmortems::delete(&mut write, &id).await? {
            drop(write);
            return Err(ApiError::no_postmortem(&store, &id).await);
        }
        postmortems::insert_deleted(&mut write, &id).await?;
        write.commit(Announcement::Deleted(id)).await?;
        store.erased();
        Ok(done())
    });
    deleting.await
}
