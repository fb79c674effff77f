//! The table `passkey_attempts`: what browsers were asked, to make a passkey or to sign in with one, found by what they answer.

use super::{Store, StoreError};
use chrono::{DateTime, Utc};
use postmortem::UserId;
use sqlx::SqliteConnection;

/// How many there may be at a time: the oldest give way, so that whoever begins many keeps nobody out who comes after them.
const MOST: u32 = 10_000;

/// An attempt that begins.
#[derive(Debug)]
pub struct BegunAttempt<'a> {
    pub challenge_hash: &'a [u8],
    pub browser_hash: &'a [u8],
    /// Who adds a passkey; none where somebody signs in.
    pub user: Option<&'a UserId>,
    /// What the answer is held against.
    pub state: &'a [u8],
    pub ends_at: DateTime<Utc>,
}

pub async fn insert(write: &mut SqliteConnection, begun: &BegunAttempt<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into passkey_attempts (challenge_hash, browser_hash, user_id, state, ends_at) values (?, ?, ?, ?, ?)",
    )
    .bind(begun.challenge_hash)
    .bind(begun.browser_hash)
    .bind(begun.user.map(UserId::as_str))
    .bind(begun.state)
    .bind(begun.ends_at)
    .execute(&mut *write)
    .await?;
    sqlx::query(
        "delete from passkey_attempts where challenge_hash in (
             select challenge_hash from passkey_attempts order by ends_at desc, rowid desc limit -1 offset ?)",
    )
    .bind(MOST)
    .execute(write)
    .await?;
    Ok(())
}

/// Uses one up and gives its state: nobody finds it a second time. Another browser than the one that began it finds none, and so
/// does who adds a passkey with what was asked to sign in, or the other way about; it is left there.
pub async fn take(
    write: &mut SqliteConnection,
    challenge_hash: &[u8],
    browser_hash: &[u8],
    user: Option<&UserId>,
    now: DateTime<Utc>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let taken = sqlx::query_scalar(
        "delete from passkey_attempts
         where challenge_hash = ? and browser_hash = ? and user_id is ? and ends_at > ?
         returning state",
    );
    let taken = taken.bind(challenge_hash).bind(browser_hash).bind(user.map(UserId::as_str)).bind(now);
    Ok(taken.fetch_optional(write).await?)
}

/// Forgets at most so many of those that took too long; how many there were.
pub async fn delete_ended(write: &mut SqliteConnection, now: DateTime<Utc>, at_most: u32) -> Result<u64, StoreError> {
    let deleted = sqlx::query(
        "delete from passkey_attempts where challenge_hash in (
             select challenge_hash from passkey_attempts where ends_at <= ? limit ?)",
    );
    Ok(deleted.bind(now).bind(at_most).execute(write).await?.rows_affected())
}

impl Store {
    /// Whether [`delete_ended`] has anything to do.
    pub async fn has_ended_passkey_attempts(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar("select exists (select 1 from passkey_attempts where ends_at <= ?)");
        Ok(found.bind(now).fetch_one(&self.readers).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use chrono::TimeDelta;

    fn begun<'a>(challenge_hash: &'a [u8], ends_at: DateTime<Utc>) -> BegunAttempt<'a> {
        BegunAttempt { challenge_hash, browser_hash: b"browser", user: None, state: b"state", ends_at }
    }

    #[tokio::test]
    async fn an_attempt_is_found_once_by_its_browser_for_what_it_is_and_before_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let now = clock::now();
        let mut write = store.write().await.expect("a write");
        insert(&mut write, &begun(b"challenge", now + TimeDelta::minutes(5))).await.expect("begun");
        let somebody: UserId = "somebody".parse().expect("an id");
        let mut found = async |browser: &[u8], user: Option<&UserId>, at| {
            take(&mut write, b"challenge", browser, user, at).await.expect("read").is_some()
        };
        assert!(!found(b"another", None, now).await);
        assert!(!found(b"browser", Some(&somebody), now).await);
        assert!(!found(b"browser", None, now + TimeDelta::minutes(5)).await);
        assert!(found(b"browser", None, now).await);
        assert!(!found(b"browser", None, now).await);
    }

    #[tokio::test]
    async fn there_are_only_so_many_and_those_that_ended_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let now = clock::now();
        let mut write = store.write().await.expect("a write");
        for number in 0..MOST + 3 {
            let ends_at = now + TimeDelta::milliseconds(number.into());
            insert(&mut write, &begun(&number.to_be_bytes(), ends_at)).await.expect("begun");
        }
        let before = now - TimeDelta::seconds(1);
        let mut is_there = async |number: u32| {
            take(&mut write, &number.to_be_bytes(), b"browser", None, before).await.expect("read").is_some()
        };
        assert!(!is_there(2).await);
        assert!(is_there(3).await);
        write.commit().await.expect("committed");
        let later = now + TimeDelta::milliseconds(13);
        assert!(store.has_ended_passkey_attempts(later).await.expect("read"));
        let mut write = store.write().await.expect("a write");
        assert_eq!(delete_ended(&mut write, later, 4).await.expect("deleted"), 4);
        assert_eq!(delete_ended(&mut write, later, 500).await.expect("deleted"), 6);
        write.commit().await.expect("committed");
        assert!(!store.has_ended_passkey_attempts(later).await.expect("read"));
    }
}
