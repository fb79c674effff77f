//! The session behind a request: a cookie with a random token, of which the database keeps only the hash. A request may bring
//! several cookies of our name, since other paths and sub-domains can set theirs beside it: the one that is known counts.

use crate::Debrief;
use crate::error::ApiError;
use crate::listener::ConnectionInfo;
use crate::random;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::Cookie;
use postmortem::Person;
use sha2::{Digest, Sha256};

/// The cookie's name.
const COOKIE: &str = "debrief_session";

/// How long a browser keeps the cookie: a person gives their name once a year.
const LIFETIME_SECONDS: u32 = 365 * 24 * 60 * 60;

/// How many cookies of our name are tried. Each is a look into an index of the database; a browser that was given this many
/// others has been given them on purpose.
const CANDIDATES: usize = 32;

/// The header in which a page says as whose it asks. Whoever lost their session since is told so, where a page that says
/// nothing would go on as nobody in particular.
pub const PERSON_HEADER: &str = "debrief-person";

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
        let named = parts.headers.get(PERSON_HEADER).map(|named| named.as_bytes().to_vec());
        let is_named =
            |person: &Person| named.as_ref().is_none_or(|named| named.as_slice() == person.id.as_str().as_bytes());
        let known = parts.extensions.get::<Known>().map(|Known(visitor)| visitor.clone());
        let visitor = match known {
            Some(visitor) => visitor,
            None => {
                let visitor = find(parts, debrief, is_named).await?;
                parts.extensions.insert(Known(visitor.clone()));
                visitor
            }
        };
        if visitor.is_none() && named.is_some() { Err(ApiError::NoSession) } else { Ok(visitor) }
    }
}

/// Who was found to ask, so that a request is looked up once.
#[derive(Debug, Clone)]
struct Known(Option<Visitor>);

async fn find(
    parts: &Parts,
    debrief: &Debrief,
    is_wanted: impl Fn(&Person) -> bool,
) -> Result<Option<Visitor>, ApiError> {
    for token in candidates(&parts.headers).take(CANDIDATES) {
        let token_hash = token_hash(&token);
        if let Some(session) = debrief.store.find_session(&token_hash).await?
            && is_wanted(&session.person)
        {
            debrief.access.uses.note(token_hash, session.used_at);
            if let Some(connection) = parts.extensions.get::<ConnectionInfo>() {
                connection.know(&session.person);
            }
            return Ok(Some(Visitor(session.person)));
        }
    }
    Ok(None)
}

/// What may be a token among the cookies, in the order in which they were sent.
fn candidates(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let cookies = sent.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies
        .filter(|cookie| cookie.name() == COOKIE && random::is_token(cookie.value()))
        .map(|cookie| cookie.value().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn every_cookie_that_can_be_a_token_is_a_candidate() {
        let (one, other) = ("1".repeat(64), "2".repeat(64));
        let first = format!("debrief_session=junk; {COOKIE}={one}; other={other}; =; {COOKIE}");
        let second = format!("{COOKIE}=\"\"; {COOKIE}={other}; x{COOKIE}={one}");
        let headers: HeaderMap = [first, second]
            .into_iter()
            .map(|cookies| (header::COOKIE, HeaderValue::from_str(&cookies).expect("a header")))
            .collect();
        assert_eq!(candidates(&headers).collect::<Vec<_>>(), [one, other]);
    }
}
