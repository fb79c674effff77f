//! What handlers take from a request, each refusing with an error in a sentence.

mod rest;

pub use rest::hear_out;

use crate::Debrief;
use crate::access::RelyingParty;
use crate::error::ApiError;
use crate::listener;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::HeaderMap;
use axum::http::header::{self, CONTENT_TYPE};
use axum::http::request::Parts;
use postmortem::import;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::str::FromStr;

/// The most bytes of a request's body: the largest, a comment, has 10,000 characters.
pub const LARGEST_BODY: usize = 256 * 1024;

/// The most bytes of an incident file: thousands of entries.
pub const LARGEST_IMPORT: usize = 2 * 1024 * 1024;

/// The parts of the path that a route names.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(ApiError::NoRoute),
        }
    }
}

/// The part of a post-mortem that the path names, behind the post-mortem itself: that one is in the permit.
#[derive(Debug)]
pub struct PathPart<T>(pub T);

impl<T: FromStr + Send, S: Send + Sync> FromRequestParts<S> for PathPart<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| ApiError::NoRoute)?;
        let part = path.iter().nth(1).and_then(|(_, part)| part.parse().ok());
        part.map(Self).ok_or(ApiError::NoRoute)
    }
}

/// What follows the question mark.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(error) => Err(ApiError::Invalid(format!("The query does not fit: {}.", error.body_text()))),
        }
    }
}

/// A JSON body as a value.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = json_bytes(request, state, LARGEST_BODY).await?;
        match serde_json::from_slice(&bytes) {
            Ok(value) => Ok(Self(value)),
            Err(error) if error.classify() == Category::Data => {
                Err(ApiError::Invalid(format!("The body does not fit: {error}.")))
            }
            Err(error) => Err(ApiError::Malformed(format!("The body is not JSON: {error}."))),
        }
    }
}

/// A JSON body as it was sent.
#[derive(Debug)]
pub struct JsonText(pub String);

impl<S: Send + Sync> FromRequest<S> for JsonText {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = json_bytes(request, state, LARGEST_IMPORT).await?;
        import::decode(&bytes).map(Self).map_err(|error| ApiError::Malformed(error.to_string()))
    }
}

/// A form of another site cannot send this content type, so the check also stands in the way of forgery.
async fn json_bytes<S: Send + Sync>(request: Request, state: &S, limit: usize) -> Result<Bytes, ApiError> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::NotJson);
    }
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => ApiError::TooLarge { limit },
        rejection if listener::is_too_slow(&rejection) => ApiError::TooSlow,
        _ => ApiError::Malformed("The body could not be read. Send it again.".into()),
    })
}

/// The address under which the asker reached us, when none was set.
pub fn own_origin(debrief: &Debrief, headers: &HeaderMap) -> String {
    match &debrief.public_url {
        Some(public_url) => public_url.origin().to_owned(),
        None => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
            format!("http://{host}")
        }
    }
}

/// For which server a passkey is made or used by whoever asks.
///
/// # Errors
/// When browsers would make none there.
pub fn relying_party(debrief: &Debrief, headers: &HeaderMap) -> Result<RelyingParty, ApiError> {
    let party = RelyingParty::of(debrief.public_url.as_ref(), headers);
    party.map_err(|obstacle| ApiError::Invalid(obstacle.to_string()))
}
