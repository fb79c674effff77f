//! Everything that is kept, in one SQLite database: this folder has all SQL. Writes go through one connection, whose
//! transactions begin at once as writers and so never fail halfway for a lock; reads have a pool of their own and, in
//! WAL mode, never wait for a write.

pub mod damage;
pub mod inspection;
pub mod log;
pub mod people;
pub mod postmortems;
pub mod publications;
pub mod threads;
pub mod versions;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Connections for reading. Reads are short; more than the cores have nothing to run on.
const READERS: u32 = 4;

/// How long a statement waits for another process that holds the lock, such as `debrief import` beside a server.
const BUSY: Duration = Duration::from_secs(10);

/// How the store behaves towards others who use the file. Tests choose otherwise.
#[derive(Debug, Clone, Copy)]
pub struct StoreOptions {
    /// How long a statement waits for another process that holds the lock.
    pub busy: Duration,
    /// The most pages of the file, where it is bounded by more than the disk.
    pub most_pages: Option<u32>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { busy: BUSY, most_pages: None }
    }
}
/// The tables, release by release.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Why the store did not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder cannot be made.
    #[error("the folder of the database cannot be made: {0}")]
    Folder(#[from] std::io::Error),
    /// The database refused or failed.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The database is of a newer release, or a migration failed.
    #[error("the database cannot be brought up to this release: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row that this release did not write.
    #[error("a row cannot be read: {0}")]
    Unreadable(String),
}

impl StoreError {
    /// Whether the same may work in a moment: another process has the lock, the disk is full or fails.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            Self::Database(sqlx::Error::Database(error)) => {
                // Of an extended code, the lowest byte is the kind: busy, locked, an input or output error, full.
                let code = error.code().and_then(|code| code.parse::<u32>().ok());
                code.is_some_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13))
            }
            _ => false,
        }
    }
}

/// The open database.
#[derive(Debug, Clone)]
pub struct Store {
    file: Arc<Path>,
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A write in progress: everything in it happens at [`Transaction::commit`], or nothing when it is dropped.
pub type Write = Transaction<'static, Sqlite>;

impl Store {
    /// Opens the file, makes it when it is missing, and brings it up to this release.
    ///
    /// # Errors
    /// When the folder or the file cannot be written, or the file is of a newer release.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        Self::open_with(file, StoreOptions::default()).await
    }

    /// The same with other options.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(file: &Path, StoreOptions { busy, most_pages }: StoreOptions) -> Result<Self, StoreError> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Migrations have no lock of their own, and an import may start beside the server.
        let opening = File::create(file.with_extension("opening"))?;
        opening.lock()?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What is acknowledged must survive a power cut: every commit reaches the disk.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(busy);
        let options = match most_pages {
            Some(pages) => options.pragma("max_page_count", pages.to_string()),
            None => options,
        };
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        MIGRATIONS.run(&writer).await?;
        drop(opening);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.pragma("query_only", "on"))
            .await?;
        Ok(Self { file: file.into(), writer, readers })
    }

    /// Begins a write; waits for the one before it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn write(&self) -> Result<Write, StoreError> {
        match self.writer.begin_with("begin immediate").await {
            // A commit that fails is taken back by SQLite itself, of which the connection does not know: it would take
            // itself for inside of that transaction from then on, and begin no other.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with("begin immediate").await?)
            }
            begun => Ok(begun?),
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("select count(*) from users").execute(&self.readers).await?;
        Ok(())
    }

    /// The bytes of the database and its write-ahead log on the disk.
    pub fn size(&self) -> u64 {
        let mut log = self.file.as_os_str().to_owned();
        log.push("-wal");
        let files = [&*self.file, Path::new(&log)];
        files.into_iter().filter_map(|file| std::fs::metadata(file).ok()).map(|metadata| metadata.len()).sum()
    }

    /// Closes the database: its write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A text of a row as the value it stands for.
fn parsed<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable(format!("'{text}' is not {what}")))
}
