//! Packages of Debian, on machines where this may install them.

use crate::process::{self, Failure, on_path};
use crate::project::Project;

/// Whether root asks, on a machine that has apt.
pub fn can_install(project: &Project) -> bool {
    let is_root = process::output(project.command("id").arg("-u")).as_deref() == Some("0");
    is_root && on_path(&["apt-get"]).is_some()
}

/// Installs packages; options of `apt-get install` may stand among them.
pub fn install(project: &Project, packages: &[&str]) -> Result<(), Failure> {
    let installing = [["install", "-y", "-q"].as_slice(), packages].concat();
    for arguments in [["update", "-q"].as_slice(), &installing] {
        process::run(project.command("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    Ok(())
}
