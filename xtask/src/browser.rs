//! The browsers of the tests: those of this machine, or Debian's where this may install them. Chromium is needed; what
//! Firefox and WebKitGTK keep is tried where they can be had.

use crate::debian;
use crate::process::{Failure, on_path};
use crate::project::Project;
use std::env;
use std::path::PathBuf;

/// The shell first: the same browser without its windows, which renders what the tests look at in two thirds of the time.
const SHELL: &str = "chromium-headless-shell";
const NAMES: [&str; 5] = [SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Debian's packages of the other engines, and a program of each.
const OTHERS: [(&str, &[&str]); 3] = [
    ("firefox-esr", &["firefox-esr", "firefox"]),
    ("webkit2gtk-driver", &["WebKitWebDriver"]),
    ("xvfb", &["xvfb-run"]),
];

/// Finds a Chromium, installing Debian's when root asks on a machine that has apt.
pub fn chromium(project: &Project) -> Result<PathBuf, Failure> {
    if let Some(path) = env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    if on_path(&[SHELL]).is_none() && debian::can_install(project) {
        println!("Installing Chromium (about a minute, once)");
        if let Err(Failure(sentence)) = debian::install(project, &[SHELL]) {
            println!("{sentence}");
        }
    }
    on_path(&NAMES).ok_or_else(|| {
        Failure(
            "The browser tests need Chromium. Install it (Debian: `apt-get install chromium-headless-shell`), or name one in the \
             variable CHROMIUM, and try again."
                .to_owned(),
        )
    })
}

/// Installs the other engines where that can be done; what is missing in the end is said here, and by the tests.
pub fn other_engines(project: &Project) {
    let is_missing = |package: &(&str, &[&str])| on_path(package.1).is_none();
    let missing = || OTHERS.iter().filter(|package| is_missing(package)).map(|(name, _)| *name).collect::<Vec<_>>();
    if !missing().is_empty() && debian::can_install(project) {
        println!("Installing {} (about a minute, once)", missing().join(", "));
        // One that cannot be had leaves the others.
        for package in missing() {
            if let Err(Failure(sentence)) = debian::install(project, &[package]) {
                println!("{sentence}");
            }
        }
    }
    for package in missing() {
        println!("{package} is not on this machine: what needs it is not tried.");
    }
}
