//! The tables `users` and `sessions`: who writes, and which browser they write from.

use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::person::PersonColor;
use postmortem::{Person, UserId};
use sqlx::SqliteConnection;

/// A row's columns that make a person: id, name, colour.
pub(super) type PersonColumns = (String, String, String);

/// The person of a row.
pub(super) fn person((id, name, color): PersonColumns) -> Result<Person, StoreError> {
    Ok(Person { id: parsed(&id, "a user's id")?, name, color: parsed(&color, "a colour")? })
}

/// The colour of the next person: they go round, so that the first few in a room differ.
pub async fn next_color(write: &mut SqliteConnection) -> Result<PersonColor, StoreError> {
    let (people,): (i64,) = sqlx::query_as("select count(*) from users where id <> 'guest'").fetch_one(write).await?;
    let colors = PersonColor::ALL;
    let turn = usize::try_from(people).unwrap_or(0) % colors.len();
    Ok(colors.get(turn).copied().unwrap_or(PersonColor::Violet))
}

/// Adds a user.
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

impl Store {
    /// The person behind a session.
    pub async fn find_person_of_session(&self, token_hash: &[u8]) -> Result<Option<Person>, StoreError> {
        let row: Option<PersonColumns> = sqlx::query_as(
            "select users.id, users.name, users.color
             from sessions join users on users.id = sessions.user_id
             where sessions.token_hash = ?",
        )
        .bind(token_hash)
        .fetch_optional(&self.readers)
        .await?;
        row.map(person).transpose()
    }

    /// A user by id.
    pub async fn find_person(&self, user: &UserId) -> Result<Option<Person>, StoreError> {
        let row: Option<PersonColumns> = sqlx::query_as("select id, name, color from users where id = ?")
            .bind(user.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.map(person).transpose()
    }
}
