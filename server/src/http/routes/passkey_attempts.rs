//! Passkeys that are about to be made: what a browser is asked for, once whoever asks has proven who they are.

use super::passkeys::proof;
use crate::access::{Permit, ToVisit, Verdict, ask_to_register, attempt_cookies};
use crate::error::{ApiError, created, with_cookies};
use crate::http::request::{Body, relying_party};
use crate::store::accounts::PasswordLock;
use crate::work::passkeys::{check_count, keep_attempt, unfit};
use crate::{Debrief, random};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use postmortem::api::{NewPasskeyAttempt, PasskeyAttempt, PasskeyProof};

pub async fn create(
    permit: Permit<ToVisit>,
    State(debrief): State<Debrief>,
    headers: HeaderMap,
    Body(NewPasskeyAttempt { password }): Body<NewPasskeyAttempt>,
) -> Result<Response, ApiError> {
    if permit.session().is_none() {
        return Err(ApiError::Invalid("A program signs in with its token, and has no passkeys.".into()));
    }
    let party = relying_party(&debrief, &headers)?;
    match (proof(&permit, &debrief).await?, password) {
        (PasskeyProof::Nothing, _) => {}
        (PasskeyProof::Password, Some(password)) => expect_password(&permit, &debrief, password).await?,
        (PasskeyProof::Password, None) => return Err(ApiError::ProofNeeded("Write your password to add a passkey.")),
        (PasskeyProof::NewSession, _) => {
            return Err(ApiError::ProofNeeded(
                "Sign out and in again first: without a password a passkey is added within ten minutes of signing in.",
            ));
        }
    }
    let known = debrief.store.list_passkeys(&permit.person().id).await?;
    check_count(u32::try_from(known.len()).unwrap_or(u32::MAX))?;
    let ceremony = ask_to_register(&party, permit.account(), &known).map_err(|distrust| unfit(&distrust))?;
    let browser = random::token();
    keep_attempt(&debrief.store, &ceremony, &browser, Some(&permit.person().id)).await?;
    let cookies = attempt_cookies(&ceremony.challenge, &browser, &headers, debrief.public_url.as_ref());
    Ok(with_cookies(&cookies, created(PasskeyAttempt { options: ceremony.options })))
}

async fn expect_password(permit: &Permit<ToVisit>, debrief: &Debrief, password: String) -> Result<(), ApiError> {
    let lock = debrief.store.find_lock_of(&permit.person().id).await?;
    let PasswordLock { account, password: kept, .. } = lock.ok_or(ApiError::SignInFailed)?;
    debrief.access.quotas.take_sign_in(permit.address(), &account.mail.unwrap_or_default(), true)?;
    match debrief.access.passwords.verify(password, Some(kept)).await? {
        Verdict::Wrong => Err(ApiError::SignInFailed),
        Verdict::Right | Verdict::RightAndOutdated(_) => Ok(()),
    }
}
