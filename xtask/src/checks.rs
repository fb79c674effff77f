//! Everything that must hold, in one run: each step with a heading and its time, all of them even when one fails,
//! and one closing line that counts tests and steps.

mod tally;

use crate::browser;
use crate::node;
use crate::process::{self, Beside, Failure};
use crate::project::Project;
use crate::proxies;
use crate::tools;
use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tally::Tally;

/// What a person may name on the command line.
const FORMAT: &str = "format";
const LINT: &str = "lint";
const RUST: &str = "rust";
const BROWSER: &str = "browser";

/// The stories in Firefox and WebKitGTK as well.
const ENGINES: [&str; 2] = ["engines.test.mjs", "shelf.test.mjs"];

/// How long a file of stories may take before it is ended and named: many times what the longest does.
const LONGEST_FILE: Duration = Duration::from_secs(15 * 60);

pub fn run(project: &Project, wanted: &[String]) -> Result<(), Failure> {
    let known = [FORMAT, LINT, RUST, BROWSER];
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Failure(format!("There is no step `{unknown}`; the steps are {}.", known.join(", "))));
    }
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|each| each == name);
    tools::require_lints(project)?;

    let mut report = Report::default();
    // The end of the client's build keeps one processor busy, and packages come over the network: both go on beside what
    // else is built, since the client has a build folder of its own.
    let building = wants(BROWSER).then(|| beside(project, &["client"]));
    let needed: Vec<&str> = [RUST, BROWSER].into_iter().filter(|name| wants(name)).collect();
    let preparing = (!needed.is_empty()).then(|| beside(project, &[&["prepare"], &*needed].concat()));
    if wants(FORMAT) {
        report.step("Format", || process::run(project.cargo().args(["fmt", "--all", "--check"])));
    }
    if wants(LINT) {
        report.step("Lint: everything native", || lint(project, &["--workspace", "--all-targets"]));
        report.step("Lint: the client", || {
            lint(project, &["--package", "app", "--features", "csr", "--target", "wasm32-unknown-unknown"])
        });
    }
    let mut server = false;
    if wants(RUST) || wants(BROWSER) {
        // Binaries and tests in one call: they share one set of features, so nothing is compiled a second time.
        server = report.step("Build: the server and the tests", || {
            process::run(project.cargo().args(["build", "--workspace", "--bins", "--tests"]))
        });
    }
    let prepared = preparing
        .map(|preparing| report.step("Prepare: proxies, browsers, packages", || preparing.and_then(Beside::wait)));
    let client =
        building.map(|building| report.step("Build: the client, the rest of it", || building.and_then(Beside::wait)));
    if wants(RUST) && server {
        test_rust(project, &mut report);
    }
    if client == Some(true) && server && prepared == Some(true) {
        let mut commands = None;
        report.step("Find: the browser", || {
            commands = Some(node_tests(project)?);
            Ok(())
        });
        for (name, mut command) in commands.into_iter().flatten() {
            report.tests(name, &mut command, tally::node);
        }
    }
    report.close()
}

/// Installs what the named steps need beside the compilers.
pub fn prepare(project: &Project, steps: &[String]) -> Result<(), Failure> {
    let wants = |name: &str| steps.is_empty() || steps.iter().any(|each| each == name);
    if wants(RUST) {
        proxies::prepare(project);
    }
    if wants(BROWSER) {
        browser::chromium(project)?;
        browser::other_engines(project);
        node::install(project, "tests")?;
    }
    Ok(())
}

fn test_rust(project: &Project, report: &mut Report) {
    let mut tests = project.cargo();
    tests
        .args(["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"])
        .env("DEBRIEF_BINARY", project.binary("debug"));
    // Nothing is compiled meanwhile: some of these hold how long others wait.
    report.tests("Test: Rust", &mut tests, tally::cargo);
    // What only the browser's half of the client has is compiled for no other test.
    let arithmetic = ["test", "--package", "app", "--features", "csr", "--lib"];
    report.tests("Test: the client's arithmetic", project.cargo().args(arithmetic), tally::cargo);
}

/// Begins a chore in a process of its own.
fn beside(project: &Project, chore: &[&str]) -> Result<Beside, Failure> {
    let own = std::env::current_exe().map_err(|error| Failure(format!("This program has no name: {error}.")))?;
    let mut command = Command::new(own);
    command.args(chore);
    Beside::start(command, project.target().join(format!("{}.log", chore[0])))
}

fn lint(project: &Project, what: &[&str]) -> Result<(), Failure> {
    process::run(project.cargo().arg("clippy").args(what).args(["--", "--deny", "warnings"]))
}

/// The Node tests, against the binary that was built a step ago. Those in other engines are by themselves: beside other stories
/// WebKitGTK did not always open a page without the server.
fn node_tests(project: &Project) -> Result<[(&'static str, Command); 2], Failure> {
    let chromium = browser::chromium(project)?;
    let mut files = Vec::new();
    for folder in ["tests/browser", "tests/interop"] {
        files.extend(test_files(project.path(folder)));
    }
    // The longest first, so that none is left to itself at the end.
    files.sort_by_key(|file| Reverse(fs::metadata(file).map_or(0, |metadata| metadata.len())));
    let is_of_engines = |file: &PathBuf| ENGINES.iter().any(|name| file.ends_with(name));
    let (engines, stories) = files.into_iter().partition(is_of_engines);
    // A story waits for its page more than it works; Node would leave one processor to itself. With half as many again
    // two processors were busy all the time.
    let side_by_side = std::thread::available_parallelism().map_or(3, |processors| usize::from(processors) * 3 / 2);
    Ok([
        ("Test: other engines", node(project, &chromium, engines, 1)),
        ("Test: browser and interop", node(project, &chromium, stories, side_by_side)),
    ])
}

fn node(project: &Project, chromium: &Path, files: Vec<PathBuf>, side_by_side: usize) -> Command {
    let mut command = project.command("node");
    command
        .args(["--test", "--test-reporter=spec", &format!("--test-concurrency={side_by_side}")])
        .arg(format!("--test-timeout={}", LONGEST_FILE.as_millis()))
        .args(files)
        .env("DEBRIEF_BINARY", project.binary("debug"))
        .env("CHROMIUM", chromium);
    command
}

fn test_files(folder: PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect()
}

/// What ran, how long it took and what came of it.
#[derive(Default)]
struct Report {
    steps: Vec<(String, Duration, bool)>,
    tally: Tally,
}

impl Report {
    /// A step that holds or does not, which counts as one; tells which.
    fn step(&mut self, name: &str, work: impl FnOnce() -> Result<(), Failure>) -> bool {
        let (holds, took) = heading(name, work);
        self.tally.add(usize::from(holds), usize::from(!holds));
        self.steps.push((name.to_owned(), took, holds));
        holds
    }

    /// A step that counts its own tests, by what the runner prints.
    fn tests(&mut self, name: &str, command: &mut Command, count: fn(&str, &mut Tally)) {
        let mut tally = Tally::default();
        let (holds, took) = heading(name, || process::run_reading(command, |line| count(line, &mut tally)));
        // A runner that fails without a failed test failed itself.
        let failed = if holds { tally.failed } else { tally.failed.max(1) };
        self.tally.add(tally.passed, failed);
        self.steps.push((name.to_owned(), took, holds && failed == 0));
    }

    fn close(self) -> Result<(), Failure> {
        println!();
        for (name, took, holds) in &self.steps {
            println!("{:<40} {:>6} s  {}", name, took.as_secs(), if *holds { "holds" } else { "FAILED" });
        }
        let counted = format!("{} passed, {} failed", self.tally.passed, self.tally.failed);
        if self.tally.failed == 0 {
            println!("{counted}");
            return Ok(());
        }
        Err(Failure(counted))
    }
}

fn heading(name: &str, work: impl FnOnce() -> Result<(), Failure>) -> (bool, Duration) {
    println!("\n== {name}");
    let start = Instant::now();
    let outcome = work();
    let took = start.elapsed();
    if let Err(Failure(sentence)) = &outcome {
        println!("{sentence}");
    }
    println!("== {name}: {} s", took.as_secs());
    (outcome.is_ok(), took)
}
