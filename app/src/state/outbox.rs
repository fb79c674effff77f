//! Comments on their way to the server: kept in the browser until they are there, sent in the order in which they were
//! written, and shown in their threads meanwhile. The server takes each id once, so that sending again doubles nothing.

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
    is_sending: Cell<bool>,
}

/// What became of the comment that was sent.
pub enum Sent {
    /// It stands in this thread.
    Taken(Thread),
    /// The server did not take it, and never will: its words, and why.
    Refused(String, RequestError),
    /// There was no answer, or nothing to send. It is tried again.
    Later,
}

impl Outbox {
    /// Those that an earlier page left.
    pub fn load(&self, kept: Vec<NewComment>) {
        self.waiting.borrow_mut().splice(0..0, kept);
    }

    /// A comment was written.
    pub fn add(&self, postmortem: &PostmortemId, comment: NewComment) {
        let (postmortem, kept) = (postmortem.clone(), comment.clone());
        self.waiting.borrow_mut().push(comment);
        spawn_local(async move { shelf::keep_comment(&postmortem, &kept).await });
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// The ids of those that wait.
    pub fn ids(&self) -> Vec<CommentId> {
        self.waiting.borrow().iter().map(|comment| comment.id.clone()).collect()
    }

    /// The threads as they will be, with those that wait in their places.
    pub fn threads(&self, mut threads: Vec<Thread>, author: &Person, now: DateTime<Utc>) -> Vec<Thread> {
        for new in self.waiting.borrow().iter() {
            let comment = Comment {
                id: new.id.clone(),
                author: author.clone(),
                text: new.text.clone(),
                created_at: now,
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
        self.is_sending.set(false);
        let sent = match answer {
            Ok(thread) => Sent::Taken(thread),
            Err(error) if error.is_final() => Sent::Refused(first.text.clone(), error),
            Err(_) => return Sent::Later,
        };
        self.waiting.borrow_mut().retain(|waiting| waiting.id != first.id);
        shelf::drop_comment(&first.id).await;
        sent
    }
}
