//! The tables `publications` and `revisions`.

use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::{PageReaders, PostmortemId, UserId};
use sqlx::{FromRow, SqliteConnection};

/// The newest revision of a publication, without its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRevision {
    pub slug: String,
    pub revision: u32,
    pub published_at: DateTime<Utc>,
    /// The name of who published it.
    pub published_by: String,
    pub readers: PageReaders,
}

/// How many revisions of a publication are kept, the newest first, and the most bytes of their pages together. Only the one
/// that stands is shown to anybody, and it always stays; those before it are there for who looks into the database to see
/// what was told to whom.
const KEPT_REVISIONS: u32 = 10;
const KEPT_BYTES: u32 = 64 << 20;

/// What stands under a slug.
#[derive(Debug, Clone)]
pub enum StoredPage {
    /// The newest revision.
    Standing {
        html: String,
        style_hash: String,
        readers: PageReaders,
        /// Of which it is the page.
        postmortem: Option<PostmortemId>,
    },
    Withdrawn,
}

#[derive(Debug, Clone, Copy)]
pub struct Revision<'a> {
    pub slug: &'a str,
    pub number: u32,
    pub html: &'a str,
    pub style_hash: &'a str,
    /// What was published, as digests in JSON.
    pub digests: &'a str,
    pub published_by: &'a UserId,
    pub published_at: DateTime<Utc>,
}

/// A publication that was withdrawn and may be taken up again.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Withdrawn {
    pub slug: String,
    pub last_revision: u32,
}

/// Opens a publication, or takes one up again that was withdrawn.
pub async fn insert(
    write: &mut SqliteConnection,
    slug: &str,
    postmortem: &PostmortemId,
    created_at: DateTime<Utc>,
    readers: PageReaders,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into publications (slug, postmortem_id, created_at, readers) values (?, ?, ?, ?)
         on conflict (slug) do update set withdrawn_at = null, readers = excluded.readers
         where postmortem_id = excluded.postmortem_id",
    )
    .bind(slug)
    .bind(postmortem.as_str())
    .bind(created_at)
    .bind(readers.code())
    .execute(write)
    .await?;
    Ok(())
}

/// Says who can open the page that stands under a slug; whether there is one.
pub async fn set_readers(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    slug: &str,
    readers: PageReaders,
) -> Result<bool, StoreError> {
    let set = sqlx::query(
        "update publications set readers = ? where slug = ? and postmortem_id = ? and withdrawn_at is null",
    )
    .bind(readers.code())
    .bind(slug)
    .bind(postmortem.as_str())
    .execute(write)
    .await?;
    Ok(set.rows_affected() > 0)
}

pub async fn insert_revision(write: &mut SqliteConnection, revision: Revision<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into revisions (slug, number, html, style_hash, digests, published_by, published_at)
         values (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(revision.slug)
    .bind(revision.number)
    .bind(revision.html)
    .bind(revision.style_hash)
    .bind(revision.digests)
    .bind(revision.published_by.as_str())
    .bind(revision.published_at)
    .execute(write)
    .await?;
    Ok(())
}

/// Gives up the revisions of a publication that are beyond what is kept.
pub async fn delete_old_revisions(write: &mut SqliteConnection, slug: &str) -> Result<(), StoreError> {
    sqlx::query(
        "delete from revisions
         where slug = ?1 and number in (
             select number
             from (
                 select number,
                        row_number() over newest_first as place,
                        sum(octet_length(html)) over newest_first as bytes
                 from revisions
                 where slug = ?1
                 window newest_first as (order by number desc)
             )
             where place > 1 and (place > ?2 or bytes > ?3)
         )",
    )
    .bind(slug)
    .bind(KEPT_REVISIONS)
    .bind(KEPT_BYTES)
    .execute(write)
    .await?;
    Ok(())
}

/// Withdraws one publication of a post-mortem with all its revisions; whether it stood.
pub async fn withdraw(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    slug: &str,
    withdrawn_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let marked = sqlx::query(
        "update publications
         set withdrawn_at = ?, last_revision = (select max(number) from revisions where revisions.slug = publications.slug)
         where slug = ? and postmortem_id = ? and withdrawn_at is null",
    )
    .bind(withdrawn_at)
    .bind(slug)
    .bind(postmortem.as_str())
    .execute(&mut *write)
    .await?;
    delete_withdrawn_revisions(write).await?;
    Ok(marked.rows_affected() > 0)
}

/// Withdraws everything that was published of a post-mortem.
pub async fn withdraw_all(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    withdrawn_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("update publications set withdrawn_at = ? where postmortem_id = ? and withdrawn_at is null")
        .bind(withdrawn_at)
        .bind(postmortem.as_str())
        .execute(&mut *write)
        .await?;
    delete_withdrawn_revisions(write).await
}

async fn delete_withdrawn_revisions(write: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("delete from revisions where slug in (select slug from publications where withdrawn_at is not null)")
        .execute(write)
        .await?;
    Ok(())
}

const FIND_STANDING: &str =
    "select publications.slug, revisions.number, revisions.published_at, users.name as published_by,
            publications.readers
     from publications
     join revisions on revisions.slug = publications.slug
     join users on users.id = revisions.published_by
     where publications.postmortem_id = ? and publications.withdrawn_at is null
     order by revisions.number desc
     limit 1";

/// The publication of a post-mortem that stands.
pub async fn find_standing(
    read: &mut SqliteConnection,
    postmortem: &PostmortemId,
) -> Result<Option<StandingRevision>, StoreError> {
    type Columns = (String, u32, DateTime<Utc>, String, String);
    let row: Option<Columns> = sqlx::query_as(FIND_STANDING).bind(postmortem.as_str()).fetch_optional(read).await?;
    row.map(|(slug, revision, published_at, published_by, readers)| {
        let readers = parsed(&readers, "who can open a page")?;
        Ok(StandingRevision { slug, revision, published_at, published_by, readers })
    })
    .transpose()
}

impl Store {
    /// The publication of a post-mortem that stands.
    pub async fn find_publication(&self, postmortem: &PostmortemId) -> Result<Option<StandingRevision>, StoreError> {
        find_standing(&mut *self.readers.acquire().await?, postmortem).await
    }

    /// The publication of a post-mortem that was withdrawn last, where none stands.
    pub async fn find_withdrawn(&self, postmortem: &PostmortemId) -> Result<Option<Withdrawn>, StoreError> {
        Ok(sqlx::query_as(
            "select slug, last_revision
             from publications
             where postmortem_id = ? and withdrawn_at is not null
             order by withdrawn_at desc, slug
             limit 1",
        )
        .bind(postmortem.as_str())
        .fetch_optional(&self.readers)
        .await?)
    }

    /// The digests of the newest revision of a post-mortem's publication, as JSON; nothing for a revision that was
    /// published before they were kept.
    pub async fn find_digests(&self, postmortem: &PostmortemId) -> Result<Option<String>, StoreError> {
        let digests: Option<Option<String>> = sqlx::query_scalar(
            "select revisions.digests
             from publications
             join revisions on revisions.slug = publications.slug
             where publications.postmortem_id = ? and publications.withdrawn_at is null
             order by revisions.number desc
             limit 1",
        )
        .bind(postmortem.as_str())
        .fetch_optional(&self.readers)
        .await?;
        Ok(digests.flatten())
    }

    /// What stands under a slug, or nothing when it never was one.
    pub async fn find_page(&self, slug: &str) -> Result<Option<StoredPage>, StoreError> {
        type Columns = (Option<DateTime<Utc>>, Option<String>, Option<String>, String, Option<String>);
        let row: Option<Columns> = sqlx::query_as(
            "select publications.withdrawn_at, revisions.html, revisions.style_hash, publications.readers,
                    publications.postmortem_id
             from publications left join revisions on revisions.slug = publications.slug
             where publications.slug = ?
             order by revisions.number desc
             limit 1",
        )
        .bind(slug)
        .fetch_optional(&self.readers)
        .await?;
        let page = |row: Columns| match row {
            (None, Some(html), Some(style_hash), readers, postmortem) => {
                let postmortem = postmortem.map(|id| parsed(&id, "a post-mortem's id")).transpose()?;
                let readers = parsed(&readers, "who can open a page")?;
                Ok(StoredPage::Standing { html, style_hash, readers, postmortem })
            }
            _ => Ok(StoredPage::Withdrawn),
        };
        row.map(page).transpose()
    }
}
