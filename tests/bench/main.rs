//! The benchmark behind `cargo xtask bench`: a release server under the load of a busy review, beside a bare relay of
//! bytes under the same load in the same run, and the bytes of a first visit. It judges nothing: figures depend on the
//! machine, so it prints them and fails only when an edit did not arrive.

mod child;
mod client;
mod document;
mod figures;
mod load;
mod relay;
mod visit;

use child::Child;
use figures::{Latencies, row};
use load::{Load, Measured};
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How many times more text the second document has.
const TIMES: usize = 50;

const USAGE: &str = "\
bench [--seconds N]   measure; N (1 to 120, usually 20) is the length of each of the three loads
bench relay           serve as the bare relay (the benchmark starts it itself)";

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let seconds = match arguments.as_slice() {
        ["relay"] => return relay::serve(),
        [] => 20,
        ["--seconds", seconds] => seconds.parse::<u64>().ok().filter(|n| (1..=120).contains(n)).ok_or(USAGE)?,
        _ => return Err(USAGE.into()),
    };
    // One thread for all clients: the server has the rest of the machine, as it would with clients elsewhere.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::task::LocalSet::new().run_until(measure(Duration::from_secs(seconds))))
}

async fn measure(length: Duration) -> Outcome<()> {
    let load = Load { clients: 50, editors: 5, edits_per_second: 5, warm_up: Duration::from_secs(2), length };
    println!(
        "{} clients on one document, {} of them editing {} times a second, {} s each run",
        load.clients,
        load.editors,
        load.edits_per_second,
        length.as_secs()
    );
    let folder = tempfile::tempdir()?;
    let server = Child::start(&binary()?, &["serve", "--listen", "127.0.0.1:0", "--data"], Some(folder.path()))?;
    let incident = document::incident(1)?;
    let usual = load.on_server(&server, &incident).await?;
    let long = load.on_server(&server, &document::incident(TIMES)?).await?;
    let files = visit::first_visit(&server.origin).await?;
    drop(server);
    let relay = Child::start(&std::env::current_exe()?, &["relay"], None)?;
    let bare = load.on_relay(&relay).await?;
    drop(relay);

    println!();
    print_table(&usual, &long, &bare);
    println!();
    visit::print(&files);
    let lost: u64 = [&usual, &long, &bare].iter().map(|measured| measured.expected - measured.deliveries).sum();
    if lost == 0 { Ok(()) } else { Err(format!("{lost} deliveries did not arrive").into()) }
}

fn print_table(usual: &Measured, long: &Measured, bare: &Measured) {
    let long_name = format!("{TIMES} times the text");
    row(&["", "debrief", &long_name, "bare relay"]);
    let all = [usual, long, bare];
    let latency = |name: &str, of: fn(&Measured) -> &Latencies, share: f64| {
        let cells = all.map(|measured| of(measured).quantile(share));
        let cells = cells.map(|value| value.map_or("-".to_owned(), |value| format!("{:.1}", value * 1e3)));
        row(&[name, &cells[0], &cells[1], &cells[2]]);
    };
    latency("delivery p50, ms", |measured| &measured.delivery, 0.50);
    latency("delivery p99, ms", |measured| &measured.delivery, 0.99);
    latency("acknowledge p50, ms", |measured| &measured.acknowledge, 0.50);
    latency("acknowledge p99, ms", |measured| &measured.acknowledge, 0.99);
    let cost = all.map(Measured::processor_seconds);
    let cells = cost.map(|seconds| format!("{seconds:.2}"));
    row(&["processor s per 100,000 deliveries", &cells[0], &cells[1], &cells[2]]);
    let cells = cost.map(|seconds| format!("{:.2}", seconds / cost[2]));
    row(&["  times the bare relay's", &cells[0], &cells[1], &cells[2]]);
    row(&["  times the usual document's", "1.00", &format!("{:.2}", cost[1] / cost[0]), ""]);
    let cells = all.map(|measured| measured.deliveries.to_string());
    row(&["deliveries measured", &cells[0], &cells[1], &cells[2]]);
}

/// The release binary: the one that `DEBRIEF_BINARY` names, or the one beside this program.
fn binary() -> Outcome<PathBuf> {
    let path = match std::env::var_os("DEBRIEF_BINARY") {
        Some(path) => PathBuf::from(path),
        None => std::env::current_exe()?.with_file_name("debrief"),
    };
    if path.is_file() {
        return Ok(path);
    }
    Err(format!("{} is not there. `cargo xtask bench` builds it.", path.display()).into())
}
