//! The gate that every update from a client passes before the CRDT sees a byte of it. The CRDT is not safe to feed
//! with hostile bytes (it can panic, loop, overflow the stack or allocate without bound), so this reads the update's
//! structure first: iteratively, allocating in proportion to the bytes at hand, and refusing whatever the document's
//! shapes do not use.

mod content;

use crate::id::LONGEST_ID;
use crate::limits;
use crate::schema::ROOTS;
use crate::wire::{Cursor, WireError};
use content::Kind;
use std::collections::BTreeMap;
use yrs::branch::Branch;
use yrs::types::TypeRef;
use yrs::{Assoc, BranchID, ClientID, ID, ReadTxn, StateVector, StickyIndex};

/// Clocks at and above this are refused: a document that long was not typed.
const LAST_CLOCK: u64 = 1 << 31;

/// Clients that one update may bring: a page is one, and what others wrote while cut off from each other comes from a
/// few.
const MOST_NEWCOMERS: usize = 1_000;

/// The kind of a block whose content was deleted and collected.
const COLLECTED: u8 = 0;

/// The kind of a block that stands for a gap in the clocks.
const SKIP: u8 = 10;

/// Why an update is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// The bytes are no update.
    #[error("This change could not be read. Reload the page; your text is kept until you do.")]
    Malformed,
    /// More blocks, clients or ranges than an update may have.
    #[error("This change is too large to take at once.")]
    TooLarge,
    /// A kind of content that the document does not use.
    #[error("This change holds a kind of content that a post-mortem does not use.")]
    ForeignContent,
    /// A place that the document does not have.
    #[error("This change is for a place that a post-mortem does not have.")]
    ForeignPlace,
    /// Changes that it builds on are missing.
    #[error("This change builds on others that have not arrived. Reload the page.")]
    Gap,
    /// It continues the history of a page that another person has open.
    #[error("This change claims to come from another person's open page.")]
    OtherPerson,
    /// The CRDT did not take it.
    #[error("This change does not fit the document. Reload the page.")]
    Misfit,
    /// A section that every post-mortem has would be gone.
    #[error("This change removes a section that every post-mortem has.")]
    LostSection,
    /// A text or the document would become too long.
    #[error("This change makes a text too long to save. Shorten it or move the log to a source.")]
    TooLong,
}

impl IngestError {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::ForeignContent => "foreign_content",
            Self::ForeignPlace => "foreign_place",
            Self::Gap => "gap",
            Self::OtherPerson => "other_person",
            Self::Misfit => "misfit",
            Self::LostSection => "lost_section",
            Self::TooLong => "too_long",
        }
    }
}

impl From<WireError> for IngestError {
    fn from(_: WireError) -> Self {
        Self::Malformed
    }
}

/// The clocks of one client that an update brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub client: u64,
    pub from: u32,
    pub to: u32,
}

/// Where an item says it belongs.
#[derive(Debug, Clone, Copy)]
enum Parent {
    Root,
    Item(u64, u32),
    /// The same place as the neighbour with this id.
    AsNeighbour(u64, u32),
}

#[derive(Debug, Clone, Copy)]
struct Item {
    clock: u32,
    length: u32,
    parent: Parent,
    keyed: bool,
    kind: Kind,
}

/// What kind of place an item stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    RootMap,
    NestedMap,
    Text,
    /// Deleted and collected: whatever is put there disappears as well.
    Gone,
}

/// Checks an update against the state of a document and returns the clocks that it brings.
///
/// # Errors
/// With the reason; nothing was applied.
pub(crate) fn check<T: ReadTxn>(update: &[u8], transaction: &T) -> Result<Vec<Span>, IngestError> {
    let mut scan = Scan::new(update);
    scan.blocks()?;
    let deleted = scan.deletions()?;
    if !scan.cursor.is_at_end() {
        return Err(IngestError::Malformed);
    }
    let state = transaction.state_vector();
    let known = |client: u64| state.get(&ClientID::new(client));
    let newcomers = scan.spans.iter().filter(|span| known(span.client) == 0).count();
    if newcomers > MOST_NEWCOMERS || state.len() + newcomers > limits::CLIENTS {
        return Err(IngestError::TooLarge);
    }
    let mut ends: BTreeMap<u64, u32> = BTreeMap::new();
    for span in &scan.spans {
        if span.from > known(span.client) {
            return Err(IngestError::Gap);
        }
        if ends.insert(span.client, span.to).is_some() {
            return Err(IngestError::Malformed);
        }
    }
    let end = |client: u64| known(client).max(ends.get(&client).copied().unwrap_or(0));
    if scan.references.iter().any(|(client, clock)| *clock >= end(*client)) {
        return Err(IngestError::Gap);
    }
    if deleted.iter().any(|span| span.to > end(span.client)) {
        return Err(IngestError::Gap);
    }
    scan.forget_known(&state);
    scan.check_places(transaction)?;
    Ok(scan.spans)
}

/// Checks that bytes of a log of ours have the structure of an update, so that a damaged row cannot make the CRDT allocate
/// without bound, loop or overflow the stack. What it may hold is as long as the document and has no other limits.
///
/// # Errors
/// With the reason.
pub(crate) fn check_stored(update: &[u8]) -> Result<(), IngestError> {
    let mut scan = Scan { is_stored: true, ..Scan::new(update) };
    scan.blocks()?;
    scan.deletions()?;
    if scan.cursor.is_at_end() { Ok(()) } else { Err(IngestError::Malformed) }
}

struct Scan<'a> {
    cursor: Cursor<'a>,
    /// Whether it comes from our own disk: then only its structure is in question, not its size.
    is_stored: bool,
    spans: Vec<Span>,
    /// Items whose place has to be checked, by client and clock.
    items: Vec<Item>,
    /// Where each client's items begin and end in `items`.
    runs: BTreeMap<u64, std::ops::Range<usize>>,
    /// Ids that items refer to.
    references: Vec<(u64, u32)>,
    /// How many clocks of each client of the update the document has already.
    known: BTreeMap<u64, u32>,
}

impl<'a> Scan<'a> {
    fn new(update: &'a [u8]) -> Self {
        Self {
            cursor: Cursor::new(update),
            is_stored: false,
            spans: Vec::new(),
            items: Vec::new(),
            runs: BTreeMap::new(),
            references: Vec::new(),
            known: BTreeMap::new(),
        }
    }

    fn blocks(&mut self) -> Result<(), IngestError> {
        let clients = self.count(limits::CLIENTS)?;
        let mut total = 0;
        for _ in 0..clients {
            let blocks = self.count(limits::BLOCKS)?;
            total += blocks;
            if total > limits::BLOCKS && !self.is_stored {
                return Err(IngestError::TooLarge);
            }
            let (client, from) = self.id()?;
            let mut clock = from;
            let first = self.items.len();
            for _ in 0..blocks {
                let length = self.block(client, clock)?;
                clock = clock
                    .checked_add(length)
                    .filter(|clock| u64::from(*clock) < LAST_CLOCK)
                    .ok_or(IngestError::TooLarge)?;
            }
            self.spans.push(Span { client, from, to: clock });
            self.runs.insert(client, first..self.items.len());
        }
        Ok(())
    }

    /// One block; its length in clocks.
    fn block(&mut self, client: u64, clock: u32) -> Result<u32, IngestError> {
        let info = self.cursor.byte()?;
        match info {
            COLLECTED => return self.length(),
            SKIP if self.is_stored => return self.length(),
            SKIP => return Err(IngestError::ForeignContent),
            _ if info & 0x1f == COLLECTED => return Err(IngestError::Malformed),
            _ => {}
        }
        let first_reference = self.references.len();
        let origin = if info & 0x80 != 0 { Some(self.reference()?) } else { None };
        let right_origin = if info & 0x40 != 0 { Some(self.reference()?) } else { None };
        let mut keyed = false;
        let parent = match origin.or(right_origin) {
            Some((client, clock)) => Parent::AsNeighbour(client, clock),
            None => {
                let parent = self.parent()?;
                if info & 0x20 != 0 {
                    keyed = true;
                    if self.cursor.text()?.len() > LONGEST_ID {
                        return Err(IngestError::ForeignPlace);
                    }
                }
                parent
            }
        };
        // What an item builds on is older than the item.
        if self.references[first_reference..].iter().any(|(other, at)| *other == client && *at >= clock) {
            return Err(IngestError::Malformed);
        }
        let (kind, length) = content::read(&mut self.cursor, info & 0x1f)?;
        // Everything in a root map stands under a key.
        if matches!(parent, Parent::Root) && !keyed {
            return Err(IngestError::ForeignPlace);
        }
        self.items.push(Item { clock, length, parent, keyed, kind });
        Ok(length)
    }

    fn parent(&mut self) -> Result<Parent, IngestError> {
        match self.cursor.number()? {
            1 if ROOTS.contains(&self.cursor.text()?) => Ok(Parent::Root),
            1 => Err(IngestError::ForeignPlace),
            0 => self.reference().map(|(client, clock)| Parent::Item(client, clock)),
            _ => Err(IngestError::Malformed),
        }
    }

    fn deletions(&mut self) -> Result<Vec<Span>, IngestError> {
        let mut spans = Vec::new();
        for _ in 0..self.count(limits::CLIENTS)? {
            let client = self.cursor.number()?;
            for _ in 0..self.count(limits::BLOCKS)? {
                let from = self.cursor.number()?;
                let to = from.checked_add(self.cursor.number()?).filter(|to| *to < LAST_CLOCK);
                let to = to.ok_or(IngestError::Gap)?;
                if spans.len() >= limits::BLOCKS && !self.is_stored {
                    return Err(IngestError::TooLarge);
                }
                spans.push(Span { client, from: from as u32, to: to as u32 });
            }
        }
        Ok(spans)
    }

    /// A count of things that follow. Each takes a byte at least, so a larger count is a lie.
    fn count(&mut self, limit: usize) -> Result<usize, IngestError> {
        let count = usize::try_from(self.cursor.number()?).unwrap_or(usize::MAX);
        if count > self.cursor.remaining() {
            Err(IngestError::Malformed)
        } else if count > limit && !self.is_stored {
            Err(IngestError::TooLarge)
        } else {
            Ok(count)
        }
    }

    fn length(&mut self) -> Result<u32, IngestError> {
        match self.cursor.number()? {
            0 => Err(IngestError::Malformed),
            length if length < LAST_CLOCK => Ok(length as u32),
            _ => Err(IngestError::TooLarge),
        }
    }

    fn id(&mut self) -> Result<(u64, u32), IngestError> {
        let (client, clock) = (self.cursor.number()?, self.cursor.number()?);
        if clock < LAST_CLOCK { Ok((client, clock as u32)) } else { Err(IngestError::Gap) }
    }

    fn reference(&mut self) -> Result<(u64, u32), IngestError> {
        let id = self.id()?;
        self.references.push(id);
        Ok(id)
    }

    /// Leaves out items that the document has: the CRDT passes over them whatever the update says they are, so their
    /// places must be asked of the document.
    fn forget_known(&mut self, state: &StateVector) {
        let mut kept = Vec::with_capacity(self.items.len());
        for (client, run) in &mut self.runs {
            let known = state.get(&ClientID::new(*client));
            let first = kept.len();
            kept.extend(self.items[run.clone()].iter().filter(|item| item.clock + item.length > known));
            *run = first..kept.len();
            self.known.insert(*client, known);
        }
        self.items = kept;
    }

    /// Values and types stand under keys of maps, and types are nested two deep at most: an item's map in a root map,
    /// and a text in `sections` or in an item's map. A text holds nothing but text.
    fn check_places<T: ReadTxn>(&self, transaction: &T) -> Result<(), IngestError> {
        let mut places = vec![None; self.items.len()];
        for (index, item) in self.items.iter().enumerate() {
            // Words beside other words stand where those stand; looking that up would cost the length of the text.
            let is_beside = matches!(item.parent, Parent::AsNeighbour(..));
            if item.kind == Kind::Deleted || (item.kind == Kind::Words && is_beside) {
                continue;
            }
            let place = self.place(index, &mut places, transaction)?;
            let fits = match item.kind {
                Kind::Words => matches!(place, Place::Text | Place::Gone),
                Kind::Map => matches!(place, Place::RootMap | Place::Gone),
                _ => place != Place::Text,
            };
            let unkeyed = item.kind != Kind::Words && !item.keyed && matches!(item.parent, Parent::Item(..));
            if !fits || unkeyed {
                return Err(IngestError::ForeignPlace);
            }
        }
        Ok(())
    }

    /// The place of an item. Neighbours lead to one another, so every item met on the way has the same place and is
    /// settled with it: the work grows with the items, not with the chains.
    fn place<T: ReadTxn>(
        &self,
        index: usize,
        places: &mut [Option<Place>],
        transaction: &T,
    ) -> Result<Place, IngestError> {
        let mut chain = Vec::new();
        let mut index = index;
        let place = loop {
            if let Some(place) = places[index] {
                break place;
            }
            if chain.len() > self.items.len() {
                return Err(IngestError::Malformed);
            }
            chain.push(index);
            match self.items[index].parent {
                Parent::Root => break Place::RootMap,
                Parent::Item(client, clock) => break self.place_inside(client, clock, transaction)?,
                Parent::AsNeighbour(client, clock) => match self.find(client, clock) {
                    Some(neighbour) => index = neighbour,
                    None => {
                        let id = ID::new(ClientID::new(client), clock);
                        let offset = StickyIndex::from_id(id, Assoc::After).get_offset(transaction);
                        break offset.map_or(Place::Gone, |offset| place_of(&offset.branch));
                    }
                },
            }
        };
        for index in chain {
            places[index] = Some(place);
        }
        Ok(place)
    }

    /// The place that the type with this id is.
    fn place_inside<T: ReadTxn>(&self, client: u64, clock: u32, transaction: &T) -> Result<Place, IngestError> {
        match self.find(client, clock).map(|index| self.items[index].kind) {
            Some(Kind::Map) => Ok(Place::NestedMap),
            Some(Kind::Text) => Ok(Place::Text),
            Some(Kind::Deleted) => Ok(Place::Gone),
            Some(Kind::Words | Kind::Value) => Err(IngestError::ForeignPlace),
            None => {
                let branch = BranchID::get_nested(transaction, &ID::new(ClientID::new(client), clock));
                Ok(branch.map_or(Place::Gone, |branch| place_of(&branch)))
            }
        }
    }

    /// The index of the item of this update that covers an id. Items of one client stand in the order of their clocks.
    fn find(&self, client: u64, clock: u32) -> Option<usize> {
        if self.known.get(&client).is_some_and(|known| clock < *known) {
            return None;
        }
        let run = self.runs.get(&client)?;
        let index = run.start + self.items[run.clone()].partition_point(|item| item.clock + item.length <= clock);
        (index < run.end && self.items[index].clock <= clock).then_some(index)
    }
}

fn place_of(branch: &Branch) -> Place {
    match (branch.type_ref(), branch.id()) {
        (TypeRef::Text, _) => Place::Text,
        (_, BranchID::Root(_)) => Place::RootMap,
        (_, BranchID::Nested(_)) => Place::NestedMap,
    }
}
