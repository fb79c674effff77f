//! Everything that is kept, in one SQLite database: this folder has all SQL. Writes go through one connection, whose
//! transactions begin at once as writers and so never fail halfway for a lock; reads have pools of their own and, in
//! WAL mode, never wait for a write. What everyone waits for, rooms and sessions, is never read behind what somebody asks for.

pub mod accounts;
pub mod announcements;
pub mod audit;
pub mod claim;
pub mod copies;
pub mod custody;
pub mod damage;
pub mod groups;
pub mod head_rows;
pub mod inspection;
pub mod links;
pub mod log;
pub mod named_groups;
pub mod passkey_attempts;
pub mod passkeys;
pub mod people;
pub mod postmortems;
pub mod providers;
pub mod publication_state;
pub mod publications;
pub mod receipts;
pub mod rescue;
pub mod rights;
pub mod services;
pub mod sessions;
pub mod sign_in_attempts;
pub mod sweeper;
pub mod team;
pub mod threads;
pub mod versions;
mod write;

pub use write::{Write, WriteTurn};

use crate::private;
use log::LogSequence;
use postmortem::PostmortemId;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite, SqlitePool};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use write::Line;

/// Connections for reading, and as many for rooms and sessions. Reads are short; more than the cores have nothing to run on.
const READERS: u32 = 4;

/// How long a statement waits for another process that holds the lock, such as `debrief import` beside a server.
const BUSY: Duration = Duration::from_secs(10);

/// How long folding the log waits for a reader: writers wait as long, so it is tried again instead.
const SWEEP_BUSY: Duration = Duration::from_millis(50);

/// How the store behaves towards others who use the file. Tests choose otherwise.
#[derive(Debug, Clone, Copy)]
pub struct StoreOptions {
    /// How long a statement waits for another process that holds the lock.
    pub busy: Duration,
    /// The most pages of the file, where it is bounded by more than the disk.
    pub most_pages: Option<u32>,
    /// How long after a deletion, or after a failed attempt, the log is folded, which still holds what was deleted.
    pub sweep_after: Duration,
    /// How often it is folded without being asked: what was written over, thinned or taken out word by word goes then.
    pub sweep_every: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { busy: BUSY, most_pages: None, sweep_after: Duration::from_secs(2), sweep_every: Duration::from_secs(60) }
    }
}

/// The tables, release by release.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Why the store did not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
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
    /// An update under a sequence that this server gives out, and did not write.
    #[error(
        "update {sequence} of {postmortem} does not follow what is in the log: another program writes this database. \
         Stop that program and start this one again; nothing that is not saved is acknowledged"
    )]
    Taken { postmortem: PostmortemId, sequence: LogSequence },
    /// The folder cannot be written, and the log in it can only be read where it can.
    #[error(
        "the log beside {0} has to be read with it, for which its folder must be writable; copy both into one that is"
    )]
    NeedsFolder(PathBuf),
    /// A file with several names is open under another one.
    #[error("{0} is served under another name, and its log lies beside that one; use the other name")]
    Elsewhere(PathBuf),
}

impl StoreError {
    /// Whether the same may work in a moment: another process has the lock, the disk is full or fails.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            // Busy, locked, an input or output error, full.
            Self::Database(error) => matches!(primary_code(error), Some(5 | 6 | 10 | 13)),
            _ => false,
        }
    }

    /// Whether a turn at the database did not come in time.
    pub fn is_late(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::PoolTimedOut))
    }

    /// Whether what is on the disk cannot be read, now or later.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Unreadable(_) => true,
            Self::Database(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => true,
            // Malformed, or no database.
            Self::Database(error) => matches!(primary_code(error), Some(11 | 26)),
            _ => false,
        }
    }

    /// Whether a part of the file cannot be read, for damage or because the disk does not give it. A server tries the
    /// second again; for whoever looks at the file it is as good as the first.
    pub fn is_unreadable(&self) -> bool {
        match self {
            // A read that failed, one that came to less than was asked for, and one that the file system gave up.
            Self::Database(error) if matches!(code(error), Some(266 | 522 | 8458)) => true,
            error => error.is_damage(),
        }
    }

    /// Whether the file or its folder may only be read.
    pub fn is_read_only(&self) -> bool {
        match self {
            Self::Folder(error) => {
                matches!(error.kind(), std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem)
            }
            // No permission, read-only, cannot be opened.
            Self::Database(error) => matches!(primary_code(error), Some(3 | 8 | 14)),
            _ => false,
        }
    }
}

/// The kind of an error of SQLite: the lowest byte of its extended code.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    Some(code(error)? & 0xff)
}

fn code(error: &sqlx::Error) -> Option<u32> {
    let sqlx::Error::Database(error) = error else { return None };
    error.code()?.parse().ok()
}

#[derive(Debug, Clone)]
pub struct Store {
    file: Arc<Path>,
    options: Arc<SqliteConnectOptions>,
    writer: SqlitePool,
    line: Line,
    readers: SqlitePool,
    /// For what everyone waits for.
    first_readers: SqlitePool,
    is_read_only: bool,
    /// Whether it was a copy without the log that belonged to it.
    lacked_log: bool,
    erased: Arc<Notify>,
    announced: Arc<Notify>,
}

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
    pub async fn open_with(file: &Path, behaviour: StoreOptions) -> Result<Self, StoreError> {
        if claim::is_served_elsewhere(file) {
            return Err(StoreError::Elsewhere(file.to_path_buf()));
        }
        let file = private::resolved(file);
        private::make_folder(private::folder_of(&file))?;
        // What SQLite puts beside the database has the database's permissions.
        match private::create_new(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error.into()),
            Ok(_) | Err(_) => {}
        }
        // Migrations have no lock of their own, and an import may start beside the server.
        let lock = file.with_extension("opening");
        let opening = private::open_or_create(&lock)?;
        opening.lock()?;
        let logs = ["-wal", "-shm"].map(|ending| private::appended(&file, ending));
        for file in [&file, &lock, &file.with_extension("lock")].into_iter().chain(&logs) {
            private::tighten(file);
        }
        // A file that does not say so is opened all the same, or its damage is told by that.
        let lacked_log = copies::lacks_log(&file).await.unwrap_or(false);
        let options = options(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What is acknowledged must survive a power cut: every commit reaches the disk.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(behaviour.busy);
        let options = match behaviour.most_pages {
            Some(pages) => options.pragma("max_page_count", pages.to_string()),
            None => options,
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        MIGRATIONS.run(&writer).await?;
        drop(opening);
        let reading = options.clone().pragma("query_only", "on");
        let readers = pool(READERS).connect_with(reading.clone()).await?;
        // Opened at once: each has a thread, with the priority of the one that opens it.
        let first_readers = pool(READERS).min_connections(READERS).connect_with(reading).await?;
        Ok(Self {
            file: file.into(),
            options: options.into(),
            writer,
            line: Line::default(),
            readers,
            first_readers,
            is_read_only: false,
            lacked_log,
            erased: Arc::default(),
            announced: Arc::default(),
        })
    }

    /// Opens a file that is of this release, and only reads it: for files that may be damaged, and in folders that cannot
    /// be written.
    ///
    /// # Errors
    /// When the file is not there or cannot be opened.
    pub async fn open_to_read(file: &Path) -> Result<Self, StoreError> {
        let options = inspection::reading(file).await?;
        let readers = pool(1).connect_with(options.clone()).await?;
        let writer = readers.clone();
        Ok(Self {
            file: file.into(),
            options: options.into(),
            writer,
            line: Line::default(),
            first_readers: readers.clone(),
            readers,
            is_read_only: true,
            lacked_log: false,
            erased: Arc::default(),
            announced: Arc::default(),
        })
    }

    /// The same database, read before what somebody asks for: for rooms.
    #[must_use]
    pub fn first(&self) -> Self {
        Self { readers: self.first_readers.clone(), ..self.clone() }
    }

    /// A connection for reading what a request is held against.
    ///
    /// # Errors
    /// When none is free in time.
    pub async fn reading(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        Ok(self.first_readers.acquire().await?)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("select count(*) from users").execute(&self.first_readers).await?;
        Ok(())
    }

    /// Whether a statement finds a row of an id.
    async fn finds(&self, statement: &'static str, id: &PostmortemId) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as(statement).bind(id.as_str()).fetch_optional(&self.readers).await?;
        Ok(row.is_some())
    }

    /// The bytes of the database and its write-ahead log on the disk.
    pub fn size(&self) -> u64 {
        size(&self.file) + self.log_size()
    }

    /// The bytes of the write-ahead log.
    pub fn log_size(&self) -> u64 {
        size(&private::appended(&self.file, "-wal"))
    }

    /// Says that words were deleted for good, which the log still holds until it is folded.
    pub fn erased(&self) {
        self.erased.notify_one();
    }

    /// Waits for the next deletion.
    pub async fn until_erased(&self) {
        self.erased.notified().await;
    }

    /// Waits for the next commit of this process of which others are to hear.
    pub async fn until_announced(&self) {
        self.announced.notified().await;
    }

    /// Folds the write-ahead log into the file and empties it; whether nobody who was reading kept it from that.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn sweep(&self) -> Result<bool, StoreError> {
        let mut connection = SqliteConnectOptions::clone(&self.options).busy_timeout(SWEEP_BUSY).connect().await?;
        // The first does the work beside writers, the second has little left to do while they wait.
        sqlx::query("pragma wal_checkpoint(passive)").execute(&mut connection).await?;
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(&mut connection).await?;
        if busy == 0 {
            // An empty log says as little as none: whoever copies both copies one that belongs to the file.
            custody::open(&mut connection).await?;
        }
        connection.close().await?;
        Ok(busy == 0)
    }

    /// Closes the database: its write-ahead log is folded into the file.
    pub async fn close(&self) {
        if !self.is_read_only
            && !claim::is_served(&self.file)
            && let Err(error) = self.leave().await
        {
            tracing::debug!(%error, "the file goes on saying that it is open");
        }
        self.readers.close().await;
        self.first_readers.close().await;
        self.writer.close().await;
    }
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map(|metadata| metadata.len()).unwrap_or(0)
}

/// How every connection behaves.
fn options(file: &Path) -> SqliteConnectOptions {
    // What is deleted is written over, and not only forgotten.
    SqliteConnectOptions::new().filename(file).pragma("secure_delete", "on").busy_timeout(BUSY)
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).idle_timeout(None).max_lifetime(None)
}

/// A text of a row as the value it stands for.
fn parsed<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable(format!("'{text}' is not {what}")))
}
