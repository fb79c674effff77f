//! Comments on their way to the server: kept in the browser until they are there, sent in the order in which they were
//! written, and shown in their threads meanwhile. The server takes each id once, so that sending again doubles nothing.

use super::keeping::Storage;
use super::shelf;
use crate::client::RequestError;
use crate::client::comments::{self, NewComment};
use chrono::{DateTime, Utc};
use postmortem::id::CommentId;
use postmortem::{Comment, Person, PostmortemId, Thread};
use std::cell::{Cell, RefCell};
use wasm_bindgen_futures::spawn_local;

/// The comments of one post-mortem that wait.
#[derive(Default)]
pub struct Outbox {
    waiting: RefCell<Vec<NewComment>>,
    /// Those of them that are not in the browser's storage, and whether they cannot be.
    unkept: RefCell<Vec<(CommentId, bool)>>,
    is_sending: Cell<bool>,
}

/// What became of the comment that was sent.
pub enum Sent {
    /// It stands in this thread.
    Taken(CommentId, Thread),
    /// The server did not take it, and never will. It waits here, and nothing is sent, until it was given up.
    Refused(NewComment, RequestError),
    /// There was no answer, or nothing to send. It is tried again.
    Later,
}

impl Outbox {
    /// Those that an earlier page left.
    pub fn load(&self, kept: Vec<NewComment>) {
        self.waiting.borrow_mut().splice(0..0, kept);
    }

    /// A comment was written. Whoever adds it keeps it, and tells what came of that.
    pub fn add(&self, comment: NewComment) {
        self.unkept.borrow_mut().push((comment.id.clone(), false));
        self.waiting.borrow_mut().push(comment);
    }

    /// The browser has stored a comment, or cannot.
    pub fn kept(&self, id: &CommentId, is_kept: bool) {
        let mut unkept = self.unkept.borrow_mut();
        unkept.retain(|(other, _)| other != id);
        if !is_kept && self.waiting.borrow().iter().any(|waiting| waiting.id == *id) {
            unkept.push((id.clone(), true));
        }
    }

    /// Where those that wait are kept.
    pub fn storage(&self) -> Storage {
        match self.unkept.borrow().iter().map(|(_, is_refused)| *is_refused).max() {
            None => Storage::Browser,
            Some(false) => Storage::Storing,
            Some(true) => Storage::Page,
        }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.borrow().len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The ids of those that wait.
    pub fn ids(&self) -> Vec<CommentId> {
        self.waiting.borrow().iter().map(|comment| comment.id.clone()).collect()
    }

    /// The threads as they will be, with those that wait in their places.
    pub fn threads(&self, mut threads: Vec<Thread>, author: &Person) -> Vec<Thread> {
        for new in self.waiting.borrow().iter() {
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

    /// Sends the first one, unless one is under way.
    pub async fn send_first(&self, postmortem: &PostmortemId) -> Sent {
        let first = self.waiting.borrow().first().cloned();
        let Some(first) = first.filter(|_| !self.is_sending.replace(true)) else { return Sent::Later };
        let answer = comments::create(postmortem, &first).await;
        if let Err(error) = &answer
            && error.is_final()
            && self.waiting.borrow().contains(&first)
        {
            return Sent::Refused(first, error.clone());
        }
        self.is_sending.set(false);
        let Ok(thread) = answer else { return Sent::Later };
        self.forget(&first.id);
        Sent::Taken(first.id, thread)
    }

    /// Gives up a comment that was refused, once its person has the words or a file has them.
    pub fn give_up(&self, id: &CommentId) {
        self.is_sending.set(false);
        self.forget(id);
    }

    /// Takes all of them out of the page; whoever does so sees to what the browser keeps of them.
    pub fn take_all(&self) -> Vec<CommentId> {
        self.unkept.take();
        self.waiting.take().into_iter().map(|comment| comment.id).collect()
    }

    /// All that wait.
    pub fn all(&self) -> Vec<NewComment> {
        self.waiting.borrow().clone()
    }

    /// The words of all that wait, as Markdown.
    pub fn words(&self) -> String {
        self.waiting.borrow().iter().map(|comment| format!("\n## Comment\n\n{}\n", comment.text)).collect()
    }

    fn forget(&self, id: &CommentId) {
        self.waiting.borrow_mut().retain(|waiting| waiting.id != *id);
        self.unkept.borrow_mut().retain(|(other, _)| other != id);
        let id = id.clone();
        spawn_local(async move { shelf::drop_comment(&id).await });
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
    use postmortem::Subject;
    use postmortem::person::PersonColor;

    fn comment(at: u64, thread: Option<&NewComment>) -> NewComment {
        NewComment {
            id: CommentId::new(at, [7; 10]),
            subject: Subject::Entry("e1".parse().expect("an id")),
            thread: thread.map(|begun| begun.id.clone().into()),
            passage: None,
            text: format!("at {at}"),
        }
    }

    #[test]
    fn comments_that_wait_stand_once_where_they_will_be() {
        let you = Person { id: "mara".parse().expect("an id"), name: "Mara".into(), color: PersonColor::Violet };
        let outbox = Outbox::default();
        let begun = comment(1_540_163_220_000, None);
        outbox.load(vec![begun.clone(), comment(1_540_163_221_000, Some(&begun))]);
        let threads = outbox.threads(Vec::new(), &you);
        let texts = |thread: &Thread| thread.comments.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
        assert_eq!(threads.len(), 1);
        assert_eq!(texts(&threads[0]), ["at 1540163220000", "at 1540163221000"]);
        assert_eq!(threads[0].comments[0].created_at.to_rfc3339(), "2018-10-21T23:07:00+00:00");
        assert_eq!(outbox.threads(threads.clone(), &you), threads, "the server has them already");
    }
}
