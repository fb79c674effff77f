//! The last good state of a document whose log cannot be read to its end.

use super::read;
use crate::store::inspection::{Candidate, Inspection, Release};
use crate::store::log::{LogSequence, UpdateLog};
use chrono::{DateTime, Utc};
use postmortem::PostmortemId;
use std::fmt;

/// The last good state of a damaged document.
#[derive(Debug, Clone)]
pub struct Remedy {
    origin: Origin,
    /// The sequence of the last update in it, and of the last that is known of.
    pub(super) sequence: LogSequence,
    pub(super) last: LogSequence,
    pub(super) state: Vec<u8>,
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

/// The state that holds most: a version, or the log up to what is missing or damaged.
pub(super) async fn find(inspection: &mut Inspection, id: &PostmortemId, release: Release) -> Option<Remedy> {
    let log = inspection.log(id, release).await.ok();
    let last = log.as_ref().map_or(LogSequence::default(), |log| log.sequence().max(log.summarized));
    let beginning = match log {
        Some(log) => beginning(log, last).await,
        None => None,
    };
    let version = match release {
        Release::This => newest(inspection, id, last).await,
        Release::Older | Release::Newer | Release::Foreign => None,
    };
    version.into_iter().chain(beginning).max_by_key(|remedy| remedy.sequence)
}

/// The log as far as nothing of it is missing and all can be read.
async fn beginning(log: UpdateLog, last: LogSequence) -> Option<Remedy> {
    let whole = log.hole().map_or(LogSequence(i64::MAX), |hole| hole.first.back(1));
    let sequences: Vec<LogSequence> = log.sequences().filter(|sequence| *sequence <= whole).collect();
    let mut updates: Vec<Vec<u8>> = log.through(whole).collect();
    updates.truncate(sequences.len());
    let count = updates.len();
    let (replica, count) = match read(updates.clone()).await {
        Ok((replica, _)) => (replica, count),
        Err((at, _)) => {
            updates.truncate(at);
            (read(updates).await.ok()?.0, at)
        }
    };
    let sequence = *sequences.get(count.checked_sub(1)?)?;
    Some(Remedy { origin: Origin::Beginning, sequence, last, state: replica.diff(&[0]).ok()? })
}

/// The newest version that can be read. Each is a whole document: one at a time is held.
async fn newest(inspection: &mut Inspection, id: &PostmortemId, last: LogSequence) -> Option<Remedy> {
    for Candidate { number, sequence, made_at } in inspection.list_candidates(id).await.ok()? {
        let Ok(state) = inspection.candidate_state(id, number).await else { continue };
        if read(vec![state.clone()]).await.is_ok() {
            let origin = Origin::Version { number, made_at };
            return Some(Remedy { origin, sequence, last: last.max(sequence), state });
        }
    }
    None
}
