//! Threads of comments: listed page by page, one with what follows a comment, and how a write in one is answered.

use crate::Debrief;
use crate::access::{Permit, ToRead};
use crate::error::ApiError;
use crate::http::request::{PathPart, Query};
use axum::Json;
use axum::extract::State;
use postmortem::api::{SaidComment, ThreadFound, ThreadsPage};
use postmortem::{Comment, CommentId, PostmortemId, Thread, ThreadId};
use serde::Deserialize;

/// Which threads are asked for: those that follow `next` of the page before.
#[derive(Debug, Deserialize)]
pub struct ThreadsQuery {
    after: Option<u32>,
    limit: Option<u32>,
}

/// Which comments of a thread are asked for: those that follow a number.
#[derive(Debug, Deserialize)]
pub struct CommentsQuery {
    after: Option<u32>,
    limit: Option<u32>,
}

/// The first threads with their comments, or those after a page; `next` where others follow.
pub async fn list(
    permit: Permit<ToRead>,
    State(debrief): State<Debrief>,
    Query(ThreadsQuery { after, limit }): Query<ThreadsQuery>,
) -> Result<Json<ThreadsPage>, ApiError> {
    let (id, limit) = (permit.postmortem(), checked(limit)?);
    ApiError::expect_postmortem(&debrief.store, id).await?;
    let page = debrief.store.page_of_threads(id, after.unwrap_or(0), limit).await?;
    let threads = page.threads.into_iter().map(|numbered| numbered.thread).collect();
    Ok(Json(ThreadsPage { threads, next: page.next }))
}

/// One thread with its comments, or those that follow one; `more` where others follow.
pub async fn show(
    permit: Permit<ToRead>,
    State(debrief): State<Debrief>,
    PathPart(thread): PathPart<ThreadId>,
    Query(CommentsQuery { after, limit }): Query<CommentsQuery>,
) -> Result<Json<ThreadFound>, ApiError> {
    let limit = checked(limit)?;
    let found = debrief.store.find_comments_after(permit.postmortem(), &thread, after.unwrap_or(0), limit).await?;
    Ok(Json(ThreadFound { thread: found.ok_or(ApiError::NotFound("thread"))? }))
}

/// How much is wanted at most; what fits is less at times.
fn checked(limit: Option<u32>) -> Result<u32, ApiError> {
    match limit {
        Some(0) => Err(ApiError::Invalid("A page is not empty: `limit` is 1 or more.".into())),
        limit => Ok(limit.unwrap_or(u32::MAX)),
    }
}

/// A thread as it stands, with a comment of it.
pub(super) async fn answer(
    debrief: &Debrief,
    id: &PostmortemId,
    thread: &ThreadId,
    comment: Option<&CommentId>,
) -> Result<SaidComment, ApiError> {
    let thread = debrief.store.find_thread(id, thread).await?.ok_or(ApiError::NotFound("thread"))?.thread;
    let comment = match comment {
        Some(comment) => Some(debrief.store.find_comment(comment).await?.ok_or(ApiError::NotFound("comment"))?),
        None => None,
    };
    Ok(told(thread, comment))
}

/// A thread, and beside it the comment in question where not all of them are told.
fn told(thread: Thread, comment: Option<Comment>) -> SaidComment {
    let comment = comment.filter(|_| thread.more.is_some());
    SaidComment { thread, comment }
}
