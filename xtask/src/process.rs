//! Running other programs, and the one error of the chores: a sentence that says what to do.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

/// What went wrong, for the person at the terminal.
#[derive(Debug)]
pub struct Failure(pub String);

/// Runs a program with its output passed through.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(failed(command, status)) }
}

/// Runs a program with its standard output passed through and each line of it shown to `read` as well.
pub fn run_reading(command: &mut Command, mut read: impl FnMut(&str)) -> Result<(), Failure> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| not_started(command, &error))?;
    if let Some(output) = child.stdout.take() {
        let mut terminal = std::io::stdout().lock();
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            // A closed terminal ends the reading of the output, not the run.
            let _ = writeln!(terminal, "{line}");
            read(&line);
        }
    }
    let status = child.wait().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(failed(command, status)) }
}

/// A program that runs beside others. What it prints is kept until it is waited for.
pub struct Beside {
    command: Command,
    child: Child,
    printed: PathBuf,
}

impl Beside {
    /// Starts it; what it prints goes to a file.
    pub fn start(mut command: Command, printed: PathBuf) -> Result<Self, Failure> {
        let unwritable = |error| Failure(format!("{} could not be written: {error}.", printed.display()));
        if let Some(folder) = printed.parent() {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        let output = File::create(&printed).map_err(unwritable)?;
        let errors = output.try_clone().map_err(unwritable)?;
        let started = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn();
        let child = started.map_err(|error| not_started(&command, &error))?;
        Ok(Self { command, child, printed })
    }

    /// Waits until it has ended, and prints what it printed.
    pub fn wait(mut self) -> Result<(), Failure> {
        let status = self.child.wait().map_err(|error| not_started(&self.command, &error))?;
        print!("{}", String::from_utf8_lossy(&fs::read(&self.printed).unwrap_or_default()));
        if status.success() { Ok(()) } else { Err(failed(&self.command, status)) }
    }
}

/// The standard output of a program that ran well, and nothing otherwise.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}

fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    Failure(format!("`{}` could not be started: {error}.", line(command)))
}

fn failed(command: &Command, status: ExitStatus) -> Failure {
    Failure(format!("`{}` failed ({status}); what it printed stands above.", line(command)))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The first program of these names that the shell would find.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}
