//! The tables `groups` and `group_members`: people of the team under one name. Who is suspended stays in their groups and counts
//! in none.

use super::people::{PersonColumns, person};
use super::{Store, StoreError, parsed};
use postmortem::api::TeamGroup;
use postmortem::{GroupId, Person, UserId};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// How many people of each group a list of groups names.
const SHOWN: u32 = 6;

type Columns = (String, String, u32);

macro_rules! groups {
    ($rest:literal) => {
        concat!(
            "select groups.id, groups.name, (
                 select count(*) from group_members join accounts on accounts.user_id = group_members.user_id
                 where group_members.group_id = groups.id and accounts.suspended_at is null) as size
             from groups ",
            $rest
        )
    };
}

const FIND: &str = groups!("where id = ?");
const LIST: &str = groups!("where instr(folded, ?1) > 0 order by folded limit ?2");

/// The first people of the groups that [`LIST`] finds.
const LIST_PEOPLE: &str = "select group_id, id, name, color, initials from (
         select group_members.group_id, users.id, users.name, users.color, users.initials,
                row_number() over (partition by group_id order by users.name collate nocase, users.id) as place
         from group_members
         join accounts on accounts.user_id = group_members.user_id
         join users on users.id = group_members.user_id
         where accounts.suspended_at is null
             and group_id in (select id from groups where instr(folded, ?1) > 0 order by folded limit ?2))
     where place <= ?3 order by place";

/// Adds a group; false where another one is called so.
pub async fn insert(write: &mut SqliteConnection, id: &GroupId, name: &str) -> Result<bool, StoreError> {
    let inserted =
        sqlx::query("insert into groups (id, name, folded) values (?, ?, ?) on conflict (folded) do nothing")
            .bind(id.as_str())
            .bind(name)
            .bind(name.to_lowercase())
            .execute(write)
            .await?;
    Ok(inserted.rows_affected() > 0)
}

/// Gives a group another name; false where another one is called so, or there is none.
pub async fn rename(write: &mut SqliteConnection, id: &GroupId, name: &str) -> Result<bool, StoreError> {
    let renamed = sqlx::query("update or ignore groups set name = ?, folded = ? where id = ?")
        .bind(name)
        .bind(name.to_lowercase())
        .bind(id.as_str())
        .execute(write)
        .await?;
    Ok(renamed.rows_affected() > 0)
}

/// Deletes a group; whether there was one. What it owned is nobody's then.
pub async fn delete(write: &mut SqliteConnection, id: &GroupId) -> Result<bool, StoreError> {
    let deleted = sqlx::query("delete from groups where id = ?").bind(id.as_str()).execute(write).await?;
    Ok(deleted.rows_affected() > 0)
}

pub async fn insert_member(write: &mut SqliteConnection, id: &GroupId, user: &UserId) -> Result<(), StoreError> {
    sqlx::query("insert or ignore into group_members (group_id, user_id) values (?, ?)")
        .bind(id.as_str())
        .bind(user.as_str())
        .execute(write)
        .await?;
    Ok(())
}

pub async fn delete_member(write: &mut SqliteConnection, id: &GroupId, user: &UserId) -> Result<(), StoreError> {
    sqlx::query("delete from group_members where group_id = ? and user_id = ?")
        .bind(id.as_str())
        .bind(user.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// How many groups there are.
pub async fn count(read: &mut SqliteConnection) -> Result<u32, StoreError> {
    Ok(sqlx::query_scalar("select count(*) from groups").fetch_one(read).await?)
}

/// How many are in a group, suspended people among them.
pub async fn count_members(read: &mut SqliteConnection, id: &GroupId) -> Result<u32, StoreError> {
    let counted = sqlx::query_scalar("select count(*) from group_members where group_id = ?");
    Ok(counted.bind(id.as_str()).fetch_one(read).await?)
}

/// A group with everybody in it.
pub async fn find(read: &mut SqliteConnection, id: &GroupId) -> Result<Option<TeamGroup>, StoreError> {
    let row: Option<Columns> = sqlx::query_as(FIND).bind(id.as_str()).fetch_optional(&mut *read).await?;
    let Some(row) = row else { return Ok(None) };
    let rows: Vec<PersonColumns> = sqlx::query_as(
        "select users.id, users.name, users.color, users.initials
         from group_members
         join accounts on accounts.user_id = group_members.user_id
         join users on users.id = group_members.user_id
         where group_members.group_id = ? and accounts.suspended_at is null
         order by users.name collate nocase, users.id",
    )
    .bind(id.as_str())
    .fetch_all(read)
    .await?;
    group(row, rows.into_iter().map(person).collect::<Result<_, _>>()?).map(Some)
}

fn group((id, name, size): Columns, people: Vec<Person>) -> Result<TeamGroup, StoreError> {
    Ok(TeamGroup { id: parsed(&id, "a group's id")?, name, size, people })
}

impl Store {
    /// A group with everybody in it.
    pub async fn find_group(&self, id: &GroupId) -> Result<Option<TeamGroup>, StoreError> {
        let mut read = self.readers.begin().await?;
        find(&mut read, id).await
    }

    /// The groups whose name has a text in it, by name, each with its first people; at most so many, and how many there are
    /// beyond them.
    pub async fn list_groups(&self, search: &str, most: u32) -> Result<(Vec<TeamGroup>, u32), StoreError> {
        let folded = search.to_lowercase();
        let mut read = self.readers.begin().await?;
        let rows: Vec<Columns> = sqlx::query_as(LIST).bind(&folded).bind(most).fetch_all(&mut *read).await?;
        type PeopleRow = (String, String, String, String, Option<String>);
        let people: Vec<PeopleRow> =
            sqlx::query_as(LIST_PEOPLE).bind(&folded).bind(most).bind(SHOWN).fetch_all(&mut *read).await?;
        let all: u32 = sqlx::query_scalar("select count(*) from groups where instr(folded, ?) > 0")
            .bind(&folded)
            .fetch_one(&mut *read)
            .await?;
        let mut by_group: BTreeMap<String, Vec<Person>> = BTreeMap::new();
        for (group, id, name, color, initials) in people {
            by_group.entry(group).or_default().push(person((id, name, color, initials))?);
        }
        let listed = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let groups = rows.into_iter().map(|row| {
            let people = by_group.remove(&row.0).unwrap_or_default();
            group(row, people)
        });
        Ok((groups.collect::<Result<_, _>>()?, all.saturating_sub(listed)))
    }
}
