//! The document as signals, one for each part that is drawn on its own. After a change only the parts that it touched
//! are read again.

use leptos::prelude::*;
use postmortem::{
    ActionItem, Details, HeadRow, ImpactFigure, ItemId, Part, Person, Replica, Responder, SectionKey, TimelineEntry,
};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The signals of the open post-mortem.
#[derive(Clone, Copy)]
pub struct Parts {
    /// The head.
    pub details: RwSignal<Details>,
    /// The prose sections by key.
    pub sections: RwSignal<BTreeMap<SectionKey, String>>,
    /// The timeline by event time, without the texts: it changes when an entry comes, goes, moves or changes kind, and
    /// not with every key that is typed.
    pub timeline: RwSignal<Arc<Vec<TimelineEntry>>>,
    /// The impact figures.
    pub figures: RwSignal<Vec<ImpactFigure>>,
    /// The responders.
    pub responders: RwSignal<Vec<Responder>>,
    /// The action items.
    pub actions: RwSignal<Vec<ActionItem>>,
    /// Told after every change of the document, whatever it touched.
    pub changed: Trigger,
    entries: StoredValue<HashMap<ItemId, ArcRwSignal<TimelineEntry>>>,
    /// What the server wrote beside the document; none while it has said nothing.
    pub head: RwSignal<Option<HeadRow>>,
}

impl Parts {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            details: RwSignal::new(Details::default()),
            sections: RwSignal::new(BTreeMap::new()),
            timeline: RwSignal::new(Arc::default()),
            figures: RwSignal::new(Vec::new()),
            responders: RwSignal::new(Vec::new()),
            actions: RwSignal::new(Vec::new()),
            changed: Trigger::new(),
            entries: StoredValue::new(HashMap::new()),
            head: RwSignal::new(None),
        }
    }

    /// One entry with its text; `None` when the timeline has none with this id.
    pub fn entry(&self, id: &ItemId) -> Option<ArcRwSignal<TimelineEntry>> {
        self.entries.try_with_value(|entries| entries.get(id).cloned()).flatten()
    }

    /// Takes over what the server wrote beside the document.
    pub fn set_head(&self, head: HeadRow) {
        if self.head.try_with_untracked(|known| known.as_ref() != Some(&head)) == Some(true) {
            self.head.set(Some(head.clone()));
            self.details.update(|details| *details = std::mem::take(details).with_head(&head));
            self.changed.notify();
        }
    }

    /// Somebody has another name.
    pub fn rename(&self, person: &Person) {
        if let Some(mut head) = self.head.try_get_untracked().flatten() {
            head.rename(person);
            self.set_head(head);
        }
    }

    /// The head as it is read from the document, with what the server wrote beside that.
    pub fn with_head(&self, details: Details) -> Details {
        match self.head.try_get_untracked().flatten() {
            Some(head) => details.with_head(&head),
            None => details,
        }
    }

    /// Reads everything, for a page that shows a document which is here already.
    pub fn refresh_all(&self, replica: &Replica) {
        let mut all = BTreeSet::from([Part::Details, Part::Figures, Part::Responders, Part::Actions]);
        all.extend(replica.section_keys().into_iter().map(Part::Section));
        all.extend(replica.entries().into_iter().map(|entry| Part::Entry(entry.id)));
        // What only an earlier replica had goes away.
        self.sections.with_untracked(|sections| all.extend(sections.keys().cloned().map(Part::Section)));
        self.entries.with_value(|entries| all.extend(entries.keys().cloned().map(Part::Entry)));
        self.refresh(replica, &all);
    }

    /// Reads the changed parts again.
    pub fn refresh(&self, replica: &Replica, changed: &BTreeSet<Part>) {
        let mut moved = Vec::new();
        for part in changed {
            match part {
                Part::Details => self.details.set(self.with_head(replica.details())),
                Part::Section(key) => self.sections.update(|sections| {
                    sections.insert(key.clone(), replica.section(key));
                }),
                Part::Entry(id) => moved.extend(self.refresh_entry(replica, id)),
                Part::Figures => self.figures.set(replica.figures()),
                Part::Responders => self.responders.set(replica.responders()),
                Part::Actions => self.actions.set(replica.actions()),
            }
        }
        if !moved.is_empty() {
            self.rearrange(&moved);
        }
        self.changed.notify();
    }

    /// Reads one entry again; its new place in the timeline, when that differs from what is drawn.
    fn refresh_entry(&self, replica: &Replica, id: &ItemId) -> Option<(ItemId, Option<TimelineEntry>)> {
        let Some(entry) = replica.entry(id) else {
            let known = self.entries.try_update_value(|entries| entries.remove(id).is_some());
            return known.unwrap_or(false).then(|| (id.clone(), None));
        };
        let outline = TimelineEntry { text: String::new(), ..entry.clone() };
        match self.entry(id) {
            Some(signal) => {
                let is_moved =
                    signal.with_untracked(|old| TimelineEntry { text: String::new(), ..old.clone() } != outline);
                signal.set(entry);
                is_moved.then(|| (id.clone(), Some(outline)))
            }
            None => {
                self.entries.update_value(|entries| drop(entries.insert(id.clone(), ArcRwSignal::new(entry))));
                Some((id.clone(), Some(outline)))
            }
        }
    }

    fn rearrange(&self, moved: &[(ItemId, Option<TimelineEntry>)]) {
        self.timeline.update(|timeline| {
            let gone: BTreeSet<&ItemId> = moved.iter().map(|(id, _)| id).collect();
            let stay = timeline.iter().filter(|entry| !gone.contains(&entry.id));
            let mut entries: Vec<TimelineEntry> =
                stay.chain(moved.iter().filter_map(|(_, outline)| outline.as_ref())).cloned().collect();
            // Nearly sorted already, which this sort makes use of; thousands arrive at once when a page opens.
            entries.sort_by(in_order);
            *timeline = Arc::new(entries);
        });
    }
}

/// The order of a timeline: by time, then by id, what has no time last.
fn in_order(one: &TimelineEntry, other: &TimelineEntry) -> Ordering {
    (one.at.is_none(), one.at, &one.id).cmp(&(other.at.is_none(), other.at, &other.id))
}

impl Default for Parts {
    fn default() -> Self {
        Self::new()
    }
}
