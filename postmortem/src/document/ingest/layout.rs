//! What stands where in a document, as far as the check must know it: the clocks that each client has reached, the place
//! of every run of items, and every text and map. Asking the CRDT instead would cost the length of the document, and
//! its answer would come from code that hostile bytes may already have reached.

use super::IngestError;
use super::content::Kind;
use super::scan::{Id, Item, Origin, Parent, Scan, Span};
use crate::ClientId;
use crate::limits;
use crate::schema::{self, Key, ROOTS, Shape};
use std::collections::BTreeMap;

/// What an item stands in, and under which key. It never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The root map with this index in [`ROOTS`].
    Root(usize, Key),
    /// The text or map that is this item.
    Inside(Id, Key),
    /// Something deleted and collected: whatever is put there disappears as well.
    Gone,
}

/// A text or a map that is an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    pub is_text: bool,
    /// The root map below which it stands.
    pub root: usize,
}

impl Type {
    /// The most UTF-16 units that it may have.
    pub fn limit(self) -> u32 {
        match schema::shape(self.root) {
            Shape::Texts => limits::SECTION,
            _ => limits::ENTRY,
        }
    }
}

/// Neighbouring items of one client in the same place.
#[derive(Debug, Clone, Copy)]
struct Run {
    from: u32,
    to: u32,
    place: Place,
}

#[derive(Debug, Default)]
struct Client {
    /// The clock after its last.
    end: u32,
    /// In the order of their clocks; what is in none was collected.
    runs: Vec<Run>,
}

/// What stands where.
#[derive(Debug, Default)]
pub(super) struct Layout {
    clients: BTreeMap<ClientId, Client>,
    types: BTreeMap<Id, Type>,
    /// How many texts or items each root map holds.
    counts: [usize; ROOTS.len()],
    /// About how many blocks the CRDT keeps in each place: it may have to look at all of them to place one more.
    weights: BTreeMap<Place, u64>,
}

#[derive(Debug, Default)]
pub(super) struct Addition {
    /// The clocks that are new.
    pub spans: Vec<Span>,
    runs: Vec<(ClientId, Run)>,
    weights: BTreeMap<Place, u64>,
    pub types: BTreeMap<Id, Type>,
}

impl Addition {
    pub fn of(spans: Vec<Span>) -> Self {
        Self { spans, ..Self::default() }
    }

    /// An item with these new clocks in this place.
    pub fn put(&mut self, item: &Item, from: u32, place: Place) {
        self.runs.push((item.client, Run { from, to: item.end(), place }));
        // Letters that go on are kept in one block.
        if !item.goes_on() && place != Place::Gone {
            *self.weights.entry(place).or_default() += 1;
        }
    }

    /// How many blocks it adds in a place.
    pub fn weight(&self, place: Place) -> u64 {
        self.weights.get(&place).copied().unwrap_or_default()
    }

    /// Whether one of these clocks is a text or a map that it adds.
    pub fn has_type_within(&self, span: &Span) -> bool {
        within(&self.types, span).next().is_some()
    }

    /// What an update makes and deletes again is not there.
    pub fn forget_types_within(&mut self, span: &Span) {
        for id in within(&self.types, span).collect::<Vec<Id>>() {
            self.types.remove(&id);
        }
    }
}

impl Layout {
    /// The layout of a whole document from its own encoding.
    pub fn of(document: &[u8]) -> Result<Self, IngestError> {
        let scan = Scan::read(document, Origin::Document)?;
        let mut layout = Self::default();
        let mut addition = Addition::default();
        let mut resolver = Resolver::new(&scan, &layout);
        for (index, item) in scan.items.iter().enumerate() {
            // A document of an older version may hold what is refused today; nothing more will be put there.
            let place = resolver.place(index).unwrap_or(Place::Gone);
            addition.put(item, item.clock, place);
            if let Some(made) = resolver.type_in(item.kind, place) {
                addition.types.insert(item.id(), made);
            }
        }
        for deleted in &scan.deletions {
            addition.forget_types_within(deleted);
        }
        let span = |(client, clocks): (&ClientId, &std::ops::Range<u32>)| Span {
            client: *client,
            from: clocks.start,
            to: clocks.end,
        };
        addition.spans = scan.spans.iter().map(span).collect();
        layout.add(addition);
        Ok(layout)
    }

    /// Remembers what was accepted.
    pub fn add(&mut self, addition: Addition) {
        for Span { client, to, .. } in addition.spans {
            let known = self.clients.entry(client).or_default();
            known.end = known.end.max(to);
        }
        for (client, run) in addition.runs {
            let runs = &mut self.clients.entry(client).or_default().runs;
            match runs.last_mut() {
                Some(last) if last.to == run.from && last.place == run.place => last.to = run.to,
                _ => runs.push(run),
            }
        }
        for made in addition.types.values().filter(|made| made.is_counted()) {
            self.counts[made.root] += 1;
        }
        self.types.extend(addition.types);
        for (place, weight) in addition.weights {
            *self.weights.entry(place).or_default() += weight;
        }
    }

    /// About how many blocks the CRDT keeps in a place.
    pub fn weight(&self, place: Place) -> u64 {
        self.weights.get(&place).copied().unwrap_or_default()
    }

    pub fn clients(&self) -> usize {
        self.clients.len()
    }

    /// How many clocks of a client are known.
    pub fn clock(&self, client: ClientId) -> u32 {
        self.clients.get(&client).map_or(0, |client| client.end)
    }

    pub fn place(&self, (client, clock): Id) -> Place {
        let Some(client) = self.clients.get(&client) else { return Place::Gone };
        let index = client.runs.partition_point(|run| run.to <= clock);
        client.runs.get(index).filter(|run| run.from <= clock).map_or(Place::Gone, |run| run.place)
    }

    /// The text or map that an item is.
    pub fn find_type(&self, id: Id) -> Option<Type> {
        self.types.get(&id).copied()
    }

    /// Whether one of these clocks is a text or a map.
    pub fn has_type_within(&self, span: &Span) -> bool {
        within(&self.types, span).next().is_some()
    }

    /// Whether the root maps could hold these as well.
    pub fn has_room_for(&self, types: &BTreeMap<Id, Type>) -> bool {
        let mut counts = self.counts;
        types.values().filter(|made| made.is_counted()).all(|made| {
            counts[made.root] += 1;
            counts[made.root] <= limits::ITEMS
        })
    }
}

impl Type {
    /// Whether it stands in a root map itself.
    fn is_counted(self) -> bool {
        !self.is_text || schema::shape(self.root) == Shape::Texts
    }
}

fn within<'a>(types: &'a BTreeMap<Id, Type>, span: &Span) -> impl Iterator<Item = Id> + use<'a> {
    let Span { client, from, to } = *span;
    types.range((client, from)..(client, to.max(from))).map(|(id, _)| *id)
}

/// Finds the places of an update's items. Neighbours lead to one another, so every item met on the way has the same
/// place and is settled with it: the work grows with the items, not with the chains.
pub(super) struct Resolver<'a> {
    scan: &'a Scan,
    layout: &'a Layout,
    places: Vec<Option<Place>>,
}

impl<'a> Resolver<'a> {
    pub fn new(scan: &'a Scan, layout: &'a Layout) -> Self {
        Self { scan, layout, places: vec![None; scan.items.len()] }
    }

    /// The place of an item of the update.
    pub fn place(&mut self, index: usize) -> Result<Place, IngestError> {
        let mut chain = Vec::new();
        let mut index = index;
        let place = loop {
            if let Some(place) = self.places[index] {
                break place;
            }
            if chain.len() > self.places.len() {
                return Err(IngestError::Malformed);
            }
            chain.push(index);
            let item = &self.scan.items[index];
            let key = item.key.unwrap_or(Key::UNKNOWN);
            match item.parent {
                Parent::Root(root) => break Place::Root(root, key),
                Parent::Item(id) => break self.inside(id, key)?,
                Parent::Beside(id) => match self.find(id) {
                    Some(neighbour) => index = neighbour,
                    None => break self.layout.place(id),
                },
            }
        };
        for index in chain {
            self.places[index] = Some(place);
        }
        Ok(place)
    }

    /// The place that an item is.
    fn inside(&self, id: Id, key: Key) -> Result<Place, IngestError> {
        match self.find(id).map(|index| self.scan.items[index].kind) {
            Some(Kind::Map | Kind::Text) => Ok(Place::Inside(id, key)),
            Some(Kind::Deleted) => Ok(Place::Gone),
            Some(Kind::Words | Kind::Value) => Err(IngestError::ForeignPlace),
            None => Ok(self.layout.find_type(id).map_or(Place::Gone, |_| Place::Inside(id, key))),
        }
    }

    /// The text or map that such content is in such a place; `None` for other content, and where it may not stand.
    pub fn type_in(&mut self, kind: Kind, place: Place) -> Option<Type> {
        let root = match (kind, place) {
            (Kind::Map | Kind::Text, Place::Root(root, _)) => root,
            (Kind::Text, Place::Inside(map, _)) => self.root_of_map(map)?,
            _ => return None,
        };
        Some(Type { is_text: kind == Kind::Text, root })
    }

    /// The text or map that an item is, of the update or of the document.
    pub fn type_of(&mut self, id: Id) -> Option<Type> {
        let Some(index) = self.find(id) else { return self.layout.find_type(id) };
        let place = self.place(index).ok()?;
        self.type_in(self.scan.items[index].kind, place)
    }

    /// The root map in which an item's map stands; maps stand no deeper.
    fn root_of_map(&mut self, id: Id) -> Option<usize> {
        let Some(index) = self.find(id) else {
            return self.layout.find_type(id).filter(|known| !known.is_text).map(|known| known.root);
        };
        match (self.scan.items[index].kind, self.place(index)) {
            (Kind::Map, Ok(Place::Root(root, _))) => Some(root),
            _ => None,
        }
    }

    /// The item of the update that covers an id. What the document has already, the CRDT passes over whatever the update
    /// says it is, so it must be asked of the layout.
    fn find(&self, id: Id) -> Option<usize> {
        if id.1 < self.layout.clock(id.0) { None } else { self.scan.find(id) }
    }
}
