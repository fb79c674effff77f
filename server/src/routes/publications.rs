//! Publications of a post-mortem: the one that stands, a new revision, and withdrawal.

use super::published::finished;
use crate::access::{Permit, Publish, Read};
use crate::error::{ApiError, created, done};
use crate::request::{Body, Part, Query};
use crate::store::publications::Published;
use crate::{Debrief, publication};
use app::published::Page;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use postmortem::names::NameFound;
use serde::Deserialize;
use serde_json::{Value, json};

/// Nothing can be chosen yet: `{}`.
#[derive(Debug, Deserialize)]
pub struct NewPublication {}

/// The publication that stands, if any, in a list; with the digests of what was published, so that a client can tell what
/// has changed since.
pub async fn list(
    permit: Permit<Read>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let id = permit.postmortem();
    ApiError::expect_postmortem(&debrief.store, id).await?;
    let standing = debrief.store.find_publication(id).await?;
    let mut publications: Vec<Value> = standing.iter().map(|published| line(&debrief, &headers, published)).collect();
    let digests = debrief.store.find_digests(id).await?.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    if let (Some(publication), Some(digests)) = (publications.first_mut(), digests) {
        publication["digests"] = digests;
    }
    Ok(Json(json!({ "publications": publications })))
}

/// Publishes what is saved, under the same link as before. Where that is what stands already, the answer is what stands.
pub async fn create(
    permit: Permit<Publish>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
    Body(NewPublication {}): Body<NewPublication>,
) -> Result<Response, ApiError> {
    let published = publication::publish(&debrief, &permit).await?;
    Ok(created(line(&debrief, &headers, &published)))
}

/// Which form a preview is asked for in: JSON, or with `as=page` the page itself.
#[derive(Debug, Deserialize)]
pub struct PreviewForm {
    r#as: Option<String>,
}

/// The page as it would be published now, and the names in it that readers would read.
pub async fn preview(
    permit: Permit<Publish>,
    State(debrief): State<Debrief>,
    Query(form): Query<PreviewForm>,
) -> Result<Response, ApiError> {
    let is_page = form.r#as.as_deref() == Some("page");
    let show = move |page: Page, names: Vec<NameFound>| {
        if is_page {
            return finished(page.html, &page.style_hash);
        }
        let leak = |found: &NameFound| json!({ "place": found.place, "text": found.name, "kind": "name" });
        let leaks: Vec<Value> = names.iter().map(leak).collect();
        Json(json!({ "html": page.html, "leaks": leaks })).into_response()
    };
    publication::preview(&debrief, &permit, show).await
}

/// Withdraws it: the link answers that it is gone until it is published again.
pub async fn delete(
    permit: Permit<Publish>,
    State(debrief): State<Debrief>,
    Part(slug): Part<String>,
) -> Result<Response, ApiError> {
    publication::withdraw(&debrief, &permit, &slug).await?;
    Ok(done())
}

fn line(debrief: &Debrief, headers: &HeaderMap, published: &Published) -> Value {
    json!({
        "slug": published.slug,
        "url": format!("{}/p/{}", origin(debrief, headers), published.slug),
        "revision": published.revision,
        "published_at": published.published_at,
        "published_by": published.published_by,
    })
}

/// The address under which the asker reached us, when none was set.
fn origin(debrief: &Debrief, headers: &HeaderMap) -> String {
    match &debrief.public_url {
        Some(public_url) => public_url.origin().to_owned(),
        None => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
            format!("http://{host}")
        }
    }
}
