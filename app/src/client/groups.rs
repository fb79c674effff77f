//! Groups of people of the team.

use super::http::{self, RequestError};
use postmortem::GroupId;
use postmortem::api::{GroupChange, Groups, NewGroup, TeamGroup};

/// The groups whose name holds these words, or all; at most so many.
pub async fn list(search: &str, limit: u32) -> Result<Groups, RequestError> {
    let search = js_sys::encode_uri_component(search);
    http::get(&format!("/api/groups?search={search}&limit={limit}")).await
}

/// A group with everybody in it.
pub async fn show(group: &GroupId) -> Result<TeamGroup, RequestError> {
    http::get(&format!("/api/groups/{group}")).await
}

pub async fn create(group: &NewGroup) -> Result<TeamGroup, RequestError> {
    http::post("/api/groups", group).await
}

pub async fn change(group: &GroupId, change: &GroupChange) -> Result<TeamGroup, RequestError> {
    http::patch(&format!("/api/groups/{group}"), change).await
}

pub async fn delete(group: &GroupId) -> Result<(), RequestError> {
    http::delete(&format!("/api/groups/{group}")).await
}
