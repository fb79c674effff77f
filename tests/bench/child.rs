//! A server as a child process: started, asked for its processor time, and ended with the value that holds it.

use crate::Outcome;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::time::Duration;
use tests::Entrance;

/// Ticks of a second in `/proc`: Linux has told programs 100 since it runs on more than one architecture.
const TICKS: u32 = 100;

pub struct Child {
    process: process::Child,
    /// Where it listens, as `http://ADDRESS`.
    pub origin: String,
    /// The program, and the data folder of a server.
    program: PathBuf,
    data: Option<PathBuf>,
}

impl Child {
    /// Starts a server on a data folder.
    pub fn serve(binary: &Path, folder: &Path, listen: &str) -> Outcome<Self> {
        Self::start(binary, &["serve", "--listen", listen, "--data"], Some(folder))
    }

    /// The same, of a server that answers one person as fast as it can.
    pub fn serve_unpaced(binary: &Path, folder: &Path) -> Outcome<Self> {
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--requests-per-second", "1000000", "--data"];
        Self::start(binary, &arguments, Some(folder))
    }

    /// Starts a program and waits until it says where it listens.
    pub fn start(program: &Path, arguments: &[&str], last: Option<&Path>) -> Outcome<Self> {
        let mut command = Command::new(program);
        command.args(arguments).args(last.map(Path::as_os_str).into_iter().collect::<Vec<&OsStr>>());
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let stderr = process.stderr.take().ok_or("the child has no standard error")?;
        let mut child =
            Self { process, origin: String::new(), program: program.to_path_buf(), data: last.map(Path::to_path_buf) };
        let mut lines = BufReader::new(stderr).lines();
        let mut said = Vec::new();
        for line in lines.by_ref() {
            let line = line?;
            if let Some((_, origin)) = line.split_once("listening on ") {
                child.origin = origin.trim().to_owned();
                // What it says later is read and dropped, so that it never waits for a reader.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(child);
            }
            said.push(line);
        }
        Err(format!("{} ended before it listened:\n{}", program.display(), said.join("\n")).into())
    }

    /// The way in of a crowd.
    pub fn entrance(&self) -> Outcome<Entrance> {
        Ok(Entrance::to_data(&self.program, self.data.as_deref().ok_or("it is no server")?))
    }

    /// The memory that it holds now, in bytes.
    pub fn memory(&self) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        Ok(kilobytes.ok_or("the process's memory cannot be read")? * 1024)
    }

    /// Asks it to stop as a deployment does, and waits until it has.
    pub fn terminate(mut self) -> Outcome<()> {
        let asked = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status()?;
        let ended = self.process.wait()?;
        if asked.success() && ended.success() {
            Ok(())
        } else {
            Err(format!("the server did not stop well: {ended}").into())
        }
    }

    /// The processor time that it has used so far, in all its threads.
    pub fn processor(&self) -> Outcome<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name, in parentheses, may hold anything; the fields after it are numbers.
        let (_, fields) = stat.rsplit_once(')').ok_or("the process's figures cannot be read")?;
        let ticks: Option<u32> =
            fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u32>().ok()).sum();
        Ok(Duration::from_secs(1) * ticks.ok_or("the process's figures cannot be read")? / TICKS)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended already; either way nothing of it is left.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
