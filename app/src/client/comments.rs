//! Comments. The answer of the server is not read here: what changed comes to everyone through the socket.

use super::http::{self, Method, RequestError};
use postmortem::id::CommentId;
use postmortem::{Passage, PostmortemId, Subject, ThreadId};
use serde::Serialize;

/// A comment to be sent. Under its own id it is taken once, however often it is sent.
#[derive(Serialize)]
pub struct NewComment<'a> {
    /// Made by this page; a thread that it begins has the same.
    pub id: &'a CommentId,
    /// What it is about.
    #[serde(flatten)]
    pub subject: &'a Subject,
    /// The thread that it replies in; a new one otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<&'a ThreadId>,
    /// The words that a new thread is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passage: Option<&'a Passage>,
    /// What it says.
    pub text: &'a str,
}

#[derive(Serialize)]
struct CommentText<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Nothing {}

/// Sends a comment.
pub async fn send(postmortem: &PostmortemId, comment: NewComment<'_>) -> Result<(), RequestError> {
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
