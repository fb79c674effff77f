//! What the server measures of itself, as Prometheus reads it. Numbers and codes only: no text, no names, no ids.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// The format of [`Metrics::page`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Bounds in seconds, from a fast disk's commit to a disk that hangs.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Bounds of what one commit carries.
const JOBS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

/// What of a workshop is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    pub waiting: usize,
    pub working: usize,
}

type Labels = Vec<(&'static str, &'static str)>;

/// Everything that is counted as it happens. What can be looked up when it is asked for is not here.
#[derive(Debug)]
pub struct Metrics {
    /// Seconds from the end of a room's turn to the acknowledgement of what it accepted.
    pub acknowledge: Histogram,
    /// In seconds.
    pub commit: Histogram,
    pub commit_jobs: Histogram,
    /// Commits that failed and were tried again.
    pub commit_failures: Counter,
    /// In seconds.
    pub load: Histogram,
    /// How often a connection read too slowly and fell behind.
    pub lagging: Counter,
    rejected: Family<Labels, Counter>,
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
            rejected: Family::default(),
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
        self.rejected.get_or_create(&vec![("reason", code)]).inc();
    }

    /// Everything, as OpenMetrics.
    pub fn page(&self, moment: &Moment) -> String {
        let mut all = Registry::default();
        let debrief = all.sub_registry_with_prefix("debrief");
        debrief.register("acknowledge_seconds", "From taking an edit in to acknowledging it", self.acknowledge.clone());
        debrief.register("commit_seconds", "Duration of a commit", self.commit.clone());
        debrief.register("commit_jobs", "Updates, summaries and versions in a commit", self.commit_jobs.clone());
        debrief.register("commit_failures", "Commits that failed and were tried again", self.commit_failures.clone());
        debrief.register("load_seconds", "Duration of loading a post-mortem", self.load.clone());
        debrief.register(
            "lagging_connections",
            "Times that a connection read too slowly and fell behind",
            self.lagging.clone(),
        );
        debrief.register("rejected_updates", "Messages that were refused, by reason", self.rejected.clone());
        let gauges = [
            ("rooms", "Post-mortems that are live", moment.rooms as u64),
            ("connections", "Open connections", moment.connections as u64),
            ("set_aside_postmortems", "Post-mortems that could not be read", moment.set_aside.into()),
            ("database_bytes", "Size of the database with its log", moment.database_bytes),
            ("working_requests", "Imports and other long work under way", moment.workshop.working as u64),
            ("waiting_requests", "Requests that wait for their turn at such work", moment.workshop.waiting as u64),
        ];
        for (name, help, value) in gauges {
            debrief.register(name, help, ConstGauge::new(value));
        }
        debrief.register("build", "The release that runs", Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]));
        let process = all.sub_registry_with_prefix("process");
        if let Some(bytes) = moment.process.resident_bytes {
            process.register("resident_memory_bytes", "Resident memory", ConstGauge::new(bytes));
        }
        if let Some(count) = moment.process.open_files {
            process.register("open_fds", "Open file descriptors", ConstGauge::new(count as u64));
        }
        if let Some(seconds) = moment.process.cpu_seconds {
            process.register("cpu_seconds", "Processor time used", ConstCounter::new(seconds));
        }
        let mut page = String::new();
        if let Err(error) = encode(&mut page, &all) {
            tracing::error!(%error, "the measurements could not be written");
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_what_is_at_most_each_bound() {
        let metrics = Metrics::default();
        for milliseconds in [1_u32, 4, 4, 60_000] {
            metrics.commit.observe(f64::from(milliseconds) / 1_000.0);
        }
        metrics.reject("gap");
        metrics.reject("gap");
        let page = metrics.page(&Moment { rooms: 3, ..Moment::default() });
        for line in [
            "# TYPE debrief_commit_seconds histogram",
            "debrief_commit_seconds_bucket{le=\"0.001\"} 1",
            "debrief_commit_seconds_bucket{le=\"0.0025\"} 1",
            "debrief_commit_seconds_bucket{le=\"0.005\"} 3",
            "debrief_commit_seconds_bucket{le=\"10.0\"} 3",
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
