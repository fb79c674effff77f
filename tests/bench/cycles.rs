//! Pages that are opened and closed again, thousands of times, over a few post-mortems: memory must not grow with it.

use crate::child::Child;
use crate::client::{connect, sync};
use crate::figures::{megabytes, row, slope};
use crate::{Outcome, document, http};
use futures_util::future::try_join_all;
use std::path::Path;
use std::time::Instant;

const CYCLES: usize = 10_000;

/// How many pages are open at a time, and over how many post-mortems they are spread.
const AT_ONCE: usize = 20;
const POSTMORTEMS: usize = 10;

/// After so many cycles memory is looked at.
const SAMPLE: usize = 500;

/// Runs it and prints its rows.
pub async fn measure(binary: &Path, folder: &Path) -> Outcome<()> {
    let server = Child::serve(binary, folder, "127.0.0.1:0")?;
    let origin = server.origin.clone();
    let cookies = http::sessions(&server, AT_ONCE).await?;
    let mut paths = Vec::new();
    for _ in 0..POSTMORTEMS {
        paths.push(format!("/sync/{}", http::import(&origin, &cookies, &document::incident(1)?).await?));
    }
    let began = Instant::now();
    let mut memory = Vec::new();
    for from in (0..CYCLES).step_by(AT_ONCE) {
        let pages = cookies.iter().enumerate().map(|(page, cookie)| {
            let path = &paths[(from + page) % paths.len()];
            open_and_close(&origin, path, cookie)
        });
        try_join_all(pages).await?;
        if (from + AT_ONCE).is_multiple_of(SAMPLE) {
            memory.push(server.memory()? as f64);
        }
    }
    let took = began.elapsed();
    row(&["open and close", &format!("{CYCLES} cycles")]);
    row(&["  a second", &format!("{:.0}", CYCLES as f64 / took.as_secs_f64())]);
    let at = |index: usize| memory.get(index).map_or_else(String::new, |bytes| megabytes(*bytes as u64));
    row(&[&format!("  memory after {SAMPLE}"), &at(0)]);
    row(&[&format!("  memory after {}", CYCLES / 2), &at(memory.len() / 2 - 1)]);
    row(&[&format!("  memory after {CYCLES}"), &at(memory.len() - 1)]);
    // The first half fills what is kept on purpose: pools, buffers, the pages that left.
    let late = memory.get(memory.len() / 2..).unwrap_or_default();
    row(&["  slope of the second half, per cycle", &format!("{:.0} bytes", slope(late) / SAMPLE as f64)]);
    Ok(())
}

async fn open_and_close(origin: &str, path: &str, cookie: &str) -> Outcome<()> {
    let mut socket = connect(origin, path, Some(cookie)).await?;
    sync(&mut socket, &[0]).await?;
    Ok(socket.close(None).await?)
}
