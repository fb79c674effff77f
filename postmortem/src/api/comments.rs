//! Bodies of comments and threads.

use crate::{Comment, CommentId, ItemId, Passage, SectionKey, Subject, Thread, ThreadId};
use serde::{Deserialize, Serialize};

/// A new comment: on a section or an entry, in a thread of it or in a new one, which may be about words of it. With an
/// id of the client's own, sending it again after an answer that was lost adds nothing, deleted or not; a thread that it
/// begins has the same id, so that replies can name it before the first answer has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewComment {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CommentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<SectionKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<ItemId>,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<ThreadId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
}

impl NewComment {
    /// The one thing that it is about; nothing where it names none, or two.
    pub fn subject(&self) -> Option<Subject> {
        match (&self.section, &self.entry) {
            (Some(section), None) => Some(Subject::Section(section.clone())),
            (None, Some(entry)) => Some(Subject::Entry(entry.clone())),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }
}

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
