//! Who this browser is, as the server knows it.

use super::http::{self, RequestError};
use postmortem::Person;
use postmortem::api::NewSession;

/// The person of this browser's session, when there is one, whoever the page takes it for.
pub async fn current() -> Result<Option<Person>, RequestError> {
    http::get_as_anyone("/api/session").await
}

/// Gives this browser a name, or another one.
pub async fn create(name: &str) -> Result<Person, RequestError> {
    http::post("/api/sessions", &NewSession { name: name.to_owned() }).await
}
