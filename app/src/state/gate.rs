//! The one way to the replica of a post-mortem: local edits, frames from the server and editors all pass here, one
//! after the other. A gate outlives its page while changes are unsaved, so that leaving the page loses nothing.

mod comments;
mod copy;
mod succession;
mod whose;

use super::clock;
use super::editors::Editors;
use super::keeping::{Keeping, Storage};
use super::open::OpenPostmortem;
use super::outbox::Outbox;
use super::presences::place_of;
use super::release;
use super::saving::Standing;
use super::shelf::{self, KeptFile, Shelf, Told};
use crate::client::listener::Listener;
use crate::client::{Connection, ConnectionEvents, Obstacle, person};
use crate::editor::bridge::Editor;
use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::{Notify, Set, window};
use postmortem::carried::Carried;
use postmortem::ingest::IngestError;
use postmortem::peer::Peer;
use postmortem::presence::Selection;
use postmortem::rows::Rows;
use postmortem::wire::WireError;
use postmortem::{
    Changes, Command, CommandError, Event, Generation, PostmortemId, Received, Replica, TextId, UpdateError, UserId,
    Waiting,
};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use succession::Successor;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
pub use whose::{go_on, unsent};

/// Presence is sent at most this often: carets move with every key, and everyone in the room gets each of them.
const PLACE_MILLISECONDS: u32 = 100;

thread_local! {
    static GATES: RefCell<HashMap<PostmortemId, Rc<Gate>>> = RefCell::new(HashMap::new());
}

/// Replica, protocol, connection, copy and editors of one post-mortem.
pub struct Gate {
    id: PostmortemId,
    replica: RefCell<Rc<Replica>>,
    peer: RefCell<Peer>,
    successor: RefCell<Option<Successor>>,
    rows: RefCell<Rows>,
    /// The generation of the document that this copy is of.
    generation: Cell<Option<Generation>>,
    /// Rows of the copy that follow on others which are not here.
    waiting: RefCell<Waiting>,
    /// A file that waits for the document.
    carried: RefCell<Option<Carried>>,
    keeping: Keeping,
    outbox: Outbox,
    kept: RefCell<Vec<KeptFile>>,
    /// Whether the words of what waits were put into a file.
    has_handed_out: Cell<bool>,
    /// As whose it is connected, and whether it was another's before, whose socket may linger at the server.
    person: RefCell<Option<UserId>>,
    has_changed_person: Cell<bool>,
    is_loaded: Cell<bool>,
    is_failing: Cell<bool>,
    editors: RefCell<Editors>,
    connection: RefCell<Option<Connection>>,
    is_connected: Cell<bool>,
    /// What is in the way of a connection.
    obstacle: RefCell<Option<Obstacle>>,
    page: RefCell<Option<OpenPostmortem>>,
    place: RefCell<Option<TextId>>,
    is_place_due: Cell<bool>,
    tending: RefCell<Option<Interval>>,
}

impl Gate {
    /// The gate of a post-mortem, fresh or the one that still saves for a page that was left.
    pub fn enter(id: &PostmortemId, page: OpenPostmortem) -> Rc<Self> {
        let gate = Self::of(id);
        gate.page.replace(Some(page));
        if gate.is_loaded.get() {
            gate.greet(page);
        }
        gate.update_saving();
        gate
    }

    fn of(id: &PostmortemId) -> Rc<Self> {
        let known = GATES.with_borrow(|gates| gates.get(id).cloned());
        known.unwrap_or_else(|| Self::open(id))
    }

    fn open(id: &PostmortemId) -> Rc<Self> {
        let gate = Rc::new(Self {
            id: id.clone(),
            replica: RefCell::new(Rc::new(Replica::watched(clock::new_client_id()))),
            peer: RefCell::new(Peer::new()),
            successor: RefCell::new(None),
            rows: RefCell::default(),
            generation: Cell::new(None),
            waiting: RefCell::default(),
            carried: RefCell::new(None),
            keeping: Keeping::default(),
            outbox: Outbox::default(),
            kept: RefCell::default(),
            has_handed_out: Cell::new(false),
            person: RefCell::new(person::current()),
            has_changed_person: Cell::new(false),
            is_loaded: Cell::new(false),
            is_failing: Cell::new(false),
            editors: RefCell::default(),
            connection: RefCell::new(None),
            is_connected: Cell::new(false),
            obstacle: RefCell::new(None),
            page: RefCell::new(None),
            place: RefCell::new(None),
            is_place_due: Cell::new(false),
            tending: RefCell::new(None),
        });
        GATES.with_borrow_mut(|gates| gates.insert(id.clone(), gate.clone()));
        let (id, weak) = (id.clone(), Rc::downgrade(&gate));
        spawn_local(async move {
            let told = weak.clone();
            let opened = Shelf::open(&id, move |what| with(&told, |gate| gate.told(what))).await;
            let waiting = shelf::comments(&id).await;
            with(&weak, |gate| {
                gate.outbox.load(waiting);
                gate.load(opened);
            });
        });
        gate
    }

    /// The browser has answered what it keeps: it is shown at once, and the server is asked for the rest.
    fn load(self: &Rc<Self>, opened: Option<(Shelf, shelf::Copy)>) {
        let (shelf, copy) = opened.map_or_else(Default::default, |(shelf, copy)| (Some(shelf), copy));
        let has_copy = !copy.updates.is_empty();
        self.waiting.borrow_mut().take_in(&self.replica(), copy.updates);
        self.keeping.opened(shelf);
        copy.greeting.iter().for_each(|event| self.rows.borrow_mut().take(event));
        self.is_loaded.set(true);
        self.begin_as_whose_it_is();
        self.peer.borrow_mut().brought(&self.replica(), copy.edits);
        self.keeping.found(copy.rows, copy.edits);
        self.kept.replace(copy.kept);
        if let Some(page) = self.page() {
            self.greet(page);
        }
        self.generation.set(copy.generation.filter(|_| has_copy));
        let connection = Connection::new(&self.id, self.generation.get(), self.events());
        self.connection.replace(Some(connection));
        self.tend_from_now_on();
        if has_copy {
            self.take_carried();
        }
        self.update_saving();
        self.end_if_idle();
    }

    fn events(self: &Rc<Self>) -> ConnectionEvents {
        let [opened, received, closed, outdated, damaged, obstructed, signed_out, deleted] =
            std::array::from_fn(|_| Rc::downgrade(self));
        ConnectionEvents {
            opened: Box::new(move || with(&opened, |gate| gate.opened())),
            received: Box::new(move |frame| with(&received, |gate| gate.received(&frame))),
            closed: Box::new(move || with(&closed, |gate| gate.closed())),
            outdated: Box::new(move || {
                with(&outdated, |gate| gate.give_way("This post-mortem was made anew on the server.".into(), false));
            }),
            damaged: Box::new(move |sentence| {
                with(&damaged, |gate| {
                    if let Some(page) = gate.page() {
                        page.mark_damaged(Some(sentence));
                    }
                });
            }),
            obstructed: Box::new(move |obstacle, value| {
                with(&obstructed, |gate| {
                    gate.obstruct(Some(obstacle));
                    if let (Some(page), Some(value)) = (gate.page(), value) {
                        page.seen_from_afar.set(Some(Arc::new(value)));
                    }
                });
            }),
            signed_out: Box::new(move || {
                with(&signed_out, |gate| {
                    gate.obstruct(Some(Obstacle::SignedOut));
                    person::doubt();
                });
            }),
            deleted: Box::new(move || with(&deleted, |gate| gate.deleted())),
        }
    }

    /// Shows a page what is here already.
    fn greet(&self, page: OpenPostmortem) {
        page.parts.refresh_all(&self.replica());
        page.kept.set(self.kept.borrow().clone());
        for event in self.rows.borrow().greeting() {
            page.take(event);
        }
        page.obstacle.set(self.obstacle.borrow().clone());
        self.show_waiting();
        if !self.replica().is_empty() {
            page.saving.arrive();
        }
    }

    fn obstruct(&self, obstacle: Option<Obstacle>) {
        if *self.obstacle.borrow() != obstacle {
            if let Some(page) = self.page() {
                page.obstacle.set(obstacle.clone());
            }
            self.obstacle.replace(obstacle);
            self.update_saving();
        }
    }

    /// The page was left. The gate goes once everything is saved.
    pub fn leave(&self) {
        self.page.replace(None);
        self.place.replace(None);
        self.send_place();
        self.fold_if_due();
        self.end_if_idle();
    }

    /// Reads from the replica.
    pub fn read<V>(&self, read: impl FnOnce(&Replica) -> V) -> V {
        read(&self.replica())
    }

    fn replica(&self) -> Rc<Replica> {
        self.replica.borrow().clone()
    }

    /// Carries out an edit; `origin` is the text whose editor has it on screen already.
    pub fn run(&self, command: &Command, origin: Option<&TextId>) -> Result<(), CommandError> {
        let changes = self.replica().run(command)?;
        self.settle(changes, origin);
        self.update_saving();
        Ok(())
    }

    /// Carries out several edits as one; answers which were refused.
    pub fn run_each(&self, commands: &[Command]) -> Vec<(usize, CommandError)> {
        let (changes, refused) = self.replica().run_each(commands);
        self.settle(changes, None);
        self.update_saving();
        refused
    }

    /// A copy of the document on which edits are prepared apart.
    pub fn fork(&self) -> Result<Replica, UpdateError> {
        self.replica().fork(clock::new_client_id())
    }

    /// Brings in what was prepared on a fork.
    pub fn merge(&self, fork: &Replica) -> Result<(), UpdateError> {
        let changes = self.replica().merge(fork)?;
        self.settle(changes, None);
        self.update_saving();
        Ok(())
    }

    /// Takes back this person's latest edit of a text.
    pub fn undo(&self, text: &TextId) {
        let changes = self.editors.borrow_mut().undo(text, &self.replica());
        self.settle_own(changes);
    }

    /// Makes the latest undone edit of a text again.
    pub fn redo(&self, text: &TextId) {
        let changes = self.editors.borrow_mut().redo(text, &self.replica());
        self.settle_own(changes);
    }

    /// An editor shows `text` from now on.
    pub fn mount(&self, text: &TextId, editor: Editor) {
        let undo = || self.replica().track_undo(text, clock::milliseconds);
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
            editor.reset(&self.replica().text(text).unwrap_or_default());
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
        if let Some(page) = self.page() {
            page.mark_damaged(None);
        }
        // A server that was away may have come back as a newer one.
        release::check();
        let frames = match self.successor.borrow_mut().as_mut() {
            Some(successor) => {
                successor.is_on_line = true;
                successor.peer.connected(&successor.replica)
            }
            None => self.peer.borrow_mut().connected(&self.replica()),
        };
        self.send_all(&frames);
        self.send_place();
        self.update_saving();
    }

    fn closed(self: &Rc<Self>) {
        self.is_connected.set(false);
        self.is_failing.set(false);
        self.peer.borrow_mut().disconnected();
        if let Some(successor) = self.successor.borrow_mut().as_mut() {
            successor.is_on_line = false;
        }
        if let Some(page) = self.page() {
            page.presences.clear();
        }
        if person::current().is_none() {
            self.obstruct(Some(Obstacle::SignedOut));
        }
        self.take_carried();
        self.update_saving();
    }

    fn received(self: &Rc<Self>, frame: &[u8]) {
        let was_synced = self.peer.borrow().is_synced();
        let received = match self.take_in(frame) {
            Ok(Some(received)) => received,
            Ok(None) => return,
            // What it held comes again with the next connection.
            Err(_) => return self.end_socket_soon(Connection::give_up),
        };
        let is_first = !was_synced && self.peer.borrow().is_synced();
        self.send_all(&received.frames);
        self.keeping.received(received.updates);
        if is_first {
            self.obstruct(None);
            if let Some(connection) = self.connection.borrow().as_ref() {
                connection.in_step();
            }
            self.take_waiting();
            self.fold();
            self.take_carried();
        }
        for changes in received.changes {
            self.settle(changes, None);
        }
        let (mut refusal, mut comes_later) = (None, false);
        for event in received.events {
            self.rows.borrow_mut().take(&event);
            match &event {
                Event::Welcome { generation, .. } => {
                    self.generation.set(Some(*generation));
                    if let Some(connection) = self.connection.borrow().as_ref() {
                        connection.name_generation(Some(*generation));
                    }
                }
                Event::Storage { is_failing } => self.is_failing.set(*is_failing),
                Event::ComeBack { after_milliseconds } => {
                    if let Some(connection) = self.connection.borrow().as_ref() {
                        connection.come_back_after(*after_milliseconds);
                    }
                }
                // Nothing is wrong with what was sent: it goes again with the next connection.
                Event::Refused { code, .. } if code == IngestError::TooOften.code() => {}
                Event::Refused { code, .. }
                    if code == IngestError::OtherPerson.code() && self.has_changed_person.get() =>
                {
                    comes_later = true;
                }
                Event::Refused { message, .. } => refusal = Some(message.clone()),
                _ => {}
            }
            if let Some(page) = self.page() {
                page.take(event);
            }
        }
        if let Some(page) = self.page() {
            page.presences.take(self.replica().client(), received.presences);
        }
        self.show_waiting();
        self.send_comments();
        if let Some(message) = refusal {
            self.give_way(message, false);
            self.end_socket_soon(Connection::renew);
        } else if comes_later {
            self.wait_for_the_socket_before();
            self.end_socket_soon(Connection::renew);
        }
        self.update_saving();
        self.end_if_idle();
    }

    /// Takes in a frame for this copy, or for the one that is to take its place.
    fn take_in(self: &Rc<Self>, frame: &[u8]) -> Result<Option<Received>, WireError> {
        if self.successor.borrow().is_none() {
            return self.peer.borrow_mut().received(&self.replica(), frame).map(Some);
        }
        let (taken, is_whole) = {
            let mut successor = self.successor.borrow_mut();
            let Some(successor) = successor.as_mut().filter(|successor| successor.is_on_line) else { return Ok(None) };
            let taken = successor.peer.received(&successor.replica, frame)?;
            (taken, successor.peer.is_synced())
        };
        // What changed is drawn when the successor is whole.
        let received = Received { changes: Vec::new(), updates: Vec::new(), ..taken };
        if is_whole && let Some(successor) = self.successor.take() {
            self.succeed(successor);
        }
        Ok(Some(received))
    }

    fn settle_own(&self, changes: Option<Changes>) {
        if let Some(changes) = changes {
            self.settle(changes, None);
            self.update_saving();
        }
    }

    /// After every transaction: keep and send it, show it in the editors, read the changed parts again.
    fn settle(&self, changes: Changes, origin: Option<&TextId>) {
        if let Some(update) = changes.update {
            let is_sending = self.peer.borrow().is_sending();
            self.keeping.edited(self.generation.get(), &update, !is_sending);
            let frame = self.peer.borrow_mut().edited(&update);
            self.send_all(frame.as_slice());
        }
        let reached = self.editors.borrow().reached(changes.texts, origin);
        let words_arrived = origin.is_none() && !reached.is_empty();
        for (text, editor, deltas) in reached {
            if !editor.apply(&deltas) {
                editor.reset(&self.replica().text(&text).unwrap_or_default());
            }
        }
        if let Some(page) = self.page() {
            page.parts.refresh(&self.replica(), &changes.parts);
            if words_arrived {
                page.presences.words_arrived.notify();
            }
        }
    }

    /// Takes in what did not come from the server and is kept already.
    fn bring(&self, changes: Changes, edits: usize) {
        let frames = self.peer.borrow_mut().brought(&self.replica(), edits);
        self.show_brought(&frames, changes);
    }

    fn show_brought<F: AsRef<[u8]>>(&self, frames: &[F], changes: Changes) {
        self.send_all(frames);
        self.settle(Changes { update: None, ..changes }, None);
        self.update_saving();
    }

    fn told(self: &Rc<Self>, what: Told) {
        match what {
            Told::Storage => self.update_saving(),
            Told::Doubt => {
                self.keep_comments_again();
                self.update_saving();
            }
            Told::Afresh => {
                self.give_way("The server did not take what another tab of this browser sent.".into(), true);
                self.end_socket_soon(Connection::renew);
            }
            Told::Edit(update, edits, row) => {
                // What builds on edits that this tab has missed comes from the server, or when the page is opened again.
                if self.successor.borrow().is_none()
                    && let Ok(changes) = self.replica().apply(&update)
                {
                    self.keeping.hold(&row);
                    let frames = self.peer.borrow_mut().borrowed(&self.replica(), edits);
                    self.show_brought(&frames, changes);
                }
            }
        }
    }

    fn send_place(&self) {
        let text = self.place.borrow().clone();
        let cursor = text.as_ref().and_then(|text| {
            let (anchor, head) = self.editors.borrow().of(text)?.selection();
            let anchor = self.replica().sticky(text, anchor)?;
            let head = self.replica().sticky(text, head)?;
            Selection::new(&anchor, &head)
        });
        let place = text.as_ref().map(place_of);
        let frame = self.peer.borrow_mut().moved(self.replica().client(), place, cursor);
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
            let peer = self.peer.borrow();
            page.saving.update(Standing {
                is_connected: self.is_connected.get(),
                is_synced: peer.is_synced(),
                is_failing: self.is_failing.get(),
                is_obstructed: self.obstacle.borrow().is_some(),
                unsaved: peer.unsaved() + self.outbox.len(),
                storage: self.storage(),
            });
        }
        whose::count_unsent();
    }

    fn has_unsaved(&self) -> bool {
        self.peer.borrow().unsaved() > 0
    }

    /// Whether something would be lost with the page.
    fn is_at_risk(&self) -> bool {
        let is_waiting = self.has_unsaved() || !self.outbox.is_empty();
        (is_waiting && self.storage() != Storage::Browser) || self.has_loose_files()
    }

    fn storage(&self) -> Storage {
        self.keeping.storage().max(self.outbox.storage())
    }

    /// Whether there is a file that is in this page alone.
    fn has_loose_files(&self) -> bool {
        self.kept.borrow().iter().any(|file| file.key.is_none())
    }

    fn is_idle(&self) -> bool {
        let is_done = !self.has_unsaved() && self.outbox.is_empty() && !self.has_loose_files();
        self.page.borrow().is_none() && self.is_loaded.get() && is_done
    }

    fn end_if_idle(&self) {
        if self.is_idle() {
            let id = self.id.clone();
            // Not from inside of its own callback: dropping the gate drops the socket that called.
            Timeout::new(0, move || {
                GATES.with_borrow_mut(|gates| {
                    if gates.get(&id).is_some_and(|gate| gate.is_idle()) {
                        gates.remove(&id);
                    }
                });
            })
            .forget();
        }
    }
}

fn with(gate: &Weak<Gate>, act: impl FnOnce(&Rc<Gate>)) {
    if let Some(gate) = gate.upgrade() {
        act(&gate);
    }
}

/// Sends what an earlier page kept and could not send, of every post-mortem.
pub fn send_kept() {
    spawn_local(async {
        for visited in shelf::visited().await {
            if visited.is_waiting {
                drop(Gate::of(&visited.id));
            }
        }
    });
}

/// Asks before the tab is closed while a change is neither on the server nor in the browser's storage, for as long as the
/// page lives.
pub fn warn_before_unload() {
    let listener = Listener::new(&window(), "beforeunload", |event| {
        let is_at_risk = GATES.with_borrow(|gates| gates.values().any(|gate| gate.is_at_risk()));
        if is_at_risk && let Some(event) = event.dyn_ref::<web_sys::BeforeUnloadEvent>() {
            event.prevent_default();
            event.set_return_value("Changes are not saved yet.");
        }
    });
    std::mem::forget(listener);
}
