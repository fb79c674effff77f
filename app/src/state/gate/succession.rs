//! When the server does not take a copy: another one takes its place, and the text that only it had becomes a file.

use super::Gate;
use super::with;
use crate::client::Connection;
use crate::state::clock;
use crate::state::shelf::{self, Afresh, KeptFile};
use gloo_timers::callback::Timeout;
use leptos::prelude::{Notify, Set};
use postmortem::leftover::leftover;
use postmortem::peer::Peer;
use postmortem::{Postmortem, Replica};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// The copy that takes the place of one that the server does not take, as soon as it is whole. Until then the old one
/// is on screen, and what is typed into it is kept with the rest of it.
pub(super) struct Successor {
    pub(super) replica: Rc<Replica>,
    pub(super) peer: Peer,
    reason: String,
    /// Whether another tab has found out, and has kept what they have in common.
    is_echo: bool,
    /// Whether the socket that is open now is its own.
    pub(super) is_on_line: bool,
}

impl Gate {
    /// The server does not take this copy. Whatever builds on what it refused would be refused as well, so a copy of the
    /// server's own takes its place.
    pub(super) fn give_way(&self, reason: String, is_echo: bool) {
        if self.successor.borrow().is_none() {
            let is_echo = is_echo && self.peer.borrow().own_unsaved() == 0;
            self.peer.borrow_mut().disconnected();
            let replica = Rc::new(Replica::watched(clock::new_client_id()));
            self.successor.replace(Some(Successor { replica, peer: Peer::new(), reason, is_echo, is_on_line: false }));
        }
    }

    pub(super) fn succeed(self: &Rc<Self>, successor: Successor) {
        let held = self.replica.replace(successor.replica);
        self.peer.replace(successor.peer);
        let replica = self.replica();
        let waiting = Some(self.waiting.take().words()).filter(|words| !words.is_empty());
        let lost = leftover(&held.read().postmortem, &replica.read().postmortem);
        let lost: Vec<String> = lost.into_iter().chain(waiting).filter(|_| !successor.is_echo).collect();
        let lost = (!lost.is_empty()).then(|| lost.join("\n\n"));
        let file = lost.map(|text| new_file(&successor.reason, text));
        self.start_afresh(Afresh { file, tells: !successor.is_echo, ..Afresh::default() });
        let mounted = self.editors.borrow_mut().renew(|text| replica.track_undo(text, clock::milliseconds));
        for (text, editor) in mounted {
            editor.reset(&replica.text(&text).unwrap_or_default());
        }
        if let Some(page) = self.page() {
            page.parts.refresh_all(&replica);
            page.presences.words_arrived.notify();
        }
        self.send_place();
    }

    /// Forgets the copy in the browser; the text that only it had becomes a file, and its person is told.
    fn start_afresh(self: &Rc<Self>, afresh: Afresh) {
        let gate = Rc::downgrade(self);
        self.keeping.start_afresh(afresh, move |file| {
            with(&gate, |gate| {
                gate.kept.borrow_mut().extend(file.clone());
                if let (Some(page), Some(file)) = (gate.page(), &file) {
                    page.tell_kept(file);
                }
                if let Some(page) = gate.page() {
                    page.kept.set(gate.kept.borrow().clone());
                }
                gate.end_if_idle();
            });
        });
    }

    /// Keeps text of this page that has no place in the document any more.
    pub fn keep_text(self: &Rc<Self>, reason: &str, text: String) {
        let (gate, file) = (self.clone(), new_file(reason, text));
        spawn_local(async move {
            gate.keep_file(file).await;
        });
    }

    /// Keeps text as a file for whoever opens the page next; whether the browser has it, and not this page alone.
    pub(super) async fn keep_file(&self, file: KeptFile) -> bool {
        let file = shelf::keep_file(&self.id, file).await;
        let is_stored = file.key.is_some();
        self.kept.borrow_mut().push(file);
        if let Some(page) = self.page() {
            page.kept.set(self.kept.borrow().clone());
        }
        is_stored
    }

    /// Not from inside of an event of the socket that ends with it.
    pub(super) fn end_socket_soon(self: &Rc<Self>, end: fn(&Connection)) {
        let gate = Rc::downgrade(self);
        let end = move |gate: &Rc<Self>| {
            if let Some(connection) = gate.connection.borrow().as_ref() {
                end(connection);
            }
        };
        Timeout::new(0, move || with(&gate, end)).forget();
    }

    pub(super) fn deleted(self: &Rc<Self>) {
        let held = self.has_unsaved().then(|| self.replica().read().postmortem);
        let lost = held.and_then(|held| leftover(&held, &Postmortem::default()));
        let lost = [lost.unwrap_or_default(), self.waiting.take().words(), self.outbox.words()];
        let lost: Vec<&str> = lost.iter().map(|words| words.trim_start()).filter(|words| !words.is_empty()).collect();
        let file = (!lost.is_empty())
            .then(|| new_file("This post-mortem was deleted before it had your changes.", lost.join("\n")));
        // The browser forgets them once their words are in the file.
        let comments = self.outbox.take_all();
        self.start_afresh(Afresh { file, comments, tells: false, is_gone: true });
        self.peer.replace(Peer::new());
        if let Some(page) = self.page() {
            page.mark_deleted();
        }
    }

    /// The person has a file that was kept.
    pub fn forget(&self, file: &KeptFile) {
        self.keeping.forget(file);
        self.kept.borrow_mut().retain(|kept| kept != file);
        if let Some(page) = self.page() {
            page.kept.set(self.kept.borrow().clone());
        }
    }
}

/// A file of text that the server did not take.
pub(super) fn new_file(reason: &str, text: String) -> KeptFile {
    let name = format!("not-saved-{}.md", clock::now().format("%Y-%m-%d-%H%M"));
    KeptFile { key: None, name, reason: reason.to_owned(), text }
}
