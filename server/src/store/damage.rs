//! The tables `set_aside` and `replaced_logs`: documents that could not be read, and what was taken out of them.

use super::log::{LogSequence, delete_log, put_snapshot};
use super::{Store, StoreError};
use chrono::{DateTime, Utc};
use postmortem::PostmortemId;
use sqlx::SqliteConnection;

/// Sets a document aside; one that is already keeps when that was found.
pub async fn set_aside(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    found_at: DateTime<Utc>,
    problem: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into set_aside (postmortem_id, found_at, problem)
         select id, ?, ? from postmortems where id = ?
         on conflict do nothing",
    )
    .bind(found_at)
    .bind(problem)
    .bind(id.as_str())
    .execute(write)
    .await?;
    Ok(())
}

/// Lets a document be opened again.
pub async fn readmit(write: &mut SqliteConnection, id: &PostmortemId) -> Result<(), StoreError> {
    sqlx::query("delete from set_aside where postmortem_id = ?").bind(id.as_str()).execute(write).await?;
    Ok(())
}

/// Puts a readable document in the place of a log, which is kept aside as it is.
pub async fn replace_log(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    sequence: LogSequence,
    state: &[u8],
    replaced_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    keep_replaced(write, id, replaced_at).await?;
    delete_log(write, id).await?;
    put_snapshot(write, id, sequence, state).await?;
    readmit(write, id).await
}

async fn keep_replaced(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    replaced_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into replaced_logs (postmortem_id, replaced_at, kind, sequence, data)
         select postmortem_id, ?1, 'snapshot', sequence, data from snapshots where postmortem_id = ?2
         union all
         select postmortem_id, ?1, 'update', sequence, data from updates where postmortem_id = ?2",
    )
    .bind(replaced_at)
    .bind(id.as_str())
    .execute(write)
    .await?;
    Ok(())
}

impl Store {
    pub async fn is_set_aside(&self, id: &PostmortemId) -> Result<bool, StoreError> {
        self.finds("select 1 from set_aside where postmortem_id = ?", id).await
    }

    pub async fn count_set_aside(&self) -> Result<u32, StoreError> {
        let (count,): (u32,) = sqlx::query_as("select count(*) from set_aside").fetch_one(&self.readers).await?;
        Ok(count)
    }
}
