//! Which of the threads on a section or an entry is shown, and where the others stand.

use crate::state::OpenPostmortem;
use leptos::prelude::*;
use postmortem::{Passage, Subject, Thread, ThreadId};

#[derive(Clone, Copy)]
pub struct SortedThreads {
    pub threads: Memo<Vec<Thread>>,
    /// The thread that is shown; `None` while a new one is written.
    pub current: Memo<Option<ThreadId>>,
    /// The same with its comments; `None` also for one that is on its way to the server.
    pub value: Memo<Option<Thread>>,
    /// The ids of the others that nobody resolved.
    pub others: Memo<Vec<String>>,
    /// The ids of those that were resolved.
    pub settled: Memo<Vec<String>>,
}

impl SortedThreads {
    pub fn of(open: OpenPostmortem, subject: StoredValue<Subject>) -> Self {
        let threads = Memo::new(move |_| subject.with_value(|subject| open.discussion.of(subject)));
        let current = Memo::new(move |_| {
            let wanted = open.discussion.shown.with(|shown| shown.as_ref()?.thread.clone())?;
            threads.with(|threads| current(threads, wanted))
        });
        let value = Memo::new(move |_| {
            let current = current.get()?;
            threads.with(|threads| threads.iter().find(|thread| thread.id == current).cloned())
        });
        let others = Memo::new(move |_| {
            let current = current.get();
            let is_other = |thread: &Thread| thread.resolved.is_none() && Some(&thread.id) != current.as_ref();
            threads.with(|threads| ids(threads, is_other))
        });
        let settled = Memo::new(move |_| threads.with(|threads| ids(threads, |thread| thread.resolved.is_some())));
        Self { threads, current, value, others, settled }
    }

    /// The words that the shown thread is about, or that the new one is to be about.
    pub fn passage(&self, open: OpenPostmortem) -> Memo<Option<Passage>> {
        let Self { current, value, .. } = *self;
        Memo::new(move |_| match current.get() {
            Some(_) => value.get().and_then(|thread| thread.passage),
            None => open.discussion.shown.get().filter(|shown| shown.thread.is_none()).and_then(|shown| shown.passage),
        })
    }

    pub fn count_in_words(&self) -> String {
        let count = self.value.with(|thread| thread.as_ref().map_or(0, Thread::count));
        match count {
            0 if self.current.with(Option::is_some) => String::new(),
            0 => "New comment".to_owned(),
            1 => "1 comment".to_owned(),
            count => format!("{count} comments"),
        }
    }
}

/// The thread that is shown where one is wanted: one that was settled makes room for the next one that is not, or for a
/// new one. One that is not known yet was begun a moment ago.
fn current(threads: &[Thread], wanted: ThreadId) -> Option<ThreadId> {
    let is_settled = threads.iter().any(|thread| thread.id == wanted && thread.resolved.is_some());
    if !is_settled {
        return Some(wanted);
    }
    threads.iter().find(|thread| thread.resolved.is_none()).map(|thread| thread.id.clone())
}

fn ids(threads: &[Thread], is_wanted: impl Fn(&Thread) -> bool) -> Vec<String> {
    threads.iter().filter(|thread| is_wanted(thread)).map(|thread| thread.id.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::person::PersonColor;
    use postmortem::thread::Resolution;
    use postmortem::{Person, SectionKey};

    fn thread(id: &str, is_resolved: bool) -> Thread {
        let key = SectionKey::known().next().expect("a section");
        let resolution = || Resolution {
            by: Person {
                id: "u1".parse().expect("an id"),
                name: "Mara".to_owned(),
                color: PersonColor::Violet,
                initials: None,
            },
            at: "2026-11-29T12:00:00Z".parse().expect("a time"),
        };
        Thread {
            id: id.parse().expect("an id"),
            subject: Subject::Section(key),
            passage: None,
            comments: Vec::new(),
            more: None,
            resolved: is_resolved.then(resolution),
        }
    }

    #[test]
    fn a_settled_thread_makes_room_for_the_next_one() {
        let shown = |threads: &[Thread], wanted: &str| {
            current(threads, wanted.parse().expect("an id")).map(|id| id.to_string())
        };
        let threads = [thread("a", true), thread("b", false), thread("c", false)];
        assert_eq!(shown(&threads, "c").as_deref(), Some("c"));
        assert_eq!(shown(&threads, "a").as_deref(), Some("b"));
        assert_eq!(shown(&threads[..1], "a"), None, "a new one is written");
        assert_eq!(shown(&threads, "begun").as_deref(), Some("begun"), "it is on its way to the server");
    }
}
