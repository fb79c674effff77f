//! What backups and restores leave in a folder: databases that were replaced, which stay until somebody removes them, and
//! files that were never finished, because the process ended.

use crate::cli::unfinished;
use crate::store::copies::HEADER;
use crate::{clock, private};
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::ffi::OsStr;
#[cfg(target_os = "linux")]
use std::fs::TryLockError;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

/// How databases are called that a restore replaced.
pub const REPLACED: &str = ".replaced-";

/// Tells of what stands beside a database, and removes what nobody will finish.
pub(super) fn look(database: &Path) -> Vec<String> {
    let database = private::resolved(database);
    let replaced = format!("{}{REPLACED}", name_of(&database));
    let mut told = Vec::new();
    for file in files_in(private::folder_of(&database)) {
        let Ok(metadata) = file.metadata() else { continue };
        let name = name_of(&file);
        let described = format!("{} ({})", file.display(), described(&metadata));
        if name.strip_prefix(&replaced).is_some_and(is_time) {
            told.push(format!(
                "{described} is a database that a restore replaced; remove it when it is not needed any more"
            ));
        } else if intended(&name).is_some() && is_of_sqlite(&file) {
            told.push(match remove_if_abandoned(&file) {
                Some(true) => format!("{described} was never finished, and is removed"),
                Some(false) => format!("{described} was never finished, and could not be removed"),
                None => format!("{described} is being written"),
            });
        }
    }
    told.sort();
    told
}

/// Removes what earlier attempts at one file left beside it.
pub fn tidy(file: &Path) {
    let name = name_of(file);
    for left in files_in(private::folder_of(file)) {
        let is_of_it = intended(&name_of(&left)) == Some(&*name) && is_of_sqlite(&left);
        if is_of_it && remove_if_abandoned(&left) == Some(true) {
            tracing::info!(file = %left.display(), "removed a file that was never finished");
        }
    }
}

fn name_of(file: &Path) -> Cow<'_, str> {
    file.file_name().map(OsStr::to_string_lossy).unwrap_or_default()
}

/// The name that a file was to have, where it is called as unfinished ones are: one may be made beside another.
fn intended(name: &str) -> Option<&str> {
    let (intended, numbers) = name.split_once(unfinished::ENDING)?;
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (!intended.is_empty() && numbers.split(unfinished::ENDING).all(is_number)).then_some(intended)
}

/// Whether this stands behind [`REPLACED`], and not behind it with a log's ending.
fn is_time(ending: &str) -> bool {
    ending.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'T' | b'Z'))
}

/// Whether a file may be a database of which not all is written: the first page of a copy comes last.
fn is_of_sqlite(file: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(file).and_then(|open| open.take(HEADER.len() as u64).read_to_end(&mut beginning));
    read.is_ok() && (beginning == HEADER || beginning.iter().all(|byte| *byte == 0))
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())).map(|entry| entry.path()).collect()
}

/// Removes a file that no process holds; whether that worked, and nothing when one does. Whoever writes one holds it locked.
fn remove_if_abandoned(file: &Path) -> Option<bool> {
    if is_held(file) { None } else { Some(unfinished::remove(file)) }
}

#[cfg(target_os = "linux")]
fn is_held(file: &Path) -> bool {
    File::open(file).is_ok_and(|open| matches!(open.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Where files are not locked, nothing takes a day to be written.
#[cfg(not(target_os = "linux"))]
fn is_held(file: &Path) -> bool {
    let written = file.metadata().and_then(|metadata| metadata.modified());
    written.is_ok_and(|written| (clock::now() - DateTime::<Utc>::from(written)).num_days() < 1)
}

fn described(metadata: &Metadata) -> String {
    let age = metadata.modified().ok().map(DateTime::<Utc>::from);
    let age = age.map(|written| (clock::now() - written).num_minutes().max(0)).map(|minutes| match minutes {
        0..120 => format!("{minutes} minutes old"),
        120..2_880 => format!("{} hours old", minutes / 60),
        _ => format!("{} days old", minutes / 1_440),
    });
    let size = match metadata.len() {
        0..10_240 => format!("{} bytes", metadata.len()),
        10_240..10_485_760 => format!("{} KiB", metadata.len() >> 10),
        _ => format!("{} MiB", metadata.len() >> 20),
    };
    [Some(size), age].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
