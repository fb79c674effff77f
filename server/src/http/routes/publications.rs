//! Publications of a post-mortem: the one that stands, a new revision, and withdrawal.

use super::published::finished;
use crate::Debrief;
use crate::access::{Permit, ToPublish, ToRead};
use crate::error::{ApiError, created, done};
use crate::http::request::{Body, PathPart, Query, own_origin};
use crate::store::publications::StandingRevision;
use crate::work::publication;
use app::published::PublishedPage;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use postmortem::api::{self, Leak, LeakKind, NewPublication, Preview, PublicationChange, Publications};
use postmortem::names::NameFound;
use serde::Deserialize;

/// The publication that stands, if any, in a list; with the digests of what was published, so that a client can tell what
/// has changed since.
pub async fn list(
    permit: Permit<ToRead>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
) -> Result<Json<Publications>, ApiError> {
    let id = permit.postmortem();
    ApiError::expect_postmortem(&debrief.store, id).await?;
    let standing = debrief.store.find_publication(id).await?;
    let digests = debrief.store.find_digests(id).await?.and_then(|text| serde_json::from_str(&text).ok());
    let publications = standing.map(|standing| api::Published { digests, ..published(&debrief, &headers, standing) });
    Ok(Json(Publications { publications: publications.into_iter().collect() }))
}

/// Publishes what is saved, under the same link as before. Where that is what stands already, the answer is what stands.
pub async fn create(
    permit: Permit<ToPublish>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
    Body(NewPublication { readers }): Body<NewPublication>,
) -> Result<Response, ApiError> {
    let standing = publication::publish(&debrief, &permit, readers).await?;
    Ok(created(published(&debrief, &headers, standing)))
}

/// Which form a preview is asked for in: JSON, or with `as=page` the page itself.
#[derive(Debug, Deserialize)]
pub struct PreviewForm {
    r#as: Option<String>,
}

/// The page as it would be published now, and the names in it that readers would read.
pub async fn preview(
    permit: Permit<ToPublish>,
    State(debrief): State<Debrief>,
    Query(form): Query<PreviewForm>,
) -> Result<Response, ApiError> {
    let is_page = form.r#as.as_deref() == Some("page");
    let show = move |page: PublishedPage, names: Vec<NameFound>| {
        if is_page {
            return finished(page.html, &page.style_hash);
        }
        let leak = |found: NameFound| Leak { place: found.place, text: found.name, kind: LeakKind::Name };
        Json(Preview { html: page.html, leaks: names.into_iter().map(leak).collect() }).into_response()
    };
    publication::preview(&debrief, &permit, show).await
}

/// Says who can open it.
pub async fn update(
    permit: Permit<ToPublish>,
    State(debrief): State<Debrief>,
    PathPart(slug): PathPart<String>,
    Body(PublicationChange { readers }): Body<PublicationChange>,
) -> Result<Response, ApiError> {
    publication::set_readers(&debrief, &permit, &slug, readers).await?;
    Ok(done())
}

/// Withdraws it: the link answers that it is gone until it is published again.
pub async fn delete(
    permit: Permit<ToPublish>,
    State(debrief): State<Debrief>,
    PathPart(slug): PathPart<String>,
) -> Result<Response, ApiError> {
    publication::withdraw(&debrief, &permit, &slug).await?;
    Ok(done())
}

fn published(debrief: &Debrief, headers: &HeaderMap, standing: StandingRevision) -> api::Published {
    api::Published {
        url: format!("{}/p/{}", own_origin(debrief, headers), standing.slug),
        slug: standing.slug,
        revision: standing.revision,
        published_at: standing.published_at,
        published_by: standing.published_by,
        readers: standing.readers,
        digests: None,
    }
}
