//! One server for a database, under whatever names it is reached. The claim is made twice: on a lock file beside the
//! database, whose name is resolved, and on the file itself, which hard links share. It ends with the process, however that
//! ends; imports, exports and backups beside a running server need none.
//!
//! The claim on the file is a `flock`, of which SQLite's own locks know nothing. But whoever closes a file gives up all of
//! SQLite's locks on it in that process: the file is opened before SQLite opens it and held until it has closed it.

use crate::private;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    #[error("another debrief serves this database already: {0}")]
    InUse(PathBuf),
    #[error("another debrief serves this database already, under another name than {0}")]
    InUseElsewhere(PathBuf),
    #[error("{file} cannot be claimed: {error}")]
    System { file: PathBuf, error: io::Error },
}

/// Holds a database for one server, for as long as it lives.
#[derive(Debug)]
pub struct Claim {
    _name: File,
    _identity: Option<File>,
}

/// How long a claim waits for a command that only looks whether there is one.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(20);

impl Claim {
    /// Claims a database for a server, and makes the file when it is missing, so that it has an identity to be known by.
    ///
    /// # Errors
    /// As [`Claim::new`].
    pub fn of_server(database: &Path) -> Result<Self, ClaimError> {
        let file = private::resolved(database);
        let made = private::make_folder(private::folder_of(&file)).and_then(|()| private::create_new(&file));
        match made {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(ClaimError::System { file, error }),
            Ok(_) | Err(_) => {
                // Before SQLite puts anything beside it, which has its permissions.
                private::tighten(&file);
                Self::new(database)
            }
        }
    }

    /// Claims a database. A file that is missing is claimed by its name alone.
    ///
    /// # Errors
    /// When another process has it, or the folder cannot be written.
    pub fn new(database: &Path) -> Result<Self, ClaimError> {
        let database = private::resolved(database);
        let error = |file: &Path| {
            let file = file.to_path_buf();
            move |error| ClaimError::System { file, error }
        };
        let folder = private::folder_of(&database);
        private::make_folder(folder).map_err(error(folder))?;
        let lock = lock_of(&database);
        let name = private::open_or_create(&lock).map_err(error(&lock))?;
        if !is_locked(&name).map_err(error(&lock))? {
            return Err(ClaimError::InUse(database));
        }
        Ok(Self { _name: name, _identity: identify(&database)? })
    }
}

/// Whether a server has the database under this name, or claims it at this moment.
pub(crate) fn is_served(database: &Path) -> bool {
    let lock = lock_of(&private::resolved(database));
    File::open(lock).is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn lock_of(database: &Path) -> PathBuf {
    database.with_extension("lock")
}

/// Locks a file; whether that worked, and nobody else has it.
fn is_locked(file: &File) -> io::Result<bool> {
    for _ in 0..ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(false)
}

#[cfg(target_os = "linux")]
fn identify(database: &Path) -> Result<Option<File>, ClaimError> {
    let file = match File::open(database) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ClaimError::System { file: database.to_path_buf(), error }),
    };
    match is_locked(&file) {
        Ok(true) => Ok(Some(file)),
        Ok(false) => Err(ClaimError::InUseElsewhere(database.to_path_buf())),
        Err(error) => {
            tracing::warn!(%error, "this file system knows no locks of files: take care that no hard link of it is served");
            Ok(None)
        }
    }
}

/// Elsewhere the locks of a file may be SQLite's own: a file with another name is not served at all.
#[cfg(not(target_os = "linux"))]
fn identify(database: &Path) -> Result<Option<File>, ClaimError> {
    if has_other_names(database) {
        return Err(ClaimError::InUseElsewhere(database.to_path_buf()));
    }
    Ok(None)
}

/// Whether hard links lead to a file under other names.
pub(crate) fn has_other_names(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(file).is_ok_and(|metadata| metadata.nlink() > 1)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}

/// Whether a server has a file with several names under another one, whose log does not lie beside this one. Only for
/// processes that have not opened the database.
pub(crate) fn is_served_elsewhere(database: &Path) -> bool {
    let database = private::resolved(database);
    if !has_other_names(&database) || is_served(&database) {
        return false;
    }
    let is_locked = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    cfg!(target_os = "linux") && File::open(database).is_ok_and(is_locked)
}
