//! Comments. The answer of the server is not read here: what changed comes to everyone through the socket.

use super::http::{self, Method, RequestError};
use postmortem::id::CommentId;
use postmortem::{PostmortemId, Subject, ThreadId};
use serde::Serialize;

#[derive(Serialize)]
struct NewComment<'a> {
    #[serde(flatten)]
    subject: &'a Subject,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<&'a ThreadId>,
    text: &'a str,
}

#[derive(Serialize)]
struct CommentText<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Nothing {}

/// Starts a thread.
pub async fn start_thread(postmortem: &PostmortemId, subject: &Subject, text: &str) -> Result<(), RequestError> {
    let comment = NewComment { subject, thread: None, text };
    http::submit(Method::Post, &format!("/api/postmortems/{postmortem}/comments"), &comment).await
}

/// Replies in a thread.
pub async fn reply(
    postmortem: &PostmortemId,
    subject: &Subject,
    thread: &ThreadId,
    text: &str,
) -> Result<(), RequestError> {
    let comment = NewComment { subject, thread: Some(thread), text };
    http::submit(Method::Post, &format!("/api/postmortems/{postmortem}/comments"), &comment).await
}

/// Changes one's own comment.
pub async fn change(postmortem: &PostmortemId, comment: &CommentId, text: &str) -> Result<(), RequestError> {
    http::submit(Method::Patch, &format!("/api/postmortems/{postmortem}/comments/{comment}"), &CommentText { text })
        .await
}

/// Deletes one's own comment.
pub async fn delete(postmortem: &PostmortemId, comment: &CommentId) -> Result<(), RequestError> {
    http::delete(&format!("/api/postmortems/{postmortem}/comments/{comment}")).await
}

/// Settles a thread.
pub async fn resolve(postmortem: &PostmortemId, thread: &ThreadId) -> Result<(), RequestError> {
    http::submit(Method::Put, &format!("/api/postmortems/{postmortem}/threads/{thread}/resolution"), &Nothing {}).await
}

/// Opens a settled thread again.
pub async fn reopen(postmortem: &PostmortemId, thread: &ThreadId) -> Result<(), RequestError> {
    http::delete(&format!("/api/postmortems/{postmortem}/threads/{thread}/resolution")).await
}
