//! The providers of single sign-on, for whoever looks after the team.

use super::http::{self, RequestError};
use postmortem::ProviderId;
use postmortem::api::{NewProvider, Provider, ProviderDraft, ProviderFound, ProviderQuestion, Providers};

pub async fn list() -> Result<Providers, RequestError> {
    http::get("/api/providers").await
}

pub async fn create(provider: &NewProvider) -> Result<Provider, RequestError> {
    http::post("/api/providers", provider).await
}

pub async fn update(id: &ProviderId, draft: &ProviderDraft) -> Result<Provider, RequestError> {
    http::put(&format!("/api/providers/{id}"), draft).await
}

pub async fn delete(id: &ProviderId) -> Result<(), RequestError> {
    http::delete(&format!("/api/providers/{id}")).await
}

/// What a provider says of itself, or why it does not.
pub async fn check(issuer: &str) -> Result<ProviderFound, RequestError> {
    http::post("/api/provider-checks", &ProviderQuestion { issuer: issuer.to_owned() }).await
}
