//! Post-mortems: the incident log, a new one, the whole of one, and its deletion.

use crate::access::{Permit, ToAdminister, ToCreate, ToRead, ToVisit};
use crate::error::{ApiError, created, done};
use crate::http::request::Body;
use crate::store::announcements::Announcement;
use crate::store::{postmortems, publications, rights};
use crate::to_the_end::to_the_end;
use crate::work::creation::New;
use crate::work::export;
use crate::work::listed::ListedLog;
use crate::{Debrief, clock};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use postmortem::api::{Created, NewPostmortem};
use std::sync::Arc;

/// Every post-mortem, the newest incident first, with who is in it now.
pub async fn list(permit: Permit<ToVisit>, State(debrief): State<Debrief>) -> Result<Response, ApiError> {
    let listed = debrief.log.ask(make_list(&debrief)).await?;
    let found = listed.for_account(permit.account());
    Ok(([(header::CONTENT_TYPE, "application/json")], found).into_response())
}

/// The list with every post-mortem, of which each is shown what they find.
async fn make_list(debrief: &Debrief) -> Result<Arc<ListedLog>, ApiError> {
    // Whoever follows on from there hears of everything that is not in the list.
    let position = debrief.feed.position();
    let mut people = debrief.rooms.visit().await;
    let mut audiences = debrief.store.list_audiences().await?;
    let listed = debrief.store.list_postmortems().await?;
    // One that came after the audiences were read is told by the feed.
    let rows = listed.into_iter().filter_map(|row| {
        let audience = audiences.remove(&row.id)?;
        let here = people.remove(&row.id).unwrap_or_default();
        Some((row.with_people(here).with_named(audience.named_in_private()), audience))
    });
    Ok(Arc::new(ListedLog::new(rows, position)))
}

/// The whole of one.
pub async fn show(permit: Permit<ToRead>, State(debrief): State<Debrief>) -> Result<Response, ApiError> {
    let (id, asker) = (permit.postmortem(), permit.asker());
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
    let new = New::empty(title, new.severity)?.open_to(new.access);
    debrief.access.quotas.take_postmortem(permit.address(), &permit.person().id)?;
    let id = to_the_end(async move {
        permit.grounds().hold_now(&debrief.store).await?;
        Ok(new.keep(&debrief.store, Some(&permit.person().id)).await?)
    })
    .await?;
    Ok(created(Created { id }))
}

/// Deletes one with everything that belongs to it. Its published pages are withdrawn, and who has it open is told.
pub async fn delete(permit: Permit<ToAdminister>, State(debrief): State<Debrief>) -> Result<Response, ApiError> {
    let (store, id) = (debrief.store.clone(), permit.postmortem().clone());
    let deleting = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        publications::withdraw_all(&mut write, &id, clock::now()).await?;
        postmortems::insert_deleted(&mut write, &id).await?;
        rights::remember_readers(&mut write, &id).await?;
        if !postmortems::delete(&mut write, &id).await? {
            drop(write);
            return Err(ApiError::no_postmortem(&store, &id).await);
        }
        write.commit(Announcement::Deleted(id)).await?;
        store.erased();
        Ok(done())
    });
    deleting.await
}
