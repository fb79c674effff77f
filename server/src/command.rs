//! What the binary does: serve, import, export, back up, restore, examine. Results go to standard output, everything else
//! to standard error.

use crate::backup::{self, BackupError, Restored};
use crate::config::{
    Backup, Command, CommandLine, Doctor, Export, Format, Import, LogFormat, Restore, Serve, Settings, Storage,
};
use crate::creation::New;
use crate::doctor::{self, DoctorError, Report};
use crate::store::{Store, StoreError, StoreOptions};
use crate::sync::{Bounds, Pace, Whole};
use crate::{clock, export, files, logs, publication, random, serve};
use postmortem::{PostmortemId, Room, import};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use tokio::net::TcpListener;

/// Why a command did not succeed.
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
    #[error("the post-mortem cannot be decoded: {0}")]
    Load(#[from] postmortem::UpdateError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Doctor(#[from] DoctorError),
    #[error("not all is well; what is damaged is set aside, and everything else can be used")]
    Unwell,
    #[error("the output could not be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("{failed} of {total} files were not imported")]
    Files { failed: usize, total: usize },
}

/// Carries out a command.
pub async fn run(CommandLine { command, log_format }: CommandLine) -> ExitCode {
    logs::start(log_format);
    let result = match command {
        Command::Serve(arguments) => run_server(arguments, log_format).await,
        Command::Import(arguments) => run_import(&arguments).await,
        Command::Export(arguments) => run_export(&arguments).await,
        Command::Backup(arguments) => run_backup(&arguments).await,
        Command::Restore(arguments) => run_restore(&arguments).await,
        Command::Doctor(arguments) => run_doctor(&arguments).await,
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
    let Serve { listen, storage, public_url, max_connections, metrics_token } = arguments;
    let settings = Settings {
        database: storage.file(),
        public_url,
        metrics_token: metrics_token.filter(|token| !token.is_empty()),
        pace: Pace::default(),
        bounds: Bounds { connections: max_connections, ..Bounds::default() },
        store: StoreOptions::default(),
    };
    files::allow_many(settings.bounds.connections);
    let bound = async {
        let listener = TcpListener::bind(&listen).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    let (listener, address) = bound.await.map_err(|error| Failure::Listen { address: listen.clone(), error })?;
    logs::say(log_format, "INFO", &format!("listening on http://{address}"));
    Ok(serve(listener, settings, stop_signal()).await?)
}

/// Ctrl-C, or the signal by which service managers stop a process.
async fn stop_signal() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

async fn open(storage: &Storage) -> Result<Store, Failure> {
    Ok(Store::open(&storage.file()).await?)
}

async fn run_import(arguments: &Import) -> Result<(), Failure> {
    let store = open(&arguments.storage).await?;
    let mut failed = 0;
    for file in &arguments.files {
        match import_file(&store, file).await {
            Ok(id) => writeln!(std::io::stdout(), "{id}")?,
            Err(reason) => {
                eprintln!("error: {}: {reason}", file.display());
                failed += 1;
            }
        }
    }
    store.close().await;
    if failed == 0 { Ok(()) } else { Err(Failure::Files { failed, total: arguments.files.len() }) }
}

/// Imports one file, or says in a sentence why not and keeps nothing of it.
async fn import_file(store: &Store, file: &Path) -> Result<PostmortemId, String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let incident = import::parse(&text).map_err(|error| error.to_string())?;
    let new = New::imported(&incident).map_err(|error| error.to_string())?;
    new.keep(store, None).await.map_err(|error| error.to_string())
}

async fn run_export(arguments: &Export) -> Result<(), Failure> {
    if !arguments.storage.file().exists() {
        return Err(Failure::Missing(arguments.id.clone()));
    }
    let store = open(&arguments.storage).await?;
    let whole = read(&store, &arguments.id).await?;
    store.close().await;
    let text = match arguments.format {
        Format::Json => format!("{:#}\n", export::json::whole(&whole)),
        Format::Markdown => export::markdown::document(&whole.reading.postmortem),
        Format::Html => publication::page(&whole.reading.postmortem, clock::now(), "an export"),
    };
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

async fn run_backup(Backup { storage, file, replace }: &Backup) -> Result<(), Failure> {
    let report = backup::back_up(storage, file, *replace).await?;
    warn_of_damage(&report);
    Ok(writeln!(std::io::stdout(), "{} holds {} post-mortems", file.display(), report.documents.len())?)
}

async fn run_restore(Restore { storage, file, damaged }: &Restore) -> Result<(), Failure> {
    let Restored { report, replaced } = backup::restore(storage, file, *damaged).await?;
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
    for orphans in &report.orphans {
        tracing::warn!(orphans, "so it is in this backup as well; everything else can be used");
    }
    for (document, problem) in report.damaged() {
        tracing::warn!(postmortem = %document.id, problem, "damaged in this backup as well; see debrief doctor");
    }
}

async fn run_doctor(Doctor { storage, repair }: &Doctor) -> Result<(), Failure> {
    let mut output = std::io::stdout();
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

async fn read(store: &Store, id: &PostmortemId) -> Result<Whole, Failure> {
    let log = store.find_log(id).await?.ok_or_else(|| Failure::Missing(id.clone()))?;
    let threads = store.list_threads(id).await?;
    let (sequence, authors) = (log.sequence(), log.authors.clone());
    let room = Room::load(random::client(), log.through(sequence), authors)?;
    Ok(Whole::of(id, &room, &threads))
}
