//! Comments on their way to the server: kept in the browser until they are there, sent in the order in which they were
//! written, and shown in their threads meanwhile. The server takes each id once, so that sending again doubles nothing.

use super::standing::WhereKept;
use chrono::{DateTime, Utc};
use postmortem::api::NewComment;
use postmortem::{Comment, CommentId, Passage, Person, Subject, Thread, ThreadId};
use serde::{Deserialize, Serialize};

/// A comment that the server has not taken yet, as the browser keeps it. The server takes its id once, however often it is
/// sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingComment {
    /// Made here.
    pub id: CommentId,
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

/// What came of a comment that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentAnswer {
    /// It stands in this thread.
    Taken(Box<Thread>),
    /// The server does not take it and never will, for this reason.
    Refused(String),
    /// There was no answer. It is tried again.
    Later,
}

impl From<&PendingComment> for NewComment {
    fn from(pending: &PendingComment) -> Self {
        let PendingComment { id, subject, thread, passage, text } = pending.clone();
        let (section, entry) = match subject {
            Subject::Section(section) => (Some(section), None),
            Subject::Entry(entry) => (None, Some(entry)),
        };
        Self { id: Some(id), section, entry, text, thread, passage }
    }
}

/// The comments of one post-mortem that wait.
#[derive(Debug, Default)]
pub struct PendingComments {
    waiting: Vec<PendingComment>,
    /// Those of them that are not in the browser's storage, and whether they cannot be.
    unkept: Vec<(CommentId, bool)>,
    is_sending: bool,
}

impl PendingComments {
    /// Those that an earlier page left.
    pub fn load(&mut self, kept: Vec<PendingComment>) {
        self.waiting.splice(0..0, kept);
    }

    /// A comment was written. Whoever adds it has it kept, and tells what came of that.
    pub fn add(&mut self, comment: PendingComment) {
        self.unkept.push((comment.id.clone(), false));
        self.waiting.push(comment);
    }

    /// The browser has stored a comment, or cannot.
    pub fn kept(&mut self, id: &CommentId, is_kept: bool) {
        self.unkept.retain(|(other, _)| other != id);
        if !is_kept && self.waiting.iter().any(|waiting| waiting.id == *id) {
            self.unkept.push((id.clone(), true));
        }
    }

    /// Where those that wait are kept.
    pub fn storage(&self) -> WhereKept {
        match self.unkept.iter().map(|(_, is_refused)| *is_refused).max() {
            None => WhereKept::Browser,
            Some(false) => WhereKept::Storing,
            Some(true) => WhereKept::Page,
        }
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn ids(&self) -> Vec<CommentId> {
        self.waiting.iter().map(|comment| comment.id.clone()).collect()
    }

    /// The threads as they will be, with those that wait in their places.
    pub fn threads(&self, mut threads: Vec<Thread>, author: &Person) -> Vec<Thread> {
        for new in &self.waiting {
            let comment = Comment {
                id: new.id.clone(),
                number: u32::MAX,
                author: author.clone(),
                text: new.text.clone(),
                created_at: written_at(&new.id),
                edited_at: None,
            };
            let id = new.thread.clone().unwrap_or_else(|| new.id.clone().into());
            match threads.iter_mut().find(|thread| thread.id == id) {
                Some(thread) if thread.comments.iter().all(|known| known.id != new.id) => thread.comments.push(comment),
                Some(_) => {}
                None => threads.push(Thread {
                    id,
                    subject: new.subject.clone(),
                    passage: new.passage.clone(),
                    comments: vec![comment],
                    more: None,
                    resolved: None,
                }),
            }
        }
        threads
    }

    /// The first one, to be sent now, unless one is under way.
    pub fn begin_sending(&mut self) -> Option<PendingComment> {
        let first = self.waiting.first().filter(|_| !self.is_sending)?;
        self.is_sending = true;
        Some(first.clone())
    }

    /// The one that is under way was not answered for good. One that was refused counts as under way until it is forgotten,
    /// so that none overtakes it.
    pub fn end_sending(&mut self) {
        self.is_sending = false;
    }

    pub fn contains(&self, id: &CommentId) -> bool {
        self.waiting.iter().any(|waiting| waiting.id == *id)
    }

    /// A comment is on the server, or its person or a file has the words.
    pub fn forget(&mut self, id: &CommentId) {
        self.is_sending = false;
        self.waiting.retain(|waiting| waiting.id != *id);
        self.unkept.retain(|(other, _)| other != id);
    }

    /// Takes all of them out of the page; whoever does so sees to what the browser keeps of them.
    pub fn take_all(&mut self) -> Vec<CommentId> {
        self.unkept.clear();
        std::mem::take(&mut self.waiting).into_iter().map(|comment| comment.id).collect()
    }

    pub fn all(&self) -> &[PendingComment] {
        &self.waiting
    }

    /// The words of all that wait, as Markdown.
    pub fn words(&self) -> String {
        self.waiting.iter().map(|comment| format!("\n## Comment\n\n{}\n", comment.text)).collect()
    }
}

/// When a comment was written: its id begins with the time.
fn written_at(id: &CommentId) -> DateTime<Utc> {
    let digits: String = id.as_str().chars().filter(|character| *character != '-').take(12).collect();
    let milliseconds = i64::from_str_radix(&digits, 16).unwrap_or_default();
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::person::PersonColor;

    fn comment(at: u64, thread: Option<&PendingComment>) -> PendingComment {
        PendingComment {
            id: CommentId::new(at, [7; 10]),
            subject: Subject::Entry("e1".parse().expect("an id")),
            thread: thread.map(|begun| begun.id.clone().into()),
            passage: None,
            text: format!("at {at}"),
        }
    }

    #[test]
    fn comments_that_wait_stand_once_where_they_will_be() {
        let you = Person {
            id: "mara".parse().expect("an id"),
            name: "Mara".into(),
            color: PersonColor::Violet,
            initials: None,
        };
        let mut pending = PendingComments::default();
        let begun = comment(1_540_163_220_000, None);
        pending.load(vec![begun.clone(), comment(1_540_163_221_000, Some(&begun))]);
        let threads = pending.threads(Vec::new(), &you);
        let texts = |thread: &Thread| thread.comments.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
        assert_eq!(threads.len(), 1);
        assert_eq!(texts(&threads[0]), ["at 1540163220000", "at 1540163221000"]);
        assert_eq!(threads[0].comments[0].created_at.to_rfc3339(), "2018-10-21T23:07:00+00:00");
        assert_eq!(pending.threads(threads.clone(), &you), threads, "the server has them already");
    }

    #[test]
    fn one_comment_is_under_way_at_a_time() {
        let mut pending = PendingComments::default();
        let [first, second] = [1, 2].map(|at| comment(at, None));
        pending.add(first.clone());
        pending.add(second.clone());
        assert_eq!(pending.begin_sending(), Some(first.clone()));
        assert_eq!(pending.begin_sending(), None);
        pending.end_sending();
        assert_eq!(pending.begin_sending(), Some(first.clone()), "it was not answered");
        pending.forget(&first.id);
        assert_eq!(pending.begin_sending(), Some(second));
    }

    #[test]
    fn the_worst_place_of_one_is_told_for_all() {
        let mut pending = PendingComments::default();
        let [first, second] = [1, 2].map(|at| comment(at, None));
        assert_eq!(pending.storage(), WhereKept::Browser);
        pending.add(first.clone());
        pending.add(second.clone());
        assert_eq!(pending.storage(), WhereKept::Storing);
        pending.kept(&first.id, true);
        pending.kept(&second.id, false);
        assert_eq!(pending.storage(), WhereKept::Page);
        pending.forget(&second.id);
        assert_eq!(pending.storage(), WhereKept::Browser);
    }
}
