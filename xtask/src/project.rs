//! Where things are: the project's folder, its build folder and its own tools.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout that this program was built from.
pub struct Project {
    root: PathBuf,
}

impl Project {
    pub fn here() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: package.parent().unwrap_or(package).to_owned() }
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// Tools of the project's own, so that it neither needs nor changes what is installed on the machine.
    pub fn tools(&self) -> PathBuf {
        self.path(".tools")
    }

    pub fn tool(&self, name: &str) -> PathBuf {
        self.tools().join("bin").join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    pub fn target(&self) -> PathBuf {
        self.root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
    }

    /// The server's binary as a Cargo profile's folder has it.
    pub fn binary(&self, profile: &str) -> PathBuf {
        self.target().join(profile).join(format!("debrief{}", env::consts::EXE_SUFFIX))
    }

    /// A program that runs in the project's folder and finds the project's own tools first.
    pub fn command(&self, program: impl Into<OsString>) -> Command {
        let mut path = OsString::from(self.tools().join("bin"));
        if let Some(rest) = env::var_os("PATH") {
            path.push(if cfg!(windows) { ";" } else { ":" });
            path.push(rest);
        }
        let mut command = Command::new(program.into());
        command.current_dir(&self.root).env("PATH", path);
        command
    }

    pub fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }
}
