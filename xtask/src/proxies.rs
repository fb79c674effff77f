//! The proxies of `docs/self-hosting.md`, which the tests put in front of a server: those of this machine, or Debian's.

use crate::debian;
use crate::process::on_path;
use crate::project::Project;
use std::path::Path;

const NAMES: [&str; 3] = ["nginx", "haproxy", "caddy"];

/// Installs what is missing where that is possible. What is not there the tests name, and are without.
pub fn prepare(project: &Project) {
    let missing: Vec<&str> = NAMES.into_iter().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return;
    }
    // Where services are started when they are installed, a web server is not ours to install.
    if Path::new("/run/systemd/system").exists() || !debian::can_install(project) {
        println!("Not installed, and not tried: {}.", missing.join(", "));
        return;
    }
    for name in missing {
        if debian::install(project, &["--no-install-recommends", name]).is_err() {
            println!("{name} could not be installed and is not tried; the reason stands above.");
        }
    }
}

/// Debian keeps servers where only root looks for programs.
fn is_installed(name: &str) -> bool {
    on_path(&[name]).is_some() || Path::new("/usr/sbin").join(name).is_file()
}
