//! Comments. What changed comes to everyone through the socket; only the answer to a new comment is read, since it says
//! that the comment need not be sent again.

use super::http::{self, Method, RequestError};
use crate::sync::PendingComment;
use postmortem::api::{ChangedComment, NewComment, Nothing, SaidComment, ThreadFound};
use postmortem::id::CommentId;
use postmortem::{PostmortemId, Thread, ThreadId};

/// How many comments of a long thread are asked for at once: what is drawn without a pause, and read in some minutes.
pub const NEXT: usize = 100;

/// Adds a comment; its thread as it stands then, with that comment in any case.
pub async fn create(postmortem: &PostmortemId, comment: &PendingComment) -> Result<Thread, RequestError> {
    let mut created: SaidComment =
        http::post(&format!("/api/postmortems/{postmortem}/comments"), &NewComment::from(comment)).await?;
    if let Some(comment) =
        created.comment.filter(|comment| created.thread.comments.iter().all(|one| one.id != comment.id))
    {
        created.thread.comments.push(comment);
    }
    Ok(created.thread)
}

/// The comments of a thread that follow a number.
pub async fn after(postmortem: &PostmortemId, thread: &ThreadId, number: u32) -> Result<Thread, RequestError> {
    let path = format!("/api/postmortems/{postmortem}/threads/{thread}?after={number}&limit={NEXT}");
    Ok(http::get::<ThreadFound>(&path).await?.thread)
}

/// Changes one's own comment.
pub async fn change(postmortem: &PostmortemId, comment: &CommentId, text: &str) -> Result<(), RequestError> {
    http::submit(
        Method::Patch,
        &format!("/api/postmortems/{postmortem}/comments/{comment}"),
        &ChangedComment { text: text.to_owned() },
    )
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
