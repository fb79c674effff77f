//! Whether a browser's request was made by a page of ours. Browsers write `Origin` themselves and no page can change it;
//! a request without one did not come from a page that could carry somebody's cookie here.

use super::PublicUrl;
use crate::Debrief;
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The longest origin that a log or a sentence repeats: a name has 253 letters.
const LONGEST_ORIGIN: usize = 300;

/// Lets a request in when its `Origin` is ours: browsers send cookies with every upgrade of a WebSocket, whatever page asked
/// for it.
///
/// # Errors
/// When a page of another site asked, or one without an origin of its own. The log tells it once of each.
pub fn check_origin(headers: &HeaderMap, debrief: &Debrief) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or_default();
    let public_url = debrief.public_url.as_ref();
    if is_ours(origin, headers, public_url) {
        return Ok(());
    }
    let origin = origin.get(..LONGEST_ORIGIN).unwrap_or(origin);
    let sentence = refusal(origin, public_url);
    if debrief.access.told.is_new("origin", origin) {
        tracing::warn!(origin, "refused, and said no more of this origin: {sentence}");
    }
    Err(ApiError::ForeignOrigin(sentence))
}

/// What to say to a page of another origin: most often it is our own, behind a proxy that nobody told us of.
fn refusal(origin: &str, public_url: Option<&PublicUrl>) -> String {
    let is_plain =
        origin.contains("://") && origin.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:/[]".contains(&byte));
    let (origin, url) = if is_plain { (origin, origin) } else { ("another site", "URL") };
    let ours = match public_url {
        Some(public_url) => format!("this server takes them from {} (its --public-url)", public_url.origin()),
        None => "this server was asked for under another name".to_owned(),
    };
    format!(
        "This request came from a page of {origin}, and {ours}. Open Debrief under its own address and try again; if that \
         is {url}, whoever runs it starts it with `--public-url {url}`."
    )
}

fn is_ours(origin: &str, headers: &HeaderMap, public_url: Option<&PublicUrl>) -> bool {
    match public_url {
        Some(public_url) => origin.eq_ignore_ascii_case(public_url.origin()),
        None => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
            let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            match (authority, host) {
                (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
                _ => false,
            }
        }
    }
}

/// Refuses what another site's page asks for in a person's name.
pub async fn refuse_forgery(State(debrief): State<Debrief>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let checked = check_origin(request.headers(), &debrief).and_then(|()| {
        match request.headers().get("sec-fetch-site").map(|site| site.as_bytes()) {
            None | Some(b"same-origin" | b"none") => Ok(()),
            Some(_) => Err(ApiError::ForeignOrigin(refusal("", debrief.public_url.as_ref()))),
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

    fn host(host: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))])
    }

    #[test]
    fn without_a_public_url_the_origin_has_to_match_the_host() {
        assert!(is_ours("http://127.0.0.1:8080", &host("127.0.0.1:8080"), None));
        for origin in ["http://evil.example", "http://127.0.0.1", "null", "http://127.0.0.1:8080.evil.example", ""] {
            assert!(!is_ours(origin, &host("127.0.0.1:8080"), None), "{origin}");
        }
    }

    #[test]
    fn with_a_public_url_only_its_origin_is_ours() {
        let Ok(public_url) = "https://debrief.example.org".parse::<PublicUrl>() else { panic!("a public URL") };
        let check = |origin| is_ours(origin, &host("10.0.0.1:8080"), Some(&public_url));
        assert!(check("https://debrief.example.org"));
        assert!(!check("http://debrief.example.org"));
        assert!(!check("http://10.0.0.1:8080"));
    }

    #[test]
    fn a_refusal_names_what_to_start_the_server_with() {
        let refused = refusal("https://debrief.example.org", None);
        assert!(refused.contains("`--public-url https://debrief.example.org`"), "{refused}");
        for origin in ["null", "", "https://<b>", "https://a b"] {
            let refused = refusal(origin, None);
            assert!(refused.contains("a page of another site") && refused.contains("`--public-url URL`"), "{refused}");
        }
    }
}
