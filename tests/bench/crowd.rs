//! Many people on one document: as editors, or as readers of a few.

use crate::Outcome;
use crate::child::Child;
use crate::document;
use crate::figures::{Latencies, row};
use crate::load::{Load, Measured};
use std::path::Path;
use std::time::Duration;

/// Two hundred people who each edit every other second.
pub async fn editors(binary: &Path, folder: &Path, length: Duration) -> Outcome<()> {
    let (clients, pause) = (200, Duration::from_secs(2));
    let load = Load { clients, editors: clients, pause, warm_up: Duration::from_secs(2), length };
    let measured = on_server(binary, folder, load).await?;
    row(&["editors on one document", "200, 0.5 edits a second each"]);
    print(&measured)
}

/// Two thousand people who read while five edit every second.
pub async fn readers(binary: &Path, folder: &Path, length: Duration) -> Outcome<()> {
    let (clients, editors, pause) = (2_005, 5, Duration::from_secs(1));
    let load = Load { clients, editors, pause, warm_up: Duration::from_secs(2), length };
    let measured = on_server(binary, folder, load).await?;
    row(&["readers of one document", "2,000, with 5 editors of 1 edit a second"]);
    print(&measured)
}

async fn on_server(binary: &Path, folder: &Path, load: Load) -> Outcome<Measured> {
    let server = Child::serve(binary, folder, "127.0.0.1:0")?;
    load.on_server(&server, &document::incident(1)?).await
}

fn print(measured: &Measured) -> Outcome<()> {
    let latency = |name: &str, latencies: &Latencies, share: f64| {
        let value = latencies.quantile(share).map_or("-".to_owned(), |value| format!("{:.1} ms", value * 1e3));
        row(&[name, &value]);
    };
    latency("  delivery p50", &measured.delivery, 0.50);
    latency("  delivery p99", &measured.delivery, 0.99);
    latency("  acknowledge p50", &measured.acknowledge, 0.50);
    latency("  acknowledge p99", &measured.acknowledge, 0.99);
    row(&["  deliveries", &format!("{} of {}", measured.deliveries, measured.expected)]);
    row(&["  processor s per 100,000 deliveries", &format!("{:.2}", measured.processor_seconds())]);
    row(&["  memory of a connection", &format!("{:.1} KB", measured.memory_of_a_connection / 1e3)]);
    let lost = measured.expected - measured.deliveries;
    if lost == 0 { Ok(()) } else { Err(format!("{lost} deliveries did not arrive").into()) }
}
