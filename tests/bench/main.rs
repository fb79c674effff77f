//! The benchmark behind `cargo xtask bench`: a release server under the load of a busy review, beside a bare relay of
//! bytes under the same load in the same run, the bytes of a first visit, and what a server goes through on a bad day. It
//! judges nothing: figures depend on the machine, so it prints them and fails only when something did not arrive.

mod abuse;
mod child;
mod client;
mod comments;
mod crowd;
mod cycles;
mod document;
mod figures;
mod http;
mod load;
mod machine;
mod people;
mod relay;
mod review;
mod storm;
mod visit;

use child::Child;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "\
bench [--seconds N] [PART...]   measure everything, or the named parts; N (1 to 120, usually 20) is the length of each load
  review     50 clients on a document, on a long one and on a bare relay
  visit      the bytes of a first visit
  editors    200 people who edit one document
  readers    2,000 who read while 5 edit
  storm      2,000 sockets come back after a restart
  cycles     10,000 times a page is opened and closed
  comments   a thread by itself, and beside 10,000 others
  people     lists of 10,000 people and post-mortems, and editors beside a crowd that tries to sign in
  crowd      20 editors by themselves, and beside one abuser of each kind
  abusers    the same, one kind of abuser after the other; only when it is named
bench relay                     serve as the bare relay (the benchmark starts it itself)
bench compute                   keep every processor busy (the benchmark starts it itself)
bench abuse ORIGIN COOKIES ID KIND...   abuse a post-mortem (the benchmark starts it itself)";

/// The parts, in the order in which they run.
const PARTS: [&str; 10] =
    ["review", "visit", "editors", "readers", "storm", "cycles", "comments", "people", "crowd", "abusers"];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["relay"] {
        return relay::serve();
    }
    if arguments == ["compute"] {
        abuse::compute();
    }
    if let ["abuse", origin, cookies, id, kinds @ ..] = &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        return runtime.block_on(abuse::go_on(origin, cookies, id, kinds));
    }
    let mut seconds = 20;
    let mut parts = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--seconds" {
            let number = words.next().and_then(|number| number.parse::<u64>().ok());
            seconds = number.filter(|n| (1..=120).contains(n)).ok_or(USAGE)?;
        } else {
            parts.push(*PARTS.iter().find(|part| *part == word).ok_or(USAGE)?);
        }
    }
    if parts.is_empty() {
        parts.extend(PARTS.iter().filter(|part| **part != "abusers"));
    }
    machine::require_descriptors(&parts)?;
    // One thread for all clients: the server has the rest of the machine, as it would with clients elsewhere.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::task::LocalSet::new().run_until(measure(&parts, Duration::from_secs(seconds))))
}

async fn measure(parts: &[&str], length: Duration) -> Outcome<()> {
    let binary = binary()?;
    println!("{}", machine::describe());
    for part in parts {
        println!();
        // A data folder of its own for each: none is measured on what another has left.
        let folder = tempfile::tempdir()?;
        match *part {
            "review" => review::measure(&binary, folder.path(), length).await?,
            "visit" => first_visit(&binary, folder.path()).await?,
            "editors" => crowd::editors(&binary, folder.path(), length).await?,
            "readers" => crowd::readers(&binary, folder.path(), length).await?,
            "storm" => storm::measure(&binary, folder.path()).await?,
            "comments" => comments::measure(&binary, folder.path()).await?,
            "people" => people::measure(&binary, folder.path(), length).await?,
            "crowd" => abuse::measure(&binary, folder.path(), length).await?,
            "abusers" => abuse::measure_each(&binary, folder.path(), length).await?,
            _ => cycles::measure(&binary, folder.path()).await?,
        }
    }
    Ok(())
}

async fn first_visit(binary: &Path, folder: &Path) -> Outcome<()> {
    let server = Child::serve(binary, folder, "127.0.0.1:0")?;
    visit::print(&visit::first_visit(&server.origin).await?);
    Ok(())
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
