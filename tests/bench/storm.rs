//! A deployment under many open pages: the server stops and starts again, and everybody comes back as the page does,
//! after a wait that doubles and is half chance.

use crate::child::Child;
use crate::client::{Socket, connect, sync};
use crate::figures::{Latencies, megabytes, row};
use crate::{Outcome, document, http};
use futures_util::StreamExt;
use postmortem::{ClientId, Replica};
use rand::Rng;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const SOCKETS: usize = 2_000;

/// How many come at once in the beginning, when nothing is measured.
const AT_ONCE: usize = 50;

/// The page's waits between attempts.
const FIRST_WAIT: Duration = Duration::from_millis(300);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// How long everybody may take to be back.
const PATIENCE: Duration = Duration::from_secs(120);

/// What everybody has in common.
struct Everyone {
    origin: String,
    path: String,
    cookies: Vec<String>,
    /// What they hold, so that they ask for no more than they lack.
    seen: Vec<u8>,
}

/// A client that has come back.
struct BackAgain {
    socket: Socket,
    /// Since the new server was up.
    after: Duration,
    attempts: u32,
}

/// Runs it and prints its rows.
pub async fn measure(binary: &Path, folder: &Path) -> Outcome<()> {
    let server = Child::serve(binary, folder, "127.0.0.1:0")?;
    let origin = server.origin.clone();
    let cookies = http::sessions(&server, 50).await?;
    let id = http::import(&origin, &cookies, &document::incident(1)?).await?;
    let everyone = Everyone { path: format!("/sync/{id}"), cookies, seen: Vec::new(), origin };
    let held = Replica::new(ClientId(1));
    held.apply(&sync(&mut everyone.connect(0).await?, &[0]).await?)?;
    let everyone = Rc::new(Everyone { seen: held.state_vector(), ..everyone });

    let mut sockets = Vec::new();
    while sockets.len() < SOCKETS {
        let arriving = (sockets.len()..SOCKETS.min(sockets.len() + AT_ONCE)).map(|number| everyone.arrive(number));
        sockets.extend(futures_util::future::try_join_all(arriving).await?);
    }
    let before = server.memory()?;
    let (started, up) = watch::channel(None);
    let mut clients = JoinSet::new();
    for (number, socket) in sockets.into_iter().enumerate() {
        let (everyone, up) = (everyone.clone(), up.clone());
        clients.spawn_local(async move { everyone.survive(number, socket, up).await });
    }

    let stopping = Instant::now();
    let stopped = tokio::task::spawn_blocking(move || server.terminate());
    stopped.await??;
    let stop = stopping.elapsed();
    let address = everyone.origin.trim_start_matches("http://");
    let server = Child::serve(binary, folder, address)?;
    started.send_replace(Some(Instant::now()));
    let mut back = Latencies::default();
    let (mut attempts, mut held) = (0, Vec::new());
    timeout(PATIENCE, async {
        while let Some(survived) = clients.join_next().await {
            let back_again = survived??;
            back.0.push(back_again.after.as_secs_f64());
            attempts += back_again.attempts;
            // They stay until all are back: whoever left would make room for the others.
            held.push(back_again.socket);
        }
        Outcome::Ok(())
    })
    .await
    .map_err(|_| format!("after {} s only {} of {SOCKETS} are back", PATIENCE.as_secs(), back.0.len()))??;

    row(&["reconnect storm", &format!("{SOCKETS} sockets")]);
    let seconds = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2} s"));
    row(&["  the server stopped within", &seconds(Some(stop.as_secs_f64()))]);
    for (name, share) in
        [("  back and synced, p50", 0.5), ("  back and synced, p99", 0.99), ("  all back and synced", 1.0)]
    {
        row(&[name, &seconds(back.quantile(share))]);
    }
    row(&["  attempts of each", &format!("{:.1}", f64::from(attempts) / SOCKETS as f64)]);
    row(&["  memory before", &megabytes(before)]);
    row(&["  memory of the new server", &megabytes(server.memory()?)]);
    Ok(())
}

impl Everyone {
    async fn connect(&self, number: usize) -> Outcome<Socket> {
        let cookie = self.cookies.get(number % self.cookies.len().max(1)).map(String::as_str);
        connect(&self.origin, &self.path, cookie).await
    }

    async fn arrive(&self, number: usize) -> Outcome<Socket> {
        let mut socket = self.connect(number).await?;
        sync(&mut socket, &self.seen).await?;
        Ok(socket)
    }

    /// Reads until the connection ends, then comes back.
    async fn survive(
        &self,
        number: usize,
        mut socket: Socket,
        up: watch::Receiver<Option<Instant>>,
    ) -> Outcome<BackAgain> {
        while let Some(Ok(frame)) = socket.next().await {
            if frame.is_close() {
                break;
            }
        }
        let mut attempts = 0;
        loop {
            let full = FIRST_WAIT.saturating_mul(1 << attempts.min(16)).min(LONGEST_WAIT);
            sleep(full.mul_f64(rand::rng().random_range(0.5..1.0))).await;
            attempts += 1;
            let arrived = self.arrive(number).await;
            let started = *up.borrow();
            if let (Ok(socket), Some(started)) = (arrived, started) {
                return Ok(BackAgain { socket, after: started.elapsed(), attempts });
            }
        }
    }
}
