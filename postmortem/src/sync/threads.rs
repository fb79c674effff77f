//! The threads of a post-mortem as its events tell them, for whoever shows or keeps them.

use crate::{CommentId, Event, Thread, ThreadId};
use std::collections::{BTreeSet, HashMap, HashSet};

/// All threads, in the order in which they were told first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Threads {
    all: Vec<Thread>,
    places: HashMap<ThreadId, usize>,
    /// Threads from before the beginning that is being told: they stay until it is told whole without them.
    unconfirmed: HashSet<ThreadId>,
    /// Comments that were deleted, of which an answer that was under way may still tell.
    gone: BTreeSet<CommentId>,
}

impl Threads {
    /// Those that stand in a list.
    pub fn of(threads: Vec<Thread>) -> Self {
        let mut all = Self::default();
        threads.into_iter().for_each(|thread| all.replace(thread));
        all
    }

    /// Puts all threads in the place of what was known of them, in the middle of a beginning as well.
    pub fn replace_all(&mut self, threads: Vec<Thread>) {
        let before = std::mem::replace(self, Self::of(threads));
        (self.unconfirmed, self.gone) = (before.unconfirmed, before.gone);
    }

    pub fn all(&self) -> &[Thread] {
        &self.all
    }

    pub fn find(&self, id: &ThreadId) -> Option<&Thread> {
        self.all.get(*self.places.get(id)?)
    }

    /// Takes in an event; those that tell of no thread change nothing.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Threads { threads, more: false } => *self = Self::of(threads.clone()),
            Event::Threads { threads, more: true } => {
                self.unconfirmed = self.places.keys().cloned().collect();
                self.confirm(threads);
            }
            Event::MoreThreads { threads, more } => {
                self.confirm(threads);
                if !more {
                    let unconfirmed = std::mem::take(&mut self.unconfirmed);
                    self.retain(|thread| !unconfirmed.contains(&thread.id));
                }
            }
            Event::Thread { thread } => self.put(thread),
            Event::ThreadGone { id } => self.retain(|thread| thread.id != *id),
            Event::Comment { thread, comment } => {
                if let Some(known) = self.find_mut(thread) {
                    known.put(comment.clone());
                }
            }
            Event::CommentGone { thread, id } => {
                self.gone.insert(id.clone());
                if let Some(known) = self.find_mut(thread) {
                    known.remove(id);
                }
            }
            Event::Resolution { thread, resolved } => {
                if let Some(known) = self.find_mut(thread) {
                    known.resolved.clone_from(resolved);
                }
            }
            Event::Renamed { person } => self.all.iter_mut().for_each(|thread| thread.rename(person)),
            Event::Welcome { .. }
            | Event::Capabilities { .. }
            | Event::Authors { .. }
            | Event::Head { .. }
            | Event::Publication { .. }
            | Event::Audience { .. }
            | Event::Refused { .. }
            | Event::Storage { .. }
            | Event::Size { .. }
            | Event::ComeBack { .. }
            | Event::Deleted => {}
        }
    }

    /// Takes in what followed the number `after` in a thread when it was asked for.
    pub fn put_page(&mut self, after: u32, mut page: Thread) {
        page.comments.retain(|comment| !self.gone.contains(&comment.id));
        if let Some(known) = self.find_mut(&page.id) {
            known.put_page(after, page);
        }
    }

    fn find_mut(&mut self, id: &ThreadId) -> Option<&mut Thread> {
        self.all.get_mut(*self.places.get(id)?)
    }

    /// One that is told with all of its comments takes the place of what was known of it; one that is not adds to it.
    fn put(&mut self, thread: &Thread) {
        match self.find_mut(&thread.id).filter(|_| thread.more.is_some()) {
            Some(known) => {
                known.resolved.clone_from(&thread.resolved);
                // It comes by another way than the events, and may be older than what they told of the comments that are here.
                for comment in &thread.comments {
                    if known.comments.iter().all(|one| one.id != comment.id) {
                        known.put(comment.clone());
                    }
                }
            }
            None => self.replace(thread.clone()),
        }
    }

    /// Puts a thread in the place of what was known of it.
    pub fn replace(&mut self, thread: Thread) {
        match self.find_mut(&thread.id) {
            Some(known) => *known = thread,
            None => {
                self.places.insert(thread.id.clone(), self.all.len());
                self.all.push(thread);
            }
        }
    }

    fn confirm(&mut self, threads: &[Thread]) {
        for thread in threads {
            self.unconfirmed.remove(&thread.id);
            self.replace(thread.clone());
        }
    }

    fn retain(&mut self, stays: impl Fn(&Thread) -> bool) {
        self.all.retain(stays);
        self.places = self.all.iter().enumerate().map(|(at, thread)| (thread.id.clone(), at)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::PersonColor;
    use crate::thread::More;
    use crate::{Comment, Person, Subject};
    use chrono::DateTime;

    fn comment(number: u32, edited: Option<i64>) -> Comment {
        Comment {
            id: format!("c{number}").parse().expect("an id"),
            number,
            author: Person {
                id: "mara".parse().expect("an id"),
                name: "Mara".into(),
                color: PersonColor::Violet,
                initials: None,
            },
            text: format!("comment {number}"),
            created_at: DateTime::default(),
            edited_at: edited.and_then(|second| DateTime::from_timestamp(second, 0)),
        }
    }

    fn thread(id: &str, numbers: impl IntoIterator<Item = u32>, more: Option<(u32, u32)>) -> Thread {
        Thread {
            id: id.parse().expect("an id"),
            subject: Subject::Entry("e1".parse().expect("an id")),
            passage: None,
            comments: numbers.into_iter().map(|number| comment(number, None)).collect(),
            more: more.map(|(count, after)| More { count, after }),
            resolved: None,
        }
    }

    fn ids(threads: &Threads) -> Vec<&str> {
        threads.all().iter().map(|thread| thread.id.as_str()).collect()
    }

    fn numbers(threads: &Threads, id: &str) -> Vec<u32> {
        let found = threads.find(&id.parse().expect("an id")).expect("a thread");
        found.comments.iter().map(|comment| comment.number).collect()
    }

    #[test]
    fn a_beginning_in_pieces_takes_away_what_it_does_not_tell_when_it_is_whole() {
        let mut threads = Threads::of(vec![thread("a", [1], None), thread("b", [1], None), thread("c", [1], None)]);
        threads.take(&Event::Threads { threads: vec![thread("a", [1, 2], None)], more: true });
        assert_eq!(ids(&threads), ["a", "b", "c"], "nothing flickers");
        threads.take(&Event::Thread { thread: thread("d", [1], None) });
        threads.replace_all(threads.all().to_vec());
        threads.take(&Event::MoreThreads { threads: vec![thread("c", [1], None)], more: true });
        threads.take(&Event::MoreThreads { threads: vec![thread("d", [1], None)], more: false });
        assert_eq!(ids(&threads), ["a", "c", "d"]);
        assert_eq!(numbers(&threads, "a"), [1, 2]);
        threads.take(&Event::Threads { threads: vec![thread("e", [1], None)], more: false });
        assert_eq!(ids(&threads), ["e"]);
    }

    #[test]
    fn a_long_thread_is_whole_when_all_that_was_left_out_came() {
        let id = "a".parse().expect("an id");
        let mut threads = Threads::of(vec![thread("a", 1..=2, Some((4, 2)))]);
        let said = Event::Comment { thread: threads.all()[0].id.clone(), comment: comment(7, None) };
        threads.take(&said);
        threads.take(&said);
        assert_eq!(threads.all()[0].count(), 7, "what comes twice counts once");
        assert_eq!(numbers(&threads, "a"), [1, 2, 7]);
        threads.take(&Event::CommentGone { thread: threads.all()[0].id.clone(), id: comment(4, None).id });
        assert_eq!(threads.all()[0].count(), 6, "one that is not here is counted out");
        // The answer was read before that.
        threads.put_page(2, thread("a", 3..=5, Some((2, 5))));
        assert_eq!(numbers(&threads, "a"), [1, 2, 3, 5, 7]);
        threads.put_page(2, thread("a", 3..=3, Some((9, 3))));
        assert_eq!(
            threads.find(&id).and_then(|thread| thread.more),
            Some(More { count: 2, after: 5 }),
            "asked for before"
        );
        threads.put_page(5, thread("a", 6..=7, None));
        assert_eq!(numbers(&threads, "a"), [1, 2, 3, 5, 6, 7]);
        assert_eq!(threads.find(&id).map(Thread::count), Some(6));
    }

    #[test]
    fn a_change_is_not_undone_by_an_answer_from_before_it() {
        let mut threads = Threads::of(vec![thread("a", [1], Some((2, 1)))]);
        let of = threads.all()[0].id.clone();
        threads.take(&Event::Comment { thread: of.clone(), comment: comment(2, Some(9)) });
        assert_eq!(numbers(&threads, "a"), [1], "a change of one that is not here adds none");
        threads.put_page(1, thread("a", 2..=3, None));
        threads.take(&Event::Comment { thread: of.clone(), comment: comment(3, Some(9)) });
        threads.take(&Event::Thread { thread: thread("a", [3], Some((3, 0))) });
        assert_eq!(numbers(&threads, "a"), [1, 2, 3]);
        assert!(threads.all()[0].comments[2].edited_at.is_some());
        threads.take(&Event::Thread { thread: thread("a", [1], None) });
        assert_eq!(numbers(&threads, "a"), [1], "one that is told whole is taken as it is");
    }

    #[test]
    fn a_long_first_comment_is_shortened_and_comes_whole_with_the_rest() {
        let mut long = thread("a", 1..=3, None);
        long.comments[0].text = "ä".repeat(crate::limits::EXCERPT + 1);
        let whole = long.clone();
        long.shorten();
        assert_eq!((long.comments.len(), long.more, long.count()), (1, Some(More { count: 3, after: 0 }), 3));
        assert_eq!(long.comments[0].text.chars().count(), crate::limits::EXCERPT);
        let mut threads = Threads::of(vec![long]);
        threads.put_page(0, whole.clone());
        assert_eq!(threads.all(), [whole]);
        let mut short = thread("a", 1..=3, None);
        short.shorten();
        assert_eq!((short.more, short.count()), (Some(More { count: 2, after: 1 }), 3));
        let mut alone = thread("a", [1], None);
        alone.shorten();
        assert_eq!(alone.more, None);
    }
}
