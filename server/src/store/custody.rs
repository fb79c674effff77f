//! The table `custody`: whether a server has the file open, and whether it is a backup. A file that says it is open and
//! lies without its log is a copy that lost what was written last.

use super::{Store, StoreError, inspection};
use crate::{claim, private};
use chrono::{DateTime, Utc};
use sqlx::SqliteConnection;
use std::io::Read;
use std::path::Path;

/// What every database of SQLite begins with.
pub const HEADER: &[u8] = b"SQLite format 3\0";

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

/// Makes a copy that nobody has opened say that it is a backup, or with no time that it is none.
///
/// # Errors
/// When the file cannot be written. One of an older release is left as it is.
pub async fn mark_copy(file: &Path, backed_up_at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    let mut connection = inspection::connect_to_write(file).await?;
    if find(&mut connection).await?.is_some() {
        sqlx::query("update custody set is_open = 0, backed_up_at = ? where id = 1")
            .bind(backed_up_at)
            .execute(&mut connection)
            .await?;
    }
    inspection::end(connection).await
}

/// Whether a file is a copy of a database that was open, without the log that belonged to it.
///
/// # Errors
/// When the file cannot be read.
pub async fn lacks_its_log(file: &Path) -> Result<bool, StoreError> {
    // While a server has the file, its log is never empty for long.
    if claim::is_served(file) { Ok(false) } else { lacks_log(file).await }
}

/// The same for who holds the claim of a server.
///
/// # Errors
/// When the file cannot be read.
pub async fn lacks_log(file: &Path) -> Result<bool, StoreError> {
    // Backups have none.
    if !has_log(file)? {
        return Ok(false);
    }
    let log = private::appended(&private::resolved(file), "-wal");
    if std::fs::metadata(log).is_ok_and(|log| log.len() > 0) {
        return Ok(false);
    }
    let mut inspection = inspection::Inspection::open(file).await?;
    let custody = inspection.custody().await;
    inspection.close().await;
    Ok(custody?.is_some_and(|custody| custody.is_open))
}

/// Whether a database is one that is written through a log beside it, which the file's own header says.
fn has_log(file: &Path) -> Result<bool, StoreError> {
    let mut header = [0; 20];
    match std::fs::File::open(file)?.read_exact(&mut header) {
        Ok(()) => Ok(header.starts_with(HEADER) && header[18..] == [2, 2]),
        // Shorter than any database.
        Err(_) => Ok(false),
    }
}

/// Whether a file is a backup that may be written over: one that this release marked, or that an older one made.
///
/// # Errors
/// When the file cannot be read.
pub async fn is_backup(file: &Path) -> Result<bool, StoreError> {
    let is_live = has_log(file)?;
    let mut inspection = inspection::Inspection::open(file).await?;
    let (release, custody) = (inspection.release().await, inspection.custody().await);
    inspection.close().await;
    Ok(match (release?, custody?) {
        (inspection::Release::Foreign, _) => false,
        (_, Some(custody)) => custody.backed_up_at.is_some(),
        (_, None) => !is_live,
    })
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
