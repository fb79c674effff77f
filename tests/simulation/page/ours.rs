//! A page of ours: [`SyncedReplica`], which is what is shipped, with a browser's storage behind it and an editor in front. A
//! fault is put between them, where an effect or an event can be lost or doubled.

use super::browser::Browser;
use super::{EditId, Shown, next_life, postmortem, section};
use crate::fault::Fault;
use crate::{Violation, clock};
use app::sync::{
    Afresh, ConnectionOrder, Effect, Output, Sources, Standing, StorageOrder, StorageState, SyncEvent, SyncedReplica,
};
use bytes::Bytes;
use postmortem::{ClientId, Event, Replica, TextId, UserId, wire};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The client and what it stands between.
pub struct OurClient {
    person: UserId,
    pub synced: SyncedReplica,
    pub frames: Vec<Bytes>,
    /// Whether it has ordered another socket.
    pub gives_up: bool,
    /// What the server refused, though nobody told it to.
    pub refusal: Option<Violation>,
    /// The text of the files that its person was given.
    pub files: String,
    /// What its person saw when a copy was replaced.
    pub seen: BTreeSet<char>,
    is_refused: bool,
    browser: Browser,
    standing: Standing,
    mounted: BTreeSet<TextId>,
    fault: Option<Fault>,
}

impl OurClient {
    /// In a browser that has nothing of the post-mortem.
    pub fn new(person: UserId, fault: Option<Fault>) -> Self {
        let mut client = Self {
            person,
            synced: open(),
            frames: Vec::new(),
            gives_up: false,
            refusal: None,
            files: String::new(),
            seen: BTreeSet::new(),
            is_refused: false,
            browser: Browser::default(),
            standing: Standing::default(),
            mounted: BTreeSet::new(),
            fault,
        };
        let (found, _) = client.browser.open();
        client.synced.copy_opened(Some(found), Vec::new(), Some(client.person.clone()));
        client
    }

    pub fn replica(&self) -> Rc<Replica> {
        self.synced.replica()
    }

    /// The browser dies and the page is opened with what is there; how many edits of the life before are.
    pub fn reopen(&mut self, unwritten: usize, shown: &mut Shown) -> usize {
        let life = self.replica().client();
        self.browser.die(unwritten);
        self.synced = open();
        self.frames.clear();
        self.gives_up = false;
        self.is_refused = false;
        self.standing = Standing::default();
        self.mounted.clear();
        let (found, edits) = self.browser.open();
        let kept = edits.iter().filter(|((of, _), _)| *of == life).map(|((_, number), _)| number + 1).max();
        let reopened = self.replica().client();
        let ids: Vec<EditId> = edits.iter().map(|(id, _)| *id).collect();
        self.browser.rename(|id| ids.iter().position(|known| *known == id).map_or(id, |at| (reopened, at)));
        shown.edits = edits.into_iter().map(|(_, update)| update).collect();
        self.synced.copy_opened(Some(found), Vec::new(), Some(self.person.clone()));
        kept.unwrap_or(0)
    }

    /// An editor shows a text from now on, as long as the page is there.
    pub fn mount(&mut self, text: &TextId) {
        if self.mounted.insert(text.clone()) {
            self.synced.mounted(text);
        }
    }

    pub fn mounted(&self) -> Vec<TextId> {
        self.mounted.iter().cloned().collect()
    }

    /// The server refuses something.
    pub fn refuse(&mut self) {
        self.is_refused = true;
        let event = Event::Refused { code: "misfit".into(), message: "It does not fit.".into() };
        self.synced.received(&wire::event(&event));
    }

    pub fn is_saved(&self) -> bool {
        self.standing.is_saved()
    }

    /// Does what follows, and shows it.
    pub fn follow(&mut self, replica: &mut Rc<Replica>, shown: &mut Shown, ended: &mut BTreeMap<ClientId, usize>) {
        while let Some(output) = self.synced.next_output() {
            match output {
                Output::Effect(effect) => self.carry_out(effect, shown, replica.client()),
                Output::Event(event) => self.show(event, replica, shown, ended),
            }
        }
        *replica = self.synced.replica();
        if shown.screen.is_none() && !replica.is_empty() {
            self.mount(&section());
            shown.read(replica);
        }
    }

    fn carry_out(&mut self, effect: Effect, shown: &mut Shown, life: ClientId) {
        match effect {
            Effect::Send(frame) => self.frames.push(frame),
            Effect::Connection(ConnectionOrder::Renew | ConnectionOrder::GiveUp) => self.gives_up = true,
            // Plans say when a page connects.
            Effect::Connection(
                ConnectionOrder::Open(_)
                | ConnectionOrder::NameGeneration(_)
                | ConnectionOrder::InStep
                | ConnectionOrder::ComeBackAfter(_)
                | ConnectionOrder::GoOn
                | ConnectionOrder::End
                | ConnectionOrder::ChangePerson,
            ) => {}
            Effect::Storage(order) => {
                self.store(order, shown, life);
                self.synced.storage_stands(StorageState::default());
            }
            Effect::PostComment(_) => unreachable!("nobody comments"),
            Effect::FindCaret(text) => self.synced.caret_found(&text, None),
            Effect::FindCaretSoon => self.synced.caret_due(),
        }
    }

    fn store(&mut self, order: StorageOrder, shown: &mut Shown, life: ClientId) {
        match order {
            StorageOrder::Append(row) => {
                let number = shown.edits.len();
                let own = row.updates.last().filter(|_| row.edits > 0).cloned();
                shown.edits.extend(own.clone());
                self.browser.append(&row, own.map(|update| ((life, number), update)).into_iter().collect());
            }
            StorageOrder::Fold(fold) => {
                let first = shown.edits.len().saturating_sub(fold.edits);
                let edits = shown.edits.iter().enumerate().skip(first);
                let edits = edits.map(|(number, update)| ((life, number), update.clone())).collect();
                self.browser.fold(fold, edits);
            }
            StorageOrder::StartAfresh(afresh) => {
                let afresh = match self.fault {
                    Some(Fault::LosesTheReplaced) => Afresh { file: None, ..afresh },
                    _ => afresh,
                };
                let file = self.browser.start_afresh(afresh);
                self.synced.afresh_started(file);
            }
            StorageOrder::KeepFile(file, content) => {
                let file = self.browser.keep_file(file, Vec::new());
                self.synced.file_kept(file, content);
            }
            StorageOrder::ForgetFile(key) => self.browser.forget_file(key),
            StorageOrder::Hold(_) | StorageOrder::KeepComment(_) | StorageOrder::DropComment(_) => {}
        }
    }

    fn show(
        &mut self,
        event: SyncEvent,
        replica: &mut Rc<Replica>,
        shown: &mut Shown,
        ended: &mut BTreeMap<ClientId, usize>,
    ) {
        match event {
            SyncEvent::TextChanged(text, changes) if text == section() => {
                let times = if self.fault == Some(Fault::ShowsTwice) { 2 } else { 1 };
                for _ in 0..times {
                    shown.change(&changes, &self.synced.replica());
                }
            }
            SyncEvent::Replaced => {
                // From here on it is another life, in which nothing was written yet.
                self.seen.extend(words(replica));
                ended.insert(replica.client(), shown.acknowledged);
                *replica = self.synced.replica();
                (shown.edits, shown.acknowledged) = (Vec::new(), 0);
                if shown.screen.is_some() {
                    shown.read(replica);
                }
                self.is_refused = false;
            }
            SyncEvent::PresencesChanged(changed) => {
                for (client, presence) in changed {
                    match presence {
                        Some(_) => drop(shown.presences.insert(client)),
                        None => drop(shown.presences.remove(&client)),
                    }
                }
            }
            SyncEvent::PresencesGone => shown.presences.clear(),
            SyncEvent::StandingChanged(standing) => self.standing = standing,
            SyncEvent::FilesChanged(files) => self.files = files.into_iter().map(|file| file.text).collect(),
            SyncEvent::Told(Event::Refused { code, message }) if !self.is_refused => {
                self.refusal = Some(Violation(format!("an honest page was refused: {code}: {message}")));
            }
            SyncEvent::TextChanged(..)
            | SyncEvent::Entered
            | SyncEvent::Arrived
            | SyncEvent::PartsChanged(_)
            | SyncEvent::WordsArrived
            | SyncEvent::Told(_)
            | SyncEvent::CommentsWaiting(..)
            | SyncEvent::ThreadRead(_)
            | SyncEvent::CommentRefused(..)
            | SyncEvent::TextKept(_)
            | SyncEvent::ObstacleChanged(_)
            | SyncEvent::SeenFromAfar(_)
            | SyncEvent::DamageTold(_)
            | SyncEvent::CarriedTold(_)
            | SyncEvent::Gone(_) => {}
        }
    }
}

fn open() -> SyncedReplica {
    let mut synced = SyncedReplica::new(&postmortem(), Sources { clock, client_id: next_life });
    synced.enter();
    synced
}

/// Every character that a page shows in its texts.
fn words(replica: &Replica) -> BTreeSet<char> {
    let shown = replica.read().postmortem;
    let sections = shown.section_keys().into_iter().map(|key| shown.section(key.as_str()).to_owned());
    let entries = shown.timeline.iter().map(|entry| entry.text.clone());
    let actions = shown.actions.iter().map(|action| action.text.clone());
    let texts: String = sections.chain(entries).chain(actions).collect();
    texts.chars().collect()
}
