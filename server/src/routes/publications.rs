//! Publications of a post-mortem: the one that stands, a new revision, and withdrawal.

use crate::access::Visitor;
use crate::error::{ApiError, created, done};
use crate::request::{Body, Path, to_the_end};
use crate::store::publications::Published;
use crate::{Debrief, publication};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use postmortem::PostmortemId;
use serde::Deserialize;
use serde_json::{Value, json};

/// Nothing can be chosen yet: `{}`.
#[derive(Debug, Deserialize)]
pub struct NewPublication {}

/// The publication that stands, if any, in a list; with the digests of what was published, so that a client can tell what
/// has changed since.
pub async fn list(
    State(debrief): State<Debrief>,
    headers: HeaderMap,
    Path(id): Path<PostmortemId>,
) -> Result<Json<Value>, ApiError> {
    if !debrief.store.has_postmortem(&id).await? {
        return Err(ApiError::NotFound("post-mortem"));
    }
    let standing = debrief.store.find_publication(&id).await?;
    let mut publications: Vec<Value> = standing.iter().map(|published| line(&debrief, &headers, published)).collect();
    let digests = debrief.store.find_digests(&id).await?.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    if let (Some(publication), Some(digests)) = (publications.first_mut(), digests) {
        publication["digests"] = digests;
    }
    Ok(Json(json!({ "publications": publications })))
}

/// Publishes what is saved, under the same link as before.
pub async fn create(
    State(debrief): State<Debrief>,
    Visitor(person): Visitor,
    headers: HeaderMap,
    Path(id): Path<PostmortemId>,
    Body(NewPublication {}): Body<NewPublication>,
) -> Result<Response, ApiError> {
    let publishing = debrief.clone();
    let published = to_the_end(async move { publication::publish(&publishing, &id, &person).await }).await?;
    Ok(created(line(&debrief, &headers, &published)))
}

/// Withdraws it: the link answers that it is gone, and publishing again makes a new one.
pub async fn delete(
    State(debrief): State<Debrief>,
    Visitor(_): Visitor,
    Path((id, slug)): Path<(PostmortemId, String)>,
) -> Result<Response, ApiError> {
    to_the_end(async move { publication::withdraw(&debrief, &id, &slug).await }).await?;
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
