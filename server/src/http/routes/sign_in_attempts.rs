//! Sign-ins with a passkey that are about to begin: what a browser is asked for. Who it is, only the answer says.

use crate::access::{Permit, ToEnter, ask_to_sign_in, attempt_cookies};
use crate::error::{ApiError, created, with_cookies};
use crate::http::request::{Body, relying_party};
use crate::work::passkeys::{keep_attempt, refused};
use crate::{Debrief, random};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use postmortem::api::{Nothing, PasskeyAttempt};

pub async fn create(
    permit: Permit<ToEnter>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Response, ApiError> {
    debrief.access.quotas.take_entry(permit.from())?;
    let ceremony = ask_to_sign_in(&relying_party(&debrief, &headers)?).map_err(|distrust| refused(&distrust))?;
    let browser = random::token();
    keep_attempt(&debrief.store, &ceremony, &browser, None).await?;
    let cookies = attempt_cookies(&ceremony.challenge, &browser, &headers, debrief.public_url.as_ref());
    Ok(with_cookies(&cookies, created(PasskeyAttempt { options: ceremony.options })))
}
