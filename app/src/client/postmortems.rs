//! The incident log and the life of a post-mortem as a whole: create, import, delete.

use super::http::{self, RequestError};
use postmortem::api::{Created, Imported, IncidentLog, NamedExample, NewPostmortem, OwnerChange, StatusChange};
use postmortem::{HeadRow, Openness, Postmortem, PostmortemId, Receipt, Status};

/// How many lines of the log are asked for at a time: more than fit on any screen.
const LINES: u32 = 500;

/// A page of the log: the first, or what follows on one before.
pub async fn list(after: Option<&str>) -> Result<IncidentLog, RequestError> {
    match after {
        Some(after) => {
            let after = js_sys::encode_uri_component(after);
            http::get(&format!("/api/postmortems?limit={LINES}&after={after}")).await
        }
        None => http::get(&format!("/api/postmortems?limit={LINES}")).await,
    }
}

/// Starts a post-mortem with all sections and nothing filled in.
pub async fn create(beginning: &NewPostmortem) -> Result<PostmortemId, RequestError> {
    let created: Created = http::post("/api/postmortems", beginning).await?;
    Ok(created.id)
}

/// Starts one from a file, for whoever finds it then.
pub async fn import(json: String, access: Openness) -> Result<Imported, RequestError> {
    http::post_text(&format!("/api/imports?access={}", access.code()), json).await
}

/// Starts one from the example that comes with Debrief.
pub async fn open_example() -> Result<PostmortemId, RequestError> {
    let created: Created = http::post("/api/examples", &NamedExample { name: "github-2018-10-21".to_owned() }).await?;
    Ok(created.id)
}

/// The whole value, as it stands on the server's disk. Whoever could read it once names its receipt.
pub async fn show(id: &PostmortemId, receipt: Option<&Receipt>) -> Result<Postmortem, RequestError> {
    let path = format!("/api/postmortems/{id}");
    match receipt {
        Some(receipt) => http::get_soon_with(&path, (Receipt::HEADER, &receipt.0)).await,
        None => http::get_soon(&path).await,
    }
}

/// Sets the status; how it stands then.
pub async fn set_status(id: &PostmortemId, status: Status) -> Result<HeadRow, RequestError> {
    http::put(&format!("/api/postmortems/{id}/status"), &StatusChange { status }).await
}

/// Hands it over, or names somebody outside; how it stands then.
pub async fn set_owner(id: &PostmortemId, owner: &OwnerChange) -> Result<HeadRow, RequestError> {
    http::put(&format!("/api/postmortems/{id}/owner"), owner).await
}

/// Deletes one for everyone.
pub async fn delete(id: &PostmortemId) -> Result<(), RequestError> {
    http::delete(&format!("/api/postmortems/{id}")).await
}
