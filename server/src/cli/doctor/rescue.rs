//! What a damaged database still holds, written into a fresh one that is sound.

use super::{DoctorError, Document, Health, Report, examine_file, leftovers, mend, release_of};
use crate::cli::config::StorageArgs;
use crate::cli::unfinished::Unfinished;
use crate::clock;
use crate::store::postmortems;
use crate::store::rescue::{Haul, Rescue};
use crate::store::{Store, copies};
use crate::sync::Beginning;
use postmortem::api::Summary;
use std::path::Path;

#[derive(Debug)]
pub struct Rescued {
    /// What the fresh database holds.
    pub report: Report,
    /// What could be read of each table, and what not.
    pub hauls: Vec<Haul>,
    /// The post-mortems that are in it as their last good state, or not at all.
    pub documents: Vec<String>,
}

impl Rescued {
    /// A line for everything that is not in it.
    pub fn losses(&self) -> impl Iterator<Item = String> {
        let hauls = self.hauls.iter().filter(|haul| !haul.lost.is_empty()).map(ToString::to_string);
        hauls.chain(self.documents.iter().cloned())
    }
}

/// Writes what can be read of a database into a file that is not there yet, beside a running server if there is one.
///
/// # Errors
/// When not even the names of its tables can be read, or the file cannot be written.
pub async fn rescue(storage: &StorageArgs, file: &Path) -> Result<Rescued, DoctorError> {
    let original = storage.file();
    release_of(&original).await?;
    if std::fs::symlink_metadata(file).is_ok() {
        return Err(DoctorError::Exists(file.to_path_buf()));
    }
    leftovers::tidy(file);
    let unfinished = Unfinished::new(file).map_err(write_error(file))?;
    let rescued = write_rescued(&original, &unfinished).await?;
    unfinished.finish(file).map_err(write_error(file))?;
    Ok(rescued)
}

fn write_error(file: &Path) -> impl FnOnce(std::io::Error) -> DoctorError {
    let file = file.to_path_buf();
    move |error| DoctorError::Write { file, error }
}

/// Writes what can be read of a database into an empty file.
///
/// # Errors
/// As [`rescue`].
pub async fn write_rescued(original: &Path, unfinished: &Unfinished) -> Result<Rescued, DoctorError> {
    // The fresh database is made in a file of its own and copied when it is whole, without what was taken out of it again.
    let workshop = Unfinished::new(unfinished.path()).map_err(write_error(unfinished.path()))?;
    let hauls = Rescue::write(original, workshop.path()).await?;
    let mut documents = Vec::new();
    let report = examine_file(workshop.path()).await?;
    let store = Store::open(workshop.path()).await?;
    for document in report.documents {
        documents.extend(settle(&store, document).await?);
    }
    store.close().await;
    copies::copy(workshop.path(), unfinished.path()).await?;
    copies::mark_copy(unfinished.path(), Some(clock::now())).await?;
    let report = examine_file(unfinished.path()).await?;
    if report.is_well() {
        Ok(Rescued { report, hauls, documents })
    } else {
        Err(DoctorError::Unsound(report.to_string()))
    }
}

/// Leaves a document in the fresh database as it is, or its last good state, or nothing of it; a line about what differs.
async fn settle(store: &Store, document: Document) -> Result<Option<String>, DoctorError> {
    let (id, title) = (document.id.clone(), document.title.escape_debug().to_string());
    if let Health::Damaged { problem, remedy: None } = &document.health {
        let line = format!("{id} ({title}): {problem}; nothing readable is left of it");
        let mut write = store.write().await?;
        postmortems::delete(&mut write, &id).await?;
        write.commit().await?;
        return Ok(Some(line));
    }
    let problem = match &document.health {
        Health::Damaged { problem, .. } => problem.clone(),
        Health::Readable { .. } => String::new(),
    };
    let versions = document.versions.clone();
    let remedy = mend(store, document).await?;
    // Of a row that was made again from its log, the rest is in the document.
    if remedy.is_none()
        && title.is_empty()
        && let Ok(beginning) = Beginning::load(store, &id).await
    {
        let summary = Summary::of(beginning.room.replica());
        let mut write = store.write().await?;
        postmortems::update_summary(&mut write, &id, clock::now(), &summary).await?;
        write.commit().await?;
    }
    let left_out = (!versions.is_empty()).then(|| format!("{id} ({title}): versions {versions:?} cannot be read"));
    Ok(remedy.map(|remedy| format!("{id} ({title}): {problem}; it is there as {remedy}")).or(left_out))
}
