//! The tables `threads`, `comments` and `deleted_comments`. Whatever is asked of one thread reads that thread alone, and of
//! a long one no more than is told.

use super::people::person;
use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::id::CommentId;
use postmortem::thread::{More, Resolution, THREAD_WEIGHT, weight};
use postmortem::{Comment, Passage, PostmortemId, Subject, Thread, ThreadId, UserId, limits};
use serde::de::DeserializeOwned;
use sqlx::{FromRow, SqliteConnection};
use std::collections::HashMap;

#[derive(FromRow)]
struct ThreadRow {
    id: String,
    number: u32,
    place: String,
    passage_start: Option<String>,
    passage_end: Option<String>,
    quote: Option<String>,
    equals: Option<String>,
    comments: u32,
    bytes: u32,
    resolved_at: Option<DateTime<Utc>>,
    resolver_id: Option<String>,
    resolver_name: Option<String>,
    resolver_color: Option<String>,
    resolver_initials: Option<String>,
}

#[derive(FromRow)]
struct CommentRow {
    id: String,
    thread_id: String,
    number: u32,
    text: String,
    created_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
    author_id: String,
    author_name: String,
    author_color: String,
    author_initials: Option<String>,
}

impl ThreadRow {
    /// What all its comments weigh.
    fn weight(&self) -> usize {
        weight(self.comments as usize, self.bytes as usize)
    }

    fn is_told_whole(&self) -> bool {
        self.weight() <= limits::THREAD_TOLD
    }

    fn thread(self, comments: Vec<Comment>, more: Option<More>) -> Result<Thread, StoreError> {
        let resolved = match (self.resolved_at, self.resolver_id, self.resolver_name, self.resolver_color) {
            (Some(at), Some(id), Some(name), Some(color)) => {
                Some(Resolution { by: person((id, name, color, self.resolver_initials))?, at })
            }
            _ => None,
        };
        let passage = match (self.passage_start, self.passage_end, self.quote) {
            (Some(start), Some(end), Some(quote)) => {
                let equals = self.equals.as_deref().map(|json| part(json, "a passage's equals")).transpose()?;
                let (start, end) = (part(&start, "a passage's start")?, part(&end, "a passage's end")?);
                Some(Passage { start, end, quote, equals })
            }
            _ => None,
        };
        Ok(Thread {
            id: parsed(&self.id, "a thread's id")?,
            subject: parsed(&self.place, "what a thread is about")?,
            passage,
            comments,
            more,
            resolved,
        })
    }
}

impl CommentRow {
    fn comment(self) -> Result<Comment, StoreError> {
        Ok(Comment {
            id: parsed(&self.id, "a comment's id")?,
            number: self.number,
            author: person((self.author_id, self.author_name, self.author_color, self.author_initials))?,
            text: self.text,
            created_at: self.created_at,
            edited_at: self.edited_at,
        })
    }
}

/// A part of a passage from its JSON.
fn part<V: DeserializeOwned>(json: &str, what: &str) -> Result<V, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Unreadable(format!("{what}: {error}")))
}

/// The most threads of a page: the lightest of them fill an answer.
const MOST_THREADS: u32 = 300;

/// Where a comment stands, whose it is, and how many bytes its text has.
#[derive(Debug, Clone)]
pub struct Placed {
    pub postmortem: PostmortemId,
    pub thread: ThreadId,
    pub author: UserId,
    pub bytes: u32,
}

/// How much there is of comments: of a thread, or of all threads of a post-mortem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct CommentTotals {
    pub comments: u32,
    pub bytes: u32,
}

/// A thread with its number among those of its post-mortem, which gives their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    pub number: u32,
    /// As it is told: with its first comments where it is long.
    pub thread: Thread,
}

/// Some threads of a post-mortem, and the number of the last of them where others follow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NumberedThreads {
    pub threads: Vec<Numbered>,
    pub next: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
pub struct NewThread<'a> {
    pub id: &'a ThreadId,
    pub subject: &'a Subject,
    pub passage: Option<&'a Passage>,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy)]
pub struct AddedComment<'a> {
    pub id: &'a CommentId,
    pub author: &'a UserId,
    pub text: &'a str,
    pub created_at: DateTime<Utc>,
}

const FIND_PLACED: &str =
    "select threads.postmortem_id, comments.thread_id, comments.author, octet_length(comments.text)
     from comments join threads on threads.id = comments.thread_id
     where comments.id = ?";

/// Where a comment stands, whatever post-mortem that is in.
pub async fn find_placed(write: &mut SqliteConnection, comment: &CommentId) -> Result<Option<Placed>, StoreError> {
    let row: Option<(String, String, String, u32)> =
        sqlx::query_as(FIND_PLACED).bind(comment.as_str()).fetch_optional(write).await?;
    row.map(|(postmortem, thread, author, bytes)| {
        Ok(Placed {
            postmortem: parsed(&postmortem, "a post-mortem's id")?,
            thread: parsed(&thread, "a thread's id")?,
            author: parsed(&author, "a user's id")?,
            bytes,
        })
    })
    .transpose()
}

const WAS_DELETED: &str =
    "select exists (select 1 from deleted_comments where id = ?1) or exists (select 1 from threads where id = ?1)";

/// Whether there was a comment with this id. Those that were deleted before their ids were remembered are known by the
/// thread that they began, where others went on with it.
pub async fn was_comment_deleted(write: &mut SqliteConnection, comment: &CommentId) -> Result<bool, StoreError> {
    let (was_deleted,): (bool,) = sqlx::query_as(WAS_DELETED).bind(comment.as_str()).fetch_one(write).await?;
    Ok(was_deleted)
}

const FIND_SUBJECT: &str = "select place from threads where id = ? and postmortem_id = ?";

/// What a thread of a post-mortem is about.
pub async fn find_subject(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    thread: &ThreadId,
) -> Result<Option<Subject>, StoreError> {
    let row: Option<(String,)> =
        sqlx::query_as(FIND_SUBJECT).bind(thread.as_str()).bind(postmortem.as_str()).fetch_optional(write).await?;
    row.map(|(place,)| parsed(&place, "what a thread is about")).transpose()
}

const HELD_BY_THREAD: &str = "select comments, bytes from threads where id = ?";
const HELD_BY_POSTMORTEM: &str = "select comments, comment_bytes as bytes from postmortems where id = ?";

/// How much a thread holds, and all of its post-mortem.
pub async fn held(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    thread: &ThreadId,
) -> Result<(CommentTotals, CommentTotals), StoreError> {
    let of_thread = sqlx::query_as(HELD_BY_THREAD).bind(thread.as_str()).fetch_one(&mut *write).await?;
    let of_all = sqlx::query_as(HELD_BY_POSTMORTEM).bind(postmortem.as_str()).fetch_one(write).await?;
    Ok((of_thread, of_all))
}

const NUMBER_THREAD: &str = "update postmortems set last_thread = last_thread + 1 where id = ? returning last_thread";
const COUNT_QUOTE: &str = "update postmortems set comment_bytes = comment_bytes + ? where id = ?";

/// Opens a thread on a section or an entry, or on words of it; `false` when there is no such post-mortem.
pub async fn insert_thread(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    new: NewThread<'_>,
) -> Result<bool, StoreError> {
    let number: Option<(u32,)> =
        sqlx::query_as(NUMBER_THREAD).bind(postmortem.as_str()).fetch_optional(&mut *write).await?;
    let Some((number,)) = number else { return Ok(false) };
    let quote = new.passage.map(|passage| passage.quote.as_str());
    let equals = new.passage.and_then(|passage| serde_json::to_string(passage.equals.as_ref()?).ok());
    sqlx::query(
        "insert into threads (id, postmortem_id, number, place, passage_start, passage_end, quote, equals, created_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.id.as_str())
    .bind(postmortem.as_str())
    .bind(number)
    .bind(new.subject.to_string())
    .bind(new.passage.map(|passage| passage.start.to_string()))
    .bind(new.passage.map(|passage| passage.end.to_string()))
    .bind(quote)
    .bind(equals)
    .bind(new.created_at)
    .execute(&mut *write)
    .await?;
    sqlx::query(COUNT_QUOTE).bind(size(quote.unwrap_or_default())).bind(postmortem.as_str()).execute(write).await?;
    Ok(true)
}

const NUMBER_COMMENT: &str = "update threads set last_number = last_number + 1 where id = ? returning last_number";

/// Adds a comment to a thread, as its last.
pub async fn insert_comment(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    thread: &ThreadId,
    new: AddedComment<'_>,
) -> Result<(), StoreError> {
    let (number,): (u32,) = sqlx::query_as(NUMBER_COMMENT).bind(thread.as_str()).fetch_one(&mut *write).await?;
    sqlx::query("insert into comments (id, thread_id, number, author, text, created_at) values (?, ?, ?, ?, ?, ?)")
        .bind(new.id.as_str())
        .bind(thread.as_str())
        .bind(number)
        .bind(new.author.as_str())
        .bind(new.text)
        .bind(new.created_at)
        .execute(&mut *write)
        .await?;
    count(write, postmortem, thread, 1, size(new.text)).await
}

pub async fn update_comment(
    write: &mut SqliteConnection,
    placed: &Placed,
    id: &CommentId,
    text: &str,
    edited_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("update comments set text = ?, edited_at = ? where id = ?")
        .bind(text)
        .bind(edited_at)
        .bind(id.as_str())
        .execute(&mut *write)
        .await?;
    count(write, &placed.postmortem, &placed.thread, 0, size(text) - i64::from(placed.bytes)).await
}

/// Deletes a comment, and remembers its id.
pub async fn delete_comment(write: &mut SqliteConnection, placed: &Placed, id: &CommentId) -> Result<(), StoreError> {
    sqlx::query("delete from comments where id = ?").bind(id.as_str()).execute(&mut *write).await?;
    sqlx::query("insert into deleted_comments (id, postmortem_id) values (?, ?)")
        .bind(id.as_str())
        .bind(placed.postmortem.as_str())
        .execute(&mut *write)
        .await?;
    count(write, &placed.postmortem, &placed.thread, -1, -i64::from(placed.bytes)).await
}

const COUNT_IN_THREAD: &str = "update threads set comments = comments + ?, bytes = bytes + ? where id = ?";
const COUNT_IN_POSTMORTEM: &str =
    "update postmortems set comments = comments + ?, comment_bytes = comment_bytes + ? where id = ?";

/// Counts comments and bytes of their texts in, or out.
async fn count(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    thread: &ThreadId,
    comments: i64,
    bytes: i64,
) -> Result<(), StoreError> {
    for (statement, id) in [(COUNT_IN_THREAD, thread.as_str()), (COUNT_IN_POSTMORTEM, postmortem.as_str())] {
        sqlx::query(statement).bind(comments).bind(bytes).bind(id).execute(&mut *write).await?;
    }
    Ok(())
}

fn size(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

const DELETE_EMPTY_THREAD: &str =
    "delete from threads where id = ? and comments = 0 returning coalesce(octet_length(quote), 0)";

/// Deletes a thread whose last comment is gone.
pub async fn delete_empty_thread(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    thread: &ThreadId,
) -> Result<(), StoreError> {
    let deleted: Option<(i64,)> =
        sqlx::query_as(DELETE_EMPTY_THREAD).bind(thread.as_str()).fetch_optional(&mut *write).await?;
    if let Some((quote,)) = deleted {
        sqlx::query(COUNT_QUOTE).bind(-quote).bind(postmortem.as_str()).execute(write).await?;
    }
    Ok(())
}

/// Resolves a thread, or opens it again. Resolving twice keeps who was first.
pub async fn set_resolution(
    write: &mut SqliteConnection,
    thread: &ThreadId,
    resolved: Option<(&UserId, DateTime<Utc>)>,
) -> Result<(), StoreError> {
    match resolved {
        Some((by, at)) => {
            sqlx::query("update threads set resolved_by = ?, resolved_at = ? where id = ? and resolved_at is null")
                .bind(by.as_str())
                .bind(at)
                .bind(thread.as_str())
                .execute(write)
                .await?
        }
        None => {
            sqlx::query("update threads set resolved_by = null, resolved_at = null where id = ?")
                .bind(thread.as_str())
                .execute(write)
                .await?
        }
    };
    Ok(())
}

const FIND_THREAD: &str =
    "select threads.id, threads.number, threads.place, threads.passage_start, threads.passage_end, threads.quote,
            threads.equals, threads.comments, threads.bytes, threads.resolved_at,
            users.id as resolver_id, users.name as resolver_name, users.color as resolver_color,
            users.initials as resolver_initials
     from threads left join users on users.id = threads.resolved_by
     where threads.id = ? and threads.postmortem_id = ?";

const FIND_COMMENT: &str =
    "select comments.id, comments.thread_id, comments.number, comments.text, comments.created_at,
            comments.edited_at,
            users.id as author_id, users.name as author_name, users.color as author_color,
            users.initials as author_initials
     from comments join users on users.id = comments.author
     where comments.id = ?";

impl Store {
    /// One thread of a post-mortem, as it is told.
    pub async fn find_thread(
        &self,
        postmortem: &PostmortemId,
        thread: &ThreadId,
    ) -> Result<Option<Numbered>, StoreError> {
        let mut read = self.readers.begin().await?;
        let Some(row) = find_thread_row(&mut read, postmortem, thread).await? else { return Ok(None) };
        Ok(Some(told(&mut read, row).await?))
    }

    /// A thread with those of its comments whose numbers follow one: at most so many, and no more than go into an answer.
    pub async fn find_comments_after(
        &self,
        postmortem: &PostmortemId,
        thread: &ThreadId,
        after: u32,
        most: u32,
    ) -> Result<Option<Thread>, StoreError> {
        let mut read = self.readers.begin().await?;
        let Some(row) = find_thread_row(&mut read, postmortem, thread).await? else { return Ok(None) };
        let last = last_that_fits(&mut read, &row.id, after, most, limits::THREADS).await?;
        let comments = list_comments(&mut read, &row.id, after, last).await?;
        let more = more_after(&mut read, &row.id, last).await?;
        Ok(Some(row.thread(comments, more)?))
    }

    pub async fn find_comment(&self, comment: &CommentId) -> Result<Option<Comment>, StoreError> {
        let row: Option<CommentRow> =
            sqlx::query_as(FIND_COMMENT).bind(comment.as_str()).fetch_optional(&self.readers).await?;
        row.map(CommentRow::comment).transpose()
    }

    /// The threads whose numbers follow one, as they are told: at most so many, and no more than go into an answer.
    pub async fn page_of_threads(
        &self,
        postmortem: &PostmortemId,
        after: u32,
        most: u32,
    ) -> Result<NumberedThreads, StoreError> {
        let mut read = self.readers.begin().await?;
        let most = most.min(MOST_THREADS);
        let mut rows = list_thread_rows(&mut read, postmortem, after, most + 1).await?;
        let found = rows.len();
        let mut left = limits::THREADS;
        let fitting = rows.iter().take(most as usize).take_while(|row| {
            let fits = left > 0;
            let quote = row.quote.as_deref().map_or(0, str::len);
            left = left.saturating_sub(THREAD_WEIGHT + quote + row.weight().min(limits::THREAD_TOLD));
            fits
        });
        rows.truncate(fitting.count());
        let Some(last) = rows.last().map(|row| row.number) else { return Ok(NumberedThreads::default()) };
        let next = (rows.len() < found).then_some(last);
        let mut short = list_comments_of_short(&mut read, postmortem, after, last).await?;
        let mut threads = Vec::with_capacity(rows.len());
        for row in rows {
            threads.push(if row.is_told_whole() {
                let comments = short.remove(&row.id).unwrap_or_default();
                Numbered { number: row.number, thread: row.thread(comments, None)? }
            } else {
                told(&mut read, row).await?
            });
        }
        Ok(NumberedThreads { threads, next })
    }

    /// How much was said of a post-mortem; `None` where there is none.
    pub async fn held(&self, postmortem: &PostmortemId) -> Result<Option<CommentTotals>, StoreError> {
        Ok(sqlx::query_as(HELD_BY_POSTMORTEM).bind(postmortem.as_str()).fetch_optional(&self.readers).await?)
    }

    /// Every thread of a post-mortem with all of its comments, in the order in which they were begun.
    pub async fn list_threads(&self, postmortem: &PostmortemId) -> Result<Vec<Thread>, StoreError> {
        let mut read = self.readers.begin().await?;
        let rows = list_thread_rows(&mut read, postmortem, 0, u32::MAX).await?;
        let mut comments = list_all_comments(&mut read, postmortem).await?;
        rows.into_iter()
            .map(|row| {
                let of_thread = comments.remove(&row.id).unwrap_or_default();
                row.thread(of_thread, None)
            })
            .collect()
    }

    /// How many comments the threads of a post-mortem count that are not there.
    pub async fn count_lost_comments(&self, postmortem: &PostmortemId) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "select coalesce(sum(threads.comments
                                 - (select count(*) from comments where comments.thread_id = threads.id)), 0)
             from threads
             where threads.postmortem_id = ?",
        )
        .bind(postmortem.as_str())
        .fetch_one(&self.readers)
        .await?)
    }
}

/// A thread with all of its comments, or with the first of them.
async fn told(read: &mut SqliteConnection, row: ThreadRow) -> Result<Numbered, StoreError> {
    let number = row.number;
    if row.is_told_whole() {
        let comments = list_comments(read, &row.id, 0, u32::MAX).await?;
        return Ok(Numbered { number, thread: row.thread(comments, None)? });
    }
    let last = last_that_fits(read, &row.id, 0, u32::MAX, limits::THREAD_TOLD).await?;
    let comments = list_comments(read, &row.id, 0, last).await?;
    let left = row.comments.saturating_sub(u32::try_from(comments.len()).unwrap_or(u32::MAX));
    let more = (left > 0).then_some(More { count: left, after: last });
    let mut thread = row.thread(comments, more)?;
    let is_one_too_long = thread.comments.len() == 1 && thread.weight() > limits::THREAD_TOLD;
    if is_one_too_long {
        thread.shorten();
    }
    Ok(Numbered { number, thread })
}

async fn find_thread_row(
    read: &mut SqliteConnection,
    postmortem: &PostmortemId,
    thread: &ThreadId,
) -> Result<Option<ThreadRow>, StoreError> {
    Ok(sqlx::query_as(FIND_THREAD).bind(thread.as_str()).bind(postmortem.as_str()).fetch_optional(read).await?)
}

const LIST_THREADS: &str =
    "select threads.id, threads.number, threads.place, threads.passage_start, threads.passage_end, threads.quote,
            threads.equals, threads.comments, threads.bytes, threads.resolved_at,
            users.id as resolver_id, users.name as resolver_name, users.color as resolver_color,
            users.initials as resolver_initials
     from threads left join users on users.id = threads.resolved_by
     where threads.postmortem_id = ? and threads.number > ?
     order by threads.number limit ?";

async fn list_thread_rows(
    read: &mut SqliteConnection,
    postmortem: &PostmortemId,
    after: u32,
    most: u32,
) -> Result<Vec<ThreadRow>, StoreError> {
    Ok(sqlx::query_as(LIST_THREADS).bind(postmortem.as_str()).bind(after).bind(most).fetch_all(read).await?)
}

const LIST_SIZES: &str = "select number, octet_length(text) from comments
     where thread_id = ? and number > ? order by number limit ?";

/// The number of the last comment after one up to which all go into a weight; of the next where not even that does.
async fn last_that_fits(
    read: &mut SqliteConnection,
    thread: &str,
    after: u32,
    most: u32,
    heaviest: usize,
) -> Result<u32, StoreError> {
    let rows = u32::try_from(heaviest / weight(1, 0) + 1).unwrap_or(u32::MAX).min(most);
    let sizes: Vec<(u32, u32)> = sqlx::query_as(LIST_SIZES).bind(thread).bind(after).bind(rows).fetch_all(read).await?;
    let mut sum = 0;
    let fitting = sizes.iter().take_while(|(_, bytes)| {
        sum += weight(1, *bytes as usize);
        sum <= heaviest
    });
    let last = fitting.last().or(sizes.first());
    Ok(last.map_or(after, |(number, _)| *number))
}

const LIST_COMMENTS: &str =
    "select comments.id, comments.thread_id, comments.number, comments.text, comments.created_at,
            comments.edited_at,
            users.id as author_id, users.name as author_name, users.color as author_color,
            users.initials as author_initials
     from comments cross join users on users.id = comments.author
     where comments.thread_id = ? and comments.number > ? and comments.number <= ?
     order by comments.number";

async fn list_comments(
    read: &mut SqliteConnection,
    thread: &str,
    after: u32,
    through: u32,
) -> Result<Vec<Comment>, StoreError> {
    let rows: Vec<CommentRow> =
        sqlx::query_as(LIST_COMMENTS).bind(thread).bind(after).bind(through).fetch_all(read).await?;
    rows.into_iter().map(CommentRow::comment).collect()
}

const COUNT_AFTER: &str = "select count(*) from comments where thread_id = ? and number > ?";

async fn more_after(read: &mut SqliteConnection, thread: &str, after: u32) -> Result<Option<More>, StoreError> {
    let (count,): (u32,) = sqlx::query_as(COUNT_AFTER).bind(thread).bind(after).fetch_one(read).await?;
    Ok((count > 0).then_some(More { count, after }))
}

const LIST_COMMENTS_OF_SHORT: &str =
    "select comments.id, comments.thread_id, comments.number, comments.text, comments.created_at, comments.edited_at,
            users.id as author_id, users.name as author_name, users.color as author_color,
            users.initials as author_initials
     from threads cross join comments on comments.thread_id = threads.id
     cross join users on users.id = comments.author
     where threads.postmortem_id = ?1 and threads.number > ?2 and threads.number <= ?3
       and threads.bytes + threads.comments * ?4 <= ?5
     order by threads.number, comments.number";

/// The comments of those threads that are told whole, by thread.
async fn list_comments_of_short(
    read: &mut SqliteConnection,
    postmortem: &PostmortemId,
    after: u32,
    through: u32,
) -> Result<HashMap<String, Vec<Comment>>, StoreError> {
    let rows: Vec<CommentRow> = sqlx::query_as(LIST_COMMENTS_OF_SHORT)
        .bind(postmortem.as_str())
        .bind(after)
        .bind(through)
        .bind(i64::try_from(weight(1, 0)).unwrap_or(i64::MAX))
        .bind(i64::try_from(limits::THREAD_TOLD).unwrap_or(i64::MAX))
        .fetch_all(read)
        .await?;
    by_thread(rows)
}

const LIST_ALL_COMMENTS: &str =
    "select comments.id, comments.thread_id, comments.number, comments.text, comments.created_at, comments.edited_at,
            users.id as author_id, users.name as author_name, users.color as author_color,
            users.initials as author_initials
     from threads cross join comments on comments.thread_id = threads.id
     cross join users on users.id = comments.author
     where threads.postmortem_id = ?
     order by threads.number, comments.number";

async fn list_all_comments(
    read: &mut SqliteConnection,
    postmortem: &PostmortemId,
) -> Result<HashMap<String, Vec<Comment>>, StoreError> {
    by_thread(sqlx::query_as(LIST_ALL_COMMENTS).bind(postmortem.as_str()).fetch_all(read).await?)
}

fn by_thread(rows: Vec<CommentRow>) -> Result<HashMap<String, Vec<Comment>>, StoreError> {
    let mut threads: HashMap<String, Vec<Comment>> = HashMap::new();
    for mut row in rows {
        let thread = std::mem::take(&mut row.thread_id);
        threads.entry(thread).or_default().push(row.comment()?);
    }
    Ok(threads)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MIGRATIONS;
    use sqlx::Connection;

    #[tokio::test]
    async fn no_statement_reads_rows_of_others_or_sorts_them() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let store = Store::open(&folder.path().join("debrief.db")).await?;
        for statement in [
            FIND_PLACED,
            WAS_DELETED,
            FIND_SUBJECT,
            HELD_BY_THREAD,
            HELD_BY_POSTMORTEM,
            NUMBER_THREAD,
            COUNT_QUOTE,
            NUMBER_COMMENT,
            COUNT_IN_THREAD,
            COUNT_IN_POSTMORTEM,
            DELETE_EMPTY_THREAD,
            FIND_THREAD,
            FIND_COMMENT,
            LIST_THREADS,
            LIST_SIZES,
            LIST_COMMENTS,
            COUNT_AFTER,
            LIST_COMMENTS_OF_SHORT,
            LIST_ALL_COMMENTS,
        ] {
            let explained = sqlx::AssertSqlSafe(format!("explain query plan {statement}"));
            let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explained).fetch_all(&store.writer).await?;
            let steps: Vec<&str> = plan.iter().map(|(.., step)| step.as_str()).collect();
            let reads_all = |step: &&str| step.starts_with("SCAN") && *step != "SCAN CONSTANT ROW";
            assert!(!steps.iter().any(reads_all), "{statement}\n{steps:#?}");
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{statement}\n{steps:#?}");
            assert!(steps.iter().any(|step| step.starts_with("SEARCH")), "{statement}\n{steps:#?}");
        }
        store.close().await;
        Ok(())
    }

    #[tokio::test]
    async fn rows_from_before_are_numbered_as_they_were_inserted_and_counted() -> Result<(), Box<dyn std::error::Error>>
    {
        let mut database = SqliteConnection::connect("sqlite::memory:").await?;
        let (before, since): (Vec<_>, Vec<_>) = MIGRATIONS.iter().partition(|migration| migration.version < 10);
        for migration in before {
            sqlx::raw_sql(migration.sql.clone()).execute(&mut database).await?;
        }
        // The clock went back between the comment and its reply.
        sqlx::raw_sql(
            "insert into postmortems (id, created_at, updated_at, title, severity, status, owner, services, entries,
                                      actions_open, actions_total)
             values ('p', '', '', '', '', '', '', '', 0, 0, 0);
             insert into threads (id, postmortem_id, place, quote, created_at) values
                 ('t2', 'p', 'sections/overview', null, '2018-10-21T23:09:00Z'),
                 ('t1', 'p', 'sections/overview', 'zwölf', '2018-10-21T23:07:00Z');
             insert into comments (id, thread_id, author, text, created_at) values
                 ('z', 't1', 'guest', 'Who?', '2018-10-21T23:07:00Z'),
                 ('c', 't2', 'guest', 'Elsewhere', '2018-10-21T23:09:00Z'),
                 ('a', 't1', 'guest', 'Wir.', '2018-10-21T23:06:00Z');",
        )
        .execute(&mut database)
        .await?;
        for migration in since {
            sqlx::raw_sql(migration.sql.clone()).execute(&mut database).await?;
        }
        let threads = list_thread_rows(&mut database, &"p".parse()?, 0, 9).await?;
        let counted = threads.iter().map(|row| (row.id.as_str(), row.number, row.comments, row.bytes));
        assert_eq!(counted.collect::<Vec<_>>(), [("t2", 1, 1, 9), ("t1", 2, 2, 8)]);
        let texts = list_comments(&mut database, "t1", 0, 9).await?;
        assert_eq!(
            texts.iter().map(|comment| (comment.number, comment.text.as_str())).collect::<Vec<_>>(),
            [(1, "Who?"), (2, "Wir.")]
        );
        let (_, of_all) = held(&mut database, &"p".parse()?, &"t1".parse()?).await?;
        assert_eq!(of_all, CommentTotals { comments: 3, bytes: 9 + 8 + 6 });
        let new = NewThread {
            id: &"t3".parse()?,
            subject: &"sections/overview".parse()?,
            passage: None,
            created_at: DateTime::default(),
        };
        assert!(insert_thread(&mut database, &"p".parse()?, new).await?);
        for thread in ["t1", "t3"] {
            let new = AddedComment {
                id: &format!("n{thread}").parse()?,
                author: &"guest".parse()?,
                text: "x",
                created_at: DateTime::default(),
            };
            insert_comment(&mut database, &"p".parse()?, &thread.parse()?, new).await?;
        }
        let numbers = threads_and_comments(&mut database).await?;
        assert_eq!(numbers, [(1, 1), (2, 1), (2, 2), (2, 3), (3, 1)]);
        Ok(())
    }

    async fn threads_and_comments(read: &mut SqliteConnection) -> Result<Vec<(u32, u32)>, sqlx::Error> {
        sqlx::query_as(
            "select threads.number, comments.number from comments join threads on threads.id = thread_id order by 1, 2",
        )
        .fetch_all(read)
        .await
    }
}
