//! The seeded and the crashing tests for longer than a test run has time for.

use crate::process::{self, Failure};
use crate::project::Project;

/// What a soak takes unless told otherwise: about ten minutes of seeds and as much of crashes on two cores.
const SEEDS: u64 = 100_000;
const ROUNDS: u64 = 1_000;

/// As many damaged pages as a small database has several times.
const PAGES: u64 = 1_000;

pub fn run(project: &Project, arguments: &[String]) -> Result<(), Failure> {
    let (mut seeds, mut rounds, mut pages) = (SEEDS, ROUNDS, PAGES);
    let mut words = arguments.iter().map(String::as_str);
    while let Some(option) = words.next() {
        let number = words.next().and_then(|word| word.parse::<u64>().ok());
        match (option, number) {
            ("--seeds", Some(number)) => seeds = number,
            ("--rounds", Some(number)) => rounds = number,
            ("--pages", Some(number)) => pages = number,
            _ => {
                return Err(Failure(format!(
                    "`{option}` is not understood. Write --seeds N, --rounds N and --pages N."
                )));
            }
        }
    }
    println!("{seeds} seeds of the simulation, then {rounds} crashes, then {pages} damaged pages");
    let soaks = [
        ("simulation", "every_seed", "SEEDS", seeds),
        ("crash", "every_", "ROUNDS", rounds),
        ("server", "every_damaged_page", "PAGES", pages),
    ];
    for (test, filter, variable, number) in soaks {
        let mut soak = project.cargo();
        soak.args(["test", "--package", "tests", "--test", test, "--", filter, "--nocapture"]);
        process::run(soak.env(variable, number.to_string()))?;
    }
    Ok(())
}
