//! Bodies of comments and threads.

use crate::{Comment, Thread};
use serde::{Deserialize, Serialize};

/// What its author changes of a comment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChangedComment {
    pub text: String,
}

/// The thread in which something was said, as it stands then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaidComment {
    pub thread: Thread,
    /// Beside a thread that is not told as a whole: the comment in question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Comment>,
}

/// A thread with its comments, or with those that follow one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ThreadFound {
    pub thread: Thread,
}

/// A page of threads, in the order in which they were begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ThreadsPage {
    pub threads: Vec<Thread>,
    /// What to ask for as `after` where others follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}
