//! Reads the structure of an update: iteratively, without the CRDT, allocating in proportion to the bytes at hand. It
//! refuses what no document of ours holds, whatever that document is; what depends on the document is for [`super::Ingest`].

use super::content::{self, Kind};
use super::{IngestError, LAST_CLOCK};
use crate::ClientId;
use crate::id::LONGEST_ID;
use crate::lib0::Cursor;
use crate::limits;
use crate::schema::{self, Key, ROOTS};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The kind of a block whose content was deleted and collected.
const COLLECTED: u8 = 0;

/// The kind of a block that stands for a gap in the clocks.
const SKIP: u8 = 10;

/// An item by client and clock.
pub(super) type Id = (ClientId, u32);

/// Clocks of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub client: ClientId,
    pub from: u32,
    pub to: u32,
}

/// Where an item says it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parent {
    /// The root map with this index in [`ROOTS`].
    Root(usize),
    /// The text or map that is this item.
    Item(Id),
    /// The same place as this neighbour, under the same key.
    Beside(Id),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub client: ClientId,
    pub clock: u32,
    pub length: u32,
    pub parent: Parent,
    /// The neighbours between which it was put.
    pub left: Option<Id>,
    pub right: Option<Id>,
    /// The key under which it says it stands; who stands beside a neighbour has the neighbour's.
    pub key: Option<Key>,
    pub kind: Kind,
    /// Where its content begins in the update.
    pub content: usize,
}

impl Item {
    /// Whether it follows what the same client made just before, as typed letters do.
    pub fn goes_on(&self) -> bool {
        self.left.is_some_and(|(client, clock)| client == self.client && clock + 1 == self.clock)
    }

    pub fn id(&self) -> Id {
        (self.client, self.clock)
    }

    pub fn end(&self) -> u32 {
        self.clock + self.length
    }
}

/// Whose update it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A client's: it keeps to the limits and to the names.
    Client,
    /// A document that was accepted piece by piece, perhaps under older rules.
    Document,
}

impl Origin {
    fn most(self, limit: usize) -> usize {
        if self == Self::Client { limit } else { usize::MAX }
    }
}

/// An update as far as it is looked at.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The clocks of each client, each client once.
    pub spans: BTreeMap<ClientId, Range<u32>>,
    /// Everything that is not collected; each client's in the order of their clocks.
    pub items: Vec<Item>,
    /// Ids that items refer to.
    pub references: Vec<Id>,
    /// The clocks that are deleted.
    pub deletions: Vec<Span>,
    /// Where each client's items begin and end in `items`.
    runs: BTreeMap<ClientId, Range<usize>>,
}

impl Scan {
    pub fn read(update: &[u8], origin: Origin) -> Result<Self, IngestError> {
        let cursor = Cursor::new(update);
        let mut reader = Reader { cursor, length: update.len(), origin, scan: Self::default() };
        reader.blocks()?;
        reader.deletions()?;
        if !reader.cursor.is_at_end() {
            return Err(IngestError::Malformed);
        }
        Ok(reader.scan)
    }

    /// The index of the item that covers an id.
    pub fn find(&self, (client, clock): Id) -> Option<usize> {
        let run = self.runs.get(&client)?;
        let index = run.start + self.items[run.clone()].partition_point(|item| item.end() <= clock);
        (index < run.end && self.items[index].clock <= clock).then_some(index)
    }
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    /// The bytes of the whole update.
    length: usize,
    origin: Origin,
    scan: Scan,
}

impl Reader<'_> {
    fn blocks(&mut self) -> Result<(), IngestError> {
        let mut left = self.origin.most(limits::BLOCKS);
        for _ in 0..self.count(self.origin.most(limits::CLIENTS))? {
            let blocks = self.count(left)?;
            left -= blocks;
            let (client, from) = self.id()?;
            let first = self.scan.items.len();
            let mut clock = from;
            for _ in 0..blocks {
                let length = self.block(client, clock)?;
                clock = clock_behind(clock, length)?;
            }
            if self.scan.spans.insert(client, from..clock).is_some() {
                return Err(IngestError::Malformed);
            }
            self.scan.runs.insert(client, first..self.scan.items.len());
        }
        Ok(())
    }

    /// One block; its length in clocks.
    fn block(&mut self, client: ClientId, clock: u32) -> Result<u32, IngestError> {
        let info = self.cursor.byte()?;
        match info {
            COLLECTED => return self.collected(),
            SKIP => return Err(IngestError::ForeignContent),
            _ if info & 0x1f == COLLECTED => return Err(IngestError::Malformed),
            _ => {}
        }
        let first_reference = self.scan.references.len();
        let left = if info & 0x80 != 0 { Some(self.reference()?) } else { None };
        let right = if info & 0x40 != 0 { Some(self.reference()?) } else { None };
        let mut key = None;
        let parent = match left.or(right) {
            Some(neighbour) => Parent::Beside(neighbour),
            None => {
                let parent = self.parent()?;
                if info & 0x20 != 0 {
                    key = Some(self.key(parent)?);
                }
                parent
            }
        };
        // What an item builds on is older than the item.
        if self.scan.references[first_reference..].iter().any(|(other, at)| *other == client && *at >= clock) {
            return Err(IngestError::Malformed);
        }
        let content = self.length - self.cursor.remaining();
        let (kind, length) = content::read(&mut self.cursor, info & 0x1f)?;
        // Everything in a root map stands under a key.
        if matches!(parent, Parent::Root(_)) && key.is_none() {
            return Err(IngestError::ForeignPlace);
        }
        self.scan.items.push(Item { client, clock, length, parent, left, right, key, kind, content });
        Ok(length)
    }

    fn parent(&mut self) -> Result<Parent, IngestError> {
        match self.cursor.number()? {
            1 => {
                let name = self.cursor.text()?;
                let root = ROOTS.iter().position(|root| *root == name);
                root.map(Parent::Root).ok_or(IngestError::ForeignPlace)
            }
            0 => self.reference().map(Parent::Item),
            _ => Err(IngestError::Malformed),
        }
    }

    fn key(&mut self, parent: Parent) -> Result<Key, IngestError> {
        let key = self.cursor.text()?;
        let fits = match parent {
            // Whoever reads a root map takes its keys for ids or for names of sections.
            Parent::Root(root) => schema::is_key(root, key),
            _ => key.len() <= LONGEST_ID,
        };
        if fits || self.origin == Origin::Document { Ok(Key::of(key)) } else { Err(IngestError::ForeignPlace) }
    }

    fn deletions(&mut self) -> Result<(), IngestError> {
        let mut left = self.origin.most(limits::BLOCKS);
        let mut clients = BTreeSet::new();
        for _ in 0..self.count(self.origin.most(limits::CLIENTS))? {
            let client = ClientId(self.cursor.number()?);
            let ranges = self.count(left)?;
            left -= ranges;
            if !clients.insert(client) {
                return Err(IngestError::Malformed);
            }
            let mut end = 0;
            for _ in 0..ranges {
                let from = self.cursor.number()?;
                let to = from.checked_add(self.cursor.number()?).filter(|to| *to < LAST_CLOCK);
                let to = to.ok_or(IngestError::Gap)?;
                // The CRDT takes its time over ranges that overlap, and nobody writes them so.
                if from < end {
                    return Err(IngestError::Malformed);
                }
                end = to;
                self.scan.deletions.push(Span { client, from: from as u32, to: to as u32 });
            }
        }
        Ok(())
    }

    /// A count of things that follow. Each takes a byte at least, so a larger count is a lie.
    fn count(&mut self, limit: usize) -> Result<usize, IngestError> {
        let count = usize::try_from(self.cursor.number()?).unwrap_or(usize::MAX);
        if count > self.cursor.remaining() {
            Err(IngestError::Malformed)
        } else if count > limit {
            Err(IngestError::TooLarge)
        } else {
            Ok(count)
        }
    }

    fn collected(&mut self) -> Result<u32, IngestError> {
        match self.cursor.number()? {
            0 => Err(IngestError::Malformed),
            length if length < LAST_CLOCK => Ok(length as u32),
            _ => Err(IngestError::TooLarge),
        }
    }

    fn id(&mut self) -> Result<Id, IngestError> {
        let (client, clock) = (ClientId(self.cursor.number()?), self.cursor.number()?);
        if clock < LAST_CLOCK { Ok((client, clock as u32)) } else { Err(IngestError::Gap) }
    }

    fn reference(&mut self) -> Result<Id, IngestError> {
        let id = self.id()?;
        self.scan.references.push(id);
        Ok(id)
    }
}

/// The clock behind a block.
fn clock_behind(clock: u32, length: u32) -> Result<u32, IngestError> {
    let behind = clock.checked_add(length).filter(|clock| u64::from(*clock) < LAST_CLOCK);
    behind.ok_or(IngestError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_end_before_they_run_over() {
        let last = LAST_CLOCK as u32 - 1;
        assert_eq!(clock_behind(last - 1, 1), Ok(last));
        assert_eq!(clock_behind(last, 1), Err(IngestError::TooLarge));
        assert_eq!(clock_behind(u32::MAX, 1), Err(IngestError::TooLarge));
    }
}
