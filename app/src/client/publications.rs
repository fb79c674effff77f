//! Publishing a post-mortem and taking it back.

use super::http::{self, RequestError};
use postmortem::PostmortemId;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Nothing {}

/// What publishing made.
#[derive(Debug, Clone, Deserialize)]
pub struct Published {
    /// The last part of the link.
    pub slug: String,
    /// The whole link.
    pub url: String,
}

/// Publishes what stands in the post-mortem now, as the next version under the same link.
pub async fn create(postmortem: &PostmortemId) -> Result<Published, RequestError> {
    http::post(&format!("/api/postmortems/{postmortem}/publications"), &Nothing {}).await
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
