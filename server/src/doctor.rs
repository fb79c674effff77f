//! Whether everything that is kept can be read, and what to do about a document that cannot: it is set aside until its last
//! readable state is put in the place of its log.
//!
//! That state has the same history as the log, so the generation stays: who still has more in a browser brings it back.

use crate::config::Storage;
use crate::store::inspection::{Candidate, Inspection, Release};
use crate::store::log::Log;
use crate::store::postmortems::{self, Summary};
use crate::store::{Store, StoreError, damage};
use crate::{ServeError, claim, clock, random};
use chrono::{DateTime, Utc};
use postmortem::{PostmortemId, Replica};
use std::fmt;
use std::path::{Path, PathBuf};

/// Why an examination, or a repair, could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    #[error("{0} was written by a newer release of Debrief; use that one")]
    Newer(PathBuf),
    #[error("{0} is not a database of Debrief")]
    Foreign(PathBuf),
    #[error("the database is of an older release; start this one once, and it is brought up")]
    Older,
    #[error("there is no post-mortem {0} here")]
    NoPostmortem(PostmortemId),
    #[error("nothing readable is left of {0}, neither a version nor the beginning of its log; restore a backup")]
    Hopeless(PostmortemId),
    #[error("the server has to be stopped for a repair: {0}")]
    Serving(#[from] ServeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was found.
#[derive(Debug)]
pub struct Report {
    /// What SQLite finds wrong with the file.
    pub problems: Vec<String>,
    /// Rows that refer to missing ones. Everything else can be read and copied all the same.
    pub orphans: Vec<String>,
    pub documents: Vec<Document>,
}

/// One document, as far as it can be read.
#[derive(Debug)]
pub struct Document {
    pub id: PostmortemId,
    pub title: String,
    pub health: Health,
}

/// How a document is.
#[derive(Debug)]
pub enum Health {
    /// It decodes; some values may not read as meant.
    Readable { defects: usize },
    /// It does not decode.
    Damaged { problem: String, remedy: Option<Remedy> },
}

/// The last good state of a damaged document.
#[derive(Debug, Clone)]
pub struct Remedy {
    origin: Origin,
    /// The sequence of the last update in it, and of the last in the log.
    sequence: i64,
    last: i64,
    state: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Origin {
    Version { number: u32, made_at: DateTime<Utc> },
    Beginning,
}

impl fmt::Display for Remedy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sequence, last) = (self.sequence, self.last);
        match self.origin {
            Origin::Version { number, made_at } => {
                write!(
                    formatter,
                    "version {number} of {}, with {sequence} of {last} updates",
                    made_at.format("%F %R UTC")
                )
            }
            Origin::Beginning => write!(formatter, "the log up to update {sequence} of {last}"),
        }
    }
}

impl Report {
    /// Whether nothing is wrong. Values that do not read as meant are no damage: the page shows what could be read.
    pub fn is_well(&self) -> bool {
        self.problems.is_empty() && self.orphans.is_empty() && self.damaged().next().is_none()
    }

    /// The documents that do not decode.
    pub fn damaged(&self) -> impl Iterator<Item = (&Document, &str)> {
        self.documents.iter().filter_map(|document| match &document.health {
            Health::Damaged { problem, .. } => Some((document, problem.as_str())),
            Health::Readable { .. } => None,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in self.problems.iter().chain(&self.orphans) {
            writeln!(formatter, "database: {problem}")?;
        }
        for Document { id, title, health } in &self.documents {
            let title = title.escape_debug();
            match health {
                Health::Readable { defects: 0 } => {}
                Health::Readable { defects } => {
                    writeln!(formatter, "{id} ({title}): {defects} values do not read as meant")?
                }
                Health::Damaged { problem, remedy: Some(remedy) } => writeln!(
                    formatter,
                    "{id} ({title}): damaged, {problem}\n  last good state: {remedy}\n  bring it back with: debrief \
                     doctor --repair {id}"
                )?,
                Health::Damaged { problem, remedy: None } => writeln!(
                    formatter,
                    "{id} ({title}): damaged, {problem}\n  nothing readable is left of it here; restore a backup"
                )?,
            }
        }
        let (count, damaged) = (self.documents.len(), self.damaged().count());
        if self.is_well() {
            write!(formatter, "all well: {count} post-mortems, all readable")
        } else {
            write!(
                formatter,
                "{count} post-mortems, {damaged} damaged, {} problems of the database",
                self.problems.len() + self.orphans.len()
            )
        }
    }
}

/// Examines a database, beside a running server if there is one, and sets aside what cannot be read.
///
/// # Errors
/// When the file cannot be read at all, or is none of ours.
pub async fn examine(storage: &Storage) -> Result<Report, DoctorError> {
    let file = storage.file();
    let report = examine_file(&file).await?;
    if release_of(&file).await? == Release::This {
        mark(&file, &report).await?;
    }
    Ok(report)
}

/// Examines any database file and changes nothing.
///
/// # Errors
/// When the file cannot be read at all, or is none of ours.
pub async fn examine_file(file: &Path) -> Result<Report, DoctorError> {
    let release = release_of(file).await?;
    let mut inspection = Inspection::open(file).await?;
    let mut problems = inspection.problems().await?;
    let orphans = inspection.orphans().await?;
    let mut documents = Vec::new();
    for row in inspection.list_rows().await? {
        let judged = match inspection.log(&row.id).await {
            Ok(log) => judge(log).await,
            Err(error) => Err(Broken { problem: error.to_string(), last: 0, beginning: None }),
        };
        let health = match judged {
            Ok(defects) => Health::Readable { defects },
            Err(Broken { problem, last, beginning }) => {
                let version = match release {
                    Release::This => newest(&mut inspection, &row.id, last).await,
                    _ => None,
                };
                let remedy = version.into_iter().chain(beginning).max_by_key(|remedy| remedy.sequence);
                Health::Damaged { problem, remedy }
            }
        };
        documents.push(Document { id: row.id, title: row.title, health });
    }
    inspection.close().await;
    problems.sort();
    Ok(Report { problems, orphans, documents })
}

/// Puts the last good state of a damaged document in the place of its log, which is kept aside. Nothing happens to a
/// readable one.
///
/// # Errors
/// When a server serves the data, there is no such post-mortem, or nothing readable is left of it.
pub async fn repair(storage: &Storage, id: &PostmortemId) -> Result<Option<Remedy>, DoctorError> {
    let file = storage.file();
    if release_of(&file).await? == Release::Older {
        return Err(DoctorError::Older);
    }
    let _claim = claim(&file)?;
    let report = examine_file(&file).await?;
    let document = report.documents.into_iter().find(|document| document.id == *id);
    let document = document.ok_or_else(|| DoctorError::NoPostmortem(id.clone()))?;
    let store = Store::open(&file).await?;
    let remedy = match document.health {
        Health::Readable { .. } => {
            let mut write = store.write().await?;
            damage::readmit(&mut write, id).await?;
            write.commit().await.map_err(StoreError::from)?;
            None
        }
        Health::Damaged { remedy: None, .. } => return Err(DoctorError::Hopeless(id.clone())),
        Health::Damaged { remedy: Some(remedy), .. } => {
            let summary =
                read(vec![remedy.state.clone()]).await.map(|(replica, _)| Summary::of(&replica.read().postmortem));
            let mut write = store.write().await?;
            damage::replace_log(&mut write, id, remedy.last, &remedy.state, clock::now()).await?;
            if let Ok(summary) = summary {
                postmortems::update_summary(&mut write, id, clock::now(), &summary).await?;
            }
            write.commit().await.map_err(StoreError::from)?;
            Some(remedy)
        }
    };
    store.close().await;
    Ok(remedy)
}

/// Refuses files that this release cannot speak about.
async fn release_of(file: &Path) -> Result<Release, DoctorError> {
    if !file.exists() {
        return Err(DoctorError::Missing(file.to_path_buf()));
    }
    let mut inspection = Inspection::open(file).await?;
    let release = inspection.release().await;
    inspection.close().await;
    match release? {
        Release::Newer => Err(DoctorError::Newer(file.to_path_buf())),
        Release::Foreign => Err(DoctorError::Foreign(file.to_path_buf())),
        release => Ok(release),
    }
}

/// Sets aside what is damaged, and lets in again what reads well.
async fn mark(file: &Path, report: &Report) -> Result<(), StoreError> {
    let store = Store::open(file).await?;
    let mut write = store.write().await?;
    for document in &report.documents {
        match &document.health {
            Health::Readable { .. } => damage::readmit(&mut write, &document.id).await?,
            Health::Damaged { problem, .. } => {
                damage::set_aside(&mut write, &document.id, clock::now(), problem).await?;
            }
        }
    }
    write.commit().await?;
    store.close().await;
    Ok(())
}

/// A log that does not decode.
struct Broken {
    problem: String,
    /// The sequence of its last update, as far as that is known.
    last: i64,
    /// What stands before the update that cannot be read.
    beginning: Option<Remedy>,
}

/// Reads a log: how many defects the document has.
async fn judge(log: Log) -> Result<usize, Broken> {
    let last = log.sequence();
    let sequences: Vec<i64> = log.sequences().collect();
    let updates: Vec<Vec<u8>> = log.through(last).collect();
    if updates.is_empty() {
        return Err(Broken { problem: "its log is empty".into(), last, beginning: None });
    }
    let (at, problem) = match read(updates.clone()).await {
        Ok((_, defects)) => return Ok(defects),
        Err(unreadable) => unreadable,
    };
    let beginning = async {
        let sequence = *sequences.get(at.checked_sub(1)?)?;
        let (replica, _) = read(updates.into_iter().take(at).collect()).await.ok()?;
        Some(Remedy { origin: Origin::Beginning, sequence, last, state: replica.diff(&[0]).ok()? })
    };
    Err(Broken { problem, last, beginning: beginning.await })
}

/// The newest version that can be read. Each is a whole document: one at a time is held.
async fn newest(inspection: &mut Inspection, id: &PostmortemId, last: i64) -> Option<Remedy> {
    for Candidate { number, sequence, made_at } in inspection.list_candidates(id).await.ok()? {
        let Ok(state) = inspection.candidate_state(id, number).await else { continue };
        if read(vec![state.clone()]).await.is_ok() {
            let origin = Origin::Version { number, made_at };
            return Some(Remedy { origin, sequence, last: last.max(sequence), state });
        }
    }
    None
}

/// Decodes and reads a log, in a thread of its own: how many defects it has, or at which update it ends and why.
async fn read(updates: Vec<Vec<u8>>) -> Result<(Replica, usize), (usize, String)> {
    let count = updates.len();
    let reading = tokio::task::spawn_blocking(move || {
        let replica = Replica::replay(random::client(), updates)?;
        let defects = replica.read().defects.len();
        Ok((replica, defects))
    });
    match reading.await {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(damage @ postmortem::Damage { at, .. })) => Err((at, damage.to_string())),
        Err(_) => Err((count - 1, "the document cannot be read".into())),
    }
}
