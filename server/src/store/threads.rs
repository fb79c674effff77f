//! The tables `threads`, `comments` and `deleted_comments`.

use super::people::person;
use super::{Store, StoreError, parsed};
use chrono::{DateTime, Utc};
use postmortem::id::CommentId;
use postmortem::thread::Resolution;
use postmortem::{Comment, Passage, PostmortemId, Subject, Thread, ThreadId, UserId};
use sqlx::{FromRow, SqliteConnection};

#[derive(FromRow)]
struct ThreadRow {
    id: String,
    place: String,
    passage_start: Option<String>,
    passage_end: Option<String>,
    quote: Option<String>,
    resolved_at: Option<DateTime<Utc>>,
    resolver_id: Option<String>,
    resolver_name: Option<String>,
    resolver_color: Option<String>,
}

#[derive(FromRow)]
struct CommentRow {
    id: String,
    thread_id: String,
    text: String,
    created_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
    author_id: String,
    author_name: String,
    author_color: String,
}

impl ThreadRow {
    fn thread(self, comments: Vec<Comment>) -> Result<Thread, StoreError> {
        let resolved = match (self.resolved_at, self.resolver_id, self.resolver_name, self.resolver_color) {
            (Some(at), Some(id), Some(name), Some(color)) => Some(Resolution { by: person((id, name, color))?, at }),
            _ => None,
        };
        let passage = match (self.passage_start, self.passage_end, self.quote) {
            (Some(start), Some(end), Some(quote)) => {
                Some(Passage { start: position(&start)?, end: position(&end)?, quote })
            }
            _ => None,
        };
        Ok(Thread {
            id: parsed(&self.id, "a thread's id")?,
            subject: parsed(&self.place, "what a thread is about")?,
            passage,
            comments,
            resolved,
        })
    }
}

impl CommentRow {
    fn comment(self) -> Result<Comment, StoreError> {
        Ok(Comment {
            id: parsed(&self.id, "a comment's id")?,
            author: person((self.author_id, self.author_name, self.author_color))?,
            text: self.text,
            created_at: self.created_at,
            edited_at: self.edited_at,
        })
    }
}

fn position(json: &str) -> Result<serde_json::Value, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Unreadable(format!("a passage's end: {error}")))
}

/// Where a comment stands and whose it is.
#[derive(Debug, Clone)]
pub struct Placed {
    pub postmortem: PostmortemId,
    pub thread: ThreadId,
    pub author: UserId,
}

/// Opens a thread on a section or an entry, or on words of it.
pub async fn insert_thread(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    thread: &ThreadId,
    subject: &Subject,
    passage: Option<&Passage>,
    created_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into threads (id, postmortem_id, place, passage_start, passage_end, quote, created_at)
         values (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(thread.as_str())
    .bind(postmortem.as_str())
    .bind(subject.to_string())
    .bind(passage.map(|passage| passage.start.to_string()))
    .bind(passage.map(|passage| passage.end.to_string()))
    .bind(passage.map(|passage| passage.quote.as_str()))
    .bind(created_at)
    .execute(write)
    .await?;
    Ok(())
}

/// Adds a comment to a thread.
pub async fn insert_comment(
    write: &mut SqliteConnection,
    thread: &ThreadId,
    id: &CommentId,
    author: &UserId,
    text: &str,
    created_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("insert into comments (id, thread_id, author, text, created_at) values (?, ?, ?, ?, ?)")
        .bind(id.as_str())
        .bind(thread.as_str())
        .bind(author.as_str())
        .bind(text)
        .bind(created_at)
        .execute(write)
        .await?;
    Ok(())
}

/// Changes a comment's text.
pub async fn update_comment(
    write: &mut SqliteConnection,
    id: &CommentId,
    text: &str,
    edited_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("update comments set text = ?, edited_at = ? where id = ?")
        .bind(text)
        .bind(edited_at)
        .bind(id.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Deletes a comment, and remembers its id.
pub async fn delete_comment(
    write: &mut SqliteConnection,
    postmortem: &PostmortemId,
    id: &CommentId,
) -> Result<(), StoreError> {
    sqlx::query("delete from comments where id = ?").bind(id.as_str()).execute(&mut *write).await?;
    sqlx::query("insert into deleted_comments (id, postmortem_id) values (?, ?)")
        .bind(id.as_str())
        .bind(postmortem.as_str())
        .execute(write)
        .await?;
    Ok(())
}

/// Deletes a thread whose last comment is gone.
pub async fn delete_empty_thread(write: &mut SqliteConnection, thread: &ThreadId) -> Result<(), StoreError> {
    sqlx::query(
        "delete from threads where id = ? and not exists (select 1 from comments where thread_id = threads.id)",
    )
    .bind(thread.as_str())
    .execute(write)
    .await?;
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

impl Store {
    /// Every thread of a post-mortem, in the order in which they were opened, with its comments.
    pub async fn list_threads(&self, postmortem: &PostmortemId) -> Result<Vec<Thread>, StoreError> {
        let mut read = self.readers.begin().await?;
        let threads = list_thread_rows(&mut read, postmortem).await?;
        let mut comments = list_comment_rows(&mut read, postmortem).await?;
        threads
            .into_iter()
            .map(|thread| {
                let (of_thread, others) = comments.drain(..).partition(|comment| comment.thread_id == thread.id);
                comments = others;
                let of_thread: Vec<CommentRow> = of_thread;
                let comments = of_thread.into_iter().map(CommentRow::comment).collect::<Result<_, _>>()?;
                thread.thread(comments)
            })
            .collect()
    }

    /// One thread of a post-mortem.
    pub async fn find_thread(
        &self,
        postmortem: &PostmortemId,
        thread: &ThreadId,
    ) -> Result<Option<Thread>, StoreError> {
        Ok(self.list_threads(postmortem).await?.into_iter().find(|found| found.id == *thread))
    }

    /// Where a comment of a post-mortem stands.
    pub async fn find_comment(
        &self,
        postmortem: &PostmortemId,
        comment: &CommentId,
    ) -> Result<Option<Placed>, StoreError> {
        let placed = self.find_comment_anywhere(comment).await?;
        Ok(placed.filter(|placed| placed.postmortem == *postmortem))
    }

    /// Whether there was a comment with this id. Those that were deleted before their ids were remembered are known by the
    /// thread that they began, where others went on with it.
    pub async fn was_comment_deleted(&self, comment: &CommentId) -> Result<bool, StoreError> {
        let (was_deleted,): (bool,) = sqlx::query_as(
            "select exists (select 1 from deleted_comments where id = ?1) or exists (select 1 from threads where id = ?1)",
        )
        .bind(comment.as_str())
        .fetch_one(&self.readers)
        .await?;
        Ok(was_deleted)
    }

    /// Where a comment stands, whatever post-mortem that is in.
    pub async fn find_comment_anywhere(&self, comment: &CommentId) -> Result<Option<Placed>, StoreError> {
        let row: Option<(String, String, String)> = sqlx::query_as(
            "select threads.postmortem_id, comments.thread_id, comments.author
             from comments join threads on threads.id = comments.thread_id
             where comments.id = ?",
        )
        .bind(comment.as_str())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|(postmortem, thread, author)| {
            Ok(Placed {
                postmortem: parsed(&postmortem, "a post-mortem's id")?,
                thread: parsed(&thread, "a thread's id")?,
                author: parsed(&author, "a user's id")?,
            })
        })
        .transpose()
    }
}

async fn list_thread_rows(
    read: &mut SqliteConnection,
    postmortem: &PostmortemId,
) -> Result<Vec<ThreadRow>, StoreError> {
    Ok(sqlx::query_as(
        "select threads.id, threads.place, threads.passage_start, threads.passage_end, threads.quote,
                threads.resolved_at,
                users.id as resolver_id, users.name as resolver_name, users.color as resolver_color
         from threads left join users on users.id = threads.resolved_by
         where threads.postmortem_id = ?
         order by threads.created_at, threads.id",
    )
    .bind(postmortem.as_str())
    .fetch_all(read)
    .await?)
}

async fn list_comment_rows(
    read: &mut SqliteConnection,
    postmortem: &PostmortemId,
) -> Result<Vec<CommentRow>, StoreError> {
    Ok(sqlx::query_as(
        "select comments.id, comments.thread_id, comments.text, comments.created_at, comments.edited_at,
                users.id as author_id, users.name as author_name, users.color as author_color
         from comments
         join threads on threads.id = comments.thread_id
         join users on users.id = comments.author
         where threads.postmortem_id = ?
         order by comments.created_at, comments.id",
    )
    .bind(postmortem.as_str())
    .fetch_all(read)
    .await?)
}
