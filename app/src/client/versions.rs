//! Earlier versions of a post-mortem, and bringing one back.

use super::http::{self, RequestError};
use postmortem::{Postmortem, PostmortemId, Version};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct List {
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Shown {
    postmortem: Postmortem,
}

#[derive(Serialize)]
struct NewRestoration {
    version: u32,
}

/// That a version was brought back.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Restoration {
    /// The version that undoes it; nothing where nothing had to change.
    pub before: Option<u32>,
}

/// What was kept, the newest first.
pub async fn list(postmortem: &PostmortemId) -> Result<Vec<Version>, RequestError> {
    let list: List = http::get(&format!("/api/postmortems/{postmortem}/versions")).await?;
    Ok(list.versions)
}

/// The whole value of one.
pub async fn show(postmortem: &PostmortemId, version: u32) -> Result<Postmortem, RequestError> {
    let shown: Shown = http::get(&format!("/api/postmortems/{postmortem}/versions/{version}")).await?;
    Ok(shown.postmortem)
}

/// Brings one back. What changes comes to everyone through the socket.
pub async fn bring_back(postmortem: &PostmortemId, version: u32) -> Result<Restoration, RequestError> {
    http::post(&format!("/api/postmortems/{postmortem}/restorations"), &NewRestoration { version }).await
}
