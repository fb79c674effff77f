//! Comments. What changed comes to everyone through the socket; only the answer to a new comment is read, since it says
//! that the comment need not be sent again.

use super::http::{self, Method, RequestError};
use postmortem::id::CommentId;
use postmortem::{Passage, PostmortemId, Subject, Thread, ThreadId};
use serde::{Deserialize, Serialize};

/// A new comment. The server takes its id once, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewComment {
    /// Made here.
    pub id: CommentId,
    /// What it is about.
    #[serde(flatten)]
    pub subject: Subject,
    /// The thread that it goes on with; without one it begins a thread, which takes its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<ThreadId>,
    /// The words that a new thread is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
    /// Plain text.
    pub text: String,
}

#[derive(Serialize)]
struct CommentText<'a> {
    text: &'a str,
}

#[derive(Deserialize)]
struct Created {
    thread: Thread,
}

#[derive(Serialize)]
struct Nothing {}

/// Adds a comment; its thread as it stands then.
pub async fn create(postmortem: &PostmortemId, comment: &NewComment) -> Result<Thread, RequestError> {
    let created: Created = http::post(&format!("/api/postmortems/{postmortem}/comments"), comment).await?;
    Ok(created.thread)
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
