//! The session behind a request: a cookie with a random token, of which the database keeps only the hash.

use crate::Debrief;
use crate::error::ApiError;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use postmortem::Person;
use sha2::{Digest, Sha256};

/// The cookie's name.
const COOKIE: &str = "debrief_session";

/// How long a browser keeps the cookie: a person gives their name once a year.
const LIFETIME_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The person whose session the request carries.
#[derive(Debug, Clone)]
pub struct Visitor(pub Person);

/// The header value that hands a new session to the browser. Lax keeps it out of other sites' posts, and no script can
/// read it.
pub fn cookie(token: &str, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; Max-Age={LIFETIME_SECONDS}; HttpOnly; SameSite=Lax{secure}")
}

/// What the database keeps of a token.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

impl FromRequestParts<Debrief> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, debrief: &Debrief) -> Result<Self, ApiError> {
        <Self as OptionalFromRequestParts<Debrief>>::from_request_parts(parts, debrief)
            .await?
            .ok_or(ApiError::NoSession)
    }
}

impl OptionalFromRequestParts<Debrief> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, debrief: &Debrief) -> Result<Option<Self>, ApiError> {
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(cookie) = jar.get(COOKIE) else {
            return Ok(None);
        };
        Ok(debrief.store.find_person_of_session(&token_hash(cookie.value())).await?.map(Self))
    }
}
