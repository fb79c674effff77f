//! Comments on their way: shown at once, sent after the edits that they may be about.

use super::Gate;
use crate::client::comments::NewComment;
use crate::state::outbox::Sent;
use leptos::prelude::Set;
use postmortem::Event;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

impl Gate {
    /// A comment was written. It is shown at once, and sent after the edits that it may be about.
    pub fn comment(self: &Rc<Self>, comment: NewComment) {
        self.outbox.add(&self.id, comment);
        self.show_waiting();
        self.update_saving();
        self.send_comments();
    }

    pub(super) fn send_comments(self: &Rc<Self>) {
        if self.outbox.is_empty() || !self.is_connected.get() || !self.is_saved() {
            return;
        }
        let gate = self.clone();
        spawn_local(async move {
            match gate.outbox.send_first(&gate.id).await {
                Sent::Taken(thread) => {
                    let event = Event::Thread { thread };
                    gate.rows.borrow_mut().take(&event);
                    if let Some(page) = gate.page() {
                        page.take(event);
                    }
                }
                Sent::Refused(text, error) => {
                    if let Some(page) = gate.page() {
                        page.refuse_comment(&error, text);
                    }
                }
                Sent::Later => return,
            }
            gate.show_waiting();
            gate.update_saving();
            gate.send_comments();
            gate.end_if_idle();
        });
    }

    /// Shows the comments that wait in their threads, as long as they do and once more when they do not.
    pub(super) fn show_waiting(&self) {
        let Some(page) = self.page() else { return };
        let rows = self.rows.borrow();
        let waiting = self.outbox.ids();
        if !waiting.is_empty() || page.has_waiting_comments() {
            let threads = match rows.you() {
                Some(you) => self.outbox.threads(rows.threads().to_vec(), you),
                None => rows.threads().to_vec(),
            };
            page.discussion.replace(threads);
            page.waiting_comments.set(waiting);
        }
    }
}
