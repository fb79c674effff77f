//! The table `passkeys`: by what devices people sign in beside a password.

use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::{PasskeyId, UserId};
use sqlx::{FromRow, SqliteConnection};

/// A passkey, with what an answer of its device is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPasskey {
    pub id: PasskeyId,
    /// How the device calls it.
    pub credential: Vec<u8>,
    pub user: UserId,
    pub name: String,
    /// The name of the server for which it was made.
    pub made_for: String,
    pub public_key: Vec<u8>,
    /// What changes with each use.
    pub state: Vec<u8>,
    /// How browsers reach the device, as bits.
    pub transports: u8,
    pub created_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    credential_id: Vec<u8>,
    user_id: String,
    name: String,
    made_for: String,
    public_key: Vec<u8>,
    state: Vec<u8>,
    transports: u8,
    created_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

impl Row {
    fn passkey(self) -> Result<KeptPasskey, StoreError> {
        Ok(KeptPasskey {
            id: parsed(&self.id, "a passkey's id")?,
            credential: self.credential_id,
            user: parsed(&self.user_id, "a user's id")?,
            name: self.name,
            made_for: self.made_for,
            public_key: self.public_key,
            state: self.state,
            transports: self.transports,
            created_at: self.created_at,
            used_at: self.used_at,
        })
    }
}

macro_rules! passkeys {
    ($rest:literal) => {
        concat!(
            "select id, credential_id, user_id, name, made_for, public_key, state, transports, created_at, used_at
             from passkeys ",
            $rest
        )
    };
}

const FIND: &str = passkeys!("where credential_id = ?");
const LIST: &str = passkeys!("where user_id = ? order by created_at, id");

/// Adds a passkey; false where there is one that its device calls the same.
pub async fn insert(write: &mut SqliteConnection, passkey: &KeptPasskey) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "insert into passkeys
             (id, credential_id, user_id, name, made_for, public_key, state, transports, created_at, used_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (credential_id) do nothing",
    )
    .bind(passkey.id.as_str())
    .bind(&passkey.credential)
    .bind(passkey.user.as_str())
    .bind(&passkey.name)
    .bind(&passkey.made_for)
    .bind(&passkey.public_key)
    .bind(&passkey.state)
    .bind(passkey.transports)
    .bind(passkey.created_at)
    .bind(passkey.used_at)
    .execute(write)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

pub async fn count_of(read: &mut SqliteConnection, user: &UserId) -> Result<u32, StoreError> {
    let counted = sqlx::query_scalar("select count(*) from passkeys where user_id = ?").bind(user.as_str());
    Ok(counted.fetch_one(read).await?)
}

/// Writes down that a passkey was used, and what it is since; false where it is gone, or was used by somebody else meanwhile.
pub async fn mark_used(
    write: &mut SqliteConnection,
    id: &PasskeyId,
    before: &[u8],
    state: &[u8],
    used_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let marked = sqlx::query("update passkeys set state = ?, used_at = ? where id = ? and state = ?");
    let marked = marked.bind(state).bind(used_at).bind(id.as_str()).bind(before).execute(write).await?;
    Ok(marked.rows_affected() > 0)
}

/// Gives one of somebody's passkeys another name; whether there is one.
pub async fn set_name(
    write: &mut SqliteConnection,
    user: &UserId,
    id: &PasskeyId,
    name: &str,
) -> Result<bool, StoreError> {
    let changed = sqlx::query("update passkeys set name = ? where user_id = ? and id = ?");
    Ok(changed.bind(name).bind(user.as_str()).bind(id.as_str()).execute(write).await?.rows_affected() > 0)
}

/// Removes a passkey of a user; what it was called, where there was one.
pub async fn delete(write: &mut SqliteConnection, user: &UserId, id: &PasskeyId) -> Result<Option<String>, StoreError> {
    let deleted = sqlx::query_scalar("delete from passkeys where user_id = ? and id = ? returning name");
    Ok(deleted.bind(user.as_str()).bind(id.as_str()).fetch_optional(write).await?)
}

/// Removes every passkey of a user.
pub async fn delete_of(write: &mut SqliteConnection, user: &UserId) -> Result<(), StoreError> {
    sqlx::query("delete from passkeys where user_id = ?").bind(user.as_str()).execute(write).await?;
    Ok(())
}

impl Store {
    /// The passkey that its device calls so.
    pub async fn find_passkey(&self, credential: &[u8]) -> Result<Option<KeptPasskey>, StoreError> {
        let row: Option<Row> = sqlx::query_as(FIND).bind(credential).fetch_optional(&self.readers).await?;
        row.map(Row::passkey).transpose()
    }

    /// The passkeys of a user, in the order in which they were made.
    pub async fn list_passkeys(&self, user: &UserId) -> Result<Vec<KeptPasskey>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(LIST).bind(user.as_str()).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::passkey).collect()
    }
}
