//! One page in a browser: its copy of the document, what its person sees, and everything that it wrote. A page of ours is the
//! client's own replica as it is shipped; a stock one is a driver of a few lines.

mod browser;
mod ours;
mod stock;

use crate::fault::Fault;
use crate::plan::Dialect;
use crate::{Checked, Violation};
use bytes::Bytes;
use ours::OurClient;
use postmortem::carried::Carried;
use postmortem::wire::{self, Message};
use postmortem::{
    ClientId, Command, CommandError, ConnectionId, Generation, PostmortemId, Replica, TextChange, TextId, UserId,
};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use stock::StockClient;

/// An edit made in one life of a page: the life, and how many were made in it before.
pub type EditId = (ClientId, usize);

thread_local! {
    static LIVES: Cell<u64> = const { Cell::new(0) };
}

/// A run begins: lives are counted from here.
pub fn begin_lives() {
    LIVES.set(100);
}

/// A life that no page has had, which is its client id.
fn next_life() -> ClientId {
    ClientId(LIVES.replace(LIVES.get() + 1))
}

/// The post-mortem that everybody has open.
fn postmortem() -> PostmortemId {
    PostmortemId::new(1, [0; 10])
}

/// The section whose editor is open in every page.
pub fn section() -> TextId {
    "sections/overview".parse().expect("a text")
}

/// A page.
pub struct Page {
    pub dialect: Dialect,
    pub replica: Rc<Replica>,
    pub link: Option<ConnectionId>,
    /// Turns for which it reads nothing.
    pub stalled: usize,
    /// Of each of its lives that ended, how many edits must not be lost.
    pub ended: BTreeMap<ClientId, usize>,
    pub shown: Shown,
    client: Client,
}

enum Client {
    Ours(Box<OurClient>),
    Stock(StockClient),
}

/// What a page's person sees and did, in this life of it.
#[derive(Debug, Default)]
pub struct Shown {
    /// Everything written in this life, in order, as updates.
    pub edits: Vec<Vec<u8>>,
    /// How many of them are known to be on the server's disk.
    pub acknowledged: usize,
    /// The others that it shows, by client id.
    pub presences: BTreeSet<ClientId>,
    /// The text of a section as its editor shows it, once the document is here: from then on only ever changed by what the
    /// person types and what the editor is told.
    screen: Option<Vec<u16>>,
}

impl Shown {
    /// Puts text changes on the screen, as an editor does: what does not fit is read again.
    fn change(&mut self, changes: &[TextChange], replica: &Replica) {
        let Some(screen) = &mut self.screen else { return };
        for change in changes.iter().rev() {
            let range = change.from as usize..change.to as usize;
            if range.end > screen.len() {
                return self.read(replica);
            }
            screen.splice(range, change.insert.encode_utf16());
        }
    }

    /// Whether an editor could make these changes: its caret stands between characters.
    fn can_be_typed(&self, changes: &[TextChange]) -> bool {
        let units = self.screen.as_deref().unwrap_or_default();
        let is_inside = |at: u32| units.get(at as usize).is_some_and(|unit| (0xDC00..0xE000).contains(unit));
        changes.iter().all(|change| !is_inside(change.from) && !is_inside(change.to))
    }

    /// Reads the whole text.
    fn read(&mut self, replica: &Replica) {
        self.screen = replica.text(&section()).map(|text| text.encode_utf16().collect());
    }
}

impl Page {
    pub fn new(person: UserId, dialect: Dialect, fault: Option<Fault>) -> Self {
        let client = match dialect {
            Dialect::Debrief => Client::Ours(Box::new(OurClient::new(person, fault))),
            Dialect::Stock => Client::Stock(StockClient::new()),
        };
        let replica = match &client {
            Client::Ours(client) => client.replica(),
            Client::Stock(client) => client.replica.clone(),
        };
        let (ended, shown) = (BTreeMap::new(), Shown::default());
        Self { dialect, replica, link: None, stalled: 0, ended, shown, client }
    }

    /// Tells one life of the page from the next, and is its client id.
    pub fn life(&self) -> ClientId {
        self.replica.client()
    }

    /// Whether a life is, or was, one of this page.
    pub fn has_lived(&self, life: ClientId) -> bool {
        self.life() == life || self.ended.contains_key(&life)
    }

    /// Text that its person was given as files, because the server does not take it.
    pub fn files(&self) -> &str {
        match &self.client {
            Client::Ours(client) => &client.files,
            Client::Stock(_) => "",
        }
    }

    /// What its person saw when a copy was replaced: none of it is lost without a word.
    pub fn seen(&self) -> Option<&BTreeSet<char>> {
        match &self.client {
            Client::Ours(client) => Some(&client.seen),
            Client::Stock(_) => None,
        }
    }

    /// The browser dies and the page is opened again with what was in its storage, under a fresh client id. A stock client
    /// stores nothing.
    pub fn reopen(&mut self, unwritten: usize) {
        let (life, acknowledged) = (self.life(), self.shown.acknowledged);
        self.link = None;
        self.stalled = 0;
        self.shown = Shown::default();
        let kept = match &mut self.client {
            Client::Ours(client) => client.reopen(unwritten, &mut self.shown).max(acknowledged),
            Client::Stock(client) => {
                *client = StockClient::new();
                self.replica = client.replica.clone();
                acknowledged
            }
        };
        self.ended.insert(life, kept);
        self.follow();
    }

    /// A socket is open.
    pub fn connected(&mut self) {
        match &mut self.client {
            Client::Ours(client) => client.synced.connected(),
            Client::Stock(client) => client.connected(),
        }
        self.follow();
    }

    /// The socket is gone.
    pub fn disconnected(&mut self) {
        self.link = None;
        self.shown.presences.clear();
        match &mut self.client {
            Client::Ours(client) => client.synced.disconnected(),
            Client::Stock(client) => client.disconnected(),
        }
        self.follow();
        // Nothing goes anywhere any more.
        self.take_frames();
    }

    /// Its person edits. What is typed in the editor of the section is on the screen already.
    pub fn run(&mut self, command: &Command) -> Result<(), CommandError> {
        // No editor puts a caret into the middle of a character.
        let own = match command {
            Command::EditText(text, changes) if *text == section() && self.shown.can_be_typed(changes) => Some(changes),
            _ => None,
        };
        match &mut self.client {
            Client::Ours(client) => {
                client.synced.run(command, own.map(|_| section()).as_ref())?;
                if let Some(changes) = own {
                    self.shown.change(changes, &self.replica);
                }
            }
            Client::Stock(client) => client.run(command, &mut self.shown)?,
        }
        self.follow();
        Ok(())
    }

    /// Lets edits of a text be undone from now on.
    pub fn track_undo(&mut self, text: &TextId) {
        match &mut self.client {
            Client::Ours(client) => client.mount(text),
            Client::Stock(client) => client.track_undo(text),
        }
    }

    /// The texts whose edits can be undone.
    pub fn tracked(&self) -> Vec<TextId> {
        match &self.client {
            Client::Ours(client) => client.mounted(),
            Client::Stock(client) => client.tracked(),
        }
    }

    /// Takes the latest edit of a text back, or makes it again.
    pub fn undo(&mut self, text: &TextId, again: bool) {
        match &mut self.client {
            Client::Ours(client) if again => client.synced.redo(text),
            Client::Ours(client) => client.synced.undo(text),
            Client::Stock(client) => client.undo(text, again, &mut self.shown),
        }
        self.follow();
    }

    /// Everything that it holds, as a file.
    pub fn carried(&self) -> Option<Carried> {
        match &self.client {
            Client::Ours(client) => client.synced.carried().ok(),
            Client::Stock(client) => {
                let update = client.replica.diff(&[0]).expect("encoded");
                Some(Carried { postmortem: postmortem(), generation: Generation(1), update })
            }
        }
    }

    /// Opens a file of what another page holds; a stock client knows none.
    pub fn carry(&mut self, file: Carried) {
        if let Client::Ours(client) = &mut self.client {
            client.synced.carry(file);
            self.follow();
        }
    }

    /// The server refuses something of this page: it has no reason to, and no page may lose anything by it.
    pub fn refuse(&mut self) {
        if let Client::Ours(client) = &mut self.client {
            client.refuse();
            self.follow();
        }
    }

    /// Nobody types for a while, in which a page looks after its rows.
    pub fn rest_hands(&mut self) {
        for _ in 0..2 {
            if let Client::Ours(client) = &mut self.client {
                client.synced.tick();
                self.follow();
            }
        }
    }

    /// A frame that a stock client sent before.
    pub fn sent_before(&self, dice: u64) -> Option<Bytes> {
        self.link?;
        match &self.client {
            Client::Ours(_) => None,
            Client::Stock(client) => client.sent_before(dice),
        }
    }

    /// What it sends now.
    pub fn take_frames(&mut self) -> Vec<Bytes> {
        match &mut self.client {
            Client::Ours(client) => std::mem::take(&mut client.frames),
            Client::Stock(client) => std::mem::take(&mut client.frames),
        }
    }

    /// Whether it ends its socket now, to begin again with another.
    pub fn gives_up(&mut self) -> bool {
        match &mut self.client {
            Client::Ours(client) => std::mem::take(&mut client.gives_up),
            Client::Stock(_) => false,
        }
    }

    /// Takes in a frame. `is_durable` tells whether the log holds an update.
    pub fn received(&mut self, frame: &[u8], is_durable: impl Fn(&[u8]) -> bool) -> Checked {
        for message in wire::messages(frame) {
            if let Message::Missing(update) | Message::Update(update) =
                message.map_err(|error| Violation(format!("page {} cannot read a frame: {error}", self.life())))?
                && !is_durable(update)
            {
                return Err(Violation(format!("page {} was shown what is not on disk", self.life())));
            }
        }
        match &mut self.client {
            Client::Ours(client) => client.synced.received(frame),
            Client::Stock(client) => client.received(frame, &mut self.shown)?,
        }
        self.follow();
        match &mut self.client {
            Client::Ours(client) => client.refusal.take().map_or(Ok(()), Err),
            Client::Stock(_) => Ok(()),
        }
    }

    /// Does what follows from what happened to a page of ours.
    fn follow(&mut self) {
        if let Client::Ours(client) = &mut self.client {
            client.follow(&mut self.replica, &mut self.shown, &mut self.ended);
        }
    }

    /// Edits that the client now takes for saved, from the last time on. `is_durable` tells whether the log holds an
    /// update.
    pub fn check_saved(&mut self, is_durable: impl Fn(&[u8]) -> bool) -> Checked {
        let Client::Ours(client) = &self.client else { return Ok(()) };
        let (life, shown) = (self.replica.client(), &mut self.shown);
        let saved = shown.edits.len().checked_sub(client.synced.unsaved());
        let saved = saved.ok_or_else(|| Violation(format!("page {life} counts more edits than it made")))?;
        if saved < shown.acknowledged {
            return Err(Violation(format!("page {life} takes back that an edit is saved")));
        }
        for number in shown.acknowledged..saved {
            if !is_durable(&shown.edits[number]) {
                return Err(Violation(format!("edit {number} of page {life} is shown as saved and is not")));
            }
        }
        shown.acknowledged = saved;
        Ok(())
    }

    /// How many edits are not known to be saved.
    pub fn unsaved(&self) -> usize {
        self.shown.edits.len() - self.shown.acknowledged
    }

    /// What must hold when everything has arrived.
    pub fn check_rest(&self) -> Checked {
        let text = self.replica.text(&section()).unwrap_or_default();
        if self.shown.screen.as_deref().map(String::from_utf16_lossy).as_ref() != Some(&text) {
            return Err(Violation(format!("the editor of page {} shows something else than its replica", self.life())));
        }
        match &self.client {
            Client::Ours(client) if !client.is_saved() => {
                Err(Violation(format!("page {} never comes to be saved", self.life())))
            }
            Client::Ours(_) | Client::Stock(_) => Ok(()),
        }
    }
}
