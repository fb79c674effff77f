//! Files and folders that are for their owner alone, whatever the process was started with: sessions are in them, and
//! everything that anybody wrote.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Makes a folder and those above it. One that is there already stays as it is: others may have a place in it.
///
/// # Errors
/// When the operating system refuses.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a file, and fails when there is one.
///
/// # Errors
/// When the operating system refuses.
pub fn create_new(file: &Path) -> io::Result<File> {
    options().create_new(true).open(file)
}

/// Opens a file for writing, and makes it when it is missing.
///
/// # Errors
/// When the operating system refuses.
pub fn open_or_create(file: &Path) -> io::Result<File> {
    options().create(true).truncate(false).open(file)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes a file away from everybody but its owner, and says so where that changes something.
#[cfg(unix)]
pub fn tighten(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(metadata) = std::fs::metadata(file) else { return };
    let mode = metadata.permissions().mode() & 0o7777;
    if !metadata.is_file() || mode & 0o077 == 0 {
        return;
    }
    let file_name = file.display();
    match std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode & 0o700)) {
        Ok(()) => tracing::warn!(file = %file_name, "others could read this file, and cannot any more"),
        Err(error) => tracing::warn!(%error, file = %file_name, "others can read this file"),
    }
}

/// Elsewhere a folder's permissions hold for what is in it.
#[cfg(not(unix))]
pub fn tighten(_: &Path) {}

/// A file's name without links, whether it is there or not.
pub fn resolved(file: &Path) -> PathBuf {
    let mut file = file.to_path_buf();
    // As many links as Linux follows. What leads in a circle is refused by whoever opens it.
    for _ in 0..40 {
        let Ok(target) = std::fs::read_link(&file) else { break };
        file = folder_of(&file).join(target);
    }
    let in_folder = || Some(folder_of(&file).canonicalize().ok()?.join(file.file_name()?));
    file.canonicalize().ok().or_else(in_folder).unwrap_or(file)
}

/// The folder that a file stands in.
pub fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file's name with an ending behind it.
pub fn appended(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
