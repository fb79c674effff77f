//! What the binary does: serve, import, export, back up, restore, examine. Results go to standard output, everything else
//! to standard error.

use crate::access::Growth;
use crate::cli::backup::{self, BackedUp, BackupError, RestoredBackup};
use crate::cli::config::{
    Backup, CliCommand, CommandLine, Doctor, Export, Format, Import, Invite, LogFormat, Network, Restore, Serve,
    Settings, Token,
};
use crate::cli::doctor::{self, DoctorError, Report};
use crate::cli::{files, logs};
use crate::error::ApiError;
use crate::store::audit::Actor;
use crate::store::claim;
use crate::store::head_rows::Head;
use crate::store::inspection::{Inspection, Release};
use crate::store::{Store, StoreError, StoreOptions};
use crate::sync::{Beginning, Bounds, LoadError, Pace, Whole};
use crate::work::creation::New;
use crate::work::workshop::Wanted;
use crate::work::{export, joining, publication};
use crate::{Server, clock, listener, look_for_log};
use futures_util::FutureExt;
use futures_util::future::select_all;
use postmortem::{PostmortemId, Thread, import, limits};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::pin::pin;
use std::process::ExitCode;
use tokio::net::TcpSocket;

/// Where browsers reach a server that was never started, unless told otherwise.
const DEFAULT_ORIGIN: &str = "http://127.0.0.1:8080";

/// How many connections may wait until they are taken in: after a restart everybody comes back within seconds.
const BACKLOG: u32 = 1_024;

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot listen on {address}: {error}")]
    Listen { address: String, error: std::io::Error },
    #[error(transparent)]
    Serve(#[from] crate::ServeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no post-mortem {0} in this data folder")]
    Missing(PostmortemId),
    #[error(
        "{id} is damaged: {problem}. `debrief doctor` says what its last good state is, and `debrief export {id} --damaged` \
         writes that"
    )]
    Damaged { id: PostmortemId, problem: String },
    #[error("the post-mortem could not be read: {0}")]
    Load(LoadError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Doctor(#[from] DoctorError),
    /// What is told to people who ask over HTTP is told on the command line as well.
    #[error("{0}")]
    Refused(#[from] ApiError),
    #[error("not all is well; what is damaged is kept as it is, and everything else can be used")]
    Unwell,
    #[error("the database is damaged, and this backup holds what can be read of it; what it lacks is told above")]
    Incomplete,
    #[error("the output could not be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("{failed} of {total} files were not imported")]
    Files { failed: usize, total: usize },
    #[error("stopped; {left} of {total} files were not imported, and nothing of them is kept")]
    Interrupted { left: usize, total: usize },
}

pub async fn run(CommandLine { command, log_format }: CommandLine) -> ExitCode {
    logs::start(log_format);
    let result = match command {
        CliCommand::Serve(arguments) => run_server(arguments, log_format).await,
        CliCommand::Import(arguments) => run_import(&arguments).await,
        CliCommand::Export(arguments) => run_export(&arguments).await,
        CliCommand::Backup(arguments) => run_backup(&arguments).await,
        CliCommand::Restore(arguments) => run_restore(&arguments).await,
        CliCommand::Doctor(arguments) => run_doctor(&arguments).await,
        CliCommand::Token(arguments) => run_token(&arguments).await,
        CliCommand::Invite(arguments) => run_invite(&arguments).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            logs::say(log_format, "ERROR", &failure.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn run_server(arguments: Serve, log_format: LogFormat) -> Result<(), Failure> {
    let Serve {
        listen,
        storage,
        public_url,
        max_connections,
        messages_per_second,
        requests_per_second,
        trusted_proxies,
        metrics_token,
    } = arguments;
    let (sockets, requests) = files::share(max_connections, listener::Limits::default().connections);
    let settings = Settings {
        database: storage.file(),
        public_url,
        trusted_proxies: trusted_proxies.into_iter().map(|Network(network)| network).collect(),
        metrics_token: metrics_token.filter(|token| !token.is_empty()),
        pace: Pace::default(),
        listener: listener::Limits { connections: requests, ..listener::Limits::default() },
        bounds: Bounds { connections: sockets, messages_per_second, ..Bounds::default() },
        requests_per_second,
        growth: Growth::default(),
        store: StoreOptions::default(),
    };
    let failure = |error| Failure::Listen { address: listen.clone(), error };
    let socket = bind(&listen).await.map_err(failure)?;
    let origin = settings.public_url.as_ref().map(|url| url.origin().to_owned());
    let server = Server::open(settings, socket.local_addr().map_err(failure)?).await?;
    let listener = socket.listen(BACKLOG).map_err(failure)?;
    let address = listener.local_addr().map_err(failure)?;
    // Whoever reads that it listens may tell it to stop at once.
    let stopped = stop_signal();
    logs::say(log_format, "INFO", &format!("listening on http://{address}"));
    let origin = origin.unwrap_or_else(|| format!("http://{address}"));
    if let Some(link) = server.reached_at(&origin).await? {
        // Where a person reads it, and no log keeps it.
        let sentence = format!("Nobody looks after this Debrief yet. Open this link to set it up:\n{link}");
        if let Err(error) = writeln!(std::io::stdout(), "{sentence}") {
            tracing::warn!(%error, "the link for the first account could not be printed; `debrief invite` makes another");
        }
    }
    Ok(server.run(listener, stopped).await?)
}

/// Takes an address, on which nobody is answered yet: that it is taken already is said before the database is opened, and
/// who comes while that lasts is refused rather than kept waiting.
async fn bind(address: &str) -> std::io::Result<TcpSocket> {
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    for address in tokio::net::lookup_host(address).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A server that comes back need not wait until the system has forgotten the connections of the one before.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        match socket.bind(address) {
            Ok(()) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Ctrl-C, or the signal by which service managers stop a process: heard from the call on, not only once it is waited for.
fn stop_signal() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::interrupt(), SignalKind::terminate()].map(signal)
    };
    #[cfg(not(unix))]
    let signals = [tokio::signal::windows::ctrl_c()];
    async move {
        let waiting = signals.into_iter().flatten().map(|mut signal| async move { signal.recv().await }.boxed());
        let waiting: Vec<_> = waiting.collect();
        if waiting.is_empty() {
            std::future::pending::<()>().await;
        }
        select_all(waiting).await;
    }
}

async fn run_import(arguments: &Import) -> Result<(), Failure> {
    let file = arguments.storage.file();
    // A server that has it has looked.
    if !claim::is_served(&file) {
        look_for_log(&file).await?;
    }
    let store = Store::open(&file).await?;
    let total = arguments.files.len();
    let mut failed = 0;
    let mut interrupted = pin!(stop_signal());
    for (done, file) in arguments.files.iter().enumerate() {
        let made = tokio::select! {
            biased;
            () = &mut interrupted => {
                store.close().await;
                return Err(Failure::Interrupted { left: total - done + failed, total });
            }
            made = read_file(file) => made,
        };
        let kept = match made {
            // What is being kept is kept whole, and told.
            Ok((new, unknown)) => {
                new.keep(&store, &Actor::Operator).await.map(|id| (id, unknown)).map_err(|error| error.to_string())
            }
            Err(reason) => Err(reason),
        };
        match kept {
            Ok((id, unknown)) => {
                writeln!(std::io::stdout(), "{id}")?;
                if let Some(sentence) = import::not_taken(&unknown) {
                    eprintln!("warning: {}: {sentence}", file.display());
                }
            }
            Err(reason) => {
                eprintln!("error: {}: {reason}", file.display());
                failed += 1;
            }
        }
    }
    store.close().await;
    if failed == 0 { Ok(()) } else { Err(Failure::Files { failed, total }) }
}

/// The most bytes of an incident file on this machine: all that a post-mortem holds, with as much again for how JSON writes it.
const LARGEST_FILE: usize = 2 * limits::DOCUMENT;

/// Makes a post-mortem of one file and names the fields that are not known, or says in a sentence why not. It is given up
/// when the future is dropped.
async fn read_file(file: &Path) -> Result<(New, Vec<String>), String> {
    let file = file.to_owned();
    let (wanted, _awaiting) = Wanted::new();
    let making = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        let mut file = File::open(file).map_err(|error| error.to_string())?.take(LARGEST_FILE as u64 + 1);
        file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() > LARGEST_FILE {
            return Err(format!("file: it is larger than {} MiB. Make several files of it.", LARGEST_FILE >> 20));
        }
        let text = import::decode(&bytes).map_err(|error| error.to_string())?;
        let incident = import::parse(&text).map_err(|error| error.to_string())?;
        let new = New::imported(&incident, &wanted).map_err(|error| error.to_string())?;
        Ok((new, incident.unknown().to_vec()))
    });
    making.await.unwrap_or_else(|error| Err(format!("the import failed inside: {error}")))
}

async fn run_export(arguments: &Export) -> Result<(), Failure> {
    let file = arguments.storage.file();
    if !file.exists() {
        return Err(Failure::Missing(arguments.id.clone()));
    }
    let (whole, threads) = match read(&file, &arguments.id).await {
        Err(Failure::Damaged { .. }) if arguments.damaged => (last_good(&file, &arguments.id).await?, Vec::new()),
        read => read?,
    };
    let text = match arguments.format {
        Format::Json => format!("{:#}\n", export::json::whole(&whole, &threads)),
        Format::Markdown => export::markdown::document(&whole.reading.postmortem),
        Format::Html => publication::page(&whole.reading.postmortem, clock::now(), "an export"),
    };
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

/// What can be read of a damaged post-mortem: its document, without who wrote what and without comments.
async fn last_good(file: &Path, id: &PostmortemId) -> Result<Whole, Failure> {
    let (problem, remedy, mut reading) = doctor::last_good(file, id).await?;
    tracing::warn!(postmortem = %id, problem, "damaged; this is its last good state, without comments: {remedy}");
    // What stands beside the document may be damaged as well; the rest is worth having without it.
    if let Ok(Some(head)) = find_head(file, id).await {
        reading.postmortem = reading.postmortem.with_head(&head.row);
    }
    let entry_authors = vec![None; reading.postmortem.timeline.len()];
    Ok(Whole { id: id.clone(), reading, entry_authors })
}

async fn find_head(file: &Path, id: &PostmortemId) -> Result<Option<Head>, StoreError> {
    let store = Store::open_to_read(file).await?;
    let head = store.find_head(id).await;
    store.close().await;
    head
}

async fn run_backup(Backup { storage, file, replace }: &Backup) -> Result<(), Failure> {
    let BackedUp { report, losses } = backup::back_up(storage, file, *replace).await?;
    warn_of_damage(&report);
    for lost in &losses {
        tracing::warn!("not in this backup: {lost}");
    }
    writeln!(std::io::stdout(), "{} holds {} post-mortems", file.display(), report.documents.len())?;
    if losses.is_empty() { Ok(()) } else { Err(Failure::Incomplete) }
}

async fn run_restore(Restore { storage, file, damaged }: &Restore) -> Result<(), Failure> {
    let RestoredBackup { report, replaced } = backup::restore(storage, file, *damaged).await?;
    warn_of_damage(&report);
    let mut output = std::io::stdout();
    writeln!(output, "{} post-mortems are back", report.documents.len())?;
    if let Some(replaced) = replaced {
        writeln!(output, "the database before is kept as {}", replaced.display())?;
    }
    Ok(())
}

/// A damaged post-mortem, or a row that belongs to none, is no reason to be without a copy of the others.
fn warn_of_damage(report: &Report) {
    for problem in &report.problems {
        tracing::warn!(problem, "so it is with this backup");
    }
    for orphans in &report.orphans {
        tracing::warn!(orphans, "so it is in this backup as well; everything else can be used");
    }
    for (document, problem) in report.damaged() {
        tracing::warn!(postmortem = %document.id, problem, "damaged in this backup as well; see debrief doctor");
    }
}

async fn run_doctor(Doctor { storage, repair, rescue }: &Doctor) -> Result<(), Failure> {
    let mut output = std::io::stdout();
    if let Some(file) = rescue {
        let rescued = doctor::rescue(storage, file).await?;
        for lost in rescued.losses() {
            writeln!(output, "not whole: {lost}")?;
        }
        let count = rescued.report.documents.len();
        return Ok(writeln!(output, "{} holds {count} post-mortems, all readable", file.display())?);
    }
    if let Some(id) = repair {
        return match doctor::repair(storage, id).await? {
            Some(remedy) => Ok(writeln!(output, "{id} is back: {remedy}. What it replaces is kept in the database.")?),
            None => Ok(writeln!(output, "{id} can be read; nothing had to be done")?),
        };
    }
    let report = doctor::examine(storage).await?;
    writeln!(output, "{report}")?;
    if report.is_well() { Ok(()) } else { Err(Failure::Unwell) }
}

async fn run_token(Token { storage, name, role }: &Token) -> Result<(), Failure> {
    let store = Store::open(&storage.file()).await?;
    let made = joining::make_token(&store, name, *role).await;
    store.close().await;
    Ok(writeln!(std::io::stdout(), "{}", made?)?)
}

async fn run_invite(Invite { storage, role, mail, public_url }: &Invite) -> Result<(), Failure> {
    let store = Store::open(&storage.file()).await?;
    let made = async {
        let origin = match public_url {
            Some(public_url) => public_url.origin().to_owned(),
            None => store.find_origin().await?.unwrap_or_else(|| DEFAULT_ORIGIN.into()),
        };
        Ok::<_, Failure>(joining::operators_link(&store, *role, mail.clone()).await?.url(&origin))
    };
    let url = made.await;
    store.close().await;
    Ok(writeln!(std::io::stdout(), "{}", url?)?)
}

/// Reads a post-mortem as the server does.
async fn read(file: &Path, id: &PostmortemId) -> Result<(Whole, Vec<Thread>), Failure> {
    let store = open_to_read(file).await?;
    let read = async {
        let Beginning { room, head, .. } = Beginning::load(&store, id).await?;
        Ok((Whole::of(id, &room, &head), store.list_threads(id).await?))
    };
    let read = read.await;
    store.close().await;
    read.map_err(|error| match error {
        LoadError::Missing => Failure::Missing(id.clone()),
        LoadError::Damaged(problem) => Failure::Damaged { id: id.clone(), problem },
        error @ (LoadError::Stopping | LoadError::Store(_)) => Failure::Load(error),
    })
}

/// Opens a database without writing to it, unless an older release made it, whose tables have to be brought up.
async fn open_to_read(file: &Path) -> Result<Store, Failure> {
    let mut inspection = Inspection::open(file).await?;
    let release = inspection.release().await;
    inspection.close().await;
    match release {
        Ok(Release::This) => Ok(Store::open_to_read(file).await?),
        _ => Ok(Store::open(file).await?),
    }
}
