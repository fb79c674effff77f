//! Backups: a consistent copy of the database while a server goes on, and putting one back. A file under its final name is
//! always whole, and what a restore replaces is kept beside it.

use crate::cli::config::StorageArgs;
use crate::cli::doctor::{self, DoctorError, Report, Rescued};
use crate::cli::unfinished::Unfinished;
use crate::store::claim::{Claim, ClaimError};
use crate::store::{StoreError, copies};
use crate::{clock, private};
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};

/// Why a backup was not made or not put back. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    #[error("{0} is there already; give another name, or --replace to write over it")]
    Exists(PathBuf),
    #[error("{file} is {what}, and only a backup of Debrief is written over; give the copy another name")]
    NotOurs { file: PathBuf, what: &'static str },
    #[error("{0} is the database itself or belongs to it; give the copy another name")]
    Own(PathBuf),
    #[error("{file} cannot be written: {error}")]
    Write { file: PathBuf, error: io::Error },
    #[error("the copy was not made: {0}")]
    Copy(#[from] StoreError),
    #[error("the copy does not hold what it should ({0}); nothing was left behind")]
    Unsound(String),
    #[error("the copy was not made: {0}")]
    NotMade(DoctorError),
    #[error(
        "the database is damaged, and what can be read of it is no reason to write over {0}, which is left as it is; give \
         another name, or see `debrief doctor`"
    )]
    KeepsEarlier(PathBuf),
    #[error("stop the server first: {0}")]
    Serving(#[from] ClaimError),
    #[error("this backup is not put back: {0}")]
    Refused(#[from] DoctorError),
    #[error(
        "this is no backup but a copy of a database that was open, without the log that stood beside it (its name with -wal \
         behind it): what was written last is not in it. Copy both while the server is stopped, or use `debrief backup`; \
         put it back all the same with --damaged"
    )]
    LacksItsLog,
    #[error("this backup is not put back, because it is damaged:\n{0}\nput it back all the same with --damaged")]
    Damaged(Box<Report>),
}

#[derive(Debug)]
pub struct BackedUp {
    pub report: Report,
    /// A line for everything that could not be read, and is not in it.
    pub losses: Vec<String>,
}

/// Writes a copy of the database into a file. Of a damaged one, that is what can be read.
///
/// # Errors
/// When it could not be written or does not read back; no file is there under that name then, or the one that was.
pub async fn back_up(storage: &StorageArgs, file: &Path, may_replace: bool) -> Result<BackedUp, BackupError> {
    let original = storage.file();
    if !original.exists() {
        return Err(BackupError::Missing(original));
    }
    refuse_own(&original, file)?;
    refuse_existing(file, may_replace).await?;
    doctor::tidy(file);
    let unfinished = Unfinished::new(file).map_err(write_error(file))?;
    let backed_up = write_checked(&original, file, unfinished.path()).await;
    let (unfinished, backed_up) = match backed_up {
        Ok(report) => (unfinished, BackedUp { report, losses: Vec::new() }),
        Err(error) if !is_of_the_original(&error) => return Err(error),
        // A copy of a damaged file cannot be made, or is as damaged; what can be read is better than no backup, and worse
        // than an earlier one.
        Err(_) if std::fs::symlink_metadata(file).is_ok() => return Err(BackupError::KeepsEarlier(file.to_path_buf())),
        Err(_) => {
            drop(unfinished);
            let unfinished = Unfinished::new(file).map_err(write_error(file))?;
            let rescued = doctor::write_rescued(&original, &unfinished).await;
            let rescued: Rescued = rescued.map_err(BackupError::NotMade)?;
            let losses = rescued.losses().collect();
            (unfinished, BackedUp { report: rescued.report, losses })
        }
    };
    refuse_existing(file, may_replace).await?;
    unfinished.finish(file).map_err(write_error(file))?;
    Ok(backed_up)
}

/// Whether the original cannot be read, rather than the copy be written.
fn is_of_the_original(error: &BackupError) -> bool {
    match error {
        BackupError::Copy(error) => error.is_unreadable(),
        BackupError::Unsound(_) => true,
        _ => false,
    }
}

async fn write_checked(original: &Path, file: &Path, unfinished: &Path) -> Result<Report, BackupError> {
    let lacks_its_log = copies::lacks_its_log(original).await?;
    copies::copy(original, unfinished).await?;
    copies::mark_copy(unfinished, Some(clock::now())).await.map_err(|error| match error {
        error if error.is_unreadable() => BackupError::Unsound(error.to_string()),
        error => BackupError::Write { file: file.to_path_buf(), error: io::Error::other(error) },
    })?;
    let mut report = doctor::examine_file(unfinished).await.map_err(unexamined)?;
    if lacks_its_log {
        report.problems.push(crate::LOG_IS_MISSING.into());
    }
    // What is damaged in the original is in the copy as well, and said; the file itself has to be sound.
    if report.is_sound() { Ok(report) } else { Err(BackupError::Unsound(report.damage.join("; "))) }
}

/// Why a copy was not examined: as damaged as what it was made of, or for a reason that says nothing of that.
fn unexamined(error: DoctorError) -> BackupError {
    match error {
        DoctorError::Illegible { .. } => BackupError::Unsound(error.to_string()),
        DoctorError::Store(error) if error.is_unreadable() => BackupError::Unsound(error.to_string()),
        error => BackupError::NotMade(error),
    }
}

#[derive(Debug)]
pub struct RestoredBackup {
    pub report: Report,
    /// Where the database is kept that was there before.
    pub replaced: Option<PathBuf>,
}

/// Puts a backup in the place of the database.
///
/// # Errors
/// When a server serves the data, or the file is not a sound backup of this release or an older one.
pub async fn restore(storage: &StorageArgs, file: &Path, may_be_damaged: bool) -> Result<RestoredBackup, BackupError> {
    if !file.exists() {
        return Err(BackupError::Missing(file.to_path_buf()));
    }
    // What a link leads to is replaced, and not the link.
    let database = private::resolved(&storage.file());
    let _claim = Claim::new(&database)?;
    doctor::tidy(&database);
    if copies::lacks_its_log(file).await.unwrap_or(false) && !may_be_damaged {
        return Err(BackupError::LacksItsLog);
    }
    // The copy is what is checked, so that nothing can change between the check and the restore.
    let arriving = Unfinished::new(&database).map_err(write_error(&database))?;
    let report = adopt(file, arriving.path(), may_be_damaged).await?;
    let replaced = exchange(arriving, &database).await?;
    Ok(RestoredBackup { report, replaced })
}

async fn adopt(file: &Path, arriving: &Path, may_be_damaged: bool) -> Result<Report, BackupError> {
    doctor::examine_file(file).await?;
    // A backup is one file; a database that was copied by hand may have its log beside it, which this folds in.
    copies::copy(file, arriving).await?;
    copies::mark_copy(arriving, None).await?;
    let report = doctor::examine_file(arriving).await?;
    if report.is_well() || (report.is_sound() && may_be_damaged) {
        Ok(report)
    } else {
        Err(BackupError::Damaged(Box::new(report)))
    }
}

/// Puts the new database in the place of the old one, which gets another name first: at any moment one of them stands.
async fn exchange(arriving: Unfinished, database: &Path) -> Result<Option<PathBuf>, BackupError> {
    if !database.exists() {
        arriving.finish(database).map_err(write_error(database))?;
        return Ok(None);
    }
    let now = clock::now().format("%Y%m%dT%H%M%S%3fZ");
    let kept = private::appended(database, &format!("{}{now}", doctor::REPLACED));
    // A log that was left by a kill belongs to the old database and would be played into the new one.
    if let Err(error) = copies::settle(database).await {
        tracing::warn!(%error, "the database that is replaced could not be read; its files are kept as they are");
    }
    std::fs::hard_link(database, &kept)
        .or_else(|_| std::fs::copy(database, &kept).map(drop))
        .map_err(write_error(&kept))?;
    private::tighten(&kept);
    for ending in ["-wal", "-shm"] {
        let (from, to) = (private::appended(database, ending), private::appended(&kept, ending));
        if from.exists() {
            std::fs::rename(&from, &to).map_err(write_error(&to))?;
        }
    }
    arriving.finish(database).map_err(write_error(database))?;
    Ok(Some(kept))
}

/// A file that is there is written over only when that was asked for, and only when it is a backup of ours.
async fn refuse_existing(file: &Path, may_replace: bool) -> Result<(), BackupError> {
    // Of a link, what it is itself.
    let Ok(metadata) = std::fs::symlink_metadata(file) else { return Ok(()) };
    if !may_replace {
        return Err(BackupError::Exists(file.to_path_buf()));
    }
    let refuse = |what| Err(BackupError::NotOurs { file: file.to_path_buf(), what });
    if !metadata.is_file() {
        return refuse(kind(metadata.file_type()));
    }
    // What cannot be read is nothing that anybody could call a backup.
    if copies::is_backup(file).await.unwrap_or(false) { Ok(()) } else { refuse("another file") }
}

fn kind(kind: FileType) -> &'static str {
    if kind.is_dir() {
        "a folder"
    } else if kind.is_symlink() {
        "a link"
    } else {
        "a device, a pipe or a socket"
    }
}

/// The database, under whatever name, and the files beside it: a copy in their place would destroy what is copied.
fn refuse_own(original: &Path, file: &Path) -> Result<(), BackupError> {
    // Through a link, some of them lie beside the link and some beside the file that it leads to.
    for database in [original, &private::resolved(original)] {
        let logs = ["-wal", "-shm", "-journal"].map(|ending| private::appended(database, ending));
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
    private::resolved(one) == private::resolved(other)
}

fn write_error(file: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let file = file.to_path_buf();
    move |error| BackupError::Write { file, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_copy_that_cannot_be_read_says_that_the_database_is_damaged() {
        let file = PathBuf::from("monday.db");
        let unreadable = || StoreError::Unreadable("'x' is not a severity".into());
        assert!(is_of_the_original(&unexamined(DoctorError::Illegible { file, error: unreadable() })));
        assert!(is_of_the_original(&unexamined(DoctorError::Store(unreadable()))));
        let full = unexamined(DoctorError::Store(StoreError::Folder(io::ErrorKind::StorageFull.into())));
        assert!(!is_of_the_original(&full));
        assert!(full.to_string().contains("no storage space"), "{full}");
    }
}
