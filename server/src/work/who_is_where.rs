//! What the incident log shows of the rooms, looked at once for everybody who asks at the same time.

use crate::feed::Feed;
use crate::sync::Rooms;
use postmortem::{Person, PostmortemId};
use std::collections::HashMap;
use std::sync::Arc;

/// Who is where.
#[derive(Debug)]
pub struct WhoIsWhere {
    pub people: HashMap<PostmortemId, Vec<Person>>,
    /// Whoever follows on from there hears of everything that came after it.
    pub position: String,
}

/// Renews what the log tells of documents that are being written, and looks who is in them.
pub async fn look(feed: &Feed, rooms: &Rooms) -> Arc<WhoIsWhere> {
    let position = feed.position();
    Arc::new(WhoIsWhere { people: rooms.visit().await, position })
}
