//! The tables `users` and `sessions`: who writes, and which browser they write from.

use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::person::{GUEST, PersonColor};
use postmortem::{Person, PostmortemId, UserId};
use sqlx::SqliteConnection;

/// A row's columns that make a person: id, name, colour.
pub(super) type PersonColumns = (String, String, String);

/// The person of a row.
pub(super) fn person((id, name, color): PersonColumns) -> Result<Person, StoreError> {
    Ok(Person { id: parsed(&id, "a user's id")?, name, color: parsed(&color, "a colour")? })
}

/// A session, and the person behind it.
#[derive(Debug)]
pub struct SessionRow {
    pub person: Person,
    /// To the day; nothing when it never was.
    pub used_at: Option<DateTime<Utc>>,
}

/// The colour of the next person: they go round, so that the first few in a room differ. The number of the newest row says
/// whose turn it is, where counting them would read every row; the guest has the first.
pub async fn next_color(write: &mut SqliteConnection) -> Result<PersonColor, StoreError> {
    let (newest,): (i64,) = sqlx::query_as("select coalesce(max(rowid), 1) from users").fetch_one(write).await?;
    let colors = PersonColor::ALL;
    let turn = usize::try_from(newest - 1).unwrap_or(0) % colors.len();
    Ok(colors.get(turn).copied().unwrap_or(PersonColor::Violet))
}

pub async fn insert_user(
    write: &mut SqliteConnection,
    person: &Person,
    created_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("insert into users (id, name, color, created_at) values (?, ?, ?, ?)")
        .bind(person.id.as_str())
        .bind(&person.name)
        .bind(person.color.code())
        .bind(created_at)
        .execute(write)
        .await?;
    Ok(())
}

/// Gives a user another name; everything that they did stays theirs.
pub async fn rename_user(write: &mut SqliteConnection, user: &UserId, name: &str) -> Result<(), StoreError> {
    sqlx::query("update users set name = ? where id = ?").bind(name).bind(user.as_str()).execute(write).await?;
    Ok(())
}

/// Adds a session under the hash of its token.
pub async fn insert_session(
    write: &mut SqliteConnection,
    token_hash: &[u8],
    user: &UserId,
    created_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("insert into sessions (token_hash, user_id, created_at) values (?, ?, ?)")
        .bind(token_hash)
        .bind(user.as_str())
        .bind(created_at)
        .execute(write)
        .await?;
    Ok(())
}

/// Writes down that a session is used.
pub async fn mark_used(
    write: &mut SqliteConnection,
    token_hash: &[u8],
    used_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("update sessions set used_at = ? where token_hash = ?")
        .bind(used_at)
        .bind(token_hash)
        .execute(write)
        .await?;
    Ok(())
}

/// Ends at most so many of the sessions that were used last before `unused`, or made before `never_used` and not used at
/// all; and with them the people whom nothing names.
pub async fn delete_idle_sessions(
    write: &mut SqliteConnection,
    unused: DateTime<Utc>,
    never_used: DateTime<Utc>,
    at_most: u32,
) -> Result<(), StoreError> {
    let ended: Vec<(String,)> = sqlx::query_as(
        "delete from sessions where token_hash in (
             select token_hash from sessions
             where used_at < ? or (used_at is null and created_at < ?) limit ?)
         returning user_id",
    )
    .bind(unused)
    .bind(never_used)
    .bind(at_most)
    .fetch_all(&mut *write)
    .await?;
    for (user,) in ended {
        delete_unnamed_user(write, &user).await?;
    }
    Ok(())
}

async fn delete_unnamed_user(write: &mut SqliteConnection, user: &str) -> Result<(), StoreError> {
    sqlx::query(
        "delete from users where id = ?1
             and not exists (select 1 from sessions where user_id = ?1)
             and not exists (select 1 from postmortems where created_by = ?1)
             and not exists (select 1 from authors where user_id = ?1)
             and not exists (select 1 from threads where resolved_by = ?1)
             and not exists (select 1 from comments where author = ?1)
             and not exists (select 1 from revisions where published_by = ?1)
             and not exists (select 1 from versions where made_by = ?1)",
    )
    .bind(user)
    .execute(write)
    .await?;
    Ok(())
}

impl Store {
    pub async fn find_session(&self, token_hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        let row: Option<(String, String, String, Option<DateTime<Utc>>)> = sqlx::query_as(
            "select users.id, users.name, users.color, sessions.used_at
             from sessions join users on users.id = sessions.user_id
             where sessions.token_hash = ?",
        )
        .bind(token_hash)
        .fetch_optional(&self.first_readers)
        .await?;
        row.map(|(id, name, color, used_at)| Ok(SessionRow { person: person((id, name, color))?, used_at })).transpose()
    }

    /// Whether [`delete_idle_sessions`] has anything to do.
    pub async fn has_idle_sessions(
        &self,
        unused: DateTime<Utc>,
        never_used: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (has_any,): (bool,) = sqlx::query_as(
            "select exists (select 1 from sessions where used_at < ? or (used_at is null and created_at < ?))",
        )
        .bind(unused)
        .bind(never_used)
        .fetch_one(&self.readers)
        .await?;
        Ok(has_any)
    }

    /// The names of those who wrote in a post-mortem under their own, or beside it: its text, comments and resolutions.
    pub async fn list_writers(&self, id: &PostmortemId) -> Result<Vec<String>, StoreError> {
        let names: Vec<(String,)> = sqlx::query_as(
            "select distinct name from users where id <> ?2 and id in (
                 select user_id from authors where postmortem_id = ?1
                 union select created_by from postmortems where id = ?1
                 union select resolved_by from threads where postmortem_id = ?1
                 union select author from comments where thread_id in (select id from threads where postmortem_id = ?1))
             order by name",
        )
        .bind(id.as_str())
        .bind(GUEST)
        .fetch_all(&self.readers)
        .await?;
        Ok(names.into_iter().map(|(name,)| name).collect())
    }

    pub async fn find_person(&self, user: &UserId) -> Result<Option<Person>, StoreError> {
        let row: Option<PersonColumns> = sqlx::query_as("select id, name, color from users where id = ?")
            .bind(user.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.map(person).transpose()
    }
}
