//! The client: built by Trunk into `app/dist`, and only when something it is made of has changed.

use crate::node;
use crate::process::{self, Failure};
use crate::progress::Progress;
use crate::project::Project;
use crate::tools;
use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

/// How many steps `build` counts.
pub const STEPS: usize = tools::STEPS + 2;

/// What the client is made of.
const SOURCES: [&str; 9] =
    [".cargo", "app", "postmortem", "public", "style", "Cargo.lock", "Cargo.toml", "Trunk.toml", "rust-toolchain.toml"];
/// What the build itself makes inside of them.
const RESULTS: [&str; 2] = ["dist", "node_modules"];

/// Installs the tools that are missing and builds the client unless it is up to date.
pub fn build(project: &Project, progress: &mut Progress) -> Result<(), Failure> {
    node::require(project)?;
    tools::install(project, progress)?;

    if node::is_installed(project, "app/editor") {
        progress.step("The editor's packages are there");
    } else {
        progress.step("Fetching the editor's packages (seconds, once)");
        node::install(project, "app/editor")?;
    }

    let stamp_file = project.target().join("client.stamp");
    let stamp = stamp(project).map_err(|error| Failure(format!("The client's sources could not be read: {error}.")))?;
    let built = project.path("app/dist/index.html").exists();
    if built && fs::read_to_string(&stamp_file).is_ok_and(|before| before == stamp) {
        progress.step("The client is up to date");
        return Ok(());
    }

    progress.step("Building the client (a few minutes, once)");
    // Trunk builds without the network.
    process::run(project.cargo().arg("fetch"))?;
    // Trunk reads NO_COLOR as its own option and refuses the value that everybody gives it.
    process::run(project.command(project.tool("trunk")).args(["build", "--release"]).env_remove("NO_COLOR"))?;
    fs::write(&stamp_file, stamp)
        .map_err(|error| Failure(format!("{} could not be written: {error}.", stamp_file.display())))
}

/// One number over the names and the content of all sources.
fn stamp(project: &Project) -> io::Result<String> {
    let mut files = BTreeSet::new();
    for source in SOURCES {
        collect(&project.path(source), &mut files)?;
    }
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.insert(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if !RESULTS.iter().any(|name| entry.file_name() == *name) {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}
