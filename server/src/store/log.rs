//! The tables `updates`, `snapshots` and `authors`: the document as it was written, and by whom.

use super::people::{PersonColumns, person};
use super::{Store, StoreError};
use postmortem::{Authorship, ClientId, Generation, PostmortemId};
use sqlx::SqliteConnection;
use std::fmt;

/// The place of an update in the log of its post-mortem, from 1 on and without holes. It is given by the room before the
/// update is on its way, and a version has that of the last update in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, sqlx::Type)]
#[sqlx(transparent)]
pub struct LogSequence(pub i64);

impl LogSequence {
    /// That of the update behind this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// That of the update so many before this one.
    #[must_use]
    pub fn back(self, updates: i64) -> Self {
        Self(self.0 - updates)
    }

    /// How many updates there are behind an earlier one, up to this one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

impl fmt::Display for LogSequence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A document as it is kept.
#[derive(Debug)]
pub struct UpdateLog {
    /// Which making of the document this is.
    pub generation: Generation,
    /// What compaction folded, with the sequence of the last update in it.
    pub snapshot: Option<(LogSequence, Vec<u8>)>,
    /// The updates after it by sequence, in order.
    pub updates: Vec<(LogSequence, Vec<u8>)>,
    /// The last sequence that the post-mortem's summary knew of.
    pub summarized: LogSequence,
    /// Who brought what.
    pub authors: Vec<Authorship>,
}

/// Updates that are missing from a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    pub first: LogSequence,
    pub last: LogSequence,
}

impl fmt::Display for Hole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = self;
        if first == last {
            write!(formatter, "update {first} of its log is missing")
        } else {
            write!(formatter, "updates {first} to {last} of its log are missing")
        }
    }
}

impl UpdateLog {
    /// The first updates that are missing: between others, before the first, or at the end, where the summary knew of
    /// more. What follows them says nothing of it: the CRDT takes in what does not build on them.
    pub fn hole(&self) -> Option<Hole> {
        let mut reached = self.snapshot.as_ref().map_or(LogSequence::default(), |(sequence, _)| *sequence);
        for sequence in self.updates.iter().map(|(sequence, _)| *sequence) {
            if sequence > reached.next() {
                return Some(Hole { first: reached.next(), last: sequence.back(1) });
            }
            reached = reached.max(sequence);
        }
        // Every log begins with the update that made the document.
        let known = self.summarized.max(LogSequence(1));
        (known > reached).then_some(Hole { first: reached.next(), last: known })
    }

    pub fn sequence(&self) -> LogSequence {
        let snapshot = self.snapshot.as_ref().map(|(sequence, _)| *sequence);
        self.updates.iter().map(|(sequence, _)| *sequence).chain(snapshot).max().unwrap_or_default()
    }

    /// The sequence of the last update in each of the parts that make the document, in order.
    pub fn sequences(&self) -> impl Iterator<Item = LogSequence> {
        let snapshot = self.snapshot.as_ref().map(|(sequence, _)| *sequence);
        snapshot.into_iter().chain(self.updates.iter().map(|(sequence, _)| *sequence))
    }

    /// The bytes of its parts.
    pub fn bytes(&self) -> usize {
        let snapshot = self.snapshot.as_ref().map_or(0, |(_, data)| data.len());
        snapshot + self.updates.iter().map(|(_, data)| data.len()).sum::<usize>()
    }

    /// What makes the document when it is applied in order, up to a sequence.
    pub fn through(self, last: LogSequence) -> impl Iterator<Item = Vec<u8>> {
        let updates = self.updates.into_iter().filter(move |(sequence, _)| *sequence <= last);
        self.snapshot.into_iter().chain(updates).map(|(_, data)| data)
    }
}

/// Appends an update behind the one before it. A batch that is saved again after an error it survived finds its rows there,
/// which is no conflict. Nothing happens when the post-mortem was deleted meanwhile.
///
/// # Errors
/// [`StoreError::Taken`] when another program gives out sequences of this log: what it wrote is not written over, and what
/// is to be appended is not saved.
pub async fn append(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    sequence: LogSequence,
    update: &[u8],
) -> Result<(), StoreError> {
    let appended = sqlx::query(
        "insert into updates (postmortem_id, sequence, data)
         select id, ?1, ?2 from postmortems
         where id = ?3 and ?1 = 1 + coalesce(
             (select max(sequence) from updates where postmortem_id = ?3),
             (select sequence from snapshots where postmortem_id = ?3),
             0)",
    )
    .bind(sequence)
    .bind(update)
    .bind(id.as_str())
    .execute(&mut *write)
    .await?;
    if appended.rows_affected() == 0 && !is_appended(write, id, sequence, update).await? {
        return Err(StoreError::Taken { postmortem: id.clone(), sequence });
    }
    Ok(())
}

/// Whether an update is in its log already, or has no log to be in.
async fn is_appended(
    read: &mut SqliteConnection,
    id: &PostmortemId,
    sequence: LogSequence,
    update: &[u8],
) -> Result<bool, StoreError> {
    let there: Option<(Vec<u8>,)> = sqlx::query_as("select data from updates where postmortem_id = ? and sequence = ?")
        .bind(id.as_str())
        .bind(sequence)
        .fetch_optional(&mut *read)
        .await?;
    match there {
        Some((data,)) => Ok(data == update),
        None => Ok(find_generation(read, id).await?.is_none()),
    }
}

/// Records who brought the clocks of a client from one on.
pub async fn insert_author(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    authorship: &Authorship,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into authors (postmortem_id, client, from_clock, user_id)
         select id, ?, ?, ? from postmortems where id = ?
         on conflict do nothing",
    )
    .bind(authorship.client.0.cast_signed())
    .bind(authorship.from)
    .bind(authorship.person.as_ref().map(|person| person.id.as_str()))
    .bind(id.as_str())
    .execute(write)
    .await?;
    Ok(())
}

/// Puts a snapshot in the place of everything up to a sequence.
pub async fn fold(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    sequence: LogSequence,
    snapshot: &[u8],
) -> Result<(), StoreError> {
    if put_snapshot(write, id, sequence, snapshot).await? {
        delete_updates(write, id, sequence.0).await?;
    }
    Ok(())
}

/// Whether the snapshot was taken: one that was made slowly must not replace a later one, whose updates are gone.
pub(super) async fn put_snapshot(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    sequence: LogSequence,
    snapshot: &[u8],
) -> Result<bool, StoreError> {
    let put = sqlx::query(
        "insert into snapshots (postmortem_id, sequence, data)
         select id, ?, ? from postmortems where id = ?
         on conflict (postmortem_id) do update set sequence = excluded.sequence, data = excluded.data
         where excluded.sequence > snapshots.sequence",
    )
    .bind(sequence)
    .bind(snapshot)
    .bind(id.as_str())
    .execute(write)
    .await?;
    Ok(put.rows_affected() > 0)
}

/// Deletes a document's log and snapshot, for another to take their place.
pub(super) async fn delete_log(write: &mut SqliteConnection, id: &PostmortemId) -> Result<(), StoreError> {
    delete_updates(write, id, i64::MAX).await?;
    sqlx::query("delete from snapshots where postmortem_id = ?").bind(id.as_str()).execute(write).await?;
    Ok(())
}

async fn delete_updates(write: &mut SqliteConnection, id: &PostmortemId, through: i64) -> Result<(), StoreError> {
    sqlx::query("delete from updates where postmortem_id = ? and sequence <= ?")
        .bind(id.as_str())
        .bind(through)
        .execute(write)
        .await?;
    Ok(())
}

impl Store {
    /// Reads a document in one view of the database, or nothing when there is no such post-mortem.
    pub async fn find_log(&self, id: &PostmortemId) -> Result<Option<UpdateLog>, StoreError> {
        let mut read = self.readers.begin().await?;
        let Some(generation) = find_generation(&mut read, id).await? else {
            return Ok(None);
        };
        let summarized = find_summarized(&mut read, id).await?;
        let snapshot = find_snapshot(&mut read, id).await?;
        let updates = list_updates(&mut read, id).await?;
        let authors = list_authors(&mut read, id).await?;
        Ok(Some(UpdateLog { generation, snapshot, updates, summarized, authors }))
    }
}

pub(super) async fn find_generation(
    read: &mut SqliteConnection,
    id: &PostmortemId,
) -> Result<Option<Generation>, StoreError> {
    let row: Option<(u32,)> = sqlx::query_as("select generation from postmortems where id = ?")
        .bind(id.as_str())
        .fetch_optional(read)
        .await?;
    Ok(row.map(|(generation,)| Generation(generation)))
}

/// The last sequence that a post-mortem's summary knew of; releases before this one kept none.
pub(super) async fn find_summarized(read: &mut SqliteConnection, id: &PostmortemId) -> Result<LogSequence, StoreError> {
    let sequence = sqlx::query_scalar("select sequence from postmortems where id = ?");
    Ok(sequence.bind(id.as_str()).fetch_optional(read).await?.unwrap_or_default())
}

pub(super) async fn find_snapshot(
    read: &mut SqliteConnection,
    id: &PostmortemId,
) -> Result<Option<(LogSequence, Vec<u8>)>, StoreError> {
    Ok(sqlx::query_as("select sequence, data from snapshots where postmortem_id = ?")
        .bind(id.as_str())
        .fetch_optional(read)
        .await?)
}

pub(super) async fn list_updates(
    read: &mut SqliteConnection,
    id: &PostmortemId,
) -> Result<Vec<(LogSequence, Vec<u8>)>, StoreError> {
    Ok(sqlx::query_as("select sequence, data from updates where postmortem_id = ? order by sequence")
        .bind(id.as_str())
        .fetch_all(read)
        .await?)
}

async fn list_authors(read: &mut SqliteConnection, id: &PostmortemId) -> Result<Vec<Authorship>, StoreError> {
    type Columns = (i64, u32, Option<String>, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Columns> = sqlx::query_as(
        "select authors.client, authors.from_clock, users.id, users.name, users.color, users.initials
         from authors left join users on users.id = authors.user_id
         where authors.postmortem_id = ?
         order by authors.client, authors.from_clock",
    )
    .bind(id.as_str())
    .fetch_all(read)
    .await?;
    let authorship = |(client, from, user, name, color, initials): Columns| -> Result<Authorship, StoreError> {
        let columns: Option<PersonColumns> =
            user.zip(name).zip(color).map(|((user, name), color)| (user, name, color, initials));
        Ok(Authorship { client: ClientId(client.cast_unsigned()), from, person: columns.map(person).transpose()? })
    };
    rows.into_iter().map(authorship).collect()
}
