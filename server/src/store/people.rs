//! The table `users`: whoever something was written by.

use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::person::{GUEST, PersonColor};
use postmortem::{Person, PostmortemId, UserId};
use sqlx::SqliteConnection;

/// A row's columns that make a person: id, name, colour, and the initials that they chose.
pub(super) type PersonColumns = (String, String, String, Option<String>);

/// The person of a row.
pub(super) fn person((id, name, color, initials): PersonColumns) -> Result<Person, StoreError> {
    Ok(Person { id: parsed(&id, "a user's id")?, name, color: parsed(&color, "a colour")?, initials })
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

impl Store {
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
        let row: Option<PersonColumns> = sqlx::query_as("select id, name, color, initials from users where id = ?")
            .bind(user.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.map(person).transpose()
    }
}
