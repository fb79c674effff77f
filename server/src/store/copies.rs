//! Copies of the database as files: how one is made, whether it is whole, and what it says of itself.

use super::inspection::{self, Inspection, Release};
use super::{StoreError, custody};
use crate::private;
use crate::store::claim;
use chrono::{DateTime, Utc};
use sqlx::{ConnectOptions, Connection};
use std::io::Read;
use std::path::Path;

/// What every database of SQLite begins with.
pub const HEADER: &[u8] = b"SQLite format 3\0";

/// Writes a consistent copy into an empty file, while others read and write the original.
///
/// # Errors
/// When the original is not there or cannot be read, or the copy cannot be written.
pub async fn copy(original: &Path, copy: &Path) -> Result<(), StoreError> {
    let mut connection = inspection::reading(original).await?.connect().await?;
    sqlx::query("vacuum into ?").bind(copy.to_string_lossy().as_ref()).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Folds what stands in the write-ahead log of a database that nobody uses into its file, which then lacks nothing.
///
/// # Errors
/// When the file cannot be read or written.
pub async fn settle(file: &Path) -> Result<(), StoreError> {
    let is_incomplete = lacks_log(file).await?;
    let mut connection = inspection::connect_to_write(file).await?;
    if !is_incomplete {
        custody::close(&mut connection).await?;
    }
    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut connection).await?;
    inspection::end(connection).await
}

/// Makes a copy that nobody has opened say that it is a backup, or with no time that it is none.
///
/// # Errors
/// When the file cannot be written. One of an older release is left as it is.
pub async fn mark_copy(file: &Path, backed_up_at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    let mut connection = inspection::connect_to_write(file).await?;
    if custody::find(&mut connection).await?.is_some() {
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
    let mut inspection = Inspection::open(file).await?;
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
    let mut inspection = Inspection::open(file).await?;
    let (release, custody) = (inspection.release().await, inspection.custody().await);
    inspection.close().await;
    Ok(match (release?, custody?) {
        (Release::Foreign, _) => false,
        (_, Some(custody)) => custody.backed_up_at.is_some(),
        (_, None) => !is_live,
    })
}
