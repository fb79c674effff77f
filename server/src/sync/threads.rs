//! The threads of a room, as its connections are told of them at their beginning: each with its first comments, all of them
//! within a bound, and in pieces of which the next goes out when the one before is written.

use crate::store::threads::Numbered;
use postmortem::event::RangeStart;
use postmortem::{Event, Thread, ThreadId, limits};
use std::collections::{BTreeMap, HashMap};

/// What the threads of a room may weigh before they are held with the beginning of their first comment only: those of a
/// long review with everything that was said.
const HEAVIEST: usize = 4 << 20;

/// The threads of one post-mortem, in the order in which they were begun.
#[derive(Debug, Default)]
pub(super) struct Threads {
    by_number: BTreeMap<u32, Thread>,
    numbers: HashMap<ThreadId, u32>,
    weight: usize,
}

/// What happened to a thread, for its room.
#[derive(Debug)]
pub struct ThreadNews {
    pub id: ThreadId,
    /// As it stands now; `None` when it is gone.
    pub now: Option<Numbered>,
    /// What its connections are told.
    pub event: Event,
}

/// How far a connection was told what stood beside the document when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Told {
    /// The last thread, where others follow.
    pub threads: Option<u32>,
    /// The last range of authorship, where others follow.
    pub authors: Option<RangeStart>,
}

impl Told {
    pub fn is_all(self) -> bool {
        self == Self::default()
    }
}

impl Threads {
    /// Applies how a thread stands.
    pub fn put(&mut self, Numbered { number, mut thread }: Numbered) {
        self.remove(&thread.id);
        if self.weight + thread.weight() > HEAVIEST {
            thread.shorten();
        }
        self.weight += thread.weight();
        self.numbers.insert(thread.id.clone(), number);
        self.by_number.insert(number, thread);
    }

    /// A thread is gone.
    pub fn remove(&mut self, id: &ThreadId) {
        if let Some(thread) = self.numbers.remove(id).and_then(|number| self.by_number.remove(&number)) {
            self.weight = self.weight.saturating_sub(thread.weight());
        }
    }

    /// The threads behind a number, at most `most` of weight but at least one, and the number of the last of them where others
    /// follow.
    pub fn piece(&self, after: u32, most: usize) -> (Vec<Thread>, Option<u32>) {
        let mut behind = self.by_number.range(after.saturating_add(1)..).peekable();
        let (mut piece, mut weight, mut last) = (Vec::new(), 0, None);
        while let Some((number, thread)) = behind.next_if(|_| weight < most.min(limits::THREADS)) {
            weight += thread.weight();
            last = Some(*number);
            piece.push(thread.clone());
        }
        (piece, last.filter(|_| behind.peek().is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::person::PersonColor;
    use postmortem::{Comment, Person, Subject};

    fn numbered(number: u32, length: usize) -> Numbered {
        let comment = Comment {
            id: format!("c{number}").parse().expect("an id"),
            number: 1,
            author: Person {
                id: "mara".parse().expect("an id"),
                name: "Mara".into(),
                color: PersonColor::Violet,
                initials: None,
            },
            text: "x".repeat(length),
            created_at: chrono::DateTime::default(),
            edited_at: None,
        };
        let thread = Thread {
            id: format!("t{number}").parse().expect("an id"),
            subject: Subject::Entry("e1".parse().expect("an id")),
            passage: None,
            comments: vec![comment],
            more: None,
            resolved: None,
        };
        Numbered { number, thread }
    }

    #[test]
    fn pieces_are_all_threads_in_their_order_and_each_fits() {
        let mut threads = Threads::default();
        (1..=700).rev().for_each(|number| threads.put(numbered(number, 2_000)));
        let (mut told, mut after, mut pieces) = (Vec::new(), Some(0), 0);
        while let Some(number) = after {
            let (piece, next) = threads.piece(number, usize::MAX);
            let frame = postmortem::wire::event(&Event::MoreThreads { threads: piece.clone(), more: next.is_some() });
            assert!(frame.len() < limits::PIECE, "{} bytes", frame.len());
            told.extend(piece.into_iter().map(|thread| thread.id.to_string()));
            (after, pieces) = (next, pieces + 1);
        }
        assert_eq!(told, (1..=700).map(|number| format!("t{number}")).collect::<Vec<_>>());
        assert!(pieces > 3, "{pieces} pieces");
        assert_eq!(threads.piece(0, 1).0.len(), 1, "one that is heavier than a piece goes out alone");
    }

    #[test]
    fn what_a_room_holds_of_threads_is_bounded() {
        let mut threads = Threads::default();
        let count = 2 * HEAVIEST / limits::THREAD_TOLD;
        (1..=count as u32).for_each(|number| threads.put(numbered(number, limits::THREAD_TOLD - 300)));
        assert!(threads.weight < HEAVIEST + count * 1_200, "{}", threads.weight);
        assert_eq!(threads.by_number.len(), count, "and none is missing");
        let last = threads.by_number.last_entry().expect("threads").get().clone();
        assert_eq!((last.comments.len(), last.count()), (1, 1));
        assert!(last.more.is_some());
        (1..=count as u32).for_each(|number| threads.remove(&format!("t{number}").parse().expect("an id")));
        assert_eq!((threads.weight, threads.numbers.len()), (0, 0));
    }
}
