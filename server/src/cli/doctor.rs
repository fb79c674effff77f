//! Whether everything that is kept can be read, and what to do about what cannot: a document is set aside until its last
//! readable state is put in the place of its log, and what a damaged file still holds is written into a fresh one.
//!
//! A last readable state has the same history as the log, so the generation stays: who still has more in a browser brings
//! it back.

use crate::store::log::LogSequence;
mod leftovers;
mod remedy;
mod report;
mod rescue;

pub use leftovers::{REPLACED, tidy};
pub use remedy::Remedy;
pub use report::{Document, Health, Report};
pub use rescue::{Rescued, rescue, write_rescued};

use crate::cli::config::StorageArgs;
use crate::store::claim::{Claim, ClaimError};
use crate::store::inspection::{Inspection, Release};
use crate::store::postmortems;
use crate::store::rescue::Rescue;
use crate::store::{Store, StoreError, copies, damage, versions};
use crate::sync::{Beginning, LoadError};
use crate::{LOG_IS_MISSING, clock, random};
use postmortem::api::Summary;
use postmortem::{PostmortemId, Reading, Replica};
use std::io;
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
    #[error("nothing of {file} can be read, not even which tables it has ({error}); restore a backup")]
    Illegible { file: PathBuf, error: StoreError },
    #[error("the database is of an older release; start this one once, and it is brought up")]
    Older,
    #[error("there is no post-mortem {0} here")]
    NoPostmortem(PostmortemId),
    #[error("nothing readable is left of {0}, neither a version nor the beginning of its log; restore a backup")]
    Hopeless(PostmortemId),
    #[error(
        "the file itself is damaged, and would be written to where it cannot be read; nothing was changed. Write what can \
         be read into a fresh one with `debrief doctor --rescue FILE`, and put that in its place with `debrief restore`"
    )]
    FileDamaged,
    #[error(
        "{id} is as it was: its document reads well, and what cannot be read stands beside it ({problem}). \
         `debrief export --damaged` writes the document"
    )]
    Beside { id: PostmortemId, problem: String },
    #[error("the server has to be stopped for a repair: {0}")]
    Serving(#[from] ClaimError),
    #[error("{0} is there already; give another name")]
    Exists(PathBuf),
    #[error("{file} cannot be written: {error}")]
    Write { file: PathBuf, error: io::Error },
    #[error("what was read does not make a sound database ({0}); nothing was left behind")]
    Unsound(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Examines a database, beside a running server if there is one, sets aside what cannot be read, and tidies what was left
/// behind.
///
/// # Errors
/// When the file cannot be read at all, or is none of ours.
pub async fn examine(storage: &StorageArgs) -> Result<Report, DoctorError> {
    let file = storage.file();
    let mut report = examine_file(&file).await?;
    // A backup is only read, and so is a copy that lacks its log: it goes on saying so.
    let is_in_use = report.is_sound() && report.problems.is_empty() && !report.is_backup;
    if is_in_use && release_of(&file).await? == Release::This {
        match mark(&file, &report).await {
            Ok(()) => {}
            Err(error) if error.is_read_only() => {
                report
                    .notes
                    .push("the folder cannot be written: nothing was set aside, and the server finds it itself".into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    report.notes.extend(leftovers::look(&file));
    Ok(report)
}

/// Examines any database file and changes nothing.
///
/// # Errors
/// When the file cannot be read at all, or is none of ours.
pub async fn examine_file(file: &Path) -> Result<Report, DoctorError> {
    let release = release_of(file).await?;
    let mut report = Report::default();
    if copies::lacks_its_log(file).await.is_ok_and(|lacks| lacks) {
        report.problems.push(LOG_IS_MISSING.into());
    }
    let mut inspection = Inspection::open(file).await?;
    let custody = inspection.custody().await;
    report.is_backup = custody.is_ok_and(|custody| custody.is_some_and(|custody| custody.backed_up_at.is_some()));
    match inspection.problems().await {
        Ok(problems) => report.damage.extend(problems),
        Err(error) => report.damage.push(error.to_string()),
    }
    match inspection.orphans().await {
        Ok(orphans) => report.orphans = orphans,
        Err(error) => report.damage.push(format!("rows that refer to missing ones cannot be looked for: {error}")),
    }
    let store = match release {
        Release::This => Some(Store::open_to_read(file).await?),
        Release::Older | Release::Newer | Release::Foreign => None,
    };
    if let Some(store) = &store
        && let Err(error) = store.list_postmortems().await
    {
        report.damage.push(format!("the incident log cannot be read: {error}"));
    }
    report.damage.sort();
    // Where SQLite cannot read the file, what can be read of it is the next best thing to look at.
    let mut healthy = inspection;
    if !report.damage.is_empty() {
        let (rescued, hauls) = Rescue::look(file).await?.into_inspection();
        report.hauls = hauls;
        std::mem::replace(&mut healthy, rescued).close().await;
    }
    let (rows, nameless) = healthy.list_rows().await?;
    if nameless > 0 {
        report.problems.push(format!("{nameless} rows of postmortems have no id that can be read"));
    }
    for row in rows {
        let judged = judge(store.as_ref(), &mut healthy, &row.id, release).await?;
        let (mut versions, mut lost) = (Vec::new(), 0);
        if let Some(store) = &store {
            versions = unreadable_versions(store, &row.id).await;
            lost = store.count_lost_comments(&row.id).await.unwrap_or_default();
        }
        if lost != 0 {
            let (id, title) = (&row.id, row.title.escape_debug());
            report.problems.push(format!("{id} ({title}): {lost} of its comments are gone; a backup may have them"));
        }
        let health = match judged {
            Ok(defects) => Health::Readable { defects },
            Err(problem) => Health::Damaged { problem, remedy: remedy::find(&mut healthy, &row.id, release).await },
        };
        report.documents.push(Document { id: row.id, title: row.title, health, versions });
    }
    healthy.close().await;
    if let Some(store) = store {
        store.close().await;
    }
    Ok(report)
}

/// How many values of a post-mortem do not read as meant, or why the server would not open it.
async fn judge(
    store: Option<&Store>,
    inspection: &mut Inspection,
    id: &PostmortemId,
    release: Release,
) -> Result<Result<usize, String>, StoreError> {
    let Some(store) = store else {
        // What stands beside the document is read when this release has brought its tables up.
        let Ok(log) = inspection.log(id, release).await else { return Ok(Err("its log cannot be read".into())) };
        if let Some(hole) = log.hole() {
            return Ok(Err(hole.to_string()));
        }
        let updates = log.through(LogSequence(i64::MAX)).collect();
        return Ok(read(updates).await.map(|(_, reading)| reading.defects.len()).map_err(|(_, problem)| problem));
    };
    match Beginning::load(store, id).await {
        Ok(Beginning { room, .. }) => match store.list_threads(id).await {
            Ok(_) => {
                let reading = tokio::task::spawn_blocking(move || room.replica().read().defects.len());
                Ok(reading.await.map_err(|_| "the document cannot be read".to_owned()))
            }
            Err(error) if error.is_unreadable() => Ok(Err(format!("its comments cannot be read: {error}"))),
            Err(error) => Err(error),
        },
        Err(LoadError::Damaged(problem)) => Ok(Err(problem)),
        Err(LoadError::Missing) => Ok(Err("its row cannot be read".into())),
        Err(LoadError::Stopping) => Ok(Err("it could not be decoded to the end".into())),
        Err(LoadError::Store(error)) if error.is_unreadable() => Ok(Err(error.to_string())),
        Err(LoadError::Store(error)) => Err(error),
    }
}

/// The numbers of versions that cannot be read, and so not be brought back.
async fn unreadable_versions(store: &Store, id: &PostmortemId) -> Vec<u32> {
    let mut unreadable = Vec::new();
    for number in store.list_version_numbers(id).await.unwrap_or_default() {
        let is_readable = match store.find_version(id, number).await {
            Ok(Some((state, _))) => read(vec![state]).await.is_ok(),
            Ok(None) => true,
            Err(_) => false,
        };
        if !is_readable {
            unreadable.push(number);
        }
    }
    unreadable
}

/// Puts the last good state of a damaged document in the place of its log, which is kept aside with versions that cannot be
/// read. Nothing happens to a readable one.
///
/// # Errors
/// When a server serves the data, the file itself is damaged, there is no such post-mortem, or nothing readable is left of
/// it.
pub async fn repair(storage: &StorageArgs, id: &PostmortemId) -> Result<Option<Remedy>, DoctorError> {
    let file = storage.file();
    if !file.exists() {
        return Err(DoctorError::Missing(file));
    }
    let _claim = Claim::new(&file)?;
    if release_of(&file).await? == Release::Older {
        return Err(DoctorError::Older);
    }
    let report = examine_file(&file).await?;
    if !report.is_sound() {
        return Err(DoctorError::FileDamaged);
    }
    let document = report.documents.into_iter().find(|document| document.id == *id);
    let document = document.ok_or_else(|| DoctorError::NoPostmortem(id.clone()))?;
    let store = Store::open(&file).await?;
    let remedy = mend(&store, document).await;
    // The claim is this command's own, and no server says it.
    if let Err(error) = store.leave().await {
        tracing::warn!(%error, "the database goes on saying that it is open");
    }
    store.close().await;
    let remedy = remedy?;
    // What stands beside a document may be what the server refuses.
    if remedy.is_some()
        && let Err(problem) = recheck(&file, id).await?
    {
        return Err(DoctorError::Beside { id: id.clone(), problem });
    }
    Ok(remedy)
}

async fn recheck(file: &Path, id: &PostmortemId) -> Result<Result<usize, String>, DoctorError> {
    let store = Store::open_to_read(file).await?;
    let mut inspection = Inspection::open(file).await?;
    let judged = judge(Some(&store), &mut inspection, id, Release::This).await;
    inspection.close().await;
    store.close().await;
    Ok(judged?)
}

/// Puts the last good state of one document in the place of its log, in a database that nobody serves.
async fn mend(store: &Store, Document { id, health, versions, .. }: Document) -> Result<Option<Remedy>, DoctorError> {
    let mut write = store.write().await?;
    for number in versions {
        versions::set_aside(&mut write, &id, number, clock::now()).await?;
    }
    let remedy = match health {
        Health::Readable { .. } => {
            damage::readmit(&mut write, &id).await?;
            None
        }
        Health::Damaged { remedy: None, .. } => return Err(DoctorError::Hopeless(id)),
        Health::Damaged { remedy: Some(remedy), .. } => {
            damage::replace_log(&mut write, &id, remedy.last, &remedy.state, clock::now()).await?;
            if let Ok((replica, _)) = read(vec![remedy.state.clone()]).await {
                let summary = Summary::of(&replica);
                postmortems::update_summary(&mut write, &id, clock::now(), &summary).await?;
            }
            Some(remedy)
        }
    };
    write.commit().await?;
    Ok(remedy)
}

/// The last good state of a document that the server refuses, as a value, and what it is.
///
/// # Errors
/// When there is no such post-mortem, or nothing readable is left of it.
pub async fn last_good(file: &Path, id: &PostmortemId) -> Result<(String, Remedy, Reading), DoctorError> {
    let report = examine_file(file).await?;
    let document = report.documents.into_iter().find(|document| document.id == *id);
    match document.ok_or_else(|| DoctorError::NoPostmortem(id.clone()))?.health {
        Health::Damaged { problem, remedy: Some(remedy) } => match read(vec![remedy.state.clone()]).await {
            Ok((_, reading)) => Ok((problem, remedy, reading)),
            Err(_) => Err(DoctorError::Hopeless(id.clone())),
        },
        Health::Damaged { remedy: None, .. } | Health::Readable { .. } => Err(DoctorError::Hopeless(id.clone())),
    }
}

/// Refuses files that this release cannot speak about.
async fn release_of(file: &Path) -> Result<Release, DoctorError> {
    if !file.exists() {
        return Err(DoctorError::Missing(file.to_path_buf()));
    }
    let illegible = |error| DoctorError::Illegible { file: file.to_path_buf(), error };
    let mut inspection = Inspection::open(file).await?;
    let release = inspection.release().await;
    inspection.close().await;
    match release {
        Ok(Release::Newer) => Err(DoctorError::Newer(file.to_path_buf())),
        Ok(Release::Foreign) => Err(DoctorError::Foreign(file.to_path_buf())),
        Ok(release) => Ok(release),
        Err(error) if error.is_unreadable() => Err(illegible(error)),
        Err(error) => Err(error.into()),
    }
}

/// Sets aside what is damaged, and lets in again what reads well.
async fn mark(file: &Path, report: &Report) -> Result<(), StoreError> {
    let store = Store::open(file).await?;
    let marked = mark_documents(&store, report).await;
    store.close().await;
    marked
}

async fn mark_documents(store: &Store, report: &Report) -> Result<(), StoreError> {
    let mut write = store.write().await?;
    for document in &report.documents {
        match &document.health {
            Health::Readable { .. } => damage::readmit(&mut write, &document.id).await?,
            Health::Damaged { problem, .. } => {
                damage::set_aside(&mut write, &document.id, clock::now(), problem).await?;
            }
        }
    }
    write.commit().await
}

/// Decodes and reads a log, in a thread of its own: or at which update it ends and why.
async fn read(updates: Vec<Vec<u8>>) -> Result<(Replica, Reading), (usize, String)> {
    let count = updates.len();
    let reading = tokio::task::spawn_blocking(move || {
        let replica = Replica::replay(random::client(), updates)?;
        let reading = replica.read();
        Ok((replica, reading))
    });
    match reading.await {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(damage @ postmortem::Damage { at, .. })) => Err((at, damage.to_string())),
        Err(_) => Err((count.saturating_sub(1), "the document cannot be read".into())),
    }
}
