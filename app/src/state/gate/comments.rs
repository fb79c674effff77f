//! Comments on their way: shown at once, sent after the edits that they may be about.

use super::Gate;
use super::succession::new_file;
use crate::client::comments::{self, NewComment};
use crate::client::{RequestError, person};
use crate::state::outbox::Sent;
use crate::state::shelf;
use leptos::prelude::Set;
use postmortem::id::CommentId;
use postmortem::{Event, Thread, ThreadId};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

impl Gate {
    /// A comment was written. It is shown at once, and sent after the edits that it may be about.
    pub fn comment(self: &Rc<Self>, comment: NewComment) {
        self.outbox.add(comment.clone());
        self.keep_comment(comment);
        self.show_waiting();
        self.update_saving();
        self.send_comments();
    }

    fn keep_comment(self: &Rc<Self>, comment: NewComment) {
        let gate = self.clone();
        spawn_local(async move {
            let is_kept = shelf::keep_comment(&gate.id, &comment).await;
            gate.outbox.kept(&comment.id, is_kept);
            gate.update_saving();
        });
    }

    /// What the browser kept may be gone.
    pub(super) fn keep_comments_again(self: &Rc<Self>) {
        self.outbox.all().into_iter().for_each(|comment| self.keep_comment(comment));
    }

    pub(super) fn send_comments(self: &Rc<Self>) {
        if self.outbox.is_empty() || !self.is_connected.get() || !self.is_saved() || person::current().is_none() {
            return;
        }
        let gate = self.clone();
        spawn_local(async move {
            match gate.outbox.send_first(&gate.id).await {
                // The socket may have brought it, and more that was said since.
                Sent::Taken(id, _) if gate.has_comment(&id) => {}
                Sent::Taken(_, thread) => {
                    let event = Event::Thread { thread };
                    gate.rows.borrow_mut().take(&event);
                    if let Some(page) = gate.page() {
                        page.take(event);
                    }
                }
                Sent::Refused(comment, error) => {
                    match gate.page() {
                        Some(page) => page.refuse_comment(&error, &comment),
                        None => {
                            gate.keep_file(new_file(&error.to_string(), comment.text.clone())).await;
                        }
                    }
                    gate.outbox.give_up(&comment.id);
                }
                Sent::Later => return,
            }
            gate.show_waiting();
            gate.update_saving();
            gate.send_comments();
            gate.end_if_idle();
        });
    }

    /// Brings comments of a long thread that are not here, from a number on.
    pub async fn fetch_comments(&self, thread: &ThreadId, after: u32) -> Result<(), RequestError> {
        let answer = comments::after(&self.id, thread, after).await?;
        let known = self.rows.borrow_mut().put_page(after, answer).cloned();
        if let (Some(page), Some(known)) = (self.page(), known) {
            page.discussion.put(known);
        }
        self.show_waiting();
        Ok(())
    }

    fn has_comment(&self, id: &CommentId) -> bool {
        let rows = self.rows.borrow();
        rows.threads().iter().flat_map(|thread| &thread.comments).any(|comment| comment.id == *id)
    }

    /// Shows the comments that wait in their threads, as long as they do and once more when they do not.
    pub(super) fn show_waiting(&self) {
        let Some(page) = self.page() else { return };
        let waiting = self.outbox.ids();
        if !waiting.is_empty() || page.has_waiting_comments() {
            page.discussion.replace(self.shown_threads());
            page.waiting_comments.set(waiting);
        }
    }

    /// The threads, with the comments that wait in their places.
    pub(super) fn shown_threads(&self) -> Vec<Thread> {
        let rows = self.rows.borrow();
        let threads = rows.threads().to_vec();
        match rows.you() {
            Some(you) => self.outbox.threads(threads, you),
            None => threads,
        }
    }
}
