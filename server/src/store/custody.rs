//! The table `custody`: whether a server has the file open, and whether it is a backup. A file that says it is open and
//! lies without its log is a copy that lost what was written last.

use super::{Store, StoreError};
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Custody {
    /// A server has it, or had it when it ended without a word.
    pub is_open: bool,
    /// When `debrief backup` made it, if it did.
    pub backed_up_at: Option<DateTime<Utc>>,
}

/// Says that a server has the file, so that it is no backup any more.
///
/// # Errors
/// When the database cannot be written.
pub async fn open(write: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("update custody set is_open = 1, backed_up_at = null, touched = touched + 1 where id = 1")
        .execute(write)
        .await?;
    Ok(())
}

/// Says that nobody has the file, and that all of it is in it. One of an older release says nothing.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn close(write: &mut SqliteConnection) -> Result<(), StoreError> {
    if find(write).await?.is_some() {
        sqlx::query("update custody set is_open = 0 where id = 1").execute(write).await?;
    }
    Ok(())
}

/// Reads where a file stands; nothing where an older release made it.
pub(super) async fn find(read: &mut SqliteConnection) -> Result<Option<Custody>, StoreError> {
    let (tables,): (i64,) =
        sqlx::query_as("select count(*) from sqlite_master where type = 'table' and name = 'custody'")
            .fetch_one(&mut *read)
            .await?;
    if tables == 0 {
        return Ok(None);
    }
    let row: Option<(bool, Option<DateTime<Utc>>)> =
        sqlx::query_as("select is_open, backed_up_at from custody where id = 1").fetch_optional(read).await?;
    Ok(row.map(|(is_open, backed_up_at)| Custody { is_open, backed_up_at }))
}

impl Store {
    /// Says in the file itself that a server has it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn take(&self) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        open(&mut write).await?;
        write.commit().await?;
        // From the log into the file, where a copy of it finds it.
        self.sweep().await.map(drop)
    }

    /// Says in the file that its server ends, before it is closed.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn give_back(&self) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        close(&mut write).await?;
        write.commit().await
    }

    /// The same for a server that ended without a word: what it left in the log is folded by whoever closes the file after
    /// it. A copy that lacked its log goes on saying so.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn leave(&self) -> Result<(), StoreError> {
        let mut read = self.readers.acquire().await?;
        let is_open = find(&mut read).await?.is_some_and(|custody| custody.is_open);
        drop(read);
        if is_open && !self.lacked_log { self.give_back().await } else { Ok(()) }
    }
}
