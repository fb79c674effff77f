//! The real binary as a child process, for what a thread cannot show: the command line, and a death without warning.

use crate::entrance::Entrance;
use crate::http::Visitor;
use postmortem::TeamRole;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

/// The binary: that of `DEBRIEF_BINARY`, else built once for a run of tests, since a package's tests have no way to depend on
/// another's binary. It takes minutes: alone, the server has other features of its dependencies than with the tests.
pub fn debrief() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(binary) = std::env::var_os("DEBRIEF_BINARY") {
            return binary.into();
        }
        // The test itself lies in target/PROFILE/deps.
        let test = std::env::current_exe().expect("the test's own path");
        let profile = test.ancestors().nth(2).expect("the profile's folder");
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "server", "--bin", "debrief"]);
        build.arg("--target-dir").arg(profile.parent().expect("the target folder"));
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo").success(), "the binary does not build");
        profile.join("debrief")
    })
}

/// A server in a process of its own.
#[derive(Debug)]
pub struct Process {
    child: Child,
    address: SocketAddr,
    /// Empties its standard error to the end, and gives it as it was.
    log: Option<JoinHandle<String>>,
    pub(crate) entrance: Arc<Entrance>,
}

impl Process {
    /// Starts one on a data folder and waits until it listens.
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// The same with variables in its environment.
    pub fn start_with(data: &Path, environment: &[(&str, PathBuf)]) -> Self {
        Self::of(Command::new(debrief()).env("RUST_LOG", "warn").envs(environment.iter().cloned()), data)
    }

    /// The same with more on its command line.
    pub fn start_as(data: &Path, arguments: &[&str]) -> Self {
        Self::of_with(Command::new(debrief()).env("RUST_LOG", "warn"), data, arguments)
    }

    /// The same from a shell, after a line of it such as `ulimit -Sn 1024`.
    pub fn start_after(line: &str, data: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.env("RUST_LOG", "warn").arg("-c").arg(format!("{line} && exec \"$@\"")).arg("sh").arg(debrief());
        Self::of(&mut shell, data)
    }

    fn of(command: &mut Command, data: &Path) -> Self {
        Self::of_with(command, data, &[])
    }

    fn of_with(command: &mut Command, data: &Path, arguments: &[&str]) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            // The link for the first account.
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let mut log = String::new();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            log.extend([&line, "\n"]);
            let (_, address) = line.split_once("listening on http://")?;
            address.trim_end_matches(['"', '}']).parse().ok()
        });
        // A full pipe would stop the server: keep emptying it.
        let log = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                log.extend([&line, "\n"]);
            }
            eprint!("{log}");
            log
        });
        let entrance = Arc::new(Entrance::to_data(debrief(), data));
        Self { child, address: address.expect("a line with the address"), log: Some(log), entrance }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Somebody of the team.
    pub async fn visitor(&self, name: &str) -> Visitor {
        self.visitor_as(name, TeamRole::Member).await
    }

    /// Somebody with another role.
    pub async fn visitor_as(&self, name: &str, role: TeamRole) -> Visitor {
        self.entrance.join(&self.stranger(), name, role).await
    }

    /// A program that asks with a token.
    pub async fn token(&self, name: &str, role: TeamRole) -> Visitor {
        self.entrance.token(&self.stranger(), name, role).await
    }

    /// Somebody without an account.
    pub fn stranger(&self) -> Visitor {
        Visitor::stranger(self.address)
    }

    /// The most memory that it ever had, in bytes.
    pub fn peak_memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a running process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line with the peak");
        let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kibibytes << 10
    }

    /// Ends it as a power cut would: no handler runs.
    pub fn kill(mut self) {
        self.child.kill().expect("the process is killed");
        self.child.wait().expect("the process is gone");
    }

    /// Asks it to stop, and waits; whether it stopped well.
    pub fn terminate(mut self) -> bool {
        self.stop()
    }

    /// Asks it to stop, waits, and gives what it wrote to its log.
    pub fn finish(mut self) -> String {
        assert!(self.stop(), "the server stops well");
        self.log.take().map(|log| log.join().expect("the log is text")).unwrap_or_default()
    }

    fn stop(&mut self) -> bool {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        assert!(sent.success());
        self.child.wait().expect("the process ends").success()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
