//! The tables `providers` and `identities`: what one can sign in with beside a password, and who somebody is there.

use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::api::EntryRules;
use postmortem::{ProviderId, UserId};
use sqlx::{FromRow, SqliteConnection};
use std::fmt;

/// A provider with what it takes to ask it.
#[derive(Clone)]
pub struct KeptProvider {
    pub id: ProviderId,
    pub name: String,
    /// As an admin wrote it, who may have left its last slash away.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    pub rules: EntryRules,
}

impl KeptProvider {
    /// Whether it is another one than before behind the same id, which may call others by the same subjects.
    pub fn is_other_than(&self, before: &Self) -> bool {
        self.issuer.trim_end_matches('/') != before.issuer.trim_end_matches('/')
    }

    /// Whether a sign-in that was begun with what it was before cannot be finished with it.
    pub fn ends_sign_ins_of(&self, before: &Self) -> bool {
        self.is_other_than(before) || self.client_id != before.client_id
    }
}

/// Without the secret: whatever is printed may end in a log.
impl fmt::Debug for KeptProvider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, name, issuer, client_id, .. } = self;
        let mut provider = formatter.debug_struct("KeptProvider");
        provider.field("id", id).field("name", name).field("issuer", issuer).field("client_id", client_id);
        provider.finish_non_exhaustive()
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    rules: String,
}

impl Row {
    fn provider(self) -> Result<KeptProvider, StoreError> {
        let unreadable = |error| StoreError::Unreadable(format!("the rules of a provider: {error}"));
        Ok(KeptProvider {
            id: parsed(&self.id, "a provider's id")?,
            name: self.name,
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: self.client_secret,
            rules: serde_json::from_str(&self.rules).map_err(unreadable)?,
        })
    }
}

fn rules(provider: &KeptProvider) -> Result<String, StoreError> {
    serde_json::to_string(&provider.rules).map_err(|error| StoreError::Unreadable(error.to_string()))
}

const FIND: &str = "select id, name, issuer, client_id, client_secret, rules from providers where id = ?";
const LIST: &str = "select id, name, issuer, client_id, client_secret, rules from providers order by created_at, id";

/// Adds a provider; false where there is one of its id.
pub async fn insert(
    write: &mut SqliteConnection,
    provider: &KeptProvider,
    created_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "insert into providers (id, name, issuer, client_id, client_secret, rules, created_at)
         values (?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do nothing",
    )
    .bind(provider.id.as_str())
    .bind(&provider.name)
    .bind(&provider.issuer)
    .bind(&provider.client_id)
    .bind(&provider.client_secret)
    .bind(rules(provider)?)
    .bind(created_at)
    .execute(write)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// Puts a provider in the place of what it was.
pub async fn update(write: &mut SqliteConnection, provider: &KeptProvider) -> Result<(), StoreError> {
    sqlx::query("update providers set name = ?, issuer = ?, client_id = ?, client_secret = ?, rules = ? where id = ?")
        .bind(&provider.name)
        .bind(&provider.issuer)
        .bind(&provider.client_id)
        .bind(&provider.client_secret)
        .bind(rules(provider)?)
        .bind(provider.id.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Removes a provider with everybody's identity there; whether there was one.
pub async fn delete(write: &mut SqliteConnection, id: &ProviderId) -> Result<bool, StoreError> {
    let deleted = sqlx::query("delete from providers where id = ?").bind(id.as_str()).execute(write).await?;
    Ok(deleted.rows_affected() > 0)
}

pub async fn find(read: &mut SqliteConnection, id: &ProviderId) -> Result<Option<KeptProvider>, StoreError> {
    let row: Option<Row> = sqlx::query_as(FIND).bind(id.as_str()).fetch_optional(read).await?;
    row.map(Row::provider).transpose()
}

pub async fn count(read: &mut SqliteConnection) -> Result<u32, StoreError> {
    Ok(sqlx::query_scalar("select count(*) from providers").fetch_one(read).await?)
}

/// Forgets who everybody is at a provider: another one behind the same row may call others by the same subjects.
pub async fn delete_identities(write: &mut SqliteConnection, id: &ProviderId) -> Result<(), StoreError> {
    sqlx::query("delete from identities where provider_id = ?").bind(id.as_str()).execute(write).await?;
    Ok(())
}

/// Forgets who somebody is at all providers.
pub async fn delete_identities_of(write: &mut SqliteConnection, user: &UserId) -> Result<(), StoreError> {
    sqlx::query("delete from identities where user_id = ?").bind(user.as_str()).execute(write).await?;
    Ok(())
}

/// Remembers who somebody is at a provider.
pub async fn insert_identity(
    write: &mut SqliteConnection,
    provider: &ProviderId,
    subject: &str,
    user: &UserId,
    created_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("insert into identities (provider_id, subject, user_id, created_at) values (?, ?, ?, ?)")
        .bind(provider.as_str())
        .bind(subject)
        .bind(user.as_str())
        .bind(created_at)
        .execute(write)
        .await?;
    Ok(())
}

/// The user whom a provider calls by a subject.
pub async fn find_user(
    read: &mut SqliteConnection,
    provider: &ProviderId,
    subject: &str,
) -> Result<Option<UserId>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as("select user_id from identities where provider_id = ? and subject = ?")
        .bind(provider.as_str())
        .bind(subject)
        .fetch_optional(read)
        .await?;
    row.map(|(user,)| parsed(&user, "a user's id")).transpose()
}

impl Store {
    /// The providers, in the order in which they were made.
    pub async fn list_providers(&self) -> Result<Vec<KeptProvider>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(LIST).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::provider).collect()
    }

    pub async fn find_provider(&self, id: &ProviderId) -> Result<Option<KeptProvider>, StoreError> {
        find(&mut *self.readers.acquire().await?, id).await
    }
}
