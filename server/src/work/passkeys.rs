//! How a passkey is made and used: what was asked belongs to one browser and is answered once, and whatever does not hold is
//! refused in the same words, with the reason in the log.

use crate::access::{
    CEREMONY_SECONDS, Ceremony, Distrust, FreshCredential, RegistrationAnswer, RelyingParty, SignInAnswer, token_hash,
};
use crate::clock;
use crate::error::ApiError;
use crate::store::accounts::{self, Account};
use crate::store::passkey_attempts::{self, BegunAttempt};
use crate::store::passkeys::{self, KeptPasskey};
use crate::store::{Store, StoreError};
use chrono::TimeDelta;
use postmortem::{PasskeyId, UserId, limits};
use sqlx::SqliteConnection;

/// Somebody whom a passkey lets in, and what is written down of it.
#[derive(Debug, Clone)]
pub struct Recognised {
    pub account: Account,
    pub passkey: PasskeyId,
    /// What the browser was asked, which is over.
    pub challenge: String,
    /// What changes with each use, as it was when it was held against the answer, and as it is from then on.
    before: Vec<u8>,
    after: Vec<u8>,
}

/// Remembers what a browser was asked, to be found by hashes of what it will bring back: `user` is who adds a passkey, none where
/// somebody signs in.
///
/// # Errors
/// When the store failed.
pub async fn keep_attempt(
    store: &Store,
    ceremony: &Ceremony,
    browser: &str,
    user: Option<&UserId>,
) -> Result<(), StoreError> {
    let mut write = store.write().await?;
    let begun = BegunAttempt {
        challenge_hash: &token_hash(&ceremony.challenge),
        browser_hash: &token_hash(browser),
        user,
        state: &ceremony.state,
        ends_at: clock::now() + TimeDelta::seconds(CEREMONY_SECONDS.into()),
    };
    passkey_attempts::insert(&mut write, &begun).await?;
    write.commit().await
}

/// Uses up what this browser was asked.
async fn take_attempt(
    store: &Store,
    challenge: &str,
    browser: Option<&str>,
    user: Option<&UserId>,
) -> Result<Vec<u8>, ApiError> {
    let browser = browser.ok_or(ApiError::AttemptEnded)?;
    let mut write = store.write().await?;
    let (challenge, browser) = (token_hash(challenge), token_hash(browser));
    let state = passkey_attempts::take(&mut write, &challenge, &browser, user, clock::now()).await?;
    write.commit().await?;
    state.ok_or(ApiError::AttemptEnded)
}

/// Holds a passkey that a browser has made against what it was asked for this person.
///
/// # Errors
/// When it does not hold, or the store failed.
pub async fn examine(
    store: &Store,
    party: &RelyingParty,
    answer: &RegistrationAnswer,
    browser: Option<&str>,
    user: &UserId,
) -> Result<FreshCredential, ApiError> {
    let challenge = answer.challenge().map_err(|distrust| unfit(&distrust))?;
    let state = take_attempt(store, &challenge, browser, Some(user)).await?;
    answer.verify(party, &state).map_err(|distrust| unfit(&distrust))
}

/// What is said of a new passkey that does not hold.
pub fn unfit(distrust: &Distrust) -> ApiError {
    tracing::warn!(reason = %distrust, "a passkey was not added");
    ApiError::Invalid(
        "What your device answered does not hold, and no passkey was added. Try again, or use another one.".into(),
    )
}

/// Adds a passkey, in a write.
///
/// # Errors
/// When there are too many, or it is there already.
pub async fn add(write: &mut SqliteConnection, passkey: &KeptPasskey) -> Result<(), ApiError> {
    check_count(passkeys::count_of(write, &passkey.user).await?)?;
    if passkeys::insert(write, passkey).await? {
        Ok(())
    } else {
        Err(ApiError::Invalid(
            "This device has a passkey here already. Remove that one first, or use another device.".into(),
        ))
    }
}

/// That somebody with so many passkeys may have another.
///
/// # Errors
/// When they may not.
pub fn check_count(count: u32) -> Result<(), ApiError> {
    let most = limits::PASSKEYS;
    if count < most {
        Ok(())
    } else {
        Err(ApiError::Invalid(format!("You have as many passkeys as one may: {most}. Remove one that you do not use.")))
    }
}

/// Finds whose passkey an answer is of, and holds it against what this browser was asked.
///
/// # Errors
/// When it lets nobody in, or the store failed.
pub async fn recognise(
    store: &Store,
    party: &RelyingParty,
    answer: &SignInAnswer,
    browser: Option<&str>,
) -> Result<Recognised, ApiError> {
    let challenge = answer.challenge().map_err(|distrust| refused(&distrust))?;
    // Whatever becomes of it, it was answered.
    let state = take_attempt(store, &challenge, browser, None).await?;
    let passkey = store.find_passkey(answer.credential()).await?.ok_or(ApiError::PasskeyRefused)?;
    let after = answer.verify(party, &state, &passkey).map_err(|distrust| {
        let KeptPasskey { id, user, .. } = &passkey;
        tracing::warn!(%user, passkey = %id, reason = %distrust, "a passkey let nobody in");
        ApiError::PasskeyRefused
    })?;
    let listed = store.find_account(&passkey.user).await?.ok_or(ApiError::PasskeyRefused)?;
    Ok(Recognised { account: listed.account, passkey: passkey.id, challenge, before: passkey.state, after })
}

/// What is said of an answer that cannot be one.
pub fn refused(distrust: &Distrust) -> ApiError {
    tracing::debug!(reason = %distrust, "nobody was signed in by what is no answer");
    ApiError::PasskeyRefused
}

/// Writes down that a passkey lets somebody in, in the write that does: it may have been removed meanwhile, or they suspended.
///
/// # Errors
/// When they may not come in any more.
pub async fn let_in(write: &mut SqliteConnection, recognised: &Recognised) -> Result<(), ApiError> {
    let Recognised { account, passkey, before, after, .. } = recognised;
    let listed = accounts::find(write, &account.person.id).await?.ok_or(ApiError::PasskeyRefused)?;
    if listed.suspended_at.is_some() {
        return Err(ApiError::Suspended);
    }
    if passkeys::mark_used(write, passkey, before, after, clock::now()).await? {
        Ok(())
    } else {
        Err(ApiError::PasskeyRefused)
    }
}
