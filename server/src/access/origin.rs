//! Whether a browser's request was made by a page of ours. Browsers write `Origin` themselves and no page can change it;
//! a request without one did not come from a page that could carry somebody's cookie here.

use crate::Debrief;
use crate::config::PublicUrl;
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets a WebSocket in when its `Origin` is ours: browsers send cookies with every upgrade, whatever page asked for it.
///
/// # Errors
/// When a page of another site asked, or one without an origin of its own.
pub fn check_origin(headers: &HeaderMap, public_url: Option<&PublicUrl>) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().map_err(|_| ApiError::ForeignOrigin)?;
    let ours = match public_url {
        Some(public_url) => origin.eq_ignore_ascii_case(public_url.origin()),
        None => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
            let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            match (authority, host) {
                (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
                _ => false,
            }
        }
    };
    if ours { Ok(()) } else { Err(ApiError::ForeignOrigin) }
}

/// Refuses what another site's page asks for in a person's name.
pub async fn refuse_forgery(State(debrief): State<Debrief>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let checked = check_origin(request.headers(), debrief.public_url.as_ref()).and_then(|()| {
        match request.headers().get("sec-fetch-site").map(|site| site.as_bytes()) {
            None | Some(b"same-origin" | b"none") => Ok(()),
            Some(_) => Err(ApiError::ForeignOrigin),
        }
    });
    match checked {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(host: &'static str, origin: &'static str) -> HeaderMap {
        HeaderMap::from_iter([
            (header::HOST, HeaderValue::from_static(host)),
            (header::ORIGIN, HeaderValue::from_static(origin)),
        ])
    }

    #[test]
    fn without_a_public_url_the_origin_has_to_match_the_host() {
        assert!(check_origin(&headers("127.0.0.1:8080", "http://127.0.0.1:8080"), None).is_ok());
        for origin in ["http://evil.example", "http://127.0.0.1", "null", "http://127.0.0.1:8080.evil.example", ""] {
            assert!(check_origin(&headers("127.0.0.1:8080", origin), None).is_err(), "{origin}");
        }
    }

    #[test]
    fn with_a_public_url_only_its_origin_is_ours() {
        let Ok(public_url) = "https://debrief.example.org".parse::<PublicUrl>() else { panic!("a public URL") };
        let check = |origin| check_origin(&headers("10.0.0.1:8080", origin), Some(&public_url));
        assert!(check("https://debrief.example.org").is_ok());
        assert!(check("http://debrief.example.org").is_err());
        assert!(check("http://10.0.0.1:8080").is_err());
    }
}
