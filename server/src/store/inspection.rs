//! A database file seen from outside: only read, and not brought up to this release. For files that may be damaged or of
//! another release, and for copies.

use super::log::{Log, find_generation, find_snapshot, list_updates};
use super::{BUSY, MIGRATIONS, StoreError};
use chrono::{DateTime, Utc};
use postmortem::PostmortemId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::path::Path;

/// An open file.
#[derive(Debug)]
pub struct Inspection {
    connection: SqliteConnection,
}

/// How a file's tables stand to this release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// They are those of this release.
    This,
    /// The next start brings them up.
    Older,
    /// A newer release made them.
    Newer,
    /// They are not those of Debrief.
    Foreign,
}

/// A post-mortem's row, as far as it can be told without its document.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: PostmortemId,
    pub title: String,
}

/// A version that a document could be brought back to.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub number: u32,
    pub sequence: i64,
    pub made_at: DateTime<Utc>,
}

impl Inspection {
    /// Opens a file that exists.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().filename(file).read_only(true).busy_timeout(BUSY);
        Ok(Self { connection: options.connect().await? })
    }

    /// Which release made the tables.
    ///
    /// # Errors
    /// When the file is no database, or cannot be read.
    pub async fn release(&mut self) -> Result<Release, StoreError> {
        let (has_migrations,): (i64,) =
            sqlx::query_as("select count(*) from sqlite_master where name in ('_sqlx_migrations', 'postmortems')")
                .fetch_one(&mut self.connection)
                .await?;
        if has_migrations < 2 {
            return Ok(Release::Foreign);
        }
        let applied: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("select version, checksum from _sqlx_migrations order by version")
                .fetch_all(&mut self.connection)
                .await?;
        let known = |(version, checksum): &(i64, Vec<u8>)| {
            MIGRATIONS.iter().any(|known| known.version == *version && *known.checksum == **checksum)
        };
        Ok(match (applied.iter().all(known), applied.len() < MIGRATIONS.iter().count()) {
            (false, _) => Release::Newer,
            (true, true) => Release::Older,
            (true, false) => Release::This,
        })
    }

    /// What SQLite finds wrong with the file, in its words.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub async fn problems(&mut self) -> Result<Vec<String>, StoreError> {
        let integrity: Vec<(String,)> =
            sqlx::query_as("pragma integrity_check").fetch_all(&mut self.connection).await?;
        Ok(integrity.into_iter().map(|(problem,)| problem).filter(|problem| problem != "ok").collect())
    }

    /// The tables with rows that refer to missing ones, and how many.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn orphans(&mut self) -> Result<Vec<String>, StoreError> {
        let orphans: Vec<(String, i64)> = sqlx::query_as(
            "select \"table\", count(*) from pragma_foreign_key_check group by \"table\" order by \"table\"",
        )
        .fetch_all(&mut self.connection)
        .await?;
        Ok(orphans.iter().map(|(table, count)| format!("{count} rows of {table} refer to missing rows")).collect())
    }

    /// Every post-mortem, in the order of their ids.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn list_rows(&mut self) -> Result<Vec<Row>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select id, title from postmortems order by id").fetch_all(&mut self.connection).await?;
        rows.into_iter().map(|(id, title)| Ok(Row { id: super::parsed(&id, "a post-mortem's id")?, title })).collect()
    }

    /// A document as it is kept, without its authors.
    ///
    /// # Errors
    /// When its rows cannot be read.
    pub async fn log(&mut self, id: &PostmortemId) -> Result<Log, StoreError> {
        let mut read = self.connection.begin().await?;
        let gone = || StoreError::Unreadable(format!("the row of post-mortem {id} is gone"));
        let generation = find_generation(&mut read, id).await?.ok_or_else(gone)?;
        let snapshot = find_snapshot(&mut read, id).await?;
        let updates = list_updates(&mut read, id).await?;
        Ok(Log { generation, snapshot, updates, authors: Vec::new() })
    }

    /// The versions of a document without their states, the newest first. Only for a file of this release.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn list_candidates(&mut self, id: &PostmortemId) -> Result<Vec<Candidate>, StoreError> {
        let rows: Vec<(u32, i64, DateTime<Utc>)> = sqlx::query_as(
            "select number, sequence, made_at from versions where postmortem_id = ? order by number desc",
        )
        .bind(id.as_str())
        .fetch_all(&mut self.connection)
        .await?;
        let candidate = |(number, sequence, made_at)| Candidate { number, sequence, made_at };
        Ok(rows.into_iter().map(candidate).collect())
    }

    /// The whole document of a version.
    ///
    /// # Errors
    /// When its row cannot be read.
    pub async fn candidate_state(&mut self, id: &PostmortemId, number: u32) -> Result<Vec<u8>, StoreError> {
        let (state,): (Vec<u8>,) = sqlx::query_as("select state from versions where postmortem_id = ? and number = ?")
            .bind(id.as_str())
            .bind(number)
            .fetch_one(&mut self.connection)
            .await?;
        Ok(state)
    }

    /// Closes the file.
    pub async fn close(self) {
        // It was only read: nothing is lost whatever becomes of the handle.
        drop(self.connection.close().await);
    }
}

/// Writes a consistent copy into an empty file, while others read and write the original.
///
/// # Errors
/// When the original is not there or cannot be read, or the copy cannot be written.
pub async fn copy(original: &Path, copy: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(original).create_if_missing(false).busy_timeout(BUSY);
    let mut connection = options.connect().await?;
    sqlx::query("vacuum into ?").bind(copy.to_string_lossy().as_ref()).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Folds what stands in the write-ahead log of a database that nobody uses into its file.
///
/// # Errors
/// When the file cannot be read or written.
pub async fn settle(file: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false).busy_timeout(BUSY);
    let mut connection = options.connect().await?;
    sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
