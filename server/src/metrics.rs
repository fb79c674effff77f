//! What the server measures of itself, as Prometheus reads it. Numbers and codes only: no text, no names, no ids.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Bounds in seconds, from a fast disk's commit to a disk that hangs.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Bounds of what one commit carries.
const JOBS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// What of a workshop is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    pub waiting: usize,
    pub working: usize,
}

/// Everything that is counted as it happens. What can be looked up when it is asked for is not here.
#[derive(Debug)]
pub struct Metrics {
    /// From the end of a room's turn to the acknowledgement of what it accepted.
    pub acknowledge: Histogram,
    pub commit: Histogram,
    pub commit_jobs: Histogram,
    /// Commits that failed and were tried again.
    pub commit_failures: Counter,
    pub load: Histogram,
    /// How often a connection read too slowly and fell behind.
    pub lagging: Counter,
    rejected: Mutex<BTreeMap<&'static str, u64>>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            acknowledge: Histogram::new(SECONDS),
            commit: Histogram::new(SECONDS),
            commit_jobs: Histogram::new(JOBS),
            commit_failures: Counter::default(),
            load: Histogram::new(SECONDS),
            lagging: Counter::default(),
            rejected: Mutex::default(),
        }
    }
}

/// What is looked up at the moment of asking.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moment {
    pub rooms: usize,
    pub connections: usize,
    pub set_aside: u32,
    pub database_bytes: u64,
    pub workshop: Load,
    pub process: Process,
}

/// What the operating system knows of this process; nothing where it does not tell.
#[derive(Debug, Clone, Copy, Default)]
pub struct Process {
    pub resident_bytes: Option<u64>,
    pub cpu_seconds: Option<f64>,
    pub open_files: Option<usize>,
}

impl Process {
    /// Asks Linux.
    pub fn look() -> Self {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let pages: Option<u64> = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
        // The command's name, in brackets, may hold spaces.
        let after_name = stat.rsplit(") ").next().unwrap_or_default();
        let ticks = |field: usize| after_name.split(' ').nth(field).and_then(|ticks| ticks.parse::<f64>().ok());
        Self {
            // Pages of 4 KiB and a hundred ticks a second are what Linux has on the machines that Debrief runs on.
            resident_bytes: pages.map(|pages| pages * 4096),
            cpu_seconds: ticks(11).zip(ticks(12)).map(|(user, system)| (user + system) / 100.0),
            open_files: std::fs::read_dir("/proc/self/fd").ok().map(Iterator::count),
        }
    }
}

impl Metrics {
    /// Counts a refused message under its code.
    pub fn reject(&self, code: &'static str) {
        *self.rejected.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    pub fn page(&self, moment: &Moment) -> String {
        let mut page = Page::default();
        page.histogram("debrief_acknowledge_seconds", "From taking an edit in to acknowledging it.", &self.acknowledge);
        page.histogram("debrief_commit_seconds", "Duration of a commit.", &self.commit);
        page.histogram("debrief_commit_jobs", "Updates, summaries and versions in a commit.", &self.commit_jobs);
        page.counter(
            "debrief_commit_failures_total",
            "Commits that failed and were tried again.",
            &self.commit_failures,
        );
        page.histogram("debrief_load_seconds", "Duration of loading a post-mortem.", &self.load);
        page.counter(
            "debrief_lagging_connections_total",
            "Times that a connection read too slowly and fell behind.",
            &self.lagging,
        );
        page.head("debrief_rejected_updates_total", "counter", "Messages that were refused, by reason.");
        for (code, count) in self.rejected.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            page.line(&format!("debrief_rejected_updates_total{{reason=\"{code}\"}}"), *count as f64);
        }
        page.gauge("debrief_rooms", "Post-mortems that are live.", Some(moment.rooms as f64));
        page.gauge("debrief_connections", "Open connections.", Some(moment.connections as f64));
        let set_aside = Some(f64::from(moment.set_aside));
        page.gauge("debrief_set_aside_postmortems", "Post-mortems that could not be read.", set_aside);
        page.gauge("debrief_database_bytes", "Size of the database with its log.", Some(moment.database_bytes as f64));
        let Load { waiting, working } = moment.workshop;
        page.gauge("debrief_working_requests", "Imports and other long work under way.", Some(working as f64));
        page.gauge("debrief_waiting_requests", "Requests that wait for their turn at such work.", Some(waiting as f64));
        let Process { resident_bytes, cpu_seconds, open_files } = moment.process;
        page.gauge("process_resident_memory_bytes", "Resident memory.", resident_bytes.map(|bytes| bytes as f64));
        page.gauge("process_open_fds", "Open file descriptors.", open_files.map(|count| count as f64));
        if let Some(seconds) = cpu_seconds {
            page.head("process_cpu_seconds_total", "counter", "Processor time used.");
            page.line("process_cpu_seconds_total", seconds);
        }
        page.head("debrief_build_info", "gauge", "The release that runs.");
        page.line(concat!("debrief_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}"), 1.0);
        page.0
    }
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// How often a value was at most each of some bounds.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [f64],
    /// One for each bound, and one for what is above all of them.
    buckets: Vec<AtomicU64>,
    /// In millionths.
    sum: AtomicU64,
}

impl Histogram {
    fn new(bounds: &'static [f64]) -> Self {
        let buckets = std::iter::repeat_with(AtomicU64::default).take(bounds.len() + 1).collect();
        Self { bounds, buckets, sum: AtomicU64::default() }
    }

    pub fn observe(&self, duration: Duration) {
        self.observe_one(duration.as_secs_f64());
    }

    pub fn observe_count(&self, count: usize) {
        self.observe_one(count as f64);
    }

    fn observe_one(&self, value: f64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add((value * 1e6).round() as u64, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string never fails.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, value: f64) {
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.head(name, "gauge", help);
            self.line(name, value);
        }
    }

    fn counter(&mut self, name: &str, help: &str, counter: &Counter) {
        self.head(name, "counter", help);
        self.line(name, counter.0.load(Ordering::Relaxed) as f64);
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, "histogram", help);
        let mut total = 0;
        let bounds = histogram.bounds.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
        for (bound, bucket) in bounds.zip(&histogram.buckets) {
            total += bucket.load(Ordering::Relaxed);
            self.line(&format!("{name}_bucket{{le=\"{bound}\"}}"), total as f64);
        }
        self.line(&format!("{name}_sum"), histogram.sum.load(Ordering::Relaxed) as f64 / 1e6);
        self.line(&format!("{name}_count"), total as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_what_is_at_most_each_bound() {
        let metrics = Metrics::default();
        for milliseconds in [1, 4, 4, 60_000] {
            metrics.commit.observe(Duration::from_millis(milliseconds));
        }
        metrics.reject("gap");
        metrics.reject("gap");
        let page = metrics.page(&Moment { rooms: 3, ..Moment::default() });
        for line in [
            "# TYPE debrief_commit_seconds histogram",
            "debrief_commit_seconds_bucket{le=\"0.001\"} 1",
            "debrief_commit_seconds_bucket{le=\"0.0025\"} 1",
            "debrief_commit_seconds_bucket{le=\"0.005\"} 3",
            "debrief_commit_seconds_bucket{le=\"10\"} 3",
            "debrief_commit_seconds_bucket{le=\"+Inf\"} 4",
            "debrief_commit_seconds_sum 60.009",
            "debrief_commit_seconds_count 4",
            "debrief_rejected_updates_total{reason=\"gap\"} 2",
            "debrief_rooms 3",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is missing in\n{page}");
        }
        assert!(!page.contains("process_open_fds"), "what is not known is left out");
    }
}
