//! A synced replica in the browser: its inputs come from the socket, the storage, timers, editors and the page, and what
//! follows from them is carried out there. What is decided is decided in [`SyncedReplica`].

mod effects;

use crate::browser::bridge::Editor;
use crate::browser::clock;
use crate::browser::storage::{self, CopyEvent, StoredCopy};
use crate::client::{Connection, RequestError, comments, person};
use crate::state::postmortem::editors::Editors;
use crate::sync::{KeptFile, Output, PendingComment, Sources, SyncEvent, SyncedReplica};
use gloo_timers::callback::Interval;
use postmortem::carried::{Carried, CarriedError};
use postmortem::{Command, CommandError, PostmortemId, Replica, TextId, ThreadId, UpdateError};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen_futures::spawn_local;

/// How often the copy in the browser is looked after. It is folded once nobody has typed for as long.
const TICK_MILLISECONDS: u32 = 3_000;

/// What a page does with what it is told, with the replica to read from.
pub type Follow = Rc<dyn Fn(SyncEvent, &Replica)>;

/// A replica with its storage, its connection and its editors.
pub struct OpenReplica {
    id: PostmortemId,
    synced: RefCell<SyncedReplica>,
    storage: RefCell<Option<StoredCopy>>,
    connection: RefCell<Option<Connection>>,
    editors: RefCell<Editors>,
    page: RefCell<Option<Follow>>,
    ticking: RefCell<Option<Interval>>,
    is_carrying_out: Cell<bool>,
    /// Told when all is done that follows from something.
    settled: fn(&Self),
}

impl OpenReplica {
    /// Asks the browser for what it keeps, and the server for the rest.
    pub fn open(id: &PostmortemId, settled: fn(&Self)) -> Rc<Self> {
        let sources = Sources { clock: clock::milliseconds, client_id: clock::new_client_id };
        let replica = Rc::new(Self {
            id: id.clone(),
            synced: RefCell::new(SyncedReplica::new(id, sources)),
            storage: RefCell::new(None),
            connection: RefCell::new(None),
            editors: RefCell::default(),
            page: RefCell::new(None),
            ticking: RefCell::new(None),
            is_carrying_out: Cell::new(false),
            settled,
        });
        let (id, weak) = (id.clone(), Rc::downgrade(&replica));
        spawn_local(async move {
            let told = weak.clone();
            let opened = StoredCopy::open(&id, move |event| with(&told, |replica| replica.copy_told(event))).await;
            let waiting = storage::comments(&id).await;
            with(&weak, |replica| {
                let (stored, found) = opened.unzip();
                replica.storage.replace(stored);
                replica.begin_to_tick();
                replica.act(|synced| synced.copy_opened(found, waiting, person::current()));
            });
        });
        replica
    }

    fn begin_to_tick(self: &Rc<Self>) {
        let ticking = Rc::downgrade(self);
        let interval =
            Interval::new(TICK_MILLISECONDS, move || with(&ticking, |replica| replica.act(SyncedReplica::tick)));
        self.ticking.replace(Some(interval));
    }

    fn copy_told(self: &Rc<Self>, event: CopyEvent) {
        match event {
            CopyEvent::Edited(update, edits, row) => self.act(|synced| synced.other_tab_edited(&update, edits, row)),
            CopyEvent::Replaced => self.act(SyncedReplica::other_tab_replaced),
            CopyEvent::Doubted => self.act(SyncedReplica::storage_doubted),
            CopyEvent::Stands => self.act(|_| ()),
        }
    }

    /// Gives the replica an input and does what follows from it, after what follows from those before. The storage does not
    /// tell of everything that changes there, so it is asked each time.
    fn act<V>(self: &Rc<Self>, input: impl FnOnce(&mut SyncedReplica) -> V) -> V {
        let state = self.storage.borrow().as_ref().map(StoredCopy::state);
        let answer = {
            let mut synced = self.synced.borrow_mut();
            if let Some(state) = state {
                synced.storage_stands(state);
            }
            input(&mut synced)
        };
        if !self.is_carrying_out.replace(true) {
            loop {
                let next = self.synced.borrow_mut().next_output();
                match next {
                    Some(Output::Effect(effect)) => self.carry_out(effect),
                    Some(Output::Event(event)) => self.tell(event),
                    None => break,
                }
            }
            self.is_carrying_out.set(false);
            (self.settled)(self);
        }
        answer
    }

    fn tell(&self, event: SyncEvent) {
        let replica = self.synced.borrow().replica();
        if let SyncEvent::TextChanged(text, changes) = &event
            && let Some(editor) = self.editor(text)
            && !editor.apply(changes)
        {
            editor.reset(&replica.text(text).unwrap_or_default());
        }
        if event == SyncEvent::Replaced {
            let mounted = self.editors.borrow().all();
            mounted.iter().for_each(|(text, editor)| editor.reset(&replica.text(text).unwrap_or_default()));
        }
        let page = self.page.borrow().clone();
        if let Some(follow) = page {
            follow(event, &replica);
        }
    }

    pub fn id(&self) -> &PostmortemId {
        &self.id
    }

    /// A page shows the post-mortem from now on.
    pub fn enter(self: &Rc<Self>, follow: Follow) {
        self.page.replace(Some(follow));
        self.act(SyncedReplica::enter);
    }

    /// The page was left. The replica goes once everything is saved.
    pub fn leave(self: &Rc<Self>) {
        self.page.replace(None);
        self.act(SyncedReplica::leave);
    }

    /// It was found out who this is, or that nobody knows.
    pub fn person_found(self: &Rc<Self>) {
        self.act(|synced| synced.person_found(person::current()));
    }

    /// Connects at once instead of waiting.
    pub fn try_now(&self) {
        if let Some(connection) = self.connection.borrow().as_ref() {
            connection.try_now();
        }
    }

    /// How many changes and comments the server has not acknowledged.
    pub fn unsaved(&self) -> usize {
        self.synced.borrow().unsaved()
    }

    /// Whether something would be lost with the page.
    pub fn is_at_risk(self: &Rc<Self>) -> bool {
        self.act(|synced| synced.is_at_risk())
    }

    /// Whether the server has none for this person, so that nothing is tried again.
    pub fn is_over(&self) -> bool {
        self.synced.borrow().is_over()
    }

    /// Whether nobody needs it any more.
    pub fn is_idle(&self) -> bool {
        self.synced.borrow().is_idle()
    }

    /// Reads from the replica.
    pub fn read<V>(&self, read: impl FnOnce(&Replica) -> V) -> V {
        let replica = self.synced.borrow().replica();
        read(&replica)
    }

    /// Carries out an edit; `origin` is the text whose editor has it on screen already.
    pub fn run(self: &Rc<Self>, command: &Command, origin: Option<&TextId>) -> Result<(), CommandError> {
        self.act(|synced| synced.run(command, origin))
    }

    /// Carries out several edits as one; answers which were refused.
    pub fn run_each(self: &Rc<Self>, commands: &[Command]) -> Vec<(usize, CommandError)> {
        self.act(|synced| synced.run_each(commands))
    }

    /// A copy of the document on which edits are prepared apart.
    pub fn fork(&self) -> Result<Replica, UpdateError> {
        self.synced.borrow().fork()
    }

    /// Merges what was prepared on a fork.
    pub fn merge(self: &Rc<Self>, fork: &Replica) -> Result<(), UpdateError> {
        self.act(|synced| synced.merge(fork))
    }

    /// Takes back this person's latest edit of a text.
    pub fn undo(self: &Rc<Self>, text: &TextId) {
        self.act(|synced| synced.undo(text));
    }

    /// Makes the latest undone edit of a text again.
    pub fn redo(self: &Rc<Self>, text: &TextId) {
        self.act(|synced| synced.redo(text));
    }

    /// An editor shows `text` from now on.
    pub fn mount(self: &Rc<Self>, text: &TextId, editor: Editor) {
        self.editors.borrow_mut().mount(text.clone(), editor);
        self.act(|synced| synced.mounted(text));
    }

    /// An editor went away.
    pub fn unmount(self: &Rc<Self>, text: &TextId, editor: &Editor) {
        if self.editors.borrow_mut().unmount(text, editor) {
            self.act(|synced| synced.unmounted(text));
        }
        self.left(text);
    }

    /// The editor that shows a text now.
    pub fn editor(&self, text: &TextId) -> Option<Editor> {
        self.editors.borrow().of(text)
    }

    /// Puts what the replica holds into the editor of a text.
    pub fn show_again(&self, text: &TextId) {
        if let Some(editor) = self.editor(text) {
            editor.reset(&self.read(|replica| replica.text(text)).unwrap_or_default());
        }
    }

    /// The caret is in `text`.
    pub fn placed(self: &Rc<Self>, text: &TextId) {
        self.act(|synced| synced.placed(text));
    }

    /// The caret left `text`.
    pub fn left(self: &Rc<Self>, text: &TextId) {
        self.act(|synced| synced.left(text));
    }

    /// A comment was written. It is shown at once, and sent after the edits that it may be about.
    pub fn comment(self: &Rc<Self>, comment: PendingComment) {
        self.act(|synced| synced.comment(comment));
    }

    /// Brings comments of a long thread that are not here, from a number on.
    pub async fn fetch_comments(self: &Rc<Self>, thread: &ThreadId, after: u32) -> Result<(), RequestError> {
        let page = comments::after(&self.id, thread, after).await?;
        self.act(|synced| synced.thread_read(after, page));
        Ok(())
    }

    /// Everything that this copy holds, as a file to be carried elsewhere.
    pub fn carried(&self) -> Result<Carried, CarriedError> {
        self.synced.borrow().carried()
    }

    /// Everything that is shown of this copy, comments among it, as a file that the incident log opens, and its name.
    pub fn written(&self) -> (String, String) {
        self.synced.borrow().written()
    }

    /// Adopts a file from elsewhere, as soon as the document is here or cannot be.
    pub fn carry(self: &Rc<Self>, carried: Carried) {
        self.act(|synced| synced.carry(carried));
    }

    /// Keeps text of the page that has no place in the document any more.
    pub fn keep_text(self: &Rc<Self>, reason: &str, text: String) {
        self.act(|synced| synced.keep_text(reason, text));
    }

    /// The person has a file that was kept.
    pub fn forget_file(self: &Rc<Self>, file: &KeptFile) {
        self.act(|synced| synced.forget_file(file));
    }
}

fn with(replica: &Weak<OpenReplica>, act: impl FnOnce(&Rc<OpenReplica>)) {
    if let Some(replica) = replica.upgrade() {
        act(&replica);
    }
}
