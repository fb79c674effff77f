//! The table `postmortems`: that a post-mortem exists, and the summary that the incident log lists.

use super::announcements::{self, Announcement};
use super::head_rows::{name_once, owner_columns};
use super::people::person;
use super::rights::named_people;
use super::{Store, StoreError, Write, parsed};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use postmortem::api::{LogRow, Summary};
use postmortem::{HeadRow, Openness, PostmortemId, TeamRole, UserId};
use sqlx::{FromRow, SqliteConnection};
use std::fmt;
use std::str::FromStr;

/// How a post-mortem came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Blank,
    Import,
    /// The example of this name, of which there is one at most.
    Example(&'static str),
}

#[derive(FromRow)]
struct Row {
    id: String,
    title: String,
    severity: String,
    status: String,
    owner: String,
    owner_id: Option<String>,
    owner_color: Option<String>,
    owner_initials: Option<String>,
    is_owned: bool,
    services: String,
    started_at: Option<DateTime<Utc>>,
    resolved_at: Option<DateTime<Utc>>,
    meeting_at: Option<DateTime<Utc>>,
    next_due: Option<NaiveDate>,
    entries: u32,
    actions_open: u32,
    actions_total: u32,
    updated_at: DateTime<Utc>,
    listed_at: DateTime<Utc>,
    is_imported: bool,
    open_threads: u32,
    publication: Option<String>,
    revision: Option<u32>,
    access: String,
    named: u32,
}

impl Row {
    fn listed(self) -> Result<LogRow, StoreError> {
        let services = serde_json::from_str(&self.services)
            .map_err(|_| StoreError::Unreadable(format!("the services of {} are not a list", self.id)))?;
        let access = parsed(&self.access, "an access")?;
        let owned_by = match (&self.owner_id, self.owner_color) {
            (Some(id), Some(color)) => Some(person((id.clone(), self.owner.clone(), color, self.owner_initials))?),
            _ => None,
        };
        Ok(LogRow {
            id: parsed(&self.id, "a post-mortem's id")?,
            summary: Summary {
                title: self.title,
                severity: parsed(&self.severity, "a severity")?,
                services,
                started_at: self.started_at,
                resolved_at: self.resolved_at,
                meeting_at: self.meeting_at,
                next_due: self.next_due,
                entries: self.entries,
                open_actions: self.actions_open,
                actions: self.actions_total,
            },
            head: HeadRow {
                status: parsed(&self.status, "a status")?,
                owner: self.owner,
                owner_id: self.owner_id.map(|id| parsed(&id, "a user's id")).transpose()?,
                is_owned: self.is_owned,
            },
            open_threads: self.open_threads,
            updated_at: self.updated_at,
            listed_at: Some(self.listed_at),
            imported: self.is_imported,
            publication: self.publication,
            revision: self.revision,
            access,
            named: (access == Openness::Private).then_some(self.named),
            people: Vec::new(),
            owned_by,
        })
    }
}

/// What the log tells of a post-mortem that is new.
#[derive(Debug, Clone, Copy)]
pub struct NewLine<'a> {
    pub origin: Origin,
    pub access: Openness,
    pub summary: &'a Summary,
    pub head: &'a HeadRow,
}

/// Adds a post-mortem, which belongs to whoever made it, and announces it; its document goes to the log in the same transaction.
pub async fn insert(
    write: &mut Write,
    id: &PostmortemId,
    created_by: Option<&UserId>,
    created_at: DateTime<Utc>,
    NewLine { origin, access, summary, head }: NewLine<'_>,
) -> Result<(), StoreError> {
    let example = match origin {
        Origin::Example(name) => Some(name),
        Origin::Blank | Origin::Import => None,
    };
    sqlx::query(
        "insert into postmortems
             (id, created_by, created_at, updated_at, title, severity, status, owner, services, started_at, resolved_at,
              meeting_at, next_due, entries, actions_open, actions_total, is_imported, example, access, owner_id, head_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?2, ?3)",
    )
    .bind(id.as_str())
    .bind(created_by.map(UserId::as_str))
    .bind(created_at)
    .bind(created_at)
    .bind(&summary.title)
    .bind(summary.severity.code())
    .bind(head.status.code())
    .bind(&head.owner)
    .bind(services(summary))
    .bind(summary.started_at)
    .bind(summary.resolved_at)
    .bind(summary.meeting_at)
    .bind(summary.next_due)
    .bind(summary.entries)
    .bind(summary.open_actions)
    .bind(summary.actions)
    .bind(origin != Origin::Blank)
    .bind(example)
    .bind(access.code())
    .execute(&mut **write)
    .await?;
    name_once(write, id).await?;
    announcements::insert(write, &Announcement::Summary(id.clone())).await?;
    Ok(())
}

/// Renews the summary, and announces it; nothing happens when the post-mortem was deleted meanwhile.
pub async fn update_summary(
    write: &mut Write,
    id: &PostmortemId,
    updated_at: DateTime<Utc>,
    summary: &Summary,
) -> Result<(), StoreError> {
    let updated = sqlx::query(
        "update postmortems
         set updated_at = ?, title = ?, severity = ?, services = ?, started_at = ?,
             resolved_at = ?, meeting_at = ?, next_due = ?, entries = ?, actions_open = ?, actions_total = ?,
             sequence = max(sequence, coalesce(
                 (select max(sequence) from updates where postmortem_id = postmortems.id),
                 (select sequence from snapshots where postmortem_id = postmortems.id),
                 0))
         where id = ?",
    )
    .bind(updated_at)
    .bind(&summary.title)
    .bind(summary.severity.code())
    .bind(services(summary))
    .bind(summary.started_at)
    .bind(summary.resolved_at)
    .bind(summary.meeting_at)
    .bind(summary.next_due)
    .bind(summary.entries)
    .bind(summary.open_actions)
    .bind(summary.actions)
    .bind(id.as_str())
    .execute(&mut **write)
    .await?;
    if updated.rows_affected() > 0 {
        announcements::insert(write, &Announcement::Summary(id.clone())).await?;
    }
    Ok(())
}

/// Whether a post-mortem is there, as a write sees it.
pub async fn is_there(write: &mut SqliteConnection, id: &PostmortemId) -> Result<bool, StoreError> {
    let row: Option<(i64,)> =
        sqlx::query_as("select 1 from postmortems where id = ?").bind(id.as_str()).fetch_optional(write).await?;
    Ok(row.is_some())
}

const FIND_EXAMPLE: &str = "select id from postmortems where example = ?";

/// The post-mortem that was made from an example.
pub async fn find_example(read: &mut SqliteConnection, name: &str) -> Result<Option<PostmortemId>, StoreError> {
    let row: Option<(String,)> = sqlx::query_as(FIND_EXAMPLE).bind(name).fetch_optional(read).await?;
    row.map(|(id,)| parsed(&id, "a post-mortem's id")).transpose()
}

/// Deletes a post-mortem with its log, snapshot, authors and threads, and what was taken out of its log before; whether
/// there was one.
pub async fn delete(write: &mut SqliteConnection, id: &PostmortemId) -> Result<bool, StoreError> {
    sqlx::query("delete from replaced_logs where postmortem_id = ?").bind(id.as_str()).execute(&mut *write).await?;
    let deleted = sqlx::query("delete from postmortems where id = ?").bind(id.as_str()).execute(write).await?;
    Ok(deleted.rows_affected() > 0)
}

/// Remembers that somebody deleted a post-mortem.
pub async fn insert_deleted(write: &mut SqliteConnection, id: &PostmortemId) -> Result<(), StoreError> {
    sqlx::query("insert into deleted_postmortems (id) values (?) on conflict do nothing")
        .bind(id.as_str())
        .execute(write)
        .await?;
    Ok(())
}

fn services(summary: &Summary) -> String {
    serde_json::Value::from(summary.services.clone()).to_string()
}

macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "select id, title, severity, status, ",
            owner_columns!(),
            ", (select color from users where users.id = owner_id and owner = '') as owner_color,
                    (select initials from users where users.id = owner_id and owner = '') as owner_initials,
                    services, started_at, resolved_at, meeting_at, next_due, entries,
                    actions_open, actions_total, updated_at, is_imported, access, coalesce(started_at, created_at) as listed_at,
                    (select count(*) from threads
                     where threads.postmortem_id = postmortems.id and threads.resolved_at is null) as open_threads,
                    case when access = 'private' then (select count(distinct user_id) from ",
            named_people!("postmortems.id"),
            ") else 0 end as named,
                    (select slug from publications
                     where publications.postmortem_id = postmortems.id and withdrawn_at is null) as publication,
                    (select max(number) from revisions
                     join publications on publications.slug = revisions.slug
                     where publications.postmortem_id = postmortems.id and withdrawn_at is null) as revision
             from postmortems ",
            $rest
        )
    };
}

const LIST: &str = lines!("order by listed_at desc, id desc");
// Said in two conditions: of a row value over an indexed expression SQLite seeks no place in the index, and walks it from the
// front (findings/sqlite-seeks-no-row-value-over-an-indexed-expression.sh).
const PAGE: &str = lines!(
    "where coalesce(started_at, created_at) <= ?1 and (coalesce(started_at, created_at) < ?1 or id < ?2)
         and ((access <> 'private' and ?3) or owner_id = ?4
              or exists (select 1 from postmortem_members
                         where postmortem_members.postmortem_id = postmortems.id and user_id = ?4)
              or exists (select 1 from postmortem_groups
                         join group_members on group_members.group_id = postmortem_groups.group_id
                         where postmortem_groups.postmortem_id = postmortems.id and user_id = ?4))
     order by coalesce(started_at, created_at) desc, id desc
     limit ?5"
);
const FIND_LISTED: &str = lines!("where id = ?");

/// Behind every time that the database has, as text.
const END_OF_TIME: &str = "9999-12-31T23:59:59.999999999+00:00";

/// A line of the log, by what the log is ordered by. As text its time and its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPlace {
    listed_at: DateTime<Utc>,
    id: PostmortemId,
}

impl LogPlace {
    /// Where a line of a list of ours stands.
    pub fn of(row: &LogRow) -> Self {
        Self { listed_at: row.listed_at.unwrap_or_else(|| row.moment()), id: row.id.clone() }
    }

    /// As it stands in the database.
    fn time(&self) -> String {
        self.listed_at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
    }
}

impl fmt::Display for LogPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}_{}", self.listed_at.to_rfc3339_opts(SecondsFormat::AutoSi, true), self.id)
    }
}

impl FromStr for LogPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (listed_at, id) = text.split_once('_').ok_or(())?;
        Ok(Self { listed_at: listed_at.parse().map_err(|_| ())?, id: id.parse().map_err(|_| ())? })
    }
}

impl Store {
    /// What somebody finds of the log behind a line, the newest incident first.
    pub async fn page_of_log(
        &self,
        after: Option<&LogPlace>,
        user: &UserId,
        role: TeamRole,
        most: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(PAGE)
            .bind(after.map_or_else(|| END_OF_TIME.to_owned(), LogPlace::time))
            .bind(after.map_or("", |after| after.id.as_str()))
            .bind(role != TeamRole::Outsider)
            .bind(user.as_str())
            .bind(most)
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::listed).collect()
    }

    /// Every post-mortem, the newest incident first; one without a start counts as of when it was created. Who has them open
    /// is not written anywhere.
    pub async fn list_postmortems(&self) -> Result<Vec<LogRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(LIST).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::listed).collect()
    }

    /// The line of one post-mortem.
    pub async fn find_listed(&self, id: &PostmortemId) -> Result<Option<LogRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(FIND_LISTED).bind(id.as_str()).fetch_optional(&self.readers).await?;
        row.map(Row::listed).transpose()
    }

    /// The post-mortem that was made from an example.
    pub async fn find_example(&self, name: &str) -> Result<Option<PostmortemId>, StoreError> {
        find_example(&mut *self.readers.acquire().await?, name).await
    }

    pub async fn has_postmortem(&self, id: &PostmortemId) -> Result<bool, StoreError> {
        self.finds("select 1 from postmortems where id = ?", id).await
    }

    /// Whether somebody deleted the post-mortem.
    pub async fn was_deleted(&self, id: &PostmortemId) -> Result<bool, StoreError> {
        self.finds("select 1 from deleted_postmortems where id = ?", id).await
    }
}
