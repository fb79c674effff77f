//! Post-mortems: the incident log, a new one, the whole of one, and its deletion.

use crate::access::{Permit, ToAdminister, ToCreate, ToRead, ToVisit};
use crate::error::{ApiError, created, done};
use crate::http::request::{Body, Query};
use crate::store::announcements::Announcement;
use crate::store::audit::Deed;
use crate::store::postmortems::LogPlace;
use crate::store::{postmortems, publications, rights};
use crate::to_the_end::to_the_end;
use crate::work::creation::New;
use crate::work::export;
use crate::work::who_is_where;
use crate::{Debrief, clock};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use postmortem::AuditAction;
use postmortem::api::{Created, IncidentLog, LogRow, NewPostmortem};
use serde::Deserialize;

/// The most lines of one answer, and as many as there are where nobody says how many.
const MOST_LINES: u32 = 500;

/// Which part of the log is asked for.
#[derive(Debug, Deserialize)]
pub struct LogQuery {
    limit: Option<u32>,
    /// What the answer before said is next.
    after: Option<String>,
}

/// Post-mortems, the newest incident first, with who is in them now.
pub async fn list(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    Query(LogQuery { limit, after }): Query<LogQuery>,
) -> Result<Json<IncidentLog>, ApiError> {
    let after: Option<LogPlace> = after.map(|after| after.parse()).transpose().map_err(|()| {
        ApiError::Invalid("`after` is what the answer before gave as `next`: leave it away for the first page.".into())
    })?;
    let most = limit.unwrap_or(MOST_LINES).clamp(1, MOST_LINES);
    // Whoever reads on was told with the first page.
    let known = if after.is_some() { debrief.who_is_where.latest().await } else { None };
    let now = match known {
        Some(known) => known,
        None => debrief.who_is_where.ask(who_is_where::look(&debrief.feed, &debrief.rooms)).await,
    };
    let account = permit.account();
    let rows = debrief.store.page_of_log(after.as_ref(), &account.person.id, account.role, most).await?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == most);
    let next = rows.last().filter(|_| is_full).map(|last| LogPlace::of(last).to_string());
    let with_people = |row: LogRow| {
        let here = now.people.get(&row.id).cloned().unwrap_or_default();
        row.with_people(here)
    };
    let postmortems = rows.into_iter().map(with_people).collect();
    Ok(Json(IncidentLog { postmortems, position: Some(now.position.clone()), next }))
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
        Ok(new.keep(&debrief.store, &permit.grounds().actor()).await?)
    })
    .await?;
    Ok(created(Created { id }))
}

/// Deletes one with everything that belongs to it. Its published pages are withdrawn, and who has it open is told.
pub async fn delete(permit: Permit<ToAdminister>, State(debrief): State<Debrief>) -> Result<Response, ApiError> {
    let (store, id) = (debrief.store.clone(), permit.postmortem().clone());
    let deleting = debrief.announcer.write_by(permit.grounds(), async move |mut write| {
        publications::withdraw_all(&mut write, &id, clock::now()).await?;
        write.record(Deed::new(AuditAction::Deleted).on(&id)).await?;
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
