//! What the server tells our own clients beside the document: rows that it wrote from a session, and refusals.

use crate::{Generation, Person, Stamp, Thread, ThreadId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One event, as JSON with its kind under `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The first event of a connection: as whom the server knows this client.
    Welcome {
        /// The person of the session.
        you: Person,
        /// The document's, to be named at the next connection.
        generation: Generation,
    },
    /// All threads, once at the start.
    Threads {
        /// In the order in which they were begun.
        threads: Vec<Thread>,
    },
    /// A thread that is new or changed.
    Thread {
        /// As it is now.
        thread: Thread,
    },
    /// A thread whose last comment was deleted.
    ThreadGone {
        /// Which.
        id: ThreadId,
    },
    /// Who brought what: everything at the start, then what is new.
    Authors {
        /// Ranges to be added to those known.
        authors: Vec<Authorship>,
    },
    /// The state of publication: at the start and whenever it changes.
    Publication {
        /// The published page's slug; `None` while nothing is published.
        slug: Option<String>,
        /// How many revisions were published under it.
        revision: u32,
        /// When the latest was.
        published_at: Option<DateTime<Utc>>,
    },
    /// A message of this connection was refused; what it held is not in the document.
    Refused {
        /// A stable code.
        code: String,
        /// A sentence for the person.
        message: String,
    },
    /// Whether what is written can be saved: told when it cannot for a while, to those who join meanwhile, and when it
    /// can again.
    Storage {
        /// Nothing has been saved for a while; what was sent is kept and waits, unacknowledged.
        is_failing: bool,
    },
    /// The connection is about to be closed: when to come back, chosen for each client, so that they do not all come at
    /// once.
    ComeBack {
        /// From now.
        after_milliseconds: u32,
    },
    /// The post-mortem was deleted.
    Deleted,
}

/// From a clock of a client on, until the next such range of that client, items were brought by one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorship {
    /// The client id.
    pub client: u64,
    /// The first clock.
    pub from: u32,
    /// Who; `None` for an import without a session.
    pub person: Option<Person>,
}

/// All ranges of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authors {
    ranges: BTreeMap<(u64, u32), Option<Person>>,
}

impl Authors {
    /// Takes in a range.
    pub fn add(&mut self, authorship: Authorship) {
        self.ranges.insert((authorship.client, authorship.from), authorship.person);
    }

    /// Who brought the item at this stamp; `None` when nobody is known.
    pub fn of(&self, stamp: Stamp) -> Option<&Person> {
        self.range(stamp)?.as_ref()
    }

    /// Whether the stamp lies in a range of this person.
    pub(crate) fn is_by(&self, stamp: Stamp, person: &Person) -> bool {
        self.of(stamp).is_some_and(|other| other.id == person.id)
    }

    fn range(&self, stamp: Stamp) -> Option<&Option<Person>> {
        let first = (stamp.client, 0);
        self.ranges.range(first..=(stamp.client, stamp.clock)).next_back().map(|(_, person)| person)
    }

    /// Every range, by client and clock.
    pub fn all(&self) -> Vec<Authorship> {
        let ranges = self.ranges.iter();
        ranges
            .map(|((client, from), person)| Authorship { client: *client, from: *from, person: person.clone() })
            .collect()
    }
}

impl FromIterator<Authorship> for Authors {
    fn from_iter<I: IntoIterator<Item = Authorship>>(ranges: I) -> Self {
        let mut authors = Self::default();
        ranges.into_iter().for_each(|range| authors.add(range));
        authors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::PersonColor;

    #[test]
    fn an_item_belongs_to_who_brought_its_range() {
        let person =
            |name: &str| Person { id: name.parse().expect("an id"), name: name.to_owned(), color: PersonColor::Violet };
        let authors: Authors = [
            Authorship { client: 7, from: 0, person: Some(person("mara")) },
            Authorship { client: 7, from: 10, person: Some(person("jonah")) },
        ]
        .into_iter()
        .collect();
        let name = |client, clock| authors.of(Stamp { client, clock }).map(|person| person.name.as_str());
        assert_eq!(
            [name(7, 0), name(7, 9), name(7, 10), name(8, 0)],
            [Some("mara"), Some("mara"), Some("jonah"), None]
        );
    }

    #[test]
    fn an_event_names_its_kind() {
        let json = serde_json::to_value(Event::Refused { code: "gap".into(), message: "m".into() }).expect("JSON");
        assert_eq!(json, serde_json::json!({"type": "refused", "code": "gap", "message": "m"}));
    }
}
