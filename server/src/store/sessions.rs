//! The tables `sessions` and `tokens`: what a request brings, and whose it is. Both are looked up by the hash of a secret: a
//! copy of the database lets nobody in.

use super::accounts::Account;
use super::people::person;
use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::{PasskeyId, SessionId, TeamRole, UserId};
use sqlx::{FromRow, SqliteConnection};
use std::collections::{BTreeSet, HashSet};

/// The hash of the secret by which somebody came in: as long as it is known, they may stay.
pub type Credential = Vec<u8>;

/// Whoever brought a secret.
#[derive(Debug, Clone)]
pub struct Holder {
    pub account: Account,
    pub used_at: Option<DateTime<Utc>>,
    /// The session; none of a token.
    pub session: Option<SessionId>,
    /// After how many days without use a session ends.
    pub idle_days: u32,
    pub ends_at: Option<DateTime<Utc>>,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub id: SessionId,
    /// What the browser says that it is.
    pub device: String,
    pub created_at: DateTime<Utc>,
    pub used_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// A session that begins.
#[derive(Debug)]
pub struct StartedSession<'a> {
    pub token_hash: &'a [u8],
    pub id: &'a SessionId,
    pub user: &'a UserId,
    pub device: &'a str,
    /// From where.
    pub address: &'a str,
    /// By which passkey it begins, where it is one.
    pub passkey: Option<&'a PasskeyId>,
    pub created_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct HolderRow {
    id: String,
    name: String,
    color: String,
    initials: Option<String>,
    mail: Option<String>,
    role: String,
    used_at: Option<DateTime<Utc>>,
    session: Option<String>,
    idle_days: u32,
    ends_at: Option<DateTime<Utc>>,
}

impl HolderRow {
    fn holder(self) -> Result<Holder, StoreError> {
        let account = Account {
            person: person((self.id, self.name, self.color, self.initials))?,
            mail: self.mail,
            role: parsed(&self.role, "a role in the team")?,
        };
        let session = self.session.map(|id| parsed(&id, "a session's id")).transpose()?;
        Ok(Holder { account, used_at: self.used_at, session, idle_days: self.idle_days, ends_at: self.ends_at })
    }
}

pub async fn insert(write: &mut SqliteConnection, started: &StartedSession<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into sessions (token_hash, id, user_id, device, address, passkey_id, created_at, used_at, ends_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)",
    )
    .bind(started.token_hash)
    .bind(started.id.as_str())
    .bind(started.user.as_str())
    .bind(started.device)
    .bind(started.address)
    .bind(started.passkey.map(PasskeyId::as_str))
    .bind(started.created_at)
    .bind(started.ends_at)
    .execute(&mut *write)
    .await?;
    mark_seen(write, started.user, started.created_at).await
}

pub async fn insert_token(
    write: &mut SqliteConnection,
    token_hash: &[u8],
    user: &UserId,
    created_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("insert into tokens (token_hash, user_id, created_at) values (?, ?, ?)")
        .bind(token_hash)
        .bind(user.as_str())
        .bind(created_at)
        .execute(write)
        .await?;
    Ok(())
}

async fn mark_seen(write: &mut SqliteConnection, user: &UserId, seen_at: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("update accounts set seen_at = ? where user_id = ?")
        .bind(seen_at)
        .bind(user.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Writes down that a session or a token is used, and with it when its person was seen.
pub async fn mark_used(
    write: &mut SqliteConnection,
    token_hash: &[u8],
    used_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    for table in [
        "update sessions set used_at = ? where token_hash = ? returning user_id",
        "update tokens set used_at = ? where token_hash = ? returning user_id",
    ] {
        let user: Option<(String,)> =
            sqlx::query_as(table).bind(used_at).bind(token_hash).fetch_optional(&mut *write).await?;
        if let Some((user,)) = user {
            mark_seen(write, &parsed(&user, "a user's id")?, used_at).await?;
        }
    }
    Ok(())
}

/// What the browser of a session says that it is.
pub async fn find_device(
    read: &mut SqliteConnection,
    user: &UserId,
    id: &SessionId,
) -> Result<Option<String>, StoreError> {
    let device = sqlx::query_scalar("select device from sessions where user_id = ? and id = ?")
        .bind(user.as_str())
        .bind(id.as_str());
    Ok(device.fetch_optional(read).await?)
}

/// Ends one session of a person; whether there was one.
pub async fn delete(write: &mut SqliteConnection, user: &UserId, id: &SessionId) -> Result<bool, StoreError> {
    let deleted = sqlx::query("delete from sessions where user_id = ? and id = ?")
        .bind(user.as_str())
        .bind(id.as_str())
        .execute(write)
        .await?;
    Ok(deleted.rows_affected() > 0)
}

/// Ends all sessions of a person but one.
pub async fn delete_others(
    write: &mut SqliteConnection,
    user: &UserId,
    kept: Option<&SessionId>,
) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where user_id = ? and id is not ?")
        .bind(user.as_str())
        .bind(kept.map(SessionId::as_str))
        .execute(write)
        .await?;
    Ok(())
}

/// Ends all sessions of a person that began by a passkey but one.
pub async fn delete_of_passkey(
    write: &mut SqliteConnection,
    user: &UserId,
    passkey: &PasskeyId,
    kept: Option<&SessionId>,
) -> Result<(), StoreError> {
    sqlx::query("delete from sessions where user_id = ? and passkey_id = ? and id is not ?")
        .bind(user.as_str())
        .bind(passkey.as_str())
        .bind(kept.map(SessionId::as_str))
        .execute(write)
        .await?;
    Ok(())
}

/// Ends at most so many of the sessions that ended before `now` or were last used before `unused`; whose they were.
pub async fn delete_ended(
    write: &mut SqliteConnection,
    now: DateTime<Utc>,
    unused: DateTime<Utc>,
    at_most: u32,
) -> Result<BTreeSet<UserId>, StoreError> {
    let ended: Vec<(String,)> = sqlx::query_as(
        "delete from sessions where token_hash in (
             select token_hash from sessions where ends_at < ? or used_at < ? limit ?)
         returning user_id",
    )
    .bind(now)
    .bind(unused)
    .bind(at_most)
    .fetch_all(write)
    .await?;
    ended.into_iter().map(|(user,)| parsed(&user, "a user's id")).collect()
}

const FIND_SESSION: &str =
    "select users.id, users.name, users.color, users.initials, accounts.mail, accounts.role, sessions.used_at,
         sessions.id as session, coalesce((select idle_days from team), 30) as idle_days, sessions.ends_at
     from sessions
     join accounts on accounts.user_id = sessions.user_id
     join users on users.id = sessions.user_id
     where sessions.token_hash = ? and accounts.suspended_at is null";

const FIND_TOKEN: &str =
    "select users.id, users.name, users.color, users.initials, accounts.mail, accounts.role, tokens.used_at,
         null as session, 0 as idle_days, null as ends_at
     from tokens
     join accounts on accounts.user_id = tokens.user_id
     join users on users.id = tokens.user_id
     where tokens.token_hash = ? and accounts.suspended_at is null";

/// What whoever came in by this is in the team; nothing where it holds no more, or they may not come in.
pub async fn find_role(read: &mut SqliteConnection, token_hash: &[u8]) -> Result<Option<TeamRole>, StoreError> {
    let role: Option<(String,)> = sqlx::query_as(
        "select accounts.role from accounts
         join (select token_hash, user_id from sessions union all select token_hash, user_id from tokens) as held
             on held.user_id = accounts.user_id
         where held.token_hash = ? and accounts.suspended_at is null",
    )
    .bind(token_hash)
    .fetch_optional(read)
    .await?;
    role.map(|(role,)| parsed(&role, "a role in the team")).transpose()
}

/// Ends every token of a user.
pub async fn delete_tokens(write: &mut SqliteConnection, user: &UserId) -> Result<(), StoreError> {
    sqlx::query("delete from tokens where user_id = ?").bind(user.as_str()).execute(write).await?;
    Ok(())
}

impl Store {
    /// Whoever has the session of this hash, if they may still come in.
    pub async fn find_session(&self, token_hash: &[u8]) -> Result<Option<Holder>, StoreError> {
        let row: Option<HolderRow> =
            sqlx::query_as(FIND_SESSION).bind(token_hash).fetch_optional(&self.first_readers).await?;
        row.map(HolderRow::holder).transpose()
    }

    /// Whoever has the token of this hash, if they may still come in.
    pub async fn find_token(&self, token_hash: &[u8]) -> Result<Option<Holder>, StoreError> {
        let row: Option<HolderRow> =
            sqlx::query_as(FIND_TOKEN).bind(token_hash).fetch_optional(&self.first_readers).await?;
        row.map(HolderRow::holder).transpose()
    }

    /// The hashes by which somebody may come in; none of one who is suspended.
    pub async fn list_credentials(&self, user: &UserId) -> Result<HashSet<Vec<u8>>, StoreError> {
        let rows: Vec<(Vec<u8>,)> = sqlx::query_as(
            "select token_hash from (
                 select token_hash, user_id from sessions union all select token_hash, user_id from tokens)
             where user_id = ?1
                 and exists (select 1 from accounts where user_id = ?1 and suspended_at is null)",
        )
        .bind(user.as_str())
        .fetch_all(&self.first_readers)
        .await?;
        Ok(rows.into_iter().map(|(hash,)| hash).collect())
    }

    /// The browsers of a person, the one used last first.
    pub async fn list_sessions(&self, user: &UserId) -> Result<Vec<SessionRow>, StoreError> {
        type Columns = (String, String, DateTime<Utc>, DateTime<Utc>, DateTime<Utc>);
        let rows: Vec<Columns> = sqlx::query_as(
            "select id, device, created_at, used_at, ends_at from sessions where user_id = ?
             order by used_at desc, created_at desc",
        )
        .bind(user.as_str())
        .fetch_all(&self.readers)
        .await?;
        let row = |(id, device, created_at, used_at, ends_at): Columns| {
            Ok(SessionRow { id: parsed(&id, "a session's id")?, device, created_at, used_at, ends_at })
        };
        rows.into_iter().map(row).collect()
    }

    /// When a session began.
    pub async fn find_session_start(&self, id: &SessionId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let began = sqlx::query_scalar("select created_at from sessions where id = ?").bind(id.as_str());
        Ok(began.fetch_optional(&self.readers).await?)
    }

    /// Whether somebody of a mail address is signed in from an address.
    pub async fn is_signed_in_from(&self, mail: &str, address: &str) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar(
            "select exists (
                 select 1 from sessions join accounts on accounts.user_id = sessions.user_id
                 where accounts.mail = ? and sessions.address = ?)",
        );
        Ok(found.bind(mail).bind(address).fetch_one(&self.readers).await?)
    }

    /// Whether [`delete_ended`] has anything to do.
    pub async fn has_ended_sessions(&self, now: DateTime<Utc>, unused: DateTime<Utc>) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar("select exists (select 1 from sessions where ends_at < ? or used_at < ?)");
        Ok(found.bind(now).bind(unused).fetch_one(&self.readers).await?)
    }
}
