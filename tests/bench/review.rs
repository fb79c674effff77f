//! A busy review: one document, a long one, and the same load on a bare relay for comparison.

use crate::Outcome;
use crate::child::Child;
use crate::document;
use crate::figures::{Latencies, row};
use crate::load::{Load, Measured};
use std::path::Path;
use std::time::Duration;

/// How many times more text the second document has.
const TIMES: usize = 50;

/// Runs the three loads and prints their table.
pub async fn measure(binary: &Path, folder: &Path, length: Duration) -> Outcome<()> {
    let load =
        Load { clients: 50, editors: 5, pause: Duration::from_millis(200), warm_up: Duration::from_secs(2), length };
    println!(
        "{} clients on one document, {} of them editing every {} ms, {} s each run",
        load.clients,
        load.editors,
        load.pause.as_millis(),
        length.as_secs()
    );
    let server = Child::serve(binary, folder, "127.0.0.1:0")?;
    let incident = document::incident(1)?;
    let usual = load.on_server(&server, &incident).await?;
    let long = load.on_server(&server, &document::incident(TIMES)?).await?;
    drop(server);
    let relay = Child::start(&std::env::current_exe()?, &["relay"], None)?;
    let bare = load.on_relay(&relay).await?;
    drop(relay);

    println!();
    print_table(&usual, &long, &bare);
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
