//! Publishing a post-mortem and taking it back.

use super::http::{self, Method, RequestError};
use postmortem::api::{NewPublication, PublicationChange, Publications};
use postmortem::{Digests, PageReaders, PostmortemId};

/// Publishes what stands in the post-mortem now, as the next version under the same link. What it made comes to everyone
/// through the socket.
pub async fn create(postmortem: &PostmortemId, readers: Option<PageReaders>) -> Result<(), RequestError> {
    let path = format!("/api/postmortems/{postmortem}/publications");
    http::submit(Method::Post, &path, &NewPublication { readers }).await
}

/// Says who can open the page.
pub async fn set_readers(postmortem: &PostmortemId, slug: &str, readers: PageReaders) -> Result<(), RequestError> {
    let path = format!("/api/postmortems/{postmortem}/publications/{slug}");
    http::submit(Method::Patch, &path, &PublicationChange { readers }).await
}

/// The digests of what was published last; nothing where that is not known.
pub async fn digests(postmortem: &PostmortemId) -> Result<Option<Digests>, RequestError> {
    let listed: Publications = http::get(&format!("/api/postmortems/{postmortem}/publications")).await?;
    Ok(listed.publications.into_iter().next().and_then(|line| line.digests))
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
