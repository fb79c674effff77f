//! A post-mortem's document at one moment, for readers outside of the room.

use crate::store::threads::CommentTotals;
use postmortem::{HeadRow, Postmortem, PostmortemId, Reading, Room};
use std::sync::Arc;

/// The most bytes of text and items of a post-mortem that is written out at once, in a millisecond or two.
const SHORT_TEXT: usize = 256 << 10;
const FEW_ITEMS: usize = 1_000;

/// A post-mortem with who wrote what.
#[derive(Debug, Clone)]
pub struct Whole {
    pub id: PostmortemId,
    pub reading: Reading,
    /// The name of who added each entry of the timeline, where somebody did.
    pub entry_authors: Vec<Option<String>>,
}

impl Whole {
    /// The room's durable value.
    pub fn of(id: &PostmortemId, room: &Room, head: &HeadRow) -> Self {
        let mut reading = room.replica().read();
        reading.postmortem = reading.postmortem.with_head(head);
        for figure in &mut reading.postmortem.impact {
            let checker = figure.checked_by.as_ref().and_then(|person| room.authors().find(person));
            figure.checker = checker.map(|person| person.name.clone());
        }
        let author = |stamp| room.authors().of(stamp).map(|person| person.name.clone());
        let entry_authors = reading.postmortem.timeline.iter().map(|entry| author(entry.stamp)).collect();
        Self { id: id.clone(), reading, entry_authors }
    }

    /// Whether writing it out with its threads keeps nobody waiting.
    pub fn is_short(&self, said: CommentTotals) -> bool {
        let Postmortem { details: _, sections, timeline, impact, responders, actions } = &self.reading.postmortem;
        let items = timeline.len() + impact.len() + responders.len() + actions.len();
        let texts = sections.values().chain(timeline.iter().map(|entry| &entry.text));
        let bytes = texts.map(String::len).sum::<usize>();
        // Both fit with room to spare.
        items + said.comments as usize <= FEW_ITEMS && bytes + said.bytes as usize <= SHORT_TEXT
    }
}

/// What a room was last read as. Reading takes as long as the document is, so that it is done once for all who ask between
/// two changes.
#[derive(Debug, Default)]
pub(super) struct LastRead(Option<Arc<Whole>>);

impl LastRead {
    pub fn of(&mut self, id: &PostmortemId, room: &Room, head: &HeadRow) -> Arc<Whole> {
        self.0.get_or_insert_with(|| Arc::new(Whole::of(id, room, head))).clone()
    }

    /// The document has changed, or nobody asked for a while.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{ClientId, Severity, create};

    #[test]
    fn a_document_is_read_once_between_two_changes() {
        let replica = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made");
        let everything = replica.diff(&[0]).expect("encoded");
        let room = Room::load(ClientId(2), [everything], Vec::new()).expect("loaded");
        let id = PostmortemId::new(1, [0; 10]);
        let mut last = LastRead::default();
        let first = last.of(&id, &room, &HeadRow::default());
        assert!(Arc::ptr_eq(&first, &last.of(&id, &room, &HeadRow::default())));
        last.forget();
        assert!(!Arc::ptr_eq(&first, &last.of(&id, &room, &HeadRow::default())));
    }
}
