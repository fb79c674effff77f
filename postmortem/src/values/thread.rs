//! Threads of comments on a post-mortem. They are rows that the server writes from the session, never part of the
//! document, so that nobody can write in another's name.

use crate::id::CommentId;
use crate::{ItemId, Person, SectionKey, TextId, ThreadId, limits};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest comment, in characters.
pub const LONGEST_COMMENT: usize = 10_000;

/// A thread on a section or an entry. It is kept when its words, or its entry, are deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    pub id: ThreadId,
    /// What it is about; in JSON under `section` or `entry`.
    #[serde(flatten)]
    pub subject: Subject,
    /// The words that it is about; absent where it is about the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
    /// Its comments, oldest first; deleted ones are not among them.
    pub comments: Vec<Comment>,
    /// What of its comments is not here; absent where all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<More>,
    /// Who resolved it and when; absent while it is open.
    pub resolved: Option<Resolution>,
}

/// Comments of a thread that are left out where it is told, and how to ask for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct More {
    /// How many comments have a number above `after`. The first of a thread is shown shortened where it is too long, and is
    /// counted among these.
    pub count: u32,
    /// Up to and with the comment of this number, all are here.
    pub after: u32,
}

/// What a comment weighs beside its text: ids, times and the author.
const COMMENT_WEIGHT: usize = 300;

/// What a thread weighs beside its comments and its quote: ids, positions and who resolved it.
pub const THREAD_WEIGHT: usize = 800;

impl Thread {
    /// What telling it costs, in bytes of JSON where no character of it has to be escaped; at most twice that where all have.
    pub fn weight(&self) -> usize {
        let quote = self.passage.as_ref().map_or(0, |passage| passage.quote.len());
        THREAD_WEIGHT + quote + self.comments.iter().map(|comment| weight(1, comment.text.len())).sum::<usize>()
    }

    /// How many comments it has, here or not.
    pub fn count(&self) -> usize {
        self.more.map_or(self.comments.len(), |more| self.split_at(more.after) + more.count as usize)
    }

    /// How many of its comments are here without a gap before them; what [`Thread::more`] counts stands behind these.
    pub fn split_at(&self, after: u32) -> usize {
        self.comments.partition_point(|comment| comment.number <= after)
    }

    /// Leaves the beginning of its first comment alone, where that is less.
    pub fn shorten(&mut self) {
        let count = u32::try_from(self.count()).unwrap_or(u32::MAX);
        let Some(first) = self.comments.first_mut() else { return };
        let is_whole = first.shorten();
        let after = if is_whole { first.number } else { 0 };
        self.comments.truncate(1);
        let left = count.saturating_sub(u32::from(is_whole));
        self.more = (left > 0).then_some(More { count: left, after });
    }

    /// Somebody has another name.
    pub fn rename(&mut self, person: &Person) {
        let authors = self.comments.iter_mut().map(|comment| &mut comment.author);
        let resolver = self.resolved.iter_mut().map(|resolution| &mut resolution.by);
        for known in authors.chain(resolver).filter(|known| known.id == person.id) {
            known.clone_from(person);
        }
    }

    /// Takes in a comment that is new or changed.
    pub fn put(&mut self, comment: Comment) {
        if let Some(known) = self.comments.iter_mut().find(|known| known.id == comment.id) {
            *known = comment;
            return;
        }
        if let Some(more) = self.more.as_mut().filter(|more| comment.number > more.after) {
            // A change of one that is not here: it comes as it is now when it is asked for.
            if comment.edited_at.is_some() {
                return;
            }
            more.count += 1;
        }
        let at = self.split_at(comment.number);
        self.comments.insert(at, comment);
    }

    /// Takes away a comment that was deleted, here or not.
    pub fn remove(&mut self, id: &CommentId) {
        let known = self.comments.iter().position(|comment| comment.id == *id);
        let number = known.map(|at| self.comments.remove(at).number);
        if let Some(more) = self.more.as_mut().filter(|more| number.is_none_or(|number| number > more.after)) {
            more.count = more.count.saturating_sub(1);
        }
    }

    /// Takes in comments that were asked for: those that follow the number `after`, and what is left behind them. Nothing
    /// where others are lacking by now.
    pub fn put_page(&mut self, after: u32, page: Thread) {
        if self.more.is_none_or(|more| more.after != after) {
            return;
        }
        for comment in page.comments {
            let is_newer = |known: &Comment| known.id == comment.id && known.edited_at > comment.edited_at;
            if !self.comments.iter().any(is_newer) {
                self.comments.retain(|known| known.id != comment.id);
                let at = self.split_at(comment.number);
                self.comments.insert(at, comment);
            }
        }
        self.more = page.more;
    }
}

/// What so many comments with so many bytes of text weigh.
pub fn weight(comments: usize, bytes: usize) -> usize {
    COMMENT_WEIGHT * comments + bytes
}

/// What can be commented on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Section(SectionKey),
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
    /// Which of equal words these were then; absent in threads from before this was kept, which are taken for the only ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Equals>,
}

/// The same words elsewhere in a text when a passage was written down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equals {
    /// How often they stood before it.
    pub before: u32,
    /// How often they stood behind it.
    pub after: u32,
    /// Stays behind the last character of the nearest before it; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<serde_json::Value>,
    /// Stays before the first character of the nearest behind it; absent where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<serde_json::Value>,
}

/// That a thread was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    pub by: Person,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: CommentId,
    /// Its place in the thread, from 1: given out once, in the order in which the server took them, whatever a clock said.
    #[serde(default)]
    pub number: u32,
    /// Who wrote it, from the session.
    pub author: Person,
    /// Plain text.
    pub text: String,
    pub created_at: DateTime<Utc>,
    /// When its author last changed it.
    pub edited_at: Option<DateTime<Utc>>,
}

impl Comment {
    /// Leaves the beginning of its text, where it is long; whether that is all of it.
    fn shorten(&mut self) -> bool {
        let cut = self.text.char_indices().nth(limits::EXCERPT).map(|(at, _)| at);
        if let Some(at) = cut {
            self.text.truncate(at);
        }
        cut.is_none()
    }
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
