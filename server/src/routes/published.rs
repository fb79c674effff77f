//! Published pages: finished HTML that whoever has the link may read, and that nothing live can change.

use crate::Debrief;
use crate::error::{Absence, ApiError, absent};
use crate::request::Path;
use crate::store::publications::Page;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The newest revision, or that it was withdrawn. The link is a secret, so it travels in no referrer and no index.
pub async fn show(State(debrief): State<Debrief>, Path(slug): Path<String>) -> Result<Response, ApiError> {
    let mut response = match debrief.store.find_page(&slug).await? {
        Some(Page::Standing { html, style_hash }) => {
            let policy = format!(
                "default-src 'none'; style-src 'sha256-{style_hash}'; img-src 'self'; base-uri 'none'; \
                 form-action 'none'; frame-ancestors 'none'"
            );
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
                (header::CONTENT_SECURITY_POLICY, policy),
                (header::CACHE_CONTROL, "no-cache".to_owned()),
            ];
            (headers, html).into_response()
        }
        Some(Page::Withdrawn) => absent(
            Absence::Gone,
            "This page was withdrawn",
            "Whoever published it took it back. Ask them for the current link.",
        ),
        None => absent(
            Absence::Never,
            "There is no page here",
            "The link may have been cut off when it was copied. Ask whoever sent it for the whole link.",
        ),
    };
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", header::HeaderValue::from_static("noindex"));
    Ok(response)
}
