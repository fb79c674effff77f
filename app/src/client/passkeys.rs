//! One's own passkeys, and what a browser is asked to make or to use one.

use super::http::{self, Method, RequestError};
use postmortem::PasskeyId;
use postmortem::api::{NewPasskey, NewPasskeyAttempt, Nothing, Passkey, PasskeyAttempt, PasskeyChange, Passkeys};

pub async fn list() -> Result<Passkeys, RequestError> {
    http::get("/api/passkeys").await
}

/// What the browser is asked to make one.
pub async fn begin(proof: &NewPasskeyAttempt) -> Result<PasskeyAttempt, RequestError> {
    http::post("/api/passkey-attempts", proof).await
}

pub async fn create(made: &NewPasskey) -> Result<Passkey, RequestError> {
    http::post("/api/passkeys", made).await
}

pub async fn rename(id: &PasskeyId, name: &str) -> Result<(), RequestError> {
    http::submit(Method::Patch, &format!("/api/passkeys/{id}"), &PasskeyChange { name: name.to_owned() }).await
}

pub async fn delete(id: &PasskeyId) -> Result<(), RequestError> {
    http::delete(&format!("/api/passkeys/{id}")).await
}

/// What the browser is asked to sign in with one.
pub async fn begin_sign_in() -> Result<PasskeyAttempt, RequestError> {
    http::post_as_anyone("/api/sign-in-attempts", &Nothing {}).await
}
