//! What the server tells our own clients beside the document: rows that it wrote from a session, and refusals.

use crate::thread::{Comment, Resolution};
use crate::{
    Capabilities, ClientId, CommentId, Generation, HeadRow, Openness, PageReaders, Person, Receipt, Stamp, Thread,
    ThreadId, UserId, limits,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Bound;

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
        /// What this person may do here. A server of an older release says nothing of it, and lets everybody do everything.
        #[serde(default = "Capabilities::of_owner")]
        capabilities: Capabilities,
        /// To be named when nothing is there any more. A server of an older release gives none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<Receipt>,
    },
    /// What this person may do here from now on.
    Capabilities {
        capabilities: Capabilities,
    },
    /// All threads, or the first of them, at the start: what was known of others is outdated.
    Threads {
        /// In the order in which they were begun; those that weigh much with their first comments only.
        threads: Vec<Thread>,
        /// Whether others follow with [`Event::MoreThreads`].
        #[serde(default, skip_serializing_if = "is_false")]
        more: bool,
    },
    /// The threads after those that were told before.
    MoreThreads {
        /// In the order in which they were begun.
        threads: Vec<Thread>,
        /// Whether others follow.
        #[serde(default, skip_serializing_if = "is_false")]
        more: bool,
    },
    /// A thread that is new or changed, with all of its comments.
    Thread {
        /// As it is now.
        thread: Thread,
    },
    /// A thread whose last comment was deleted.
    ThreadGone {
        id: ThreadId,
    },
    /// A comment that is new or changed, in a thread that is not told as a whole because of its weight.
    Comment {
        thread: ThreadId,
        /// As it is now.
        comment: Comment,
    },
    /// A comment of such a thread was deleted.
    CommentGone {
        thread: ThreadId,
        id: CommentId,
    },
    /// Such a thread was resolved or opened again.
    Resolution {
        thread: ThreadId,
        /// Who resolved it and when; absent when it is open.
        resolved: Option<Resolution>,
    },
    /// Who brought what: everything at the start, in several events where it is much, then what is new.
    Authors {
        /// Ranges to be added to those known.
        authors: Vec<Authorship>,
    },
    /// Who finds the post-mortem.
    Audience {
        access: Openness,
        /// How many people it names, its owner among them.
        named: u32,
    },
    /// Somebody has another name now; whatever they did stays theirs.
    Renamed {
        /// As they are now.
        person: Person,
    },
    /// How far the post-mortem is and whose it is: at the start and whenever it changes.
    Head {
        #[serde(flatten)]
        row: HeadRow,
    },
    /// The state of publication: at the start and whenever it changes.
    Publication {
        /// The published page's slug; `None` while nothing is published.
        slug: Option<String>,
        /// The number of the latest revision, also of one that was withdrawn; 0 where nothing ever was.
        revision: u32,
        /// When the latest was.
        published_at: Option<DateTime<Utc>>,
        /// Who can open it, where something is published.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        readers: Option<PageReaders>,
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
    /// How full the post-mortem is: told from [`crate::limits::NEARLY_FULL`] on, to those who join, and as it grows.
    Size {
        /// Of the document with its history.
        bytes: usize,
        /// The most that it may have.
        most: usize,
    },
    /// The connection is about to be closed: when to come back, chosen for each client, so that they do not all come at
    /// once.
    ComeBack {
        /// From now.
        after_milliseconds: u32,
    },
    Deleted,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// From a clock of a client on, until the next such range of that client, items were brought by one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorship {
    /// The client id.
    pub client: ClientId,
    /// The first clock.
    pub from: u32,
    /// Who; `None` for an import without a session.
    pub person: Option<Person>,
}

/// A client and the first clock of a range of it.
pub type RangeStart = (ClientId, u32);

/// All ranges of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authors {
    ranges: BTreeMap<RangeStart, Option<Person>>,
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

    /// Those who wrote in the document, some of them several times.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.ranges.values().flatten()
    }

    /// Somebody who wrote in the document.
    pub fn find(&self, id: &UserId) -> Option<&Person> {
        self.people().find(|person| person.id == *id)
    }

    /// Somebody has another name.
    pub fn rename(&mut self, person: &Person) {
        for known in self.ranges.values_mut().flatten().filter(|known| known.id == person.id) {
            known.clone_from(person);
        }
    }

    /// Whether the stamp lies in a range of this person.
    pub(crate) fn is_by(&self, stamp: Stamp, person: &Person) -> bool {
        self.of(stamp).is_some_and(|other| other.id == person.id)
    }

    fn range(&self, stamp: Stamp) -> Option<&Option<Person>> {
        let first = (stamp.client, 0);
        self.ranges.range(first..=(stamp.client, stamp.clock)).next_back().map(|(_, person)| person)
    }

    /// As many ranges as go into one event, by client and clock: the first of all, or those after a range.
    pub fn piece(&self, after: Option<RangeStart>) -> Vec<Authorship> {
        self.behind(after).take(limits::AUTHORS).map(|(start, person)| authorship(start, person)).collect()
    }

    /// The last range of a piece, where others follow.
    pub fn end_of_piece(&self, after: Option<RangeStart>) -> Option<RangeStart> {
        let mut behind = self.behind(after).skip(limits::AUTHORS - 1).map(|(start, _)| *start);
        let last = behind.next()?;
        behind.next().map(|_| last)
    }

    /// Every range, by client and clock.
    pub fn all(&self) -> Vec<Authorship> {
        self.ranges.iter().map(|(start, person)| authorship(start, person)).collect()
    }

    fn behind(&self, after: Option<RangeStart>) -> impl Iterator<Item = (&RangeStart, &Option<Person>)> {
        self.ranges.range((after.map_or(Bound::Unbounded, Bound::Excluded), Bound::Unbounded))
    }
}

fn authorship((client, from): &RangeStart, person: &Option<Person>) -> Authorship {
    Authorship { client: *client, from: *from, person: person.clone() }
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
        let person = |name: &str| Person {
            id: name.parse().expect("an id"),
            name: name.to_owned(),
            color: PersonColor::Violet,
            initials: None,
        };
        let authors: Authors = [
            Authorship { client: ClientId(7), from: 0, person: Some(person("mara")) },
            Authorship { client: ClientId(7), from: 10, person: Some(person("jonah")) },
        ]
        .into_iter()
        .collect();
        let name = |client, clock| authors.of(Stamp { client, clock }).map(|person| person.name.as_str());
        assert_eq!(
            [name(ClientId(7), 0), name(ClientId(7), 9), name(ClientId(7), 10), name(ClientId(8), 0)],
            [Some("mara"), Some("mara"), Some("jonah"), None]
        );
    }

    #[test]
    fn whoever_has_another_name_wrote_what_they_wrote() {
        let person = |id: &str, name: &str| Person {
            id: id.parse().expect("an id"),
            name: name.to_owned(),
            color: PersonColor::Violet,
            initials: None,
        };
        let range = |client, person| Authorship { client, from: 0, person: Some(person) };
        let mut authors: Authors =
            [range(ClientId(1), person("a", "Mara")), range(ClientId(2), person("b", "Mara"))].into_iter().collect();
        authors.rename(&person("a", "Mara Lindqvist"));
        let name = |client| authors.of(Stamp { client, clock: 3 }).map(|person| person.name.as_str());
        assert_eq!([name(ClientId(1)), name(ClientId(2))], [Some("Mara Lindqvist"), Some("Mara")]);
    }

    #[test]
    fn an_event_names_its_kind() {
        let json = serde_json::to_value(Event::Refused { code: "gap".into(), message: "m".into() }).expect("JSON");
        assert_eq!(json, serde_json::json!({"type": "refused", "code": "gap", "message": "m"}));
    }

    #[test]
    fn a_welcome_that_says_nothing_of_capabilities_is_one_of_an_owner() {
        let welcome = |more: &str| {
            let you = r#"{"id": "mara", "name": "Mara", "color": "violet"}"#;
            let json = format!(r#"{{"type": "welcome", "you": {you}, "generation": 3{more}}}"#);
            match serde_json::from_str(&json) {
                Ok(Event::Welcome { capabilities, .. }) => capabilities,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(welcome(""), Capabilities::of_owner());
        assert_eq!(welcome(r#", "capabilities": []"#), Capabilities::default());
    }

    #[test]
    fn many_ranges_are_told_in_pieces_that_are_all_of_them() {
        let range = |client| Authorship { client: ClientId(client), from: 0, person: None };
        for count in [0, 1, limits::AUTHORS as u64, limits::AUTHORS as u64 + 1, 2 * limits::AUTHORS as u64 + 7] {
            let authors: Authors = (0..count).map(range).collect();
            let (mut told, mut after) = (authors.piece(None), authors.end_of_piece(None));
            while let Some(last) = after {
                told.extend(authors.piece(Some(last)));
                after = authors.end_of_piece(Some(last));
            }
            assert_eq!(told, authors.all(), "{count} ranges");
        }
    }
}
