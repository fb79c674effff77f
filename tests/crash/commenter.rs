//! A person who comments without pause: comments are rows, answered by HTTP and not by an acknowledgement. One whose answer
//! was lost is sent again under its own id, as the page's outbox does.

use crate::recorder::Tally;
use postmortem::{CommentId, ItemId};
use reqwest::Method;
use serde_json::json;
use tests::{Process, Visitor};

#[derive(Debug)]
struct Comment {
    id: CommentId,
    text: String,
    /// Whether the server said that it is kept.
    is_answered: bool,
}

/// The person and what was commented.
#[derive(Debug)]
pub struct Commenter {
    visitor: Visitor,
    path: String,
    entry: ItemId,
    comments: Vec<Comment>,
    /// How many of them were counted as acknowledged.
    counted: usize,
}

impl Commenter {
    /// Somebody who comments on an entry of a post-mortem.
    pub fn new(visitor: Visitor, id: &str, entry: ItemId) -> Self {
        Self { visitor, path: format!("/api/postmortems/{id}/comments"), entry, comments: Vec::new(), counted: 0 }
    }

    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The server is back.
    pub fn come_back(&mut self, process: &Process) {
        self.visitor = self.visitor.at(process.address());
    }

    /// Comments until the server is gone; `made` hears of each.
    pub async fn write(&mut self, made: impl Fn()) {
        loop {
            if self.comments.last().is_none_or(|comment| comment.is_answered) {
                let (id, text) = (CommentId::new(0, rand::random()), format!("<comment.{}>", self.comments.len()));
                self.comments.push(Comment { id, text, is_answered: false });
            }
            // Every other one goes on with the thread that the first began.
            let is_reply = self.comments.len().is_multiple_of(2);
            let begun = self.comments.first().map(|first| first.id.clone());
            let comment = self.comments.last_mut().expect("just made");
            let thread = begun.filter(|_| is_reply);
            let body = json!({ "id": comment.id, "entry": self.entry, "text": comment.text, "thread": thread });
            let request = self.visitor.request(Method::POST, &self.path);
            made();
            let Ok(answer) = request.json(&body).send().await else { return };
            assert_eq!(answer.status().as_u16(), 201, "a comment is refused");
            comment.is_answered = true;
        }
    }

    /// Holds every comment against what the server now has.
    pub fn count(&mut self, there: &str) -> Tally {
        let mut tally = Tally::default();
        for Comment { text, is_answered, .. } in &self.comments {
            let found = there.matches(text.as_str()).count();
            tally.doubled += usize::from(found > 1);
            tally.lost += usize::from(*is_answered && found == 0);
            tally.survived += usize::from(!is_answered && found > 0);
        }
        let answered = self.comments.iter().filter(|comment| comment.is_answered).count();
        tally.acknowledged = answered - std::mem::replace(&mut self.counted, answered);
        tally
    }
}
