//! The project's chores: what stands between a fresh clone and a running server or a finished test run.

mod browser;
mod checks;
mod client;
mod debian;
mod node;
mod process;
mod progress;
mod project;
mod proxies;
mod server;
mod soak;
mod tools;

use crate::process::Failure;
use crate::progress::Progress;
use crate::project::Project;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  run [ARGS...]     build the client and the server for release and serve them;
                    ARGS go to `debrief serve`, DEBRIEF_* variables are honoured
  client            build the client
  test [STEP...]    run everything that must hold, or only the named steps:
                    format, lint, rust, browser
  prepare [STEP...] install what the tests need: proxies, browsers, packages
  bench [PART...]   measure the release build, or only the named parts:
                    review, visit, editors, readers, storm, cycles, comments,
                    people, crowd, page
  soak [OPTION...]  run the simulation, the crash and the damage tests for long:
                    --seeds N, --rounds N, --pages N
  help              show this
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let project = Project::here();
    let outcome = match command {
        "run" => run(&project, rest),
        "client" => client::build(&project, &mut Progress::new(client::STEPS)),
        "test" => checks::run(&project, rest),
        "bench" => bench(&project, rest),
        "prepare" => checks::prepare(&project, rest),
        "soak" => soak::run(&project, rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        unknown => Err(Failure(format!("There is no command `{unknown}`.\n\n{HELP}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(sentence)) => {
            eprintln!("\n{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(project: &Project, arguments: &[String]) -> Result<(), Failure> {
    let mut progress = Progress::new(client::STEPS + 2);
    client::build(project, &mut progress)?;
    progress.step("Building the server (a few minutes, once)");
    server::build_release(project)?;
    progress.step("Starting the server; Ctrl+C stops it");
    server::serve(project, arguments)
}

fn bench(project: &Project, arguments: &[String]) -> Result<(), Failure> {
    let mut progress = Progress::new(client::STEPS + 2);
    client::build(project, &mut progress)?;
    progress.step("Building the server (a few minutes, once)");
    server::build_release(project)?;
    progress.step("Measuring");
    if arguments == ["page"] {
        node::install(project, "tests")?;
        let mut benchmark = project.command("node");
        benchmark
            .arg(project.path("tests/bench/page.mjs"))
            .env("DEBRIEF_BINARY", project.binary("release"))
            .env("CHROMIUM", browser::chromium(project)?);
        return process::run(&mut benchmark);
    }
    // Thousands of sockets are as many open files, in the server too, which inherits the bound.
    let raised = "ulimit -n \"$(ulimit -Hn)\" && exec \"$@\"";
    let mut benchmark = project.command("sh");
    benchmark
        .args(["-c", raised, "bench"])
        .arg(project.cargo().get_program())
        .args(["run", "--release", "--package", "tests", "--bin", "bench", "--"])
        .args(arguments)
        .env("DEBRIEF_BINARY", project.binary("release"));
    process::run(&mut benchmark)
}
