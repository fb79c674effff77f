//! The table `sign_in_attempts`: sign-ins with a provider that are under way, found by what the provider sends back.

use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::ProviderId;
use sqlx::SqliteConnection;

/// How many there may be at a time: the oldest give way, so that whoever begins many keeps nobody out who comes after them.
const MOST: u32 = 10_000;

/// A sign-in that a browser has begun.
#[derive(Debug, Clone)]
pub struct BegunSignIn {
    pub provider: ProviderId,
    /// Where it leads, as a path of ours.
    pub destination: String,
}

/// Adds one under the hashes of what the provider and the browser will bring.
pub async fn insert(
    write: &mut SqliteConnection,
    state_hash: &[u8],
    browser_hash: &[u8],
    begun: &BegunSignIn,
    ends_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into sign_in_attempts (state_hash, browser_hash, provider_id, destination, ends_at)
         values (?, ?, ?, ?, ?)",
    )
    .bind(state_hash)
    .bind(browser_hash)
    .bind(begun.provider.as_str())
    .bind(&begun.destination)
    .bind(ends_at)
    .execute(&mut *write)
    .await?;
    sqlx::query(
        "delete from sign_in_attempts where state_hash in (
             select state_hash from sign_in_attempts order by ends_at desc, rowid desc limit -1 offset ?)",
    )
    .bind(MOST)
    .execute(write)
    .await?;
    Ok(())
}

/// Uses one up: nobody finds it a second time. Another browser than the one that began it finds none, and leaves it there.
pub async fn take(
    write: &mut SqliteConnection,
    state_hash: &[u8],
    browser_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<BegunSignIn>, StoreError> {
    let row: Option<(String, String)> = sqlx::query_as(
        "delete from sign_in_attempts where state_hash = ? and browser_hash = ? and ends_at > ?
         returning provider_id, destination",
    )
    .bind(state_hash)
    .bind(browser_hash)
    .bind(now)
    .fetch_optional(write)
    .await?;
    row.map(|(provider, destination)| Ok(BegunSignIn { provider: parsed(&provider, "a provider's id")?, destination }))
        .transpose()
}

/// Ends those with a provider.
pub async fn delete_of(write: &mut SqliteConnection, provider: &ProviderId) -> Result<(), StoreError> {
    sqlx::query("delete from sign_in_attempts where provider_id = ?").bind(provider.as_str()).execute(write).await?;
    Ok(())
}

/// Forgets at most so many of those that took too long; how many there were.
pub async fn delete_ended(write: &mut SqliteConnection, now: DateTime<Utc>, at_most: u32) -> Result<u64, StoreError> {
    let deleted = sqlx::query(
        "delete from sign_in_attempts where state_hash in (
             select state_hash from sign_in_attempts where ends_at <= ? limit ?)",
    );
    Ok(deleted.bind(now).bind(at_most).execute(write).await?.rows_affected())
}

impl Store {
    /// Whether [`delete_ended`] has anything to do.
    pub async fn has_ended_sign_ins(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar("select exists (select 1 from sign_in_attempts where ends_at <= ?)");
        Ok(found.bind(now).fetch_one(&self.readers).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::store::providers::{self, KeptProvider};
    use chrono::TimeDelta;
    use postmortem::api::EntryRules;

    async fn store() -> (tempfile::TempDir, Store, BegunSignIn) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("debrief.db")).await.expect("a store");
        let id: ProviderId = "harbour".parse().expect("an id");
        let provider = KeptProvider {
            id: id.clone(),
            name: "Harbour ID".into(),
            issuer: "https://id.harbour.example".into(),
            client_id: "debrief".into(),
            client_secret: None,
            rules: EntryRules::default(),
        };
        let mut write = store.write().await.expect("a write");
        assert!(providers::insert(&mut write, &provider, clock::now()).await.expect("written"));
        write.commit().await.expect("committed");
        (folder, store, BegunSignIn { provider: id, destination: "/".into() })
    }

    #[tokio::test]
    async fn an_attempt_is_found_once_by_its_browser_and_before_its_end() {
        let (_folder, store, begun) = store().await;
        let now = clock::now();
        let mut write = store.write().await.expect("a write");
        insert(&mut write, b"state", b"browser", &begun, now + TimeDelta::minutes(10)).await.expect("begun");
        let mut found =
            async |browser: &[u8], at| take(&mut write, b"state", browser, at).await.expect("read").is_some();
        assert!(!found(b"another", now).await);
        assert!(!found(b"browser", now + TimeDelta::minutes(10)).await);
        assert!(found(b"browser", now).await);
        assert!(!found(b"browser", now).await);
    }

    #[tokio::test]
    async fn there_are_only_so_many_and_those_that_ended_go() {
        let (_folder, store, begun) = store().await;
        let now = clock::now();
        let mut write = store.write().await.expect("a write");
        for number in 0..MOST + 5 {
            let ends_at = now + TimeDelta::milliseconds(number.into());
            insert(&mut write, &number.to_be_bytes(), b"browser", &begun, ends_at).await.expect("begun");
        }
        let before = now - TimeDelta::seconds(1);
        for number in 0..5_u32 {
            assert!(take(&mut write, &number.to_be_bytes(), b"browser", before).await.expect("read").is_none());
        }
        assert!(take(&mut write, &5_u32.to_be_bytes(), b"browser", before).await.expect("read").is_some());
        write.commit().await.expect("committed");
        let later = now + TimeDelta::milliseconds(16);
        assert!(store.has_ended_sign_ins(later).await.expect("read"));
        let mut write = store.write().await.expect("a write");
        assert_eq!(delete_ended(&mut write, later, 4).await.expect("deleted"), 4);
        assert_eq!(delete_ended(&mut write, later, 500).await.expect("deleted"), 7);
        write.commit().await.expect("committed");
        assert!(!store.has_ended_sign_ins(later).await.expect("read"));
    }
}
