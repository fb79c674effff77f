//! Threads of comments on a post-mortem. They are rows that the server writes from the session, never part of the
//! document, so that nobody can write in another's name.

use crate::id::CommentId;
use crate::{ItemId, Person, SectionKey, TextId, ThreadId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest comment, in characters.
pub const LONGEST_COMMENT: usize = 10_000;

/// A thread on a section or an entry. It is kept when its words, or its entry, are deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// The thread.
    pub id: ThreadId,
    /// What it is about; in JSON under `section` or `entry`.
    #[serde(flatten)]
    pub subject: Subject,
    /// The words that it is about; absent where it is about the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
    /// Its comments, oldest first; deleted ones are not among them.
    pub comments: Vec<Comment>,
    /// Who resolved it and when; absent while it is open.
    pub resolved: Option<Resolution>,
}

/// What can be commented on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A prose section.
    Section(SectionKey),
    /// A timeline entry.
    Entry(ItemId),
}

impl Subject {
    /// The text whose passages it has.
    pub fn text(&self) -> TextId {
        match self {
            Self::Section(key) => TextId::Section(key.clone()),
            Self::Entry(id) => TextId::Entry(id.clone()),
        }
    }

    /// The subject that a text belongs to; an action item is none.
    pub fn of(text: &TextId) -> Option<Self> {
        match text {
            TextId::Section(key) => Some(Self::Section(key.clone())),
            TextId::Entry(id) => Some(Self::Entry(id.clone())),
            TextId::Action(_) => None,
        }
    }
}

/// As a path of the document: `sections/overview`, `timeline/ID`.
impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Section(key) => write!(formatter, "sections/{key}"),
            Self::Entry(id) => write!(formatter, "timeline/{id}"),
        }
    }
}

/// A path that names nothing to comment on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Nothing that can be commented on has this path.")]
pub struct SubjectError;

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(path: &str) -> Result<Self, SubjectError> {
        match path.split_once('/') {
            Some(("sections", key)) => key.parse().map(Self::Section).map_err(|_| SubjectError),
            Some(("timeline", id)) => id.parse().map(Self::Entry).map_err(|_| SubjectError),
            _ => Err(SubjectError),
        }
    }
}

/// Words of a text, by two positions that stay with their neighbours when others edit ([`crate::Replica::passage`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Stays before the first character.
    pub start: serde_json::Value,
    /// Stays behind the last.
    pub end: serde_json::Value,
    /// The words as they were when the thread was begun: what is shown, and looked for, once they are gone.
    pub quote: String,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_subject() {
        for path in ["sections/overview", "timeline/0199-a"] {
            assert_eq!(path.parse::<Subject>().map(|subject| subject.to_string()), Ok(path.to_owned()));
        }
        for path in ["", "sections/", "sections/Over", "timeline/a/text", "actions/x", "overview"] {
            assert_eq!(path.parse::<Subject>(), Err(SubjectError), "{path}");
        }
    }

    #[test]
    fn a_thread_names_its_subject_in_json_as_it_always_did() {
        let json = serde_json::json!({"id": "t", "entry": "e", "comments": [], "resolved": null});
        let thread: Thread = serde_json::from_value(json.clone()).expect("the shape before there were passages");
        assert_eq!(thread.subject, Subject::Entry("e".parse().expect("an id")));
        assert_eq!(serde_json::to_value(&thread).expect("JSON"), json);
        let section = serde_json::json!({"id": "t", "section": "overview", "comments": [], "resolved": null});
        let thread: Thread = serde_json::from_value(section).expect("a thread");
        assert_eq!(thread.subject.to_string(), "sections/overview");
    }
}
