//! The client: its page with a fresh nonce, and the files that the page loads.

use crate::access::{Permit, Public};
use crate::error::{Absence, absent, unchanged};
use crate::http::assets::{self, Asset};
use crate::random;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};

/// The page, whatever it will show.
pub async fn page(_: Permit<Public>, headers: HeaderMap) -> Response {
    let Some(html) = assets::page() else {
        return absent(
            Absence::NotBuilt,
            "The client is not built",
            "This server was built without its client. Run <code>cargo xtask run</code>, which builds both.",
        );
    };
    let nonce = random::slug();
    let sockets = headers.get(header::HOST).and_then(socket_sources).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         connect-src 'self'{sockets}; img-src 'self' data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        // The nonce is for this answer alone.
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, html.replace("{{nonce}}", &nonce)).into_response()
}

/// Older browsers do not count WebSockets to the same host as 'self'.
fn socket_sources(host: &HeaderValue) -> Option<String> {
    let host = host.to_str().ok()?;
    let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    is_plain.then(|| format!(" ws://{host} wss://{host}"))
}

/// A file of the client.
pub async fn file(_: Permit<Public>, uri: Uri, headers: HeaderMap) -> Response {
    let accepts_brotli = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.split(';').next().is_some_and(|name| name.trim() == "br"));
    let Some(asset) = assets::find(uri.path().trim_start_matches('/'), accepts_brotli) else {
        return absent(
            Absence::Never,
            "There is nothing here",
            "The address may have been cut off. The <a href=\"/\">incident log</a> lists every post-mortem.",
        );
    };
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == asset.tag.as_bytes());
    let mut response = if is_known { unchanged() } else { asset.content.clone().into_response() };
    describe(&asset, response.headers_mut());
    response
}

fn describe(asset: &Asset, headers: &mut HeaderMap) {
    let cache = if asset.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    for (name, value) in [(header::CONTENT_TYPE, asset.content_type), (header::ETAG, asset.tag.as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    if asset.is_brotli {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
}
