//! The open post-mortem as components use it: signals to read, edits to make. A handle that can be copied into every
//! closure; the replica itself outlives it while something is unsaved.

use super::discussion::Discussion;
use super::parts::Parts;
use super::presences::Presences;
use super::replicas::{self, open_replica::OpenReplica};
use super::saving::SavingSignals;
use super::visit::Visit;
use crate::browser::clock;
use crate::client::RequestError;
use crate::controls::notices::{Notices, use_notices};
use crate::state::capabilities::CapabilitySignals;
use crate::sync::{Gone, KeptFile, Obstacle, PendingComment, SyncEvent};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::carried::CarriedError;
use postmortem::digest::Differences;
use postmortem::event::Event;
use postmortem::id::CommentId;
use postmortem::ingest::IngestError;
use postmortem::{
    Command, CommandError, ItemId, Near, Openness, PageReaders, Passage, Postmortem, PostmortemId, Replica, Subject,
    TextId, ThreadId, Zone, limits,
};
use std::rc::Rc;
use std::sync::Arc;

/// What is told of text that is in a file, until its person has it.
const KEPT: &str = "kept";

/// Where the post-mortem can be read by everyone with the link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publication {
    /// The last part of the link; absent while it is not published or withdrawn.
    pub slug: Option<String>,
    /// How often it was published.
    pub revision: u32,
    /// When it was published last.
    pub published_at: Option<DateTime<Utc>>,
    /// Who can open it, where it is published.
    pub readers: Option<PageReaders>,
}

/// Who finds the post-mortem. A server of an older release says nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundBy {
    pub access: Openness,
    /// How many people it names.
    pub named: u32,
}

impl Default for FoundBy {
    fn default() -> Self {
        Self { access: Openness::Team, named: 0 }
    }
}

/// Why an edit was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It cannot be made like this.
    #[error(transparent)]
    Refused(#[from] CommandError),
    /// The page has gone, and with it the way to the document.
    #[error("You have left this post-mortem, and nothing was changed. Open it and try again.")]
    Left,
}

/// What the drawn timeline does for the rest of the page.
#[derive(Clone, Copy)]
pub struct DrawnTimeline {
    /// Scrolls to about where an entry stands, so that its row is drawn.
    pub bring_near: Callback<ItemId>,
    /// The entries that are shown, in order.
    pub shown: Callback<(), Vec<ItemId>>,
    /// Makes a text of it.
    pub as_text: Callback<()>,
}

/// The open post-mortem.
#[derive(Clone, Copy)]
pub struct OpenPostmortem {
    /// Its id.
    pub id: StoredValue<PostmortemId>,
    /// The document as signals.
    pub parts: Parts,
    /// Comments and authors.
    pub discussion: Discussion,
    /// Who is here.
    pub presences: Presences,
    /// What this browser's person may do here.
    pub capabilities: CapabilitySignals,
    /// Whether everything is saved.
    pub saving: SavingSignals,
    /// Where it is published.
    pub publication: RwSignal<Publication>,
    /// Who finds it.
    pub audience: RwSignal<FoundBy>,
    /// What is different now from what was published last; nothing while that is not known.
    pub unpublished: RwSignal<Differences>,
    /// What changed since the last visit.
    pub visit: Visit,
    /// The entry that J and K move to.
    pub selected: RwSignal<Option<ItemId>>,
    /// The timeline as it is drawn, while it is.
    pub timeline: StoredValue<Option<DrawnTimeline>>,
    /// The words that a search shows: where they stand in which text, in UTF-16 units.
    pub found: RwSignal<Option<(TextId, u32, u32)>>,
    /// Comments that are not on the server yet.
    pub waiting_comments: RwSignal<Vec<CommentId>>,
    /// Text that the server did not take, as files that wait for their person.
    pub kept: RwSignal<Vec<KeptFile>>,
    /// Why it is not there for this person any more.
    pub gone: RwSignal<Option<Gone>>,
    /// How many hundredths of the room that a post-mortem has are taken, once few are left.
    pub fullness: RwSignal<Option<usize>>,
    /// What is in the way of a connection.
    pub obstacle: RwSignal<Option<Obstacle>>,
    /// The value as the server last gave it to a request, while there is no other way to it.
    pub seen_from_afar: RwSignal<Option<Arc<Postmortem>>>,
    /// Why the server cannot show the post-mortem, while it cannot.
    pub damage: RwSignal<Option<String>>,
    notices: Notices,
    // The one place where something of the browser is stored among signals, which ask for `Send`.
    replica: StoredValue<Rc<OpenReplica>, LocalStorage>,
}

impl OpenPostmortem {
    /// Opens a post-mortem until the owner of the calling component goes.
    pub fn new(id: PostmortemId) -> Self {
        let replica = replicas::open(&id);
        let open = Self {
            id: StoredValue::new(id.clone()),
            parts: Parts::new(),
            discussion: Discussion::new(&id),
            presences: Presences::new(),
            capabilities: CapabilitySignals::of_postmortem(),
            saving: SavingSignals::new(),
            publication: RwSignal::new(Publication::default()),
            audience: RwSignal::new(FoundBy::default()),
            unpublished: RwSignal::new(Differences::default()),
            visit: Visit::new(),
            selected: RwSignal::new(None),
            timeline: StoredValue::new(None),
            found: RwSignal::new(None),
            waiting_comments: RwSignal::new(Vec::new()),
            kept: RwSignal::new(Vec::new()),
            gone: RwSignal::new(None),
            fullness: RwSignal::new(None),
            obstacle: RwSignal::new(None),
            seen_from_afar: RwSignal::new(None),
            damage: RwSignal::new(None),
            notices: use_notices(),
            replica: StoredValue::new_local(replica.clone()),
        };
        replica.enter(Rc::new(move |event, replica| open.follow(event, replica)));
        on_cleanup(move || {
            if let Some(replica) = open.replica() {
                replica.leave();
            }
        });
        open
    }

    /// The replica; `None` once the page was left.
    pub fn replica(&self) -> Option<Rc<OpenReplica>> {
        self.replica.try_get_value()
    }

    /// Reads from the replica; `None` once the page was left.
    pub fn read<V>(&self, read: impl FnOnce(&Replica) -> V) -> Option<V> {
        self.replica().map(|replica| replica.read(read))
    }

    /// Lets whoever calls the answer follow the text that a subject's comments are about, and nothing of what is written
    /// elsewhere.
    pub fn follow_text(&self, subject: Subject) -> impl Fn() + Copy + Send + Sync + use<> {
        let parts = self.parts;
        let text = Memo::new(move |_| match &subject {
            Subject::Section(key) => parts.sections.with(|sections| sections.get(key).cloned()),
            Subject::Entry(id) => parts.entry(id).map(|entry| entry.with(|entry| entry.text.clone())),
        });
        // A memo that is only tracked, and never read, hears of nothing.
        move || text.with(|_| ())
    }

    /// What a time on the timeline is read by, beside the one in whose place it is typed.
    pub fn near(&self, old: Option<DateTime<Utc>>, zone: Zone) -> Near {
        let parts = self.parts;
        let near = parts
            .timeline
            .with(|entries| parts.details.with(|details| Near::incident(details, entries, clock::now(), zone)));
        old.map_or(near, |old| near.changing(old))
    }

    /// Carries out an edit.
    pub fn run(&self, command: &Command) -> Result<(), EditError> {
        Ok(self.replica().ok_or(EditError::Left)?.run(command, None)?)
    }

    /// Carries out several edits as one; answers which were refused.
    pub fn run_each(&self, commands: &[Command]) -> Vec<(usize, EditError)> {
        match self.replica() {
            Some(replica) => {
                replica.run_each(commands).into_iter().map(|(at, error)| (at, EditError::Refused(error))).collect()
            }
            None => (0..commands.len()).map(|at| (at, EditError::Left)).collect(),
        }
    }

    /// Carries out several edits as one and shows why, where one is refused; whether all were made.
    pub fn edit_each(&self, commands: &[Command]) -> bool {
        let refused = self.run_each(commands).into_iter().next();
        if let Some((_, error)) = &refused {
            self.notices.refuse_sentence(&error.to_string(), None);
        }
        refused.is_none()
    }

    /// Carries out an edit and shows why, when it is refused.
    pub fn edit(&self, command: &Command) {
        if let Err(error) = self.run(command) {
            self.notices.refuse_sentence(&error.to_string(), None);
        }
    }

    /// Carries out an edit for a field, which shows the sentence itself.
    pub fn try_edit(&self, command: &Command) -> Result<(), String> {
        self.run(command).map_err(|error| error.to_string())
    }

    /// Deletes an item and offers to bring it back.
    pub fn delete(&self, kind: postmortem::ItemKind, id: ItemId, what: &str) {
        self.edit(&Command::Delete(kind, id.clone()));
        let open = *self;
        let restore = Arc::new(move || open.edit(&Command::Restore(kind, id.clone())));
        self.notices.toast(format!("{what} deleted"), Some(restore));
    }

    /// Carries out what was typed in the editor of `text`.
    pub fn typed(&self, text: &TextId, changes: Vec<postmortem::TextChange>) -> Result<(), EditError> {
        let command = Command::EditText(text.clone(), changes);
        Ok(self.replica().ok_or(EditError::Left)?.run(&command, Some(text))?)
    }

    /// The whole value, for what is drawn from all of it.
    pub fn postmortem(&self) -> postmortem::Postmortem {
        let mut value = self.read(|replica| replica.read().postmortem).unwrap_or_default();
        value.details = self.parts.with_head(value.details);
        value
    }

    /// Adds a comment, in a thread or in a new one, to the whole of its subject or to words of it.
    /// Its id, which is also that of the thread that it begins.
    pub fn comment(
        &self,
        subject: Subject,
        thread: Option<ThreadId>,
        passage: Option<Passage>,
        text: String,
    ) -> Result<CommentId, EditError> {
        let id = clock::new_comment_id();
        let replica = self.replica().ok_or(EditError::Left)?;
        replica.comment(PendingComment { id: id.clone(), subject, thread, passage, text });
        Ok(id)
    }

    /// Brings comments of a long thread that are not here, from a number on.
    pub async fn fetch_comments(&self, thread: &ThreadId, after: u32) -> Result<(), RequestError> {
        match self.replica() {
            Some(replica) => replica.fetch_comments(thread, after).await,
            None => Ok(()),
        }
    }

    /// Takes in what the replica tells.
    fn follow(&self, event: SyncEvent, replica: &Replica) {
        match event {
            SyncEvent::Entered => self.parts.refresh_all(replica),
            SyncEvent::Arrived => self.saving.arrive(),
            SyncEvent::PartsChanged(parts) => self.parts.refresh(replica, &parts),
            // The editors have it.
            SyncEvent::TextChanged(..) => {}
            SyncEvent::WordsArrived => self.presences.words_arrived.notify(),
            SyncEvent::Replaced => {
                self.parts.refresh_all(replica);
                self.presences.words_arrived.notify();
            }
            SyncEvent::PresencesChanged(changed) => self.presences.update(changed),
            SyncEvent::PresencesGone => self.presences.clear(),
            SyncEvent::Told(event) => self.told(event),
            SyncEvent::CommentsWaiting(threads, waiting) => {
                self.discussion.replace(threads);
                self.waiting_comments.set(waiting);
            }
            SyncEvent::ThreadRead(thread) => self.discussion.put(thread),
            SyncEvent::CommentRefused(comment, reason) => self.refuse_comment(&comment, &reason),
            SyncEvent::StandingChanged(standing) => self.saving.update(standing),
            SyncEvent::FilesChanged(files) => {
                if files.is_empty() {
                    self.notices.taken_at(KEPT);
                }
                self.kept.set(files);
            }
            SyncEvent::TextKept(file) => self.tell_kept(&file),
            SyncEvent::ObstacleChanged(obstacle) => self.obstacle.set(obstacle),
            SyncEvent::SeenFromAfar(value) => self.seen_from_afar.set(Some(Arc::new(*value))),
            SyncEvent::DamageTold(sentence) => self.mark_damaged(sentence),
            SyncEvent::CarriedTold(outcome) => self.tell_carried(outcome),
            SyncEvent::Gone(gone) => self.gone.set(Some(gone)),
        }
    }

    /// The server does not take a comment: its person gets the words back, in the field where they were written.
    fn refuse_comment(&self, comment: &PendingComment, reason: &str) {
        self.discussion.give_back(comment);
        self.notices.refuse_sentence(reason, Some(comment.text.clone()));
    }

    /// The server did not take something of this person's, and its words are in a file. The page of a post-mortem that is
    /// closed to them says so by itself: nothing failed.
    fn tell_kept(&self, file: &KeptFile) {
        if self.gone.get_untracked() == Some(Gone::ClosedToYou) {
            return;
        }
        let sentence = format!("Some of your text is not in this post-mortem. {}", file.reason);
        self.notices.refuse_at(KEPT, &sentence, file.text.clone());
    }

    /// What became of a file: whether it brought something new.
    fn tell_carried(&self, merged: Result<bool, CarriedError>) {
        match merged {
            Ok(true) => self.notices.toast("The changes of the file are in this post-mortem now", None),
            Ok(false) => self.notices.toast("The file holds nothing that is not here already", None),
            Err(error) => self.notices.refuse_sentence(&error.to_string(), None),
        }
    }

    /// The server says that it cannot read the post-mortem, or shows it.
    fn mark_damaged(&self, sentence: Option<String>) {
        if self.damage.with_untracked(|known| *known != sentence) {
            self.damage.set(sentence);
        }
    }

    /// Takes in what the server says.
    fn told(&self, event: Event) {
        match event {
            Event::Welcome { you, capabilities, .. } => {
                self.presences.me.set(Some(you));
                self.capabilities.set(capabilities);
            }
            Event::Capabilities { capabilities } => self.capabilities.set(capabilities),
            Event::Threads { .. }
            | Event::MoreThreads { .. }
            | Event::Thread { .. }
            | Event::ThreadGone { .. }
            | Event::Comment { .. }
            | Event::CommentGone { .. }
            | Event::Resolution { .. } => self.discussion.take(&event),
            Event::Authors { authors } => self.discussion.add_authors(authors),
            Event::Renamed { ref person } => {
                self.discussion.take(&event);
                self.presences.rename(person);
                self.parts.rename(person);
            }
            Event::Head { row } => self.parts.set_head(row),
            Event::Publication { slug, revision, published_at, readers } => {
                self.publication.set(Publication { slug, revision, published_at, readers });
            }
            Event::Audience { access, named } => self.audience.set(FoundBy { access, named }),
            // What becomes of the copy and of the connection is the replica's.
            Event::Refused { code, message } if code == IngestError::TooOften.code() => {
                self.notices.refuse_sentence(&message, None);
            }
            Event::Refused { .. } | Event::Storage { .. } | Event::ComeBack { .. } => {}
            Event::Size { bytes, most } => {
                self.fullness.set((bytes >= limits::NEARLY_FULL).then(|| bytes * 100 / most.max(1)));
            }
            Event::Deleted => self.gone.set(Some(Gone::Deleted)),
        }
    }
}

/// The open post-mortem, from any component below its page.
#[expect(clippy::expect_used, reason = "the page provides it before it renders any component that asks")]
pub fn use_open() -> OpenPostmortem {
    use_context().expect("a component of the post-mortem's page")
}
