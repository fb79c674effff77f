//! Threads of comments on a post-mortem. They are rows that the server writes from the session, never part of the
//! document, so that nobody can write in another's name.

use crate::id::CommentId;
use crate::{ItemId, Person, ThreadId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The longest comment, in characters.
pub const LONGEST_COMMENT: usize = 10_000;

/// A thread on one timeline entry. It keeps its place in the list when its entry is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// The thread.
    pub id: ThreadId,
    /// The entry it is about.
    pub entry: ItemId,
    /// Its comments, oldest first; deleted ones are not among them.
    pub comments: Vec<Comment>,
    /// Who resolved it and when; absent while it is open.
    pub resolved: Option<Resolution>,
}

/// That a thread was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// Who resolved it.
    pub by: Person,
    /// When.
    pub at: DateTime<Utc>,
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The comment.
    pub id: CommentId,
    /// Who wrote it, from the session.
    pub author: Person,
    /// Plain text.
    pub text: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When its author last changed it.
    pub edited_at: Option<DateTime<Utc>>,
}
