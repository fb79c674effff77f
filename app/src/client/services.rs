//! The services of the team.

use super::http::{self, RequestError};
use postmortem::ServiceId;
use postmortem::api::{Service, ServiceDraft, Services};

/// The services that are called something with these words in it, or all; at most so many.
pub async fn list(search: &str, limit: u32) -> Result<Services, RequestError> {
    let search = js_sys::encode_uri_component(search);
    http::get(&format!("/api/services?search={search}&limit={limit}")).await
}

pub async fn create(service: &ServiceDraft) -> Result<Service, RequestError> {
    http::post("/api/services", service).await
}

pub async fn change(id: &ServiceId, service: &ServiceDraft) -> Result<Service, RequestError> {
    http::put(&format!("/api/services/{id}"), service).await
}

pub async fn delete(id: &ServiceId) -> Result<(), RequestError> {
    http::delete(&format!("/api/services/{id}")).await
}
