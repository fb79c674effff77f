//! Published pages: finished HTML that whoever has the link may read, and that nothing live can change.

use crate::Debrief;
use crate::access::{Permit, Public};
use crate::error::{Absence, ApiError, absent_page};
use crate::http::request::Path;
use crate::store::publications::StoredPage;
use app::published;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

static WITHDRAWN: LazyLock<published::PublishedPage> = LazyLock::new(published::withdrawn_page);
static MISSING: LazyLock<published::PublishedPage> = LazyLock::new(published::missing_page);

fn finished_page(page: &published::PublishedPage) -> Response {
    finished(page.html.clone(), &page.style_hash)
}

/// HTML that is rendered already, and the policy that lets its one style element and nothing else work.
pub(super) fn finished(html: String, style_hash: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style_hash}'; img-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, html).into_response()
}

/// The newest revision, or that it was withdrawn. The link is a secret, so it travels in no referrer and no index.
pub async fn show(
    _: Permit<Public>,
    State(debrief): State<Debrief>,
    Path(slug): Path<String>,
) -> Result<Response, ApiError> {
    let mut response = match debrief.store.find_page(&slug).await? {
        Some(StoredPage::Standing { html, style_hash }) => finished(html, &style_hash),
        Some(StoredPage::Withdrawn) => absent_page(Absence::Gone, finished_page(&WITHDRAWN)),
        None => absent_page(Absence::Never, finished_page(&MISSING)),
    };
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", header::HeaderValue::from_static("noindex"));
    Ok(response)
}
