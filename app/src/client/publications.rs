//! Publishing a post-mortem and taking it back.

use super::http::{self, Method, RequestError};
use postmortem::PostmortemId;
use serde::Serialize;

#[derive(Serialize)]
struct Nothing {}

/// Publishes what stands in the post-mortem now, as the next version under the same link. What it made comes to everyone
/// through the socket.
pub async fn create(postmortem: &PostmortemId) -> Result<(), RequestError> {
    http::submit(Method::Post, &format!("/api/postmortems/{postmortem}/publications"), &Nothing {}).await
}

/// Takes the page back: its link answers "gone".
pub async fn withdraw(postmortem: &PostmortemId, slug: &str) -> Result<(), RequestError> {
    http::delete(&format!("/api/postmortems/{postmortem}/publications/{slug}")).await
}

/// The link of a publication under the address of this page.
pub fn link(slug: &str) -> String {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    format!("{origin}/p/{slug}")
}
