//! The server's binary: built for release with the client inside, and served.

use crate::process::{self, Failure};
use crate::project::Project;
use std::env;
use std::process::Command;

pub fn build_release(project: &Project) -> Result<(), Failure> {
    process::run(project.cargo().args(["build", "--release", "--package", "server"]))
}

/// Becomes the server, so that signals reach it and its exit status is ours.
pub fn serve(project: &Project, arguments: &[String]) -> Result<(), Failure> {
    let mut server = Command::new(project.binary("release"));
    server.arg("serve").args(arguments);
    // Where `cargo xtask` was called from does not decide where the data is.
    if env::var_os("DEBRIEF_DATA").is_none() {
        server.env("DEBRIEF_DATA", project.path("data"));
    }
    become_process(&mut server)
}

#[cfg(unix)]
fn become_process(command: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(Failure(format!("The server could not be started: {error}.")))
}

#[cfg(not(unix))]
fn become_process(command: &mut Command) -> Result<(), Failure> {
    process::run(command)
}
