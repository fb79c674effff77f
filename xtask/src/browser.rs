//! Chromium for the browser tests: the one of this machine, or Debian's where this may install it.

use crate::process::{self, Failure};
use crate::project::Project;
use std::env;
use std::path::PathBuf;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Finds a Chromium, installing Debian's when root asks on a machine that has apt.
pub fn chromium(project: &Project) -> Result<PathBuf, Failure> {
    if let Some(path) = env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    if let Some(path) = on_path(&NAMES) {
        return Ok(path);
    }
    let is_root = process::output(project.command("id").arg("-u")).as_deref() == Some("0");
    if is_root && on_path(&["apt-get"]).is_some() {
        println!("Installing Chromium (about a minute, once)");
        for arguments in [["update", "-q"].as_slice(), &["install", "-y", "-q", "chromium"]] {
            process::run(project.command("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))?;
        }
    }
    on_path(&NAMES).ok_or_else(|| {
        Failure(
            "The browser tests need Chromium. Install it (Debian: `apt-get install chromium`), or name one in the \
             variable CHROMIUM, and try again."
                .to_owned(),
        )
    })
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}
