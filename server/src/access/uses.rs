//! When sessions and tokens were last used, and the end of sessions and of sign-ins that nobody finished.

use crate::clock;
use crate::store::announcements::{self, Announcement};
use crate::store::team::AUDIT_DAYS;
use crate::store::{Store, StoreError, audit, passkey_attempts, sessions, sign_in_attempts};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How exactly it is known when a session was used: a row is written once in so long, and not with every request.
const EXACTNESS: TimeDelta = TimeDelta::minutes(10);

/// How many sessions end in one transaction, so that others have their turn with the database.
const AT_ONCE: u32 = 500;

/// The sessions and tokens that were used and whose rows do not say so yet, by the hash of their token.
#[derive(Debug, Default)]
pub struct Uses(Mutex<HashSet<Vec<u8>>>);

impl Uses {
    /// Notes that one is used, whose row says when it was before.
    pub(super) fn note(&self, token_hash: Vec<u8>, used_at: Option<DateTime<Utc>>) {
        if used_at.is_none_or(|used_at| clock::now() - used_at > EXACTNESS) {
            self.lock().insert(token_hash);
        }
    }

    /// Writes down what is noted. What could not be written stays noted.
    ///
    /// # Errors
    /// When the store failed.
    pub async fn write_down(&self, store: &Store) -> Result<(), StoreError> {
        // Noted until it is written: this may be dropped on the way.
        let noted = self.lock().clone();
        if noted.is_empty() {
            return Ok(());
        }
        let mut write = store.write().await?;
        for token_hash in &noted {
            sessions::mark_used(&mut write, token_hash, clock::now()).await?;
        }
        write.commit().await?;
        self.lock().retain(|token_hash| !noted.contains(token_hash));
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the sessions that are over, or that nobody used for too long.
///
/// # Errors
/// When the store failed.
pub async fn end_idle_sessions(store: &Store) -> Result<(), StoreError> {
    let Some(team) = store.find_team().await? else { return Ok(()) };
    let now = clock::now();
    let Some(unused) = now.checked_sub_signed(TimeDelta::days(team.idle_days.into())) else { return Ok(()) };
    while store.has_ended_sessions(now, unused).await? {
        let mut write = store.write().await?;
        for user in sessions::delete_ended(&mut write, now, unused, AT_ONCE).await? {
            // Sockets that were opened with them end as well.
            announcements::insert(&mut write, &Announcement::Account(user)).await?;
        }
        write.commit().await?;
    }
    Ok(())
}

/// Forgets the attempts, with a provider or a passkey, that took too long.
///
/// # Errors
/// When the store failed.
pub async fn forget_ended_attempts(store: &Store) -> Result<(), StoreError> {
    let now = clock::now();
    while store.has_ended_sign_ins(now).await? {
        let mut write = store.write().await?;
        sign_in_attempts::delete_ended(&mut write, now, AT_ONCE).await?;
        write.commit().await?;
    }
    while store.has_ended_passkey_attempts(now).await? {
        let mut write = store.write().await?;
        passkey_attempts::delete_ended(&mut write, now, AT_ONCE).await?;
        write.commit().await?;
    }
    Ok(())
}

/// Forgets what the audit log has kept for as long as the team says.
///
/// # Errors
/// When the store failed.
pub async fn forget_old_audit_entries(store: &Store) -> Result<(), StoreError> {
    let Some(team) = store.find_team().await? else { return Ok(()) };
    let Some(before) = clock::now().checked_sub_signed(TimeDelta::days(team.audit_days.unwrap_or(AUDIT_DAYS).into()))
    else {
        return Ok(());
    };
    while store.has_audit_entries_before(before).await? {
        let mut write = store.write().await?;
        audit::delete_old(&mut write, before, AT_ONCE).await?;
        write.commit().await?;
    }
    Ok(())
}
