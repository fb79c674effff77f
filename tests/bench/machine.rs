//! The machine that figures are taken on, and what it has to allow.

use crate::Outcome;
use std::fs;

/// Open files that the largest parts need at each end, with room to spare.
const DESCRIPTORS: u64 = 4_096;

/// The same for the crowd, in which somebody opens more connections than a server lets in.
const DESCRIPTORS_OF_A_CROWD: u64 = 12_000;

/// The processor, the cores, the memory and the kernel, in one line.
pub fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let processor =
        field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "a processor without a name".to_owned());
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let kilobytes = memory.and_then(|memory| memory.trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{processor}, {cores} cores, {:.0} GB, Linux {}", kilobytes as f64 / 1e6, kernel.trim())
}

/// Thousands of sockets need as many open files, here and in the server, which inherits the bound.
pub fn require_descriptors(parts: &[&str]) -> Outcome<()> {
    let needs = parts.iter().map(|part| match *part {
        "crowd" => DESCRIPTORS_OF_A_CROWD,
        "readers" | "storm" => DESCRIPTORS,
        _ => 0,
    });
    let needed = needs.max().unwrap_or_default();
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()).unwrap_or_default();
    if soft == "unlimited" || soft.parse::<u64>().is_ok_and(|most| most >= needed) {
        return Ok(());
    }
    Err(format!("{soft} open files are too few for thousands of sockets. Run `ulimit -n {needed}` and try again.")
        .into())
}
