//! Who this browser is, as the server knows it.

use super::http::{self, RequestError};
use postmortem::Person;
use serde::Serialize;

#[derive(Serialize)]
struct NewSession<'a> {
    name: &'a str,
}

/// The person of this browser's session; an error with [`RequestError::is_signed_out`] when there is none.
pub async fn current() -> Result<Person, RequestError> {
    http::get("/api/session").await
}

/// Gives this browser a name, or another one.
pub async fn create(name: &str) -> Result<Person, RequestError> {
    http::post("/api/sessions", &NewSession { name }).await
}
