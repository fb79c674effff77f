//! Published pages: finished HTML that whoever has the link may read, and that nothing live can change.

use crate::Debrief;
use crate::access::{Permit, ToEnter, Visitor};
use crate::error::{Absence, ApiError, absent_page};
use crate::http::request::Path;
use crate::store::publications::StoredPage;
use app::published;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use postmortem::{PageReaders, PostmortemId, TeamRole};
use std::sync::LazyLock;

static WITHDRAWN: LazyLock<published::PublishedPage> = LazyLock::new(published::withdrawn_page);
static SIGNED_OUT: LazyLock<published::PublishedPage> = LazyLock::new(published::signed_out_page);
static CLOSED: LazyLock<published::PublishedPage> = LazyLock::new(published::closed_page);
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

/// Whether somebody may open a page for the team: its members, and whoever finds the post-mortem itself.
async fn is_reader(
    debrief: &Debrief,
    visitor: Option<&Visitor>,
    postmortem: Option<&PostmortemId>,
) -> Result<bool, ApiError> {
    let Some(Visitor { account, .. }) = visitor else { return Ok(false) };
    if account.role != TeamRole::Outsider {
        return Ok(true);
    }
    let Some(postmortem) = postmortem else { return Ok(false) };
    Ok(debrief.store.find_capabilities(postmortem, &account.person.id, account.role).await?.is_some())
}

/// The newest revision, or that it was withdrawn. The link is a secret, so it travels in no referrer and no index.
pub async fn show(
    permit: Permit<ToEnter>,
    State(debrief): State<Debrief>,
    Path(slug): Path<String>,
) -> Result<Response, ApiError> {
    let mut response = match debrief.store.find_page(&slug).await? {
        Some(StoredPage::Standing { html, style_hash, readers, postmortem }) => {
            if readers == PageReaders::Team && !is_reader(&debrief, permit.visitor(), postmortem.as_ref()).await? {
                match permit.visitor() {
                    Some(_) => absent_page(Absence::NotForYou, finished_page(&CLOSED)),
                    None => absent_page(Absence::SignedOut, finished_page(&SIGNED_OUT)),
                }
            } else {
                finished(html, &style_hash)
            }
        }
        Some(StoredPage::Withdrawn) => absent_page(Absence::Gone, finished_page(&WITHDRAWN)),
        None => absent_page(Absence::Never, finished_page(&MISSING)),
    };
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert("x-robots-tag", header::HeaderValue::from_static("noindex"));
    Ok(response)
}
