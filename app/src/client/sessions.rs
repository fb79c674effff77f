//! Who this browser is, as the server knows it: signing in and out, accounts that links make, one's own profile and devices.

use super::http::{self, Method, RequestError};
use postmortem::SessionId;
use postmortem::api::{
    Device, Devices, Door, LinkShown, LinkToken, NewAccount, NewSession, PasswordChange, ProfileChange, SignedIn,
};

/// What whoever comes is told before they are signed in.
pub async fn door() -> Result<Door, RequestError> {
    http::get_as_anyone("/api/door").await
}

/// Who has this browser's session, whoever the page takes it for.
pub async fn current() -> Result<Option<SignedIn>, RequestError> {
    http::get_as_anyone("/api/session").await
}

/// Signs in.
pub async fn create(session: &NewSession) -> Result<SignedIn, RequestError> {
    http::post_as_anyone("/api/sessions", session).await
}

/// What a one-time link leads to. Looking does not use it.
pub async fn link(token: &str) -> Result<LinkShown, RequestError> {
    http::post_as_anyone("/api/links", &LinkToken { token: token.to_owned() }).await
}

/// Makes an account with a one-time link, and signs in.
pub async fn create_account(account: &NewAccount) -> Result<SignedIn, RequestError> {
    http::post_as_anyone("/api/accounts", account).await
}

/// Changes one's own name or colour.
pub async fn change_profile(change: &ProfileChange) -> Result<SignedIn, RequestError> {
    http::patch("/api/session", change).await
}

/// Changes one's own password, which ends every other session.
pub async fn change_password(change: &PasswordChange) -> Result<(), RequestError> {
    http::submit(Method::Put, "/api/session/password", change).await
}

/// The browsers in which one is signed in, the one used last first.
pub async fn list() -> Result<Vec<Device>, RequestError> {
    let Devices { devices } = http::get("/api/sessions").await?;
    Ok(devices)
}

/// Signs a browser out.
pub async fn delete(id: &SessionId) -> Result<(), RequestError> {
    http::delete(&format!("/api/sessions/{id}")).await
}

/// Signs this browser out. One without a session is out already.
pub async fn delete_own() -> Result<(), RequestError> {
    let deleted = match list().await {
        Ok(devices) => match devices.iter().find(|device| device.is_this) {
            Some(own) => delete(&own.id).await,
            None => Ok(()),
        },
        Err(error) => Err(error),
    };
    deleted.or_else(|error| if error.is_signed_out() { Ok(()) } else { Err(error) })
}
