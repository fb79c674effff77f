//! Who asks: the session or the token behind a request, of which the database keeps only the hash. A request may bring several
//! cookies of our name, since other paths and sub-domains can set theirs beside it: the one that is known counts. A token is
//! brought as a bearer, by clients of WebSockets that can set no headers as a sub-protocol.

use super::PublicUrl;
use crate::Debrief;
use crate::clock;
use crate::error::ApiError;
use crate::listener::ConnectionInfo;
use crate::random;
use crate::store::accounts::Account;
use crate::store::sessions::{Credential, Holder};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::Cookie;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use postmortem::{Person, SessionId};
use sha2::{Digest, Sha256};

/// The cookie's name. Where every request is encrypted, browsers let only this very server set it.
const COOKIE: &str = "debrief_session";
const SECURE_COOKIE: &str = "__Host-debrief_session";

/// How many cookies of our name are tried. Each is a look into an index of the database; a browser that was given this many
/// others has been given them on purpose.
const CANDIDATES: usize = 32;

/// What a WebSocket client offers beside the protocol that it speaks, with its token behind it.
const BEARER_PROTOCOL: &str = "debrief.bearer.";

/// The header in which a page says as whose it asks. Whoever lost their session since is told so, where a page that says
/// nothing would go on as somebody else.
pub const PERSON_HEADER: &str = "debrief-person";

/// Somebody who is signed in, and by what.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub account: Account,
    /// The hash of the secret that the request brought.
    pub credential: Credential,
    /// The session; none of a token.
    pub session: Option<SessionId>,
}

/// The cookie's name where browsers reach the server under this address.
fn cookie_name(public_url: Option<&PublicUrl>) -> &'static str {
    if public_url.is_some_and(PublicUrl::is_secure) { SECURE_COOKIE } else { COOKIE }
}

/// The header value that hands a new session to the browser. Lax keeps it out of other sites' posts, and no script can
/// read it.
pub fn cookie(token: &str, days: u32, public_url: Option<&PublicUrl>) -> String {
    let name = cookie_name(public_url);
    let secure = if name == SECURE_COOKIE { "; Secure" } else { "" };
    let seconds = u64::from(days) * 24 * 60 * 60;
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// What the database keeps of a secret.
pub fn token_hash(token: &str) -> Credential {
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
        let is_named_in_vain = visitor.is_none() && (named.is_some() || brings_token(&parts.headers));
        if is_named_in_vain { Err(ApiError::NoSession) } else { Ok(visitor) }
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
    // Whoever brings a token asks by it alone.
    if brings_token(&parts.headers) {
        for token in tokens(&parts.headers) {
            let credential = token_hash(&token);
            if let Some(holder) = debrief.store.find_token(&credential).await? {
                return Ok(Some(visitor(parts, debrief, holder, credential)));
            }
        }
        return Ok(None);
    }
    for token in candidates(&parts.headers, cookie_name(debrief.public_url.as_ref())).take(CANDIDATES) {
        let credential = token_hash(&token);
        if let Some(holder) = debrief.store.find_session(&credential).await?
            && is_alive(&holder)
            && is_wanted(&holder.account.person)
        {
            return Ok(Some(visitor(parts, debrief, holder, credential)));
        }
    }
    Ok(None)
}

fn visitor(parts: &Parts, debrief: &Debrief, holder: Holder, credential: Credential) -> Visitor {
    debrief.access.uses.note(credential.clone(), holder.used_at);
    if let Some(connection) = parts.extensions.get::<ConnectionInfo>() {
        connection.know(&holder.account.person);
    }
    Visitor { account: holder.account, credential, session: holder.session }
}

/// Whether a session has not ended, by its age or for want of use.
fn is_alive(holder: &Holder) -> bool {
    let now = clock::now();
    let has_ended = holder.ends_at.is_some_and(|ends_at| ends_at <= now);
    let idle = TimeDelta::days(holder.idle_days.into());
    let is_idle = holder.used_at.is_some_and(|used_at| now - used_at > idle);
    !has_ended && !is_idle
}

/// What may be a token among the cookies of a name, in the order in which they were sent.
fn candidates(headers: &HeaderMap, name: &'static str) -> impl Iterator<Item = String> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let cookies = sent.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies
        .filter(move |cookie| cookie.name() == name && random::is_token(cookie.value()))
        .map(|cookie| cookie.value().to_owned())
}

/// Whether a request says that it brings a token.
fn brings_token(headers: &HeaderMap) -> bool {
    bearer(headers).is_some() || offered(headers).next().is_some()
}

/// The tokens that a request may bring: a bearer as it is, one in a sub-protocol as it is or encoded in base64url.
fn tokens(headers: &HeaderMap) -> Vec<String> {
    let decoded = |token: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok();
    let offered = offered(headers).flat_map(|token| [Some(token.to_owned()), decoded(token)]).flatten();
    bearer(headers).map(ToOwned::to_owned).into_iter().chain(offered).filter(|token| random::is_token(token)).collect()
}

/// The bearer of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn offered(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let protocols = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    protocols.flat_map(|value| value.split(',')).filter_map(|offered| offered.trim().strip_prefix(BEARER_PROTOCOL))
}

/// What a browser says that it is, in a few words: `Firefox on Linux`.
pub fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    // Each names those before it as well.
    let browser = first(&[("Firefox/", "Firefox"), ("Edg", "Edge"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "A program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(name: header::HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).expect("a header"))).collect()
    }

    #[test]
    fn every_cookie_that_can_be_a_token_is_a_candidate() {
        let (one, other) = ("1".repeat(64), "2".repeat(64));
        let first = format!("debrief_session=junk; {COOKIE}={one}; other={other}; =; {COOKIE}");
        let second = format!("{COOKIE}=\"\"; {COOKIE}={other}; x{COOKIE}={one}");
        let headers = headers(header::COOKIE, &[&first, &second]);
        assert_eq!(candidates(&headers, COOKIE).collect::<Vec<_>>(), [one, other]);
        assert_eq!(candidates(&headers, SECURE_COOKIE).count(), 0, "a name that anybody can set counts nowhere else");
    }

    #[test]
    fn a_token_comes_as_a_bearer_or_beside_a_protocol() {
        let token = "a".repeat(64);
        for bearer in [format!("Bearer {token}"), format!("bearer  {token}")] {
            assert_eq!(tokens(&headers(header::AUTHORIZATION, &[&bearer])), [token.as_str()]);
        }
        let encoded = URL_SAFE_NO_PAD.encode(&token);
        for offered in [format!("yjs.1, debrief.bearer.{token}"), format!("debrief.bearer.{encoded},debrief.1")] {
            let headers = headers(header::SEC_WEBSOCKET_PROTOCOL, &[&offered]);
            assert_eq!(tokens(&headers), [token.as_str()], "{offered}");
        }
        let junk = headers(header::AUTHORIZATION, &["Bearer junk"]);
        assert!(brings_token(&junk) && tokens(&junk).is_empty(), "it is refused, and nobody in particular");
        assert!(!brings_token(&headers(header::SEC_WEBSOCKET_PROTOCOL, &["debrief.1, yjs.1"])));
    }

    #[test]
    fn a_device_is_said_in_words() {
        let said = |agent| device(&headers(header::USER_AGENT, &[agent]));
        assert_eq!(said("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox on Linux");
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1";
        assert_eq!(said(phone), "Safari on iPhone");
        assert_eq!(said("curl/8.5.0"), "A program");
    }
}
