//! The whole of a post-mortem at one moment, for readers outside of the room.

use postmortem::{PostmortemId, Reading, Room, Thread};

/// A post-mortem with everything that stands beside the document.
#[derive(Debug, Clone)]
pub struct Whole {
    pub id: PostmortemId,
    pub reading: Reading,
    /// The name of who added each entry of the timeline, where somebody did.
    pub entry_authors: Vec<Option<String>>,
    pub threads: Vec<Thread>,
}

impl Whole {
    /// The room's durable value.
    pub fn of(id: &PostmortemId, room: &Room, threads: &[Thread]) -> Self {
        let reading = room.replica().read();
        let author = |stamp| room.authors().of(stamp).map(|person| person.name.clone());
        let entry_authors = reading.postmortem.timeline.iter().map(|entry| author(entry.stamp)).collect();
        Self { id: id.clone(), reading, entry_authors, threads: threads.to_vec() }
    }
}
