//! What every update from a client passes before the CRDT sees a byte of it. The CRDT is not safe to feed
//! with hostile bytes (it can panic, loop, overflow the stack or allocate without bound), so the update's structure is
//! read first (`scan`) and held against what stands where in the document (`layout`); whatever the document's shapes do
//! not use is refused. What passes is tried on the accepted head, and goes on in that head's own encoding.

use crate::ClientId;
mod content;
mod error;
mod layout;
mod scan;

pub use error::IngestError;
pub(crate) use scan::Span;

use crate::lib0::Lib0Error;
use crate::limits;
use crate::replica::{Changes, Replica, UpdateError};
use crate::schema::{self, Form, Shape};
use content::Kind;
use layout::{Addition, Layout, Place, Resolver, Type};
use scan::{Id, Item, Origin, Parent, Scan};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Clocks at and above this are refused: a document that long was not typed.
const LAST_CLOCK: u64 = 1 << 31;

/// What deleting one range costs at worst, in blocks walked over: the block that it splits is copied.
const RANGE: u64 = 100;

/// Stands for what the document has behind an item that is new.
const END: Id = (ClientId(u64::MAX), u32::MAX);

/// Clients that one update may bring: a page is one, and what others wrote while cut off from each other comes from a
/// few.
const MOST_NEWCOMERS: usize = 1_000;

impl From<Lib0Error> for IngestError {
    fn from(_: Lib0Error) -> Self {
        Self::Malformed
    }
}

/// Checks that bytes of a log of ours have the structure of an update, so that a damaged row cannot make the CRDT allocate
/// without bound, loop or overflow the stack.
///
/// # Errors
/// With the reason.
pub(crate) fn check_stored(update: &[u8]) -> Result<(), IngestError> {
    Scan::read(update, Origin::Document).map(drop)
}

/// Applies an update from a file to a replica, after the checks that a server makes of every update; they are made on a copy.
/// The changes hold what is new of it, to be sent on.
///
/// # Errors
/// With a sentence for the person; nothing was applied then.
pub(crate) fn adopt(replica: &Replica, update: &[u8]) -> Result<Changes, IngestError> {
    let everything = replica.diff(&[0]).map_err(|_| IngestError::Misfit)?;
    let mut ingest = Ingest::new(replica.client(), &everything).map_err(|_| IngestError::Misfit)?;
    match ingest.let_in(ingest.check_kept(update)?)? {
        Some(news) => {
            let changes = replica.apply(&news).map_err(|_| IngestError::Misfit)?;
            Ok(Changes { update: Some(news), ..changes })
        }
        None => Ok(Changes::default()),
    }
}

/// The accepted head of a document, and the check before it.
pub struct Ingest {
    head: Replica,
    layout: Layout,
    /// What an update may cost at worst: [`limits::WORK`], unless a test asks for less.
    work: u64,
    /// Whether the head still has a transaction open that panicked.
    is_broken: bool,
}

impl std::fmt::Debug for Ingest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Ingest({:?})", self.head)
    }
}

/// Which values an update brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    /// New ones, which must read as the shapes say.
    New,
    /// Also ones that were taken by an earlier release, which asked less of them.
    Kept,
}

/// An update that was held against the document and may be tried on it.
#[derive(Debug)]
pub struct Checked<'a> {
    update: &'a [u8],
    addition: Addition,
    /// Texts that get words.
    written: BTreeMap<Id, Type>,
    /// Whether it sets what the server writes beside the document.
    pub(crate) sets_head_row: bool,
}

impl Checked<'_> {
    /// The clocks that are new, each client once.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.addition.spans
    }
}

impl Ingest {
    /// Before a document, given whole in its own encoding. `client` is the client id of the head, which never edits.
    ///
    /// # Errors
    /// When the document cannot be read.
    pub fn new(client: ClientId, document: &[u8]) -> Result<Self, UpdateError> {
        let head = Replica::new(client);
        head.apply(document)?;
        let layout = Layout::of(document).map_err(|_| UpdateError::Unreadable)?;
        Ok(Self { head, layout, work: limits::WORK, is_broken: false })
    }

    /// The accepted head.
    pub fn head(&self) -> &Replica {
        &self.head
    }

    /// Holds an update against the document. Nothing is applied, and the cost follows the update alone.
    ///
    /// # Errors
    /// With the reason.
    pub fn check<'a>(&self, update: &'a [u8]) -> Result<Checked<'a>, IngestError> {
        self.hold(update, Values::New)
    }

    /// Holds an update against the document that may bring values back which an earlier release took: from a version, or
    /// from another copy.
    ///
    /// # Errors
    /// With the reason.
    pub(crate) fn check_kept<'a>(&self, update: &'a [u8]) -> Result<Checked<'a>, IngestError> {
        self.hold(update, Values::Kept)
    }

    fn hold<'a>(&self, update: &'a [u8], values: Values) -> Result<Checked<'a>, IngestError> {
        let scan = Scan::read(update, Origin::Client)?;
        let mut checked = Checked {
            update,
            addition: Addition::of(self.fresh_spans(&scan)?),
            written: BTreeMap::new(),
            sets_head_row: false,
        };
        let mut resolver = Resolver::new(&scan, &self.layout);
        let mut work = Work { steps: RANGE * scan.deletions.len() as u64, nearest: BTreeMap::new() };
        for (index, item) in scan.items.iter().enumerate() {
            // What the document has, the CRDT passes over.
            if item.end() > self.layout.clock(item.client) {
                let place = resolver.place(index)?;
                self.check_place(item, place, &mut resolver)?;
                if values == Values::New {
                    check_value(item, place, &mut resolver, update)?;
                }
                work.add(item, place, self.layout.weight(place) + checked.addition.weight(place));
                self.note(item, place, &mut resolver, &mut checked);
            }
        }
        if work.steps > self.work {
            return Err(IngestError::TooLarge);
        }
        for deleted in &scan.deletions {
            if self.layout.has_type_within(deleted) {
                return Err(IngestError::LostPart);
            }
            checked.addition.forget_types_within(deleted);
        }
        if !self.layout.has_room_for(&checked.addition.types) {
            return Err(IngestError::TooMany);
        }
        Ok(checked)
    }

    /// Tries an update that was checked on the accepted head. Returns its canonical encoding, which is what goes on from
    /// here, or `None` where everything in it was known.
    ///
    /// # Errors
    /// With the reason. The head may then hold a part of the update and must be replaced with [`Ingest::mend`].
    pub fn let_in(&mut self, checked: Checked<'_>) -> Result<Option<Vec<u8>>, IngestError> {
        let Checked { update, addition, written, sets_head_row: _ } = checked;
        let tried = catch_unwind(AssertUnwindSafe(|| {
            self.head.ingest(update, |outcome| {
                let is_lost = |span: &Span| self.layout.has_type_within(span) || addition.has_type_within(span);
                if outcome.deleted().any(|span| is_lost(&span)) {
                    return Err(IngestError::LostPart);
                }
                // A text that is too long since before there was a limit may still be made shorter.
                let is_too_long = |(id, text): (&Id, &Type)| outcome.length(*id) > text.limit();
                if written.iter().any(is_too_long) { Err(IngestError::TooLong) } else { Ok(()) }
            })
        }));
        match tried {
            Ok(Ok(canonical)) => {
                self.layout.add(addition);
                Ok(canonical)
            }
            Ok(Err(error)) => Err(error),
            Err(_) => {
                self.is_broken = true;
                Err(IngestError::Misfit)
            }
        }
    }

    /// Replaces the head by one that holds everything accepted.
    pub fn mend(&mut self, head: Replica) {
        let old = std::mem::replace(&mut self.head, head);
        if std::mem::take(&mut self.is_broken) {
            // A transaction commits when it is dropped, and this one panicked: leak it.
            std::mem::forget(old);
        }
    }

    /// The clocks that are new here; refuses what builds on clocks that have not arrived.
    fn fresh_spans(&self, scan: &Scan) -> Result<Vec<Span>, IngestError> {
        let known = |client: ClientId| self.layout.clock(client);
        let newcomers = scan.spans.keys().filter(|client| known(**client) == 0).count();
        if newcomers > MOST_NEWCOMERS || self.layout.clients() + newcomers > limits::CLIENTS {
            return Err(IngestError::TooLarge);
        }
        if scan.spans.iter().any(|(client, clocks)| clocks.start > known(*client)) {
            return Err(IngestError::Gap);
        }
        let end = |client: ClientId| known(client).max(scan.spans.get(&client).map_or(0, |clocks| clocks.end));
        if scan.references.iter().any(|(client, clock)| *clock >= end(*client))
            || scan.deletions.iter().any(|span| span.to > end(span.client))
        {
            return Err(IngestError::Gap);
        }
        let fresh =
            scan.spans.iter().map(|(client, clocks)| Span { client: *client, from: known(*client), to: clocks.end });
        Ok(fresh.filter(|span| span.from < span.to).collect())
    }

    /// Values and types stand under keys of maps, and types are nested two deep at most: an item's map in a root map,
    /// and a text in `sections` or in an item's map. A text holds nothing but text.
    fn check_place(&self, item: &Item, place: Place, resolver: &mut Resolver<'_>) -> Result<(), IngestError> {
        let known = self.layout.clock(item.client);
        // The rest of an item of which the document has the beginning goes on beside that.
        if item.clock < known && self.layout.place((item.client, known - 1)) != place {
            return Err(IngestError::ForeignPlace);
        }
        let is_keyed = item.key.is_some() || matches!(item.parent, Parent::Beside(_));
        let fits = match place {
            Place::Gone => true,
            Place::Root(root, _) => match schema::shape(root) {
                Shape::Values => matches!(item.kind, Kind::Value | Kind::Deleted),
                Shape::Texts => matches!(item.kind, Kind::Text | Kind::Deleted),
                Shape::Items => matches!(item.kind, Kind::Map | Kind::Deleted),
            },
            Place::Inside(id, _) => match resolver.type_of(id) {
                Some(Type { is_text: true, .. }) => {
                    matches!(item.kind, Kind::Words | Kind::Deleted) && item.key.is_none()
                }
                Some(_) => matches!(item.kind, Kind::Value | Kind::Text | Kind::Deleted) && is_keyed,
                None => false,
            },
        };
        match item.parent {
            _ if !fits => Err(IngestError::ForeignPlace),
            // Whatever follows a text or a map under its key replaces it.
            Parent::Beside(id) if self.layout.find_type(id).is_some() => Err(IngestError::LostPart),
            _ => Ok(()),
        }
    }

    /// Notes what an item adds to the layout, and which text it writes in.
    fn note(&self, item: &Item, place: Place, resolver: &mut Resolver<'_>, checked: &mut Checked<'_>) {
        checked.addition.put(item, item.clock.max(self.layout.clock(item.client)), place);
        if let Some(made) = resolver.type_in(item.kind, place) {
            checked.addition.types.insert(item.id(), made);
        }
        if let (Kind::Value, Place::Root(root, key)) = (item.kind, place) {
            checked.sets_head_row |= key.is_of_head_row(root);
        }
        if let (Kind::Words, Place::Inside(text, _)) = (item.kind, place)
            && let Some(form) = resolver.type_of(text)
        {
            checked.written.insert(text, form);
        }
    }
}

/// Under each key of `meta` and of an item stands what the shapes name there, and a value that reads as meant. Only what an
/// update brings is asked for that: what a document has from before stays, and readers name it as a defect.
fn check_value(item: &Item, place: Place, resolver: &mut Resolver<'_>, update: &[u8]) -> Result<(), IngestError> {
    let (root, key) = match place {
        Place::Root(root, key) if schema::shape(root) == Shape::Values => (root, key),
        Place::Inside(id, key) => match resolver.type_of(id) {
            Some(Type { is_text: false, root }) => (root, key),
            _ => return Ok(()),
        },
        Place::Root(..) | Place::Gone => return Ok(()),
    };
    let form = key.form(root).ok_or(IngestError::ForeignPlace)?;
    match (form, item.kind) {
        (_, Kind::Deleted) | (Form::Text, Kind::Text) => Ok(()),
        (Form::Text, _) | (_, Kind::Text) => Err(IngestError::ForeignPlace),
        (form, _) => {
            let value = content::scalar(update.get(item.content..).unwrap_or_default())?;
            if form.fits(value) { Ok(()) } else { Err(IngestError::ForeignValue) }
        }
    }
}

/// What the CRDT may have to do for an update at worst. To put an item between two others it walks over all that stands
/// between them, which is nothing when they are neighbours, as they are to whoever writes there.
#[derive(Debug)]
struct Work {
    /// Blocks walked over.
    steps: u64,
    /// Items of the update, and starts of places, that have a right neighbour in it: the one put there last.
    nearest: BTreeMap<(Place, Option<Id>), Id>,
}

impl Work {
    fn add(&mut self, item: &Item, place: Place, weight: u64) {
        let nearest = self.nearest.insert((place, item.left), item.id());
        let last = (item.client, item.end() - 1);
        self.nearest.entry((place, Some(last))).or_insert(END);
        let is_between_neighbours = match nearest {
            Some(END) => true,
            Some(nearest) => item.right == Some(nearest),
            None => item.goes_on(),
        };
        if !is_between_neighbours && place != Place::Gone {
            self.steps += weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Severity, create};

    #[test]
    fn what_would_cost_the_crdt_too_much_is_refused_before_it_is_tried() {
        let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let document = replica.diff(&[0]).expect("encoded");
        let mut ingest = Ingest::new(ClientId(2), &document).expect("a document");
        // A text whose second letter is client 3's, and of client 4 four letters that all want to stand before it.
        let root = [&[0x27, 1, 8][..], b"timeline", &[1, b'e', 1]].concat();
        let text = [&[0x27, 0, 3, 0, 4][..], b"text", &[2]].concat();
        let letters = [4, 0, 3, 1, 2, b'a', b'b'];
        let base = [&[1, 3, 3, 0][..], &root, &text, &letters, &[0]].concat();
        let between = [0xc4, 3, 2, 3, 3, 1, b'x'];
        let crowd = [&[1, 4, 4, 0][..], &between.repeat(4), &[0]].concat();
        let checked = ingest.check(&base).expect("fits");
        ingest.let_in(checked).expect("taken");
        assert!(ingest.check(&crowd).is_ok());
        ingest.work = 3;
        assert_eq!(ingest.check(&crowd).map(drop), Err(IngestError::TooLarge));
    }
}
