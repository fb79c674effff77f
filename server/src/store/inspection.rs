//! A database file seen from outside: only read, and not brought up to this release. For files that may be damaged or of
//! another release, and for copies.

use super::custody::{self, Custody};
use super::log::{LogSequence, UpdateLog, find_generation, find_snapshot, find_summarized, list_updates};
use super::{MIGRATIONS, StoreError, options};
use crate::private;
use crate::store::claim;
use chrono::{DateTime, Utc};
use postmortem::PostmortemId;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row as _, SqliteConnection};
use std::path::Path;

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
pub struct PostmortemRow {
    pub id: PostmortemId,
    pub title: String,
}

/// A version that a document could be brought back to.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub number: u32,
    pub sequence: LogSequence,
    pub made_at: DateTime<Utc>,
}

impl Inspection {
    /// Opens a file that exists.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: reading(file).await?.connect().await? })
    }

    /// Looks at what stands in a database that is open.
    pub(super) fn of(connection: SqliteConnection) -> Self {
        Self { connection }
    }

    /// Where the file stands; nothing where an older release made it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn custody(&mut self) -> Result<Option<Custody>, StoreError> {
        custody::find(&mut self.connection).await
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
        let applied = sqlx::query_as("select version, checksum from _sqlx_migrations order by version")
            .fetch_all(&mut self.connection)
            .await
            .map_err(StoreError::from);
        let applied: Vec<(i64, Vec<u8>)> = match applied {
            // What else is damaged is told by whoever reads it.
            Err(error) if error.is_unreadable() => return Ok(Release::This),
            applied => applied?,
        };
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

    /// Every post-mortem, in the order of their ids, and how many more there are of which not even the id can be read.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn list_rows(&mut self) -> Result<(Vec<PostmortemRow>, usize), StoreError> {
        let all = sqlx::query("select id, title from postmortems order by id").fetch_all(&mut self.connection).await?;
        let row = |row: &SqliteRow| {
            let id = row.try_get::<String, _>(0).ok()?.parse().ok()?;
            Some(PostmortemRow { id, title: row.try_get(1).unwrap_or_else(|_| "its title cannot be read".to_owned()) })
        };
        let rows: Vec<PostmortemRow> = all.iter().filter_map(row).collect();
        let nameless = all.len() - rows.len();
        Ok((rows, nameless))
    }

    /// A document as it is kept, without its authors.
    ///
    /// # Errors
    /// When its rows cannot be read.
    pub async fn log(&mut self, id: &PostmortemId, release: Release) -> Result<UpdateLog, StoreError> {
        let mut read = self.connection.begin().await?;
        let summarized = match release {
            Release::This => find_summarized(&mut read, id).await?,
            Release::Older | Release::Newer | Release::Foreign => LogSequence(0),
        };
        let gone = || StoreError::Unreadable(format!("the row of post-mortem {id} is gone"));
        let generation = find_generation(&mut read, id).await?.ok_or_else(gone)?;
        let snapshot = find_snapshot(&mut read, id).await?;
        let updates = list_updates(&mut read, id).await?;
        Ok(UpdateLog { generation, snapshot, updates, summarized, authors: Vec::new() })
    }

    /// The versions of a document without their states, the newest first. Only for a file of this release.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn list_candidates(&mut self, id: &PostmortemId) -> Result<Vec<Candidate>, StoreError> {
        let rows: Vec<(u32, LogSequence, DateTime<Utc>)> = sqlx::query_as(
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

    pub async fn close(self) {
        // It was only read: nothing is lost whatever becomes of the handle.
        drop(self.connection.close().await);
    }
}

/// Opens a file that exists, to be written.
pub(super) async fn connect_to_write(file: &Path) -> Result<SqliteConnection, StoreError> {
    Ok(options(file).create_if_missing(false).connect().await?)
}

/// Closes a file that was written.
pub(super) async fn end(connection: SqliteConnection) -> Result<(), StoreError> {
    Ok(connection.close().await?)
}

/// How a file can be read: beside those who write it, or, where its folder cannot be written, as it lies there. Reading
/// beside others leaves traces in the folder; a file without a log, in a folder that nobody writes, needs none.
///
/// # Errors
/// When it cannot be opened either way, or would be read without what stands in its log.
pub(super) async fn reading(file: &Path) -> Result<SqliteConnectOptions, StoreError> {
    if claim::is_served_elsewhere(file) {
        return Err(StoreError::Elsewhere(file.to_path_buf()));
    }
    let file = private::resolved(file);
    // What a damaged page says of itself is checked before it is believed.
    let options = options(&file).create_if_missing(false).read_only(true).pragma("cell_size_check", "on");
    match open(&options).await {
        Ok(()) => Ok(options),
        Err(error) if !error.is_read_only() || !file.exists() => Err(error),
        Err(_) if std::fs::metadata(private::appended(&file, "-wal")).is_ok_and(|log| log.len() > 0) => {
            Err(StoreError::NeedsFolder(file))
        }
        Err(_) => Ok(options.immutable(true)),
    }
}

/// Opens a file and reads from it.
async fn open(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let mut connection = options.connect().await?;
    let read = sqlx::query("select count(*) from sqlite_master").execute(&mut connection).await;
    connection.close().await?;
    match read {
        // Damage is found, and told, by what is read afterwards.
        Err(error) => Some(StoreError::from(error)).filter(|error| !error.is_unreadable()).map_or(Ok(()), Err),
        Ok(_) => Ok(()),
    }
}
