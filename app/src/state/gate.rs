//! The one way to the replica of a post-mortem: local edits, frames from the server and editors all pass here, one
//! after the other. A gate outlives its page while changes are unsaved, so that leaving the page loses nothing.

use super::editors::Editors;
use super::open::OpenPostmortem;
use super::presences::place_of;
use super::{clock, saving::SavingSignals};
use crate::client::listener::Listener;
use crate::client::{Connection, ConnectionEvents};
use crate::editor::bridge::Editor;
use gloo_timers::callback::Timeout;
use leptos::prelude::{Notify, window};
use postmortem::peer::Peer;
use postmortem::presence::Selection;
use postmortem::{Changes, Command, CommandError, PostmortemId, Replica, TextId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::JsCast;

/// Presence is sent at most this often: carets move with every key, and everyone in the room gets each of them.
const PLACE_MILLISECONDS: u32 = 100;

thread_local! {
    static GATES: RefCell<HashMap<PostmortemId, Rc<Gate>>> = RefCell::new(HashMap::new());
}

/// Replica, protocol, connection and editors of one post-mortem.
pub struct Gate {
    id: PostmortemId,
    replica: Replica,
    peer: RefCell<Peer>,
    editors: RefCell<Editors>,
    connection: RefCell<Option<Connection>>,
    is_connected: Cell<bool>,
    page: RefCell<Option<OpenPostmortem>>,
    place: RefCell<Option<TextId>>,
    is_place_due: Cell<bool>,
    last_edited: RefCell<Option<TextId>>,
}

impl Gate {
    /// The gate of a post-mortem, fresh or the one that still saves for a page that was left.
    pub fn enter(id: &PostmortemId, page: OpenPostmortem) -> Rc<Self> {
        let known = GATES.with_borrow(|gates| gates.get(id).cloned());
        let gate = known.unwrap_or_else(|| Self::connect(id));
        gate.page.replace(Some(page));
        page.parts.refresh_all(&gate.replica);
        gate.update_saving();
        gate
    }

    fn connect(id: &PostmortemId) -> Rc<Self> {
        let gate = Rc::new(Self {
            id: id.clone(),
            replica: Replica::watched(clock::new_client_id()),
            peer: RefCell::new(Peer::new()),
            editors: RefCell::default(),
            connection: RefCell::new(None),
            is_connected: Cell::new(false),
            page: RefCell::new(None),
            place: RefCell::new(None),
            is_place_due: Cell::new(false),
            last_edited: RefCell::new(None),
        });
        let (opened, received, closed, deleted) =
            (Rc::downgrade(&gate), Rc::downgrade(&gate), Rc::downgrade(&gate), Rc::downgrade(&gate));
        let connection = Connection::new(
            id,
            ConnectionEvents {
                opened: Box::new(move || {
                    if let Some(gate) = opened.upgrade() {
                        gate.opened();
                    }
                }),
                received: Box::new(move |frame| {
                    if let Some(gate) = received.upgrade() {
                        gate.received(&frame);
                    }
                }),
                closed: Box::new(move || {
                    if let Some(gate) = closed.upgrade() {
                        gate.closed();
                    }
                }),
                deleted: Box::new(move || {
                    if let Some(page) = deleted.upgrade().and_then(|gate| gate.page()) {
                        page.mark_deleted();
                    }
                }),
            },
        );
        gate.connection.replace(Some(connection));
        GATES.with_borrow_mut(|gates| gates.insert(id.clone(), gate.clone()));
        gate
    }

    /// The page was left. The gate goes once everything is saved.
    pub fn leave(&self) {
        self.page.replace(None);
        self.place.replace(None);
        self.send_place();
        self.end_if_idle();
    }

    /// Reads from the replica.
    pub fn read<V>(&self, read: impl FnOnce(&Replica) -> V) -> V {
        read(&self.replica)
    }

    /// Carries out an edit; `origin` is the text whose editor has it on screen already.
    pub fn run(&self, command: &Command, origin: Option<&TextId>) -> Result<(), CommandError> {
        let changes = self.replica.run(command)?;
        if let Some(text) = origin {
            self.last_edited.replace(Some(text.clone()));
        }
        self.settle(changes, origin);
        self.update_saving();
        Ok(())
    }

    /// Takes back this person's latest edit of a text.
    pub fn undo(&self, text: &TextId) {
        let changes = self.editors.borrow_mut().undo(text, &self.replica);
        self.settle_own(changes);
    }

    /// Makes the latest undone edit of a text again.
    pub fn redo(&self, text: &TextId) {
        let changes = self.editors.borrow_mut().redo(text, &self.replica);
        self.settle_own(changes);
    }

    /// An editor shows `text` from now on.
    pub fn mount(&self, text: &TextId, editor: Editor) {
        let undo = || self.replica.track_undo(text, clock::milliseconds);
        self.editors.borrow_mut().mount(text.clone(), editor, undo);
    }

    /// An editor went away.
    pub fn unmount(&self, text: &TextId, editor: &Editor) {
        self.editors.borrow_mut().unmount(text, editor);
        self.left(text);
    }

    /// The editor that shows a text now.
    pub fn editor(&self, text: &TextId) -> Option<Editor> {
        self.editors.borrow().of(text)
    }

    /// Puts what the replica holds into the editor of a text.
    pub fn show_again(&self, text: &TextId) {
        let editor = self.editors.borrow().of(text);
        if let Some(editor) = editor {
            editor.reset(&self.replica.text(text).unwrap_or_default());
        }
    }

    /// The caret is in `text`.
    pub fn placed(self: &Rc<Self>, text: &TextId) {
        self.place.replace(Some(text.clone()));
        if self.is_place_due.replace(true) {
            return;
        }
        let gate = Rc::downgrade(self);
        Timeout::new(PLACE_MILLISECONDS, move || {
            if let Some(gate) = gate.upgrade() {
                gate.is_place_due.set(false);
                gate.send_place();
            }
        })
        .forget();
    }

    /// The caret left `text`.
    pub fn left(&self, text: &TextId) {
        let was_there = self.place.borrow().as_ref() == Some(text);
        if was_there {
            self.place.replace(None);
            self.send_place();
        }
    }

    /// Connects at once instead of waiting.
    pub fn try_now(&self) {
        if let Some(connection) = self.connection.borrow().as_ref() {
            connection.try_now();
        }
    }

    fn page(&self) -> Option<OpenPostmortem> {
        *self.page.borrow()
    }

    fn opened(&self) {
        self.is_connected.set(true);
        let frames = self.peer.borrow_mut().connected(&self.replica);
        self.send_all(&frames);
        self.send_place();
        self.update_saving();
    }

    fn closed(&self) {
        self.is_connected.set(false);
        self.peer.borrow_mut().disconnected();
        if let Some(page) = self.page() {
            page.presences.clear();
        }
        self.update_saving();
    }

    fn received(&self, frame: &[u8]) {
        let received = self.peer.borrow_mut().received(&self.replica, frame);
        // A frame that cannot be read is left out; what it held comes again with the next connection.
        let Ok(received) = received else { return };
        self.send_all(&received.frames);
        for changes in received.changes {
            self.settle(changes, None);
        }
        if let Some(page) = self.page() {
            page.presences.take(self.replica.client(), received.presences);
            for event in received.events {
                let text = || self.last_edited.borrow().as_ref().and_then(|text| self.replica.text(text));
                page.take(event, text);
            }
        }
        self.update_saving();
        self.end_if_idle();
    }

    fn settle_own(&self, changes: Option<Changes>) {
        if let Some(changes) = changes {
            self.settle(changes, None);
            self.update_saving();
        }
    }

    /// After every transaction: send it, show it in the editors, read the changed parts again.
    fn settle(&self, changes: Changes, origin: Option<&TextId>) {
        if let Some(update) = changes.update {
            let frame = self.peer.borrow_mut().edited(&update);
            self.send_all(frame.as_slice());
        }
        let reached = self.editors.borrow().reached(changes.texts, origin);
        let words_arrived = origin.is_none() && !reached.is_empty();
        for (text, editor, deltas) in reached {
            if !editor.apply(&deltas) {
                editor.reset(&self.replica.text(&text).unwrap_or_default());
            }
        }
        if let Some(page) = self.page() {
            page.parts.refresh(&self.replica, &changes.parts);
            if words_arrived {
                page.presences.words_arrived.notify();
            }
        }
    }

    fn send_place(&self) {
        let text = self.place.borrow().clone();
        let cursor = text.as_ref().and_then(|text| {
            let (anchor, head) = self.editors.borrow().of(text)?.selection();
            let anchor = self.replica.sticky(text, anchor)?;
            let head = self.replica.sticky(text, head)?;
            Selection::new(&anchor, &head)
        });
        let place = text.as_ref().map(place_of);
        let frame = self.peer.borrow_mut().moved(self.replica.client(), place, cursor);
        self.send_all(frame.as_slice());
    }

    fn send_all<F: AsRef<[u8]>>(&self, frames: &[F]) {
        if let Some(connection) = self.connection.borrow().as_ref() {
            for frame in frames {
                connection.send(frame.as_ref());
            }
        }
    }

    fn update_saving(&self) {
        if let Some(page) = self.page() {
            SavingSignals::update(&page.saving, self.is_connected.get(), &self.peer.borrow());
        }
    }

    fn has_unsaved(&self) -> bool {
        self.peer.borrow().unsaved() > 0
    }

    fn end_if_idle(&self) {
        if self.page.borrow().is_none() && !self.has_unsaved() {
            let id = self.id.clone();
            // Not from inside of its own callback: dropping the gate drops the socket that called.
            Timeout::new(0, move || {
                GATES.with_borrow_mut(|gates| {
                    if gates.get(&id).is_some_and(|gate| gate.page.borrow().is_none() && !gate.has_unsaved()) {
                        gates.remove(&id);
                    }
                });
            })
            .forget();
        }
    }
}

/// Asks before the tab is closed while a change is unsaved, for as long as the page lives.
pub fn warn_before_unload() {
    let listener = Listener::new(&window(), "beforeunload", |event| {
        let is_unsaved = GATES.with_borrow(|gates| gates.values().any(|gate| gate.has_unsaved()));
        if is_unsaved && let Some(event) = event.dyn_ref::<web_sys::BeforeUnloadEvent>() {
            event.prevent_default();
            event.set_return_value("Changes are not saved yet.");
        }
    });
    std::mem::forget(listener);
}
