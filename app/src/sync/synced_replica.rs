//! The copy of a post-mortem in a page, kept equal to the server's: the one way to it for the person's edits, frames, other
//! tabs, files and the browser's storage, one after the other. A state machine: inputs are methods, and what follows from
//! them is read with [`SyncedReplica::next_output`]. It outlives its page while something is unsaved.

mod carried;
mod comments;
mod connection;
mod files;
mod identity;
mod replacement;
mod rows;
#[cfg(test)]
mod tests;
mod texts;
mod unsent;

use super::gone::Gone;
use super::kept::KeptFile;
use super::local_copy::LocalCopy;
use super::obstacle::Obstacle;
use super::output::{ConnectionOrder, Effect, Output, StorageOrder, SyncEvent};
use super::pending_comments::PendingComments;
use super::standing::{Standing, WhereKept};
use bytes::Bytes;
use identity::Identity;
use postmortem::ClientId;
use postmortem::carried::Carried;
use postmortem::rows::Rows;
use postmortem::{
    Changes, Command, CommandError, Generation, Peer, PostmortemId, Receipt, Replica, TextId, Thread, UpdateError,
    Waiting,
};
use replacement::Replacement;
use std::collections::VecDeque;
use std::rc::Rc;
use texts::Texts;
use unsent::Unsent;

/// Where time and client ids come from.
#[derive(Debug, Clone, Copy)]
pub struct Sources {
    /// Milliseconds since 1970.
    pub clock: fn() -> u64,
    /// A client id that no other replica has.
    pub client_id: fn() -> ClientId,
}

/// Replica, protocol and local copy of one post-mortem.
pub struct SyncedReplica {
    id: PostmortemId,
    sources: Sources,
    replica: Rc<Replica>,
    peer: Peer,
    replacement: Option<Replacement>,
    /// The rows that stand beside the document.
    rows: Rows,
    /// The generation of the document that this copy is of.
    generation: Option<Generation>,
    /// Rows of the local copy that follow on others which are not here.
    waiting: Waiting,
    /// Whether the words of what waits were put into a file.
    has_handed_out: bool,
    /// A file that waits for the document.
    carried: Option<Carried>,
    copy: LocalCopy,
    comments: PendingComments,
    /// The files that wait for their person, and how many are on their way into the storage.
    files: Vec<KeptFile>,
    files_under_way: usize,
    identity: Identity,
    texts: Texts,
    unsent: Unsent,
    is_loaded: bool,
    is_connected: bool,
    /// Whether the server says that it cannot save.
    is_failing: bool,
    obstacle: Option<Obstacle>,
    gone: Option<Gone>,
    page: Option<PageKnows>,
    outputs: VecDeque<Output>,
}

/// What the page that shows the post-mortem was told last.
#[derive(Debug, Default)]
struct PageKnows {
    standing: Option<Standing>,
    has_waiting_comments: bool,
}

impl SyncedReplica {
    /// Before the browser has said what it keeps.
    pub fn new(id: &PostmortemId, sources: Sources) -> Self {
        Self {
            id: id.clone(),
            sources,
            replica: Rc::new(Replica::watched((sources.client_id)())),
            peer: Peer::new(),
            replacement: None,
            rows: Rows::default(),
            generation: None,
            waiting: Waiting::default(),
            has_handed_out: false,
            carried: None,
            copy: LocalCopy::default(),
            comments: PendingComments::default(),
            files: Vec::new(),
            files_under_way: 0,
            identity: Identity::default(),
            texts: Texts::default(),
            unsent: Unsent::default(),
            is_loaded: false,
            is_connected: false,
            is_failing: false,
            obstacle: None,
            gone: None,
            page: None,
            outputs: VecDeque::new(),
        }
    }

    /// What follows from the inputs until now, in order; each is to be carried out or told before the next.
    pub fn next_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The replica to read from.
    pub fn replica(&self) -> Rc<Replica> {
        self.replica.clone()
    }

    pub fn id(&self) -> &PostmortemId {
        &self.id
    }

    /// A page shows the post-mortem from now on, and is told what is here.
    pub fn enter(&mut self) {
        self.page = Some(PageKnows::default());
        if self.is_loaded {
            self.greet();
        }
        self.tell_standing();
    }

    /// The page was left. Nothing is told from now on.
    pub fn leave(&mut self) {
        self.page = None;
        self.texts.place = None;
        self.tell_place();
        if self.copy.is_unfolded() {
            self.fold();
        }
    }

    /// Carries out an edit; `origin` is the text whose editor has it on screen already.
    ///
    /// # Errors
    /// With a sentence for the person; the document is then unchanged.
    pub fn run(&mut self, command: &Command, origin: Option<&TextId>) -> Result<(), CommandError> {
        let changes = self.replica.run(command)?;
        self.edited(changes, origin);
        Ok(())
    }

    /// Carries out several edits as one; answers which were refused.
    pub fn run_each(&mut self, commands: &[Command]) -> Vec<(usize, CommandError)> {
        let (changes, refused) = self.replica.run_each(commands);
        self.edited(changes, None);
        refused
    }

    /// A copy of the document on which edits are prepared apart.
    ///
    /// # Errors
    /// When the document cannot be copied.
    pub fn fork(&self) -> Result<Replica, UpdateError> {
        self.replica.fork((self.sources.client_id)())
    }

    /// Merges what was prepared on a fork.
    ///
    /// # Errors
    /// When the fork is of another document.
    pub fn merge(&mut self, fork: &Replica) -> Result<(), UpdateError> {
        let changes = self.replica.merge(fork)?;
        self.edited(changes, None);
        Ok(())
    }

    /// The rows that stand beside the document, as the server told them.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// All threads that are known, with the comments that wait in their places.
    pub fn threads(&self) -> Vec<Thread> {
        let threads = self.rows.threads().to_vec();
        match self.rows.you() {
            Some(you) => self.comments.threads(threads, you),
            None => threads,
        }
    }

    /// How many changes and comments the server has not acknowledged.
    pub fn unsaved(&self) -> usize {
        self.peer.unsaved() + self.comments.len()
    }

    /// Whether something would be lost with the page.
    pub fn is_at_risk(&self) -> bool {
        (self.unsaved() > 0 && self.storage() != WhereKept::Browser) || self.has_loose_files()
    }

    /// Whether nobody needs it any more: no page shows it, and nothing of it is unsaved.
    pub fn is_idle(&self) -> bool {
        self.page.is_none() && self.is_loaded && self.unsaved() == 0 && !self.has_loose_files()
    }

    /// Whether it is over with it: the server has none for this person, and nothing is tried again.
    pub fn is_over(&self) -> bool {
        self.gone.is_some()
    }

    /// Whether nothing of the post-mortem is here, neither of the server's nor of this person's.
    fn is_blank(&self) -> bool {
        let is_carrying = self.carried.is_some() || !self.waiting.is_empty();
        self.is_loaded && self.replica.is_empty() && self.unsaved() == 0 && !is_carrying
    }

    /// What the server is told that this copy could be read once.
    pub fn receipt(&self) -> Option<Receipt> {
        self.rows.receipt().cloned()
    }

    fn storage(&self) -> WhereKept {
        self.copy.storage().max(self.comments.storage())
    }

    /// Whether there is a file that is in this page alone.
    fn has_loose_files(&self) -> bool {
        self.files_under_way > 0 || self.files.iter().any(|file| file.key.is_none())
    }

    /// Whether everything that the server has is here, and every edit that is here is there.
    fn is_saved(&self) -> bool {
        self.peer.is_synced() && self.peer.unsaved() == 0
    }

    fn edited(&mut self, changes: Changes, origin: Option<&TextId>) {
        self.settle(changes, origin);
        self.tell_standing();
    }

    /// After every transaction: keep it, send it, and tell what changed.
    fn settle(&mut self, changes: Changes, origin: Option<&TextId>) {
        if let Some(update) = &changes.update {
            self.unsent.edited(&changes.parts, self.peer.unsaved() == 0);
            let is_sending = self.peer.is_sending();
            let order = self.copy.edited(self.generation, update, &changes.parts, !is_sending);
            self.outputs.extend(order.map(|order| Output::Effect(Effect::Storage(order))));
            let frame = self.peer.edited(update);
            self.outputs.extend(frame.map(|frame| Output::Effect(Effect::Send(frame))));
        }
        // Whoever is yet to hear of a replacement reads this with it, and would show it twice.
        let is_read_anew = self.outputs.contains(&Output::Event(SyncEvent::Replaced));
        let is_reached = |text: &TextId| !is_read_anew && origin != Some(text) && self.texts.is_mounted(text);
        let texts = changes.texts.into_iter().filter(|(text, _)| is_reached(text));
        let reached: Vec<SyncEvent> = texts.map(|(text, changes)| SyncEvent::TextChanged(text, changes)).collect();
        let words_arrived = origin.is_none() && !reached.is_empty();
        reached.into_iter().for_each(|event| self.tell(event));
        self.tell(SyncEvent::PartsChanged(changes.parts));
        if words_arrived {
            self.tell(SyncEvent::WordsArrived);
        }
    }

    /// After what did not come from the server was applied, and is kept already; `frames` carry it there.
    fn settle_kept(&mut self, frames: Vec<Bytes>, changes: Changes) {
        self.unsent.edited(&changes.parts, false);
        self.send(frames);
        self.settle(Changes { update: None, ..changes }, None);
    }

    /// Tells a page what is here already.
    fn greet(&mut self) {
        self.tell(SyncEvent::Entered);
        self.tell(SyncEvent::FilesChanged(self.files.clone()));
        if let Some(gone) = self.gone {
            return self.tell(SyncEvent::Gone(gone));
        }
        for event in self.rows.greeting() {
            self.tell(SyncEvent::Told(event));
        }
        self.tell(SyncEvent::ObstacleChanged(self.obstacle.clone()));
        self.tell_waiting_comments();
        self.tell_arrival();
    }

    fn tell_arrival(&mut self) {
        if !self.replica.is_empty() {
            self.tell(SyncEvent::Arrived);
        }
    }

    /// Tells how things stand, where that is different from what was told; called at the end of every input that may have
    /// changed it.
    fn tell_standing(&mut self) {
        let standing = Standing {
            is_connected: self.is_connected,
            is_synced: self.peer.is_synced(),
            is_failing: self.is_failing,
            is_obstructed: self.obstacle.is_some(),
            unsaved: self.unsaved(),
            storage: self.storage(),
        };
        if let Some(page) = &mut self.page
            && page.standing.replace(standing) != Some(standing)
        {
            self.tell(SyncEvent::StandingChanged(standing));
        }
    }

    fn tell(&mut self, event: SyncEvent) {
        if self.page.is_some() {
            self.outputs.push_back(Output::Event(event));
        }
    }

    fn send(&mut self, frames: Vec<Bytes>) {
        self.outputs.extend(frames.into_iter().map(|frame| Output::Effect(Effect::Send(frame))));
    }

    fn order(&mut self, order: ConnectionOrder) {
        self.outputs.push_back(Output::Effect(Effect::Connection(order)));
    }

    fn store(&mut self, order: StorageOrder) {
        self.outputs.push_back(Output::Effect(Effect::Storage(order)));
    }
}
