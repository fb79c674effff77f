//! Status and owner of a post-mortem: columns of `postmortems`. Its owner is an account, or a name that was typed for somebody
//! outside, while the account that owns it goes on deciding who may do what.

use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::{HeadRow, PostmortemId, Status, UserId};
use sqlx::SqliteConnection;

/// Who owns a post-mortem, as people read it, and whose account that is; for the columns of a query on `postmortems`.
macro_rules! owner_columns {
    () => {
        "case when owner = '' and owner_id is not null
              then (select name from users where users.id = owner_id) else owner end as owner,
         case when owner = '' then owner_id end as owner_id, owner_id is not null as is_owned"
    };
}
pub(super) use owner_columns;

/// How a post-mortem stands, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub row: HeadRow,
    /// Who set something of it last, where that is known.
    pub by: Option<UserId>,
}

type Columns = (String, String, Option<String>, bool, Option<String>);

/// How a post-mortem stands; nothing where an earlier release kept that in the document, or there is none.
pub async fn find(read: &mut SqliteConnection, id: &PostmortemId) -> Result<Option<Head>, StoreError> {
    let found: Option<Columns> = sqlx::query_as(concat!(
        "select status, ",
        owner_columns!(),
        ", head_by from postmortems where id = ? and head_at is not null"
    ))
    .bind(id.as_str())
    .fetch_optional(read)
    .await?;
    found.map(head).transpose()
}

fn head((status, owner, owner_id, is_owned, by): Columns) -> Result<Head, StoreError> {
    let user = |id: Option<String>| id.map(|id| parsed(&id, "a user's id")).transpose();
    Ok(Head {
        row: HeadRow { status: parsed(&status, "a status")?, owner, owner_id: user(owner_id)?, is_owned },
        by: user(by)?,
    })
}

pub async fn set_status(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    status: Status,
    by: &UserId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("update postmortems set status = ?, head_by = ?, head_at = ? where id = ?")
        .bind(status.code())
        .bind(by.as_str())
        .bind(at)
        .bind(id.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Puts a name where the owner is read, without an account; none makes it the account's again.
pub async fn set_owner_name(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    name: &str,
    by: &UserId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("update postmortems set owner = ?, head_by = ?, head_at = ? where id = ?")
        .bind(name)
        .bind(by.as_str())
        .bind(at)
        .bind(id.as_str())
        .execute(&mut *write)
        .await?;
    name_once(write, id).await
}

/// The account's own name is not kept beside it, where it would stay when the account gets another.
pub(super) async fn name_once(write: &mut SqliteConnection, id: &PostmortemId) -> Result<(), StoreError> {
    sqlx::query(
        "update postmortems set owner = ''
         where id = ? and owner = (select name from users where users.id = postmortems.owner_id)",
    )
    .bind(id.as_str())
    .execute(write)
    .await?;
    Ok(())
}

/// Takes over what the document of an earlier release says, once. What was handed over since is not typed over.
pub async fn settle(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    row: &HeadRow,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update postmortems
         set status = ?, owner = case when owner = '' and owner_id is not null then '' else ? end, head_at = ?
         where id = ? and head_at is null",
    )
    .bind(row.status.code())
    .bind(&row.owner)
    .bind(at)
    .bind(id.as_str())
    .execute(&mut *write)
    .await?;
    name_once(write, id).await
}

/// The post-mortems on which somebody is read as the owner.
pub async fn list_owned(
    read: &mut SqliteConnection,
    user: &UserId,
    most: u32,
) -> Result<Vec<PostmortemId>, StoreError> {
    let rows: Vec<(String,)> = sqlx::query_as("select id from postmortems where owner_id = ? and owner = '' limit ?")
        .bind(user.as_str())
        .bind(most)
        .fetch_all(read)
        .await?;
    rows.into_iter().map(|(id,)| parsed(&id, "a post-mortem's id")).collect()
}

impl Store {
    /// How a post-mortem stands; nothing where an earlier release kept that in the document, or there is none.
    pub async fn find_head(&self, id: &PostmortemId) -> Result<Option<Head>, StoreError> {
        find(&mut *self.readers.acquire().await?, id).await
    }

    /// Takes over what the document of an earlier release says, once; how it stands then.
    pub async fn settle_head(
        &self,
        id: &PostmortemId,
        row: &HeadRow,
        at: DateTime<Utc>,
    ) -> Result<Option<Head>, StoreError> {
        let mut write = self.write().await?;
        settle(&mut write, id, row, at).await?;
        let head = find(&mut write, id).await?;
        write.commit().await?;
        Ok(head)
    }
}
