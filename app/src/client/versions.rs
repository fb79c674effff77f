//! Earlier versions of a post-mortem, and bringing one back.

use super::http::{self, RequestError};
use postmortem::api::{NewRestoration, Restoration, VersionShown, Versions};
use postmortem::{Postmortem, PostmortemId, Version};

/// What was kept, the newest first.
pub async fn list(postmortem: &PostmortemId) -> Result<Vec<Version>, RequestError> {
    let list: Versions = http::get(&format!("/api/postmortems/{postmortem}/versions")).await?;
    Ok(list.versions)
}

/// The whole value of one.
pub async fn show(postmortem: &PostmortemId, version: u32) -> Result<Postmortem, RequestError> {
    let shown: VersionShown = http::get(&format!("/api/postmortems/{postmortem}/versions/{version}")).await?;
    Ok(shown.postmortem)
}

/// Brings one back. What changes comes to everyone through the socket.
pub async fn restore(postmortem: &PostmortemId, version: u32) -> Result<Restoration, RequestError> {
    http::post(&format!("/api/postmortems/{postmortem}/restorations"), &NewRestoration { version }).await
}
