//! Twenty editors by themselves, and the same twenty beside abusers: what these cost them.

use crate::Outcome;
use crate::child::Child;
use crate::figures::{Latencies, megabytes, row};
use crate::load::{Load, Measured};
use crate::{document, http};
use futures_util::future::select_all;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::atomic::AtomicUsize;
use std::time::Duration;
use tests::{Abuser, Strength, Target, Visitor};

/// Each with all the sockets and connections that one machine may open, and as fast as it is answered.
const STRENGTH: Strength = Strength { sockets: 200, connections: 5_200, pause: Duration::from_millis(100) };

/// The names of the abusers: one comments, and the others import.
const NAMES: usize = 7;

/// How often the two runs take turns: what else the machine does is then spread over both.
const TURNS: usize = 3;

/// Everybody at once. Before that, beside a program that asks for nothing and only computes: what two threads of one core cost
/// each other is in both.
pub async fn measure(binary: &Path, folder: &Path, length: Duration) -> Outcome<()> {
    heading();
    beside(binary, &folder.join("computing"), length, "a program that only computes", &[]).await?;
    beside(binary, &folder.join("abusers"), length, "all of them", &Abuser::ALL).await
}

/// Keeps every processor busy until the process is ended.
pub fn compute() -> ! {
    println!("{READY}");
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    for _ in 1..processors {
        std::thread::spawn(spin);
    }
    spin()
}

fn spin() -> ! {
    loop {
        std::hint::black_box((0..1_000_000u64).fold(0u64, |sum, number| sum.wrapping_mul(31).wrapping_add(number)));
    }
}

/// One kind of abuser after the other, each with a server of its own, to tell which of them costs what.
pub async fn measure_each(binary: &Path, folder: &Path, length: Duration) -> Outcome<()> {
    heading();
    for abuser in Abuser::ALL {
        let name = format!("{abuser:?}");
        beside(binary, &folder.join(&name), length, &name, &[abuser]).await?;
    }
    Ok(())
}

fn heading() {
    row(&["20 editors, 2 edits a second each", "p50", "p99", "server's processors"]);
}

/// What was seen of the editors in all turns of one kind.
#[derive(Debug, Default)]
struct Seen {
    acknowledge: Latencies,
    deliveries: u64,
    expected: u64,
    /// Of the server.
    processor: Duration,
}

impl Seen {
    fn add(&mut self, measured: Measured) {
        self.processor += measured.processor;
        self.acknowledge.0.extend(measured.acknowledge.0);
        self.deliveries += measured.deliveries;
        self.expected += measured.expected;
    }

    /// p50 and p99, in milliseconds.
    fn milliseconds(&self) -> Outcome<[f64; 2]> {
        let quantile = |share| self.acknowledge.quantile(share).map(|seconds| seconds * 1e3);
        quantile(0.50).zip(quantile(0.99)).map(<[f64; 2]>::from).ok_or_else(|| "nothing was acknowledged".into())
    }
}

async fn beside(binary: &Path, folder: &Path, length: Duration, name: &str, abusers: &[Abuser]) -> Outcome<()> {
    let pause = Duration::from_millis(500);
    let load = Load { clients: 20, editors: 20, pause, warm_up: Duration::from_secs(2), length };
    let server = Child::serve(binary, folder, "127.0.0.1:0")?;
    // Whoever comes in while the abusers try to has to wait: these are there.
    let cookies = http::sessions(&server, load.clients + NAMES).await?;
    let id = http::import(&server.origin, &cookies, &document::incident(1)?).await?;
    let (people, mallory) = cookies.split_at(load.clients);
    let (mut alone, mut with) = (Seen::default(), Seen::default());
    for _ in 0..TURNS {
        alone.add(load.on_postmortem(&server, people, &id).await?);
        let abusers = Abusers::start(&server.origin, &mallory.join(","), &id, abusers)?;
        with.add(load.on_postmortem(&server, people, &id).await?);
        drop(abusers);
    }
    let time = length.as_secs_f64() * TURNS as f64;
    let ([p50, p99], [p50_with, p99_with]) = (alone.milliseconds()?, with.milliseconds()?);
    row(&[
        &format!("  beside {name}"),
        &format!("{p50:.1} -> {p50_with:.1} ms, {:.2} times", p50_with / p50),
        &format!("{p99:.1} -> {p99_with:.1} ms, {:.2} times", p99_with / p99),
        &format!("{:.2} -> {:.2}", alone.processor.as_secs_f64() / time, with.processor.as_secs_f64() / time),
    ]);
    let (deliveries, expected) = (alone.deliveries + with.deliveries, alone.expected + with.expected);
    row(&[
        "    memory of the server, and deliveries",
        &megabytes(server.memory()?),
        &format!("{deliveries} of {expected}"),
    ]);
    if deliveries == expected {
        Ok(())
    } else {
        Err(format!("{} deliveries did not arrive", expected - deliveries).into())
    }
}

/// The abusers, or a program that computes where there are none, in a process of their own that has a processor only when nobody else wants it: elsewhere they would have
/// machines of their own.
struct Abusers(process::Child);

impl Abusers {
    fn start(origin: &str, cookies: &str, id: &str, abusers: &[Abuser]) -> Outcome<Self> {
        let mut command = Command::new("chrt");
        command.args(["--idle", "0"]).arg(std::env::current_exe()?);
        if abusers.is_empty() {
            command.arg("compute");
        } else {
            command.args(["abuse", origin, cookies, id]).args(abusers.iter().map(|abuser| format!("{abuser:?}")));
        }
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or("the abusers have no output")?;
        let abusers = Self(process);
        let first = BufReader::new(output).lines().next().ok_or("the abusers ended before they began")??;
        if first == READY { Ok(abusers) } else { Err(first.into()) }
    }
}

impl Drop for Abusers {
    fn drop(&mut self) {
        // They may have ended already; either way nothing of them is left.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// What the abusers say when they are about to begin.
const READY: &str = "ready";

/// Abuses in the named ways until the process is ended.
pub async fn go_on(origin: &str, cookies: &str, id: &str, kinds: &[&str]) -> Outcome<()> {
    let address = origin.trim_start_matches("http://").parse()?;
    let mut names = Vec::from_iter(cookies.split(',').map(|cookie| Visitor::with_cookie(address, cookie)));
    let mut another = || names.pop().ok_or("the abusers have too few names");
    let mallory = [another()?, another()?];
    let target = Target::prepare(mallory, names, id).await;
    println!("{READY}");
    let turns = AtomicUsize::new(0);
    let named = Abuser::ALL.into_iter().filter(|abuser| kinds.contains(&format!("{abuser:?}").as_str()));
    let (never, ..) = select_all(named.map(|abuser| Box::pin(target.abuse(abuser, STRENGTH, &turns)))).await;
    match never {}
}
