//! The table `versions`: post-mortems as they were.

use super::log::LogSequence;
use super::people::{PersonColumns, person};
use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::version::outdated;
use postmortem::{HeadRow, PostmortemId, Reason, UserId, Version};
use sqlx::{FromRow, SqliteConnection};

#[derive(Debug, Clone)]
pub struct NewVersion {
    /// The sequence of the last update in it.
    pub sequence: LogSequence,
    pub reason: Reason,
    pub by: Option<UserId>,
    pub at: DateTime<Utc>,
    /// How far it was then, and whose.
    pub head: HeadRow,
    /// The whole document as one update.
    pub state: Vec<u8>,
}

/// The newest version, as far as the next one depends on it.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct Latest {
    /// The sequence of the last update in it.
    pub sequence: LogSequence,
    pub made_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    number: u32,
    reason: String,
    made_at: DateTime<Utc>,
    user_id: Option<String>,
    user_name: Option<String>,
    user_color: Option<String>,
    user_initials: Option<String>,
}

impl Row {
    fn version(self) -> Result<Version, StoreError> {
        let (named, initials) = (self.user_id.zip(self.user_name).zip(self.user_color), self.user_initials);
        let columns: Option<PersonColumns> = named.map(|((id, name), color)| (id, name, color, initials));
        Ok(Version {
            version: self.number,
            reason: parsed(&self.reason, "a reason")?,
            at: self.made_at,
            by: columns.map(person).transpose()?,
        })
    }
}

/// Keeps a version under the next number, and gives up those that are too many for their age. No number comes of it
/// when the post-mortem was deleted meanwhile.
pub async fn insert(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    version: &NewVersion,
) -> Result<Option<u32>, StoreError> {
    let number: Option<(u32,)> = sqlx::query_as(
        "insert into versions (postmortem_id, number, sequence, reason, made_by, made_at, state, status, owner)
         select id, (select coalesce(max(number), 0) + 1 from versions where postmortem_id = postmortems.id), ?, ?, ?, ?, ?, ?, ?
         from postmortems where id = ?
         returning number",
    )
    .bind(version.sequence)
    .bind(version.reason.code())
    .bind(version.by.as_ref().map(UserId::as_str))
    .bind(version.at)
    .bind(&version.state)
    .bind(version.head.status.code())
    .bind(&version.head.owner)
    .bind(id.as_str())
    .fetch_optional(&mut *write)
    .await?;
    for number in outdated(&list_ages(write, id).await?, version.at) {
        delete(write, id, number).await?;
    }
    Ok(number.map(|(number,)| number))
}

/// What the age of versions is judged by. A row that this release cannot read is left out, and so stays: what one version
/// holds is no reason to keep no other.
async fn list_ages(read: &mut SqliteConnection, id: &PostmortemId) -> Result<Vec<Version>, StoreError> {
    let rows: Vec<(u32, String, String)> =
        sqlx::query_as("select number, reason, made_at from versions where postmortem_id = ?")
            .bind(id.as_str())
            .fetch_all(read)
            .await?;
    let known = rows.into_iter().filter_map(|(number, reason, made_at)| {
        Some(Version { version: number, reason: reason.parse().ok()?, at: made_at.parse().ok()?, by: None })
    });
    Ok(known.collect())
}

async fn delete(write: &mut SqliteConnection, id: &PostmortemId, number: u32) -> Result<(), StoreError> {
    sqlx::query("delete from versions where postmortem_id = ? and number = ?")
        .bind(id.as_str())
        .bind(number)
        .execute(write)
        .await?;
    Ok(())
}

/// Takes a version that cannot be read out, and keeps it as it is beside the logs that were replaced.
pub async fn set_aside(
    write: &mut SqliteConnection,
    id: &PostmortemId,
    number: u32,
    replaced_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into replaced_logs (postmortem_id, replaced_at, kind, sequence, data)
         select postmortem_id, ?, 'version', number, state from versions where postmortem_id = ? and number = ?",
    )
    .bind(replaced_at)
    .bind(id.as_str())
    .bind(number)
    .execute(&mut *write)
    .await?;
    delete(write, id, number).await
}

async fn list(read: &mut SqliteConnection, id: &PostmortemId) -> Result<Vec<Version>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select versions.number, versions.reason, versions.made_at,
                users.id as user_id, users.name as user_name, users.color as user_color,
                users.initials as user_initials
         from versions left join users on users.id = versions.made_by
         where versions.postmortem_id = ?
         order by versions.number desc",
    )
    .bind(id.as_str())
    .fetch_all(read)
    .await?;
    rows.into_iter().map(Row::version).collect()
}

impl Store {
    /// Every version of a post-mortem, the newest first.
    pub async fn list_versions(&self, id: &PostmortemId) -> Result<Vec<Version>, StoreError> {
        let mut read = self.readers.acquire().await?;
        list(&mut read, id).await
    }

    /// The numbers of all versions, whatever stands in them.
    pub async fn list_version_numbers(&self, id: &PostmortemId) -> Result<Vec<u32>, StoreError> {
        let numbers = sqlx::query_scalar("select number from versions where postmortem_id = ? order by number");
        Ok(numbers.bind(id.as_str()).fetch_all(&self.readers).await?)
    }

    /// The document of a version, and how far it was then and whose; the document of an earlier release says so itself.
    pub async fn find_version(
        &self,
        id: &PostmortemId,
        number: u32,
    ) -> Result<Option<(Vec<u8>, Option<HeadRow>)>, StoreError> {
        type Columns = (Vec<u8>, Option<String>, Option<String>);
        let row: Option<Columns> =
            sqlx::query_as("select state, status, owner from versions where postmortem_id = ? and number = ?")
                .bind(id.as_str())
                .bind(number)
                .fetch_optional(&self.readers)
                .await?;
        let Some((state, status, owner)) = row else { return Ok(None) };
        let head = status.zip(owner).map(|(status, owner)| {
            Ok::<_, StoreError>(HeadRow {
                status: parsed(&status, "a status")?,
                owner,
                owner_id: None,
                is_owned: false,
            })
        });
        Ok(Some((state, head.transpose()?)))
    }

    /// The newest version; before there is one, the first update counts as one, which made the post-mortem.
    pub async fn latest_version(&self, id: &PostmortemId) -> Result<Option<Latest>, StoreError> {
        Ok(sqlx::query_as(
            "select coalesce(versions.sequence, 1) as sequence,
                    coalesce(versions.made_at, postmortems.created_at) as made_at
             from postmortems left join versions on versions.postmortem_id = postmortems.id
             where postmortems.id = ?
             order by versions.number desc
             limit 1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.readers)
        .await?)
    }
}
