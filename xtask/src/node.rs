//! Node and the npm packages of a folder: the editor's bundle and the browser tests.

use crate::process::{self, Failure};
use crate::project::Project;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// The oldest Node that the bundler and the tests run on.
const OLDEST: u32 = 20;

/// Fails with a sentence unless Node and npm run.
pub fn require(project: &Project) -> Result<(), Failure> {
    let wanted = format!("Node {OLDEST} or newer with npm is needed. Get it from https://nodejs.org and try again.");
    let version = process::output(project.command("node").arg("--version"))
        .ok_or_else(|| Failure(format!("`node` does not run. {wanted}")))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|number| number.parse::<u32>().ok());
    if major.is_none_or(|number| number < OLDEST) {
        return Err(Failure(format!("This is Node {version}. {wanted}")));
    }
    match process::output(project.command("npm").arg("--version")) {
        Some(_) => Ok(()),
        None => Err(Failure(format!("`npm` does not run. {wanted}"))),
    }
}

/// Installs the packages of a folder as its lock file names them, unless that was done since the file changed.
pub fn install(project: &Project, folder: &str) -> Result<(), Failure> {
    if is_installed(project, folder) {
        return Ok(());
    }
    process::run(project.command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(project.path(folder)))
}

/// Whether `install` would do nothing.
pub fn is_installed(project: &Project, folder: &str) -> bool {
    // npm writes this file last.
    let installed = modified(&project.path(folder).join("node_modules/.package-lock.json"));
    installed.is_some() && installed >= modified(&project.path(folder).join("package-lock.json"))
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}
