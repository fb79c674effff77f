//! Backups: a consistent copy of the database while a server goes on, and putting one back. A file under its final name is
//! always whole, and what a restore replaces is kept beside it.

use crate::config::Storage;
use crate::doctor::{self, DoctorError, Report};
use crate::store::{StoreError, inspection};
use crate::{ServeError, claim, clock};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Why a backup was not made or not put back. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    #[error("{0} is there already; give another name, or --replace to write over it")]
    Exists(PathBuf),
    #[error("{0} is the database itself or belongs to it; give the copy another name")]
    Own(PathBuf),
    #[error("{file} cannot be written: {error}")]
    Write { file: PathBuf, error: io::Error },
    #[error("the copy was not made: {0}")]
    Copy(#[from] StoreError),
    #[error("the copy does not hold what it should ({0}); nothing was left behind")]
    Unsound(String),
    #[error("stop the server first: {0}")]
    Serving(#[from] ServeError),
    #[error("this backup is not put back: {0}")]
    Refused(#[from] DoctorError),
    #[error("this backup is not put back, because it is damaged:\n{0}\nput it back all the same with --damaged")]
    Damaged(Report),
}

/// Writes a copy of the database into a file.
///
/// # Errors
/// When it could not be written or does not read back; no file is there under that name then, or the one that was.
pub async fn back_up(storage: &Storage, file: &Path, may_replace: bool) -> Result<Report, BackupError> {
    let original = storage.file();
    if !original.exists() {
        return Err(BackupError::Missing(original));
    }
    refuse_own(&original, file)?;
    refuse_existing(file, may_replace)?;
    let unfinished = beside(file, &format!("unfinished-{}", std::process::id()));
    let written = write_checked(&original, &unfinished).await;
    let result = match written {
        Ok(report) => refuse_existing(file, may_replace).and_then(|()| put(&unfinished, file)).map(|()| report),
        Err(error) => Err(error),
    };
    if result.is_err() {
        // It never had its final name; whether it could be removed changes nothing about that.
        drop(std::fs::remove_file(&unfinished));
    }
    result
}

async fn write_checked(original: &Path, unfinished: &Path) -> Result<Report, BackupError> {
    create_private(unfinished).map_err(write_error(unfinished))?;
    inspection::copy(original, unfinished).await?;
    sync(unfinished)?;
    let report = doctor::examine_file(unfinished).await.map_err(|error| BackupError::Unsound(error.to_string()))?;
    // What is damaged in the original is in the copy as well, and said; the file itself has to be sound.
    if report.problems.is_empty() { Ok(report) } else { Err(BackupError::Unsound(report.problems.join("; "))) }
}

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    pub report: Report,
    /// Where the database is kept that was there before.
    pub replaced: Option<PathBuf>,
}

/// Puts a backup in the place of the database.
///
/// # Errors
/// When a server serves the data, or the file is not a sound backup of this release or an older one.
pub async fn restore(storage: &Storage, file: &Path, may_be_damaged: bool) -> Result<Restored, BackupError> {
    if !file.exists() {
        return Err(BackupError::Missing(file.to_path_buf()));
    }
    let database = storage.file();
    if let Some(folder) = database.parent() {
        std::fs::create_dir_all(folder).map_err(write_error(folder))?;
    }
    let _claim = claim(&database)?;
    // The copy is what is checked, so that nothing can change between the check and the restore.
    let arriving = beside(&database, "restoring");
    let arrived = take_in(file, &arriving, may_be_damaged).await;
    let result = match arrived {
        Ok(report) => exchange(&arriving, &database).await.map(|replaced| Restored { report, replaced }),
        Err(error) => Err(error),
    };
    if result.is_err() {
        drop(std::fs::remove_file(&arriving));
    }
    result
}

async fn take_in(file: &Path, arriving: &Path, may_be_damaged: bool) -> Result<Report, BackupError> {
    drop(std::fs::remove_file(arriving));
    // A backup is one file; a database that was copied by hand may have its log beside it, which this folds in.
    create_private(arriving).map_err(write_error(arriving))?;
    doctor::examine_file(file).await?;
    inspection::copy(file, arriving).await?;
    sync(arriving)?;
    let report = doctor::examine_file(arriving).await?;
    let is_sound = report.problems.is_empty();
    if report.is_well() || (is_sound && may_be_damaged) { Ok(report) } else { Err(BackupError::Damaged(report)) }
}

/// Puts the new database in the place of the old one, which gets another name first: at any moment one of them stands.
async fn exchange(arriving: &Path, database: &Path) -> Result<Option<PathBuf>, BackupError> {
    if !database.exists() {
        put(arriving, database)?;
        return Ok(None);
    }
    let kept = beside(database, &format!("replaced-{}", clock::now().format("%Y%m%dT%H%M%S%3fZ")));
    // A log that was left by a kill belongs to the old database and would be played into the new one.
    if let Err(error) = inspection::settle(database).await {
        tracing::warn!(%error, "the database that is replaced could not be read; its files are kept as they are");
    }
    std::fs::hard_link(database, &kept)
        .or_else(|_| std::fs::copy(database, &kept).map(drop))
        .map_err(write_error(&kept))?;
    for ending in ["-wal", "-shm"] {
        let (from, to) = (appended(database, ending), appended(&kept, ending));
        if from.exists() {
            std::fs::rename(&from, &to).map_err(write_error(&to))?;
        }
    }
    put(arriving, database)?;
    Ok(Some(kept))
}

fn refuse_existing(file: &Path, may_replace: bool) -> Result<(), BackupError> {
    if file.exists() && !may_replace { Err(BackupError::Exists(file.to_path_buf())) } else { Ok(()) }
}

/// The database, under whatever name, and the files beside it: a copy in their place would destroy what is copied.
fn refuse_own(original: &Path, file: &Path) -> Result<(), BackupError> {
    // Through a link, some of them lie beside the link and some beside the file that it leads to.
    for database in [original, &resolved(original)] {
        let logs = ["-wal", "-shm", "-journal"].map(|ending| appended(database, ending));
        let locks = ["lock", "opening"].map(|ending| database.with_extension(ending));
        let mut own = logs.into_iter().chain(locks).chain([database.to_path_buf()]);
        if own.any(|own| is_same(&own, file)) {
            return Err(BackupError::Own(file.to_path_buf()));
        }
    }
    Ok(())
}

/// Whether two names lead to one file, or would.
fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (std::fs::metadata(one), std::fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt;
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    resolved(one) == resolved(other)
}

/// A file's name without links, whether it is there or not.
fn resolved(file: &Path) -> PathBuf {
    let in_folder = || {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(file.file_name()?))
    };
    file.canonicalize().ok().or_else(in_folder).unwrap_or_else(|| file.to_path_buf())
}

/// Sessions are in it, and everything that anybody wrote: it is for its owner alone.
fn create_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// Gives a finished file its name, in one step.
fn put(finished: &Path, file: &Path) -> Result<(), BackupError> {
    std::fs::rename(finished, file).map_err(write_error(file))?;
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        sync(folder)?;
    }
    Ok(())
}

fn sync(file: &Path) -> Result<(), BackupError> {
    File::open(file).and_then(|open| open.sync_all()).map_err(write_error(file))
}

fn write_error(file: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let file = file.to_path_buf();
    move |error| BackupError::Write { file, error }
}

/// The file's name with a word behind it, in the same folder.
fn beside(file: &Path, word: &str) -> PathBuf {
    appended(file, &format!(".{word}"))
}

fn appended(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
