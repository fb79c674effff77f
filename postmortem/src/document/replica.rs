//! One copy of a document and the only way in and out of it: commands and updates go in, values, changes and updates
//! come out. Every call opens its own transaction and closes it, so no caller can hold one across another call.

mod error;
mod journal;
mod passage;
mod replay;
mod twin;
mod undo;

pub use error::UpdateError;
pub use journal::{Changes, Part};
pub use passage::PassageError;
pub use replay::Damage;
pub use undo::TextUndo;

use crate::command::{Command, CommandError, Tallies, shared_text};
use crate::ingest::{IngestError, Span};
use crate::read::{Reader, Reading};
use crate::schema::{self, ItemKind, Roots};
use crate::text::TextId;
use crate::{ActionItem, ClientId, Details, ImpactFigure, ItemId, Responder, SectionKey, TimelineEntry, seen, sticky};
use journal::Journal;
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use twin::Twin;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    Assoc, BranchID, ClientID, Doc, GetString, ID, IndexedSequence, Map, OffsetKind, Options, Origin, ReadTxn,
    StateVector, StickyIndex, Text, TextRef, Transact, TransactionMut, Update,
};

/// The origin of edits made by this replica's own person, which is what undo tracks.
const OWN: &str = "own";

/// One copy of a document.
pub struct Replica {
    doc: Doc,
    roots: Roots,
    journal: Option<Journal>,
    tallies: Mutex<Tallies>,
    twin: Mutex<Option<Twin>>,
}

impl std::fmt::Debug for Replica {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Replica({})", self.client())
    }
}

impl Replica {
    /// An empty replica. `client` is a fresh random number below 2^53 for each page load, best below 2^32 like those
    /// that Yjs makes; two replicas that edit at once never share one.
    pub fn new(client: ClientId) -> Self {
        let client = ClientID::new(client.0 & ((1 << 53) - 1));
        let doc = blank(client);
        let roots = Roots::of(&doc);
        Self { doc, roots, journal: None, tallies: Mutex::default(), twin: Mutex::default() }
    }

    /// An empty replica whose [`Changes`] tell what changed, for a page that draws it. A server's replicas are not
    /// watched, which halves the cost of an update.
    pub fn watched(client: ClientId) -> Self {
        let mut replica = Self::new(client);
        replica.journal = Some(Journal::watch(&replica.doc, &replica.roots));
        replica
    }

    /// The client id under which this replica's edits stand in the document.
    pub fn client(&self) -> ClientId {
        ClientId(self.doc.client_id().get())
    }

    /// Carries out one edit of this replica's person.
    ///
    /// # Errors
    /// With a sentence for the person; the document is then unchanged.
    pub fn run(&self, command: &Command) -> Result<Changes, CommandError> {
        let mut transaction = self.doc.transact_mut_with(OWN);
        command.perform(&self.roots, &mut transaction, &mut self.tallies())?;
        let update = encoded(&mut transaction);
        drop(transaction);
        Ok(self.changes(update))
    }

    /// Carries out several edits as one: others see all of them at once. Those that are refused leave no trace, and
    /// stand in the answer with their place in the list.
    pub fn run_each(&self, commands: &[Command]) -> (Changes, Vec<(usize, CommandError)>) {
        let mut transaction = self.doc.transact_mut_with(OWN);
        let mut tallies = self.tallies();
        let refused = commands
            .iter()
            .enumerate()
            .filter_map(|(index, command)| {
                Some((index, command.perform(&self.roots, &mut transaction, &mut tallies).err()?))
            })
            .collect();
        drop(tallies);
        let update = encoded(&mut transaction);
        drop(transaction);
        (self.changes(update), refused)
    }

    /// A copy on which this person prepares edits apart, under a client id of its own. [`Replica::merge`] brings them
    /// in, however the document changed meanwhile.
    ///
    /// # Errors
    /// When the document does not survive its own encoding.
    pub fn fork(&self, client: ClientId) -> Result<Self, UpdateError> {
        let fork = Self::new(client);
        fork.apply(&self.diff(&[0])?)?;
        Ok(fork)
    }

    /// Brings in what a fork holds beyond this replica, as an edit of this replica's own person.
    ///
    /// # Errors
    /// When the fork builds on what this replica has not seen; nothing was brought in then.
    pub fn merge(&self, fork: &Self) -> Result<Changes, UpdateError> {
        self.tallies().forget();
        let update = self.decoded(&fork.diff(&self.state_vector())?)?;
        let mut transaction = self.doc.transact_mut_with(OWN);
        transaction.apply_update(update).map_err(|_| UpdateError::Unreadable)?;
        let update = encoded(&mut transaction);
        drop(transaction);
        Ok(self.changes(update))
    }

    /// Edits the document in one transaction.
    pub(crate) fn edit(&self, edit: impl FnOnce(&Roots, &mut TransactionMut)) -> Changes {
        self.tallies().forget();
        let mut transaction = self.doc.transact_mut_with(OWN);
        edit(&self.roots, &mut transaction);
        let update = encoded(&mut transaction);
        drop(transaction);
        self.changes(update)
    }

    /// Looks at the document as it is stored.
    pub(crate) fn view<V>(&self, view: impl FnOnce(&Roots, &yrs::Transaction<'_>) -> V) -> V {
        view(&self.roots, &self.doc.transact())
    }

    /// Takes in an update from another replica.
    ///
    /// # Errors
    /// When the bytes do not decode, or do not follow on what this replica has seen: clocks are left out, or it builds on
    /// or deletes something that is not here. It leaves nothing behind then. The bytes must come from a source that checks
    /// them ([`crate::ingest`]); the CRDT itself does not survive hostile ones.
    pub fn apply(&self, update: &[u8]) -> Result<Changes, UpdateError> {
        self.tallies().forget();
        let update = self.decoded(update)?;
        let mut transaction = self.doc.transact_mut();
        transaction.apply_update(update).map_err(|_| UpdateError::Unreadable)?;
        drop(transaction);
        Ok(self.changes(None))
    }

    /// An update that follows on what this replica has seen. The CRDT is not asked: it would take in what it can of another
    /// one, and keep the rest aside where no encoding finds it.
    fn decoded(&self, update: &[u8]) -> Result<Update, UpdateError> {
        let known = self.doc.transact().state_vector();
        seen::reached(update, |client| known.get(&ClientID::new(client.0)))?;
        Update::decode_v1(update).map_err(|_| UpdateError::Unreadable)
    }

    /// Applies an update that came from a client and passed [`crate::ingest`], has its outcome inspected, and returns its
    /// canonical encoding, or `None` where everything in it was known.
    ///
    /// On an error or a panic this replica may hold a part of the update and must be replaced; a panic leaves its
    /// transaction open, so it must be leaked too.
    pub(crate) fn ingest(
        &self,
        update: &[u8],
        inspect: impl FnOnce(&Outcome<'_, '_>) -> Result<(), IngestError>,
    ) -> Result<Option<Vec<u8>>, IngestError> {
        self.tallies().forget();
        let update = Update::decode_v1(update).map_err(|_| IngestError::Misfit)?;
        // A transaction commits when it is dropped; while unwinding that would run the code that has just panicked.
        let mut transaction = ManuallyDrop::new(self.doc.transact_mut());
        let applied = transaction.apply_update(update);
        let canonical = encoded(&mut transaction);
        let is_whole = applied.is_ok() && !has_pending(&transaction);
        let inspected = inspect(&Outcome(&transaction));
        drop(ManuallyDrop::into_inner(transaction));
        if is_whole { inspected.map(|()| canonical) } else { Err(IngestError::Misfit) }
    }

    /// Writes the version of the shapes into a document that is being made.
    pub(crate) fn stamp_schema(&self) {
        let mut transaction = self.doc.transact_mut_with(OWN);
        self.roots.meta.insert(&mut transaction, "schema", schema::VERSION);
    }

    /// What this replica has seen, encoded (v1).
    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// Everything that a replica with this state vector (v1) lacks, as one update (v1). `&[0]` is the state vector of
    /// an empty replica.
    ///
    /// # Errors
    /// When the state vector does not decode.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, UpdateError> {
        let state_vector = StateVector::decode_v1(state_vector).map_err(|_| UpdateError::Unreadable)?;
        Ok(self.doc.transact().encode_diff_v1(&state_vector))
    }

    /// How many clocks a replica with this state vector (v1) lacks.
    ///
    /// # Errors
    /// When the state vector does not decode.
    pub(crate) fn count_lacking(&self, state_vector: &[u8]) -> Result<u64, UpdateError> {
        let seen = StateVector::decode_v1(state_vector).map_err(|_| UpdateError::Unreadable)?;
        let known = self.doc.transact().state_vector();
        Ok(known.iter().map(|(client, clock)| u64::from(clock.saturating_sub(seen.get(client)))).sum())
    }

    /// The whole document as a value, with its defects.
    pub fn read(&self) -> Reading {
        let transaction = self.doc.transact();
        Reader::new(&self.roots, &transaction).all()
    }

    pub fn details(&self) -> Details {
        self.reading(|reader| reader.details())
    }

    /// The timeline, by event time.
    pub fn entries(&self) -> Vec<TimelineEntry> {
        self.reading(|reader| reader.entries())
    }

    /// One entry; `None` when there is none with this id or it is deleted.
    pub fn entry(&self, id: &ItemId) -> Option<TimelineEntry> {
        self.reading(|reader| {
            let item = ItemKind::Entry.find(reader.roots, reader.transaction, id)?;
            let deleted = schema::is_deleted(&item, reader.transaction);
            (!deleted).then(|| reader.entry(id.clone(), &item))
        })
    }

    /// Whether the document has an item under this id, deleted or not.
    pub fn knows(&self, kind: ItemKind, id: &ItemId) -> bool {
        kind.find(&self.roots, &self.doc.transact(), id).is_some()
    }

    /// How many items of a kind there are that nobody deleted.
    pub fn count(&self, kind: ItemKind) -> usize {
        self.reading(|reader| reader.count(kind))
    }

    pub fn figures(&self) -> Vec<ImpactFigure> {
        self.reading(|reader| reader.figures())
    }

    /// The responders, by role.
    pub fn responders(&self) -> Vec<Responder> {
        self.reading(|reader| reader.responders())
    }

    /// The action items, by priority.
    pub fn actions(&self) -> Vec<ActionItem> {
        self.reading(|reader| reader.actions())
    }

    /// The keys of the sections, in reading order.
    pub fn section_keys(&self) -> Vec<SectionKey> {
        self.reading(|reader| reader.section_keys())
    }

    /// A section's Markdown; empty where there is none.
    pub fn section(&self, key: &SectionKey) -> String {
        self.reading(|reader| reader.section(key))
    }

    pub fn text(&self, id: &TextId) -> Option<String> {
        let transaction = self.doc.transact();
        shared_text(&self.roots, &transaction, id).map(|text| text.get_string(&transaction))
    }

    /// Whether the document has been filled: a replica that has only just been made has no sections.
    pub fn is_empty(&self) -> bool {
        self.doc.transact().state_vector().is_empty()
    }

    /// Starts to track this person's own edits of one text; `None` when there is no such text. `clock` gives
    /// milliseconds and decides which edits are undone together.
    pub fn track_undo(&self, id: &TextId, clock: fn() -> u64) -> Option<TextUndo> {
        let text = shared_text(&self.roots, &self.doc.transact(), id)?;
        Some(TextUndo::new(&self.doc, &text, clock))
    }

    /// A position in a text that stays with its neighbours when others edit, as the JSON that Yjs peers use.
    pub fn sticky(&self, id: &TextId, index: u32) -> Option<String> {
        let transaction = self.doc.transact();
        let text = shared_text(&self.roots, &transaction, id)?;
        let index = index.min(text.len(&transaction));
        // Before: a caret stays behind the character that was typed last, also at the end of the text.
        let sticky = text.sticky_index(&transaction, index, Assoc::Before)?;
        serde_json::to_string(&sticky).ok()
    }

    /// Where such a position is now, as an offset in UTF-16 units of the given text; `None` when it is elsewhere, or
    /// what it stood by is gone.
    pub fn resolve(&self, id: &TextId, sticky: &str) -> Option<u32> {
        self.offset(id, &sticky::read(&serde_json::from_str(sticky).ok()?)?)
    }

    fn offset(&self, id: &TextId, sticky: &StickyIndex) -> Option<u32> {
        let transaction = self.doc.transact();
        let text = shared_text(&self.roots, &transaction, id)?;
        offset_in(&text, &transaction, sticky)
    }

    /// Looks at the document as whoever opens it now does: without what the CRDT remembers, on this page alone, of the
    /// places of words that an undo brought back.
    fn never_undone<V>(&self, view: impl FnOnce(&Roots, &yrs::Transaction<'_>) -> V) -> V {
        let mut twin = self.twin.lock().unwrap_or_else(PoisonError::into_inner);
        match twin.as_mut().and_then(|twin| twin.follow(&self.doc)) {
            Some((doc, roots)) => view(roots, &doc.transact()),
            None => view(&self.roots, &self.doc.transact()),
        }
    }

    /// To be called before anything is undone in this replica.
    fn expect_undo(&self) {
        self.twin.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Twin::default);
    }

    fn reading<V>(&self, read: impl FnOnce(&mut Reader<'_, yrs::Transaction<'_>>) -> V) -> V {
        let transaction = self.doc.transact();
        read(&mut Reader::new(&self.roots, &transaction))
    }

    pub(crate) fn tallies(&self) -> MutexGuard<'_, Tallies> {
        // A panic in the middle of a command may leave a tally that is too high; the replica is of no use then.
        self.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What observers saw since the last call, the update of an undo included; nothing for a replica that is not
    /// watched.
    fn observed_changes(&self) -> Changes {
        self.journal.as_ref().map(Journal::take).unwrap_or_default()
    }

    fn changes(&self, update: Option<Vec<u8>>) -> Changes {
        let mut changes = self.observed_changes();
        changes.update = update;
        changes
    }
}

/// What an update did to a replica.
pub(crate) struct Outcome<'a, 'doc>(&'a TransactionMut<'doc>);

impl Outcome<'_, '_> {
    /// The clocks that it deleted.
    pub fn deleted(&self) -> impl Iterator<Item = Span> {
        self.0.delete_set().iter().flat_map(|(client, ranges)| {
            let client = ClientId(client.get());
            ranges.into_iter().map(move |range| Span { client, from: range.start, to: range.end })
        })
    }

    /// The length of a text in UTF-16 units; 0 for one that is gone.
    pub fn length(&self, (client, clock): (ClientId, u32)) -> u32 {
        let id = ID::new(ClientID::new(client.0), clock);
        BranchID::get_nested(self.0, &id).map_or(0, |text| text.content_len())
    }
}

/// Several updates as one. They are canonical encodings of one history, so they merge; the work grows with the square
/// of their number, and a turn holds a handful.
pub(crate) fn merge(mut updates: Vec<Vec<u8>>) -> Vec<u8> {
    if updates.len() == 1 {
        return updates.swap_remove(0);
    }
    let merged = yrs::merge_updates_v1(&updates);
    #[expect(clippy::expect_used, reason = "every update here was encoded by this crate a moment ago")]
    merged.expect("our own encoding decodes")
}

/// Commits and encodes what the transaction changed; `None` when that is nothing.
fn encoded(transaction: &mut TransactionMut) -> Option<Vec<u8>> {
    transaction.commit();
    let changed = !transaction.insert_set().is_empty() || !transaction.delete_set().is_empty();
    changed.then(|| transaction.encode_update_v1())
}

/// Whether the document keeps something aside. That it does not proves no more than that: see [`crate::seen`].
fn has_pending(transaction: &TransactionMut) -> bool {
    let store = ReadTxn::store(transaction);
    store.pending_update().is_some() || store.pending_ds().is_some()
}

/// A document without anything in it.
fn blank(client: ClientID) -> Doc {
    let mut options = Options::with_guid_and_client_id("debrief".into(), client);
    options.offset_kind = OffsetKind::Utf16;
    Doc::with_options(options)
}

/// Where a position is now, in UTF-16 units of a text; `None` when it is elsewhere, or what it stood by is gone.
fn offset_in(text: &TextRef, transaction: &yrs::Transaction<'_>, sticky: &StickyIndex) -> Option<u32> {
    let offset = sticky.get_offset(transaction)?;
    let branch: &yrs::branch::Branch = text.as_ref();
    (offset.branch.id() == branch.id()).then(|| offset.index.min(text.len(transaction)))
}

/// The journal's name among the document's observers.
fn observer() -> Origin {
    Origin::from("journal")
}

/// A shared cell that observers may fill: the CRDT asks for `Send` and `Sync`.
type Shared<V> = Arc<Mutex<V>>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presence::{Selection, Whereabouts};
    use crate::{Severity, TextChange, create};

    #[test]
    fn a_caret_stays_with_its_letter_on_its_way_to_another_replica() {
        let mara = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let text: TextId = "sections/overview".parse().expect("a text");
        let type_at = |at: u32, insert: &str| {
            let change = TextChange { from: at, to: at, insert: insert.into() };
            mara.run(&Command::EditText(text.clone(), vec![change])).expect("typed")
        };
        type_at(0, "Hello world 😀");
        let sticky = |index| mara.sticky(&text, index).expect("a position");
        for index in [0, 5, 14] {
            let selection = Selection::new(&sticky(index), &sticky(index)).expect("readable");
            let state = serde_json::to_string(&Whereabouts { place: None, cursor: Some(selection) }).expect("JSON");
            let read = Whereabouts::read(&state).cursor.expect("taken by the server");
            let jonah = Replica::new(ClientId(2));
            jonah.apply(&mara.diff(&[0]).expect("encoded")).expect("applied");
            assert_eq!(jonah.resolve(&text, &read.head.to_string()), Some(index), "{state}");
        }
        let caret = sticky(5);
        type_at(0, "Oh! ");
        assert_eq!(mara.resolve(&text, &caret), Some(9));
        assert_eq!(mara.resolve(&"sections/resolution".parse().expect("a text"), &caret), None);
        assert_eq!(mara.resolve(&text, "nonsense"), None);
    }
}
