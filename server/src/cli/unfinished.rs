//! A file that gets its name only when it is whole: until then it stands beside it under another, and goes when nobody
//! finishes it. Whoever writes one holds it locked, so that others know what was left behind by a process that ended.

use crate::private;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What stands behind the name that a file is to have, before the number of the process.
pub const ENDING: &str = ".unfinished-";

#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    is_finished: bool,
    _held: File,
}

impl Unfinished {
    /// Makes an empty file beside the name that it is to have.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(file: &Path) -> io::Result<Self> {
        let path = private::appended(file, &format!("{ENDING}{}", std::process::id()));
        let held = private::create_new(&path)?;
        // Elsewhere such a lock may be SQLite's own.
        if cfg!(target_os = "linux") {
            held.lock()?;
        }
        Ok(Self { path, is_finished: false, _held: held })
    }

    /// Where it stands for now.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Brings it to the disk and gives it its name, in one step.
    ///
    /// # Errors
    /// When the operating system refuses; it is gone then.
    pub fn finish(mut self, file: &Path) -> io::Result<()> {
        sync(&self.path)?;
        std::fs::rename(&self.path, file)?;
        self.is_finished = true;
        sync(private::folder_of(file))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_finished {
            remove(&self.path);
        }
    }
}

/// Removes a file that nobody finishes, and what SQLite put beside it; whether it is gone.
pub fn remove(file: &Path) -> bool {
    for ending in ["-wal", "-shm", "-journal"] {
        // There mostly are none.
        drop(std::fs::remove_file(private::appended(file, ending)));
    }
    std::fs::remove_file(file).is_ok()
}

fn sync(file: &Path) -> io::Result<()> {
    File::open(file).and_then(|open| open.sync_all())
}
