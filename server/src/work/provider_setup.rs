//! Setting providers of single sign-on up: added, changed and removed by who looks after the team.

use crate::access::Grounds;
use crate::clock;
use crate::error::ApiError;
use crate::store::audit::{self, Deed};
use crate::store::providers::{self, KeptProvider};
use crate::store::sign_in_attempts;
use crate::store::{Store, Write};
use postmortem::{AuditAction, ProviderId};

/// How many there may be: each is a button.
const MOST: u32 = 10;

/// Adds one.
///
/// # Errors
/// When there are too many or one of its id, and when the store failed.
pub async fn add(store: &Store, grounds: &Grounds, provider: &KeptProvider) -> Result<(), ApiError> {
    let mut write = store.write().await?;
    grounds.hold(&mut write).await?;
    if providers::count(&mut write).await? >= MOST {
        return Err(ApiError::Invalid(format!("A team has at most {MOST} providers. Remove one that nobody uses.")));
    }
    if !providers::insert(&mut write, provider, clock::now()).await? {
        return Err(ApiError::Invalid("Another provider has this address already. Choose another one.".into()));
    }
    record(&mut write, grounds, AuditAction::ProviderChanged, &provider.name).await?;
    Ok(write.commit().await?)
}

/// Changes one, which keeps its secret where none was written. Where it is another one behind the same id, nobody is known there
/// any more: it may call others by what the one before called somebody. Sign-ins under way end with its address or client
/// id.
///
/// # Errors
/// When there is none, when the secret was written for another one, and when the store failed.
pub async fn change(
    store: &Store,
    grounds: &Grounds,
    mut provider: KeptProvider,
    keeps_secret: bool,
) -> Result<KeptProvider, ApiError> {
    let mut write = store.write().await?;
    grounds.hold(&mut write).await?;
    let before = providers::find(&mut write, &provider.id).await?.ok_or(ApiError::NotFound("provider"))?;
    let is_other = provider.is_other_than(&before);
    // A secret is for whom it was written: who may not read it does not send it to another address either.
    if is_other && keeps_secret && before.client_secret.is_some() {
        return Err(ApiError::Invalid("This is another provider. Write its secret as well.".into()));
    }
    if provider.ends_sign_ins_of(&before) {
        sign_in_attempts::delete_of(&mut write, &provider.id).await?;
    }
    if keeps_secret {
        provider.client_secret = before.client_secret;
    }
    if is_other {
        providers::delete_identities(&mut write, &provider.id).await?;
    }
    providers::update(&mut write, &provider).await?;
    record(&mut write, grounds, AuditAction::ProviderChanged, &provider.name).await?;
    write.commit().await?;
    Ok(provider)
}

/// Removes one. Who signed in with it keeps their account.
///
/// # Errors
/// When there is none, and when the store failed.
pub async fn remove(store: &Store, grounds: &Grounds, id: &ProviderId) -> Result<(), ApiError> {
    let mut write = store.write().await?;
    grounds.hold(&mut write).await?;
    let before = providers::find(&mut write, id).await?.ok_or(ApiError::NotFound("provider"))?;
    providers::delete(&mut write, id).await?;
    record(&mut write, grounds, AuditAction::ProviderRemoved, &before.name).await?;
    Ok(write.commit().await?)
}

async fn record(write: &mut Write, grounds: &Grounds, action: AuditAction, provider: &str) -> Result<(), ApiError> {
    Ok(audit::insert(write, clock::now(), &grounds.actor(), &Deed::new(action).to(provider)).await?)
}
