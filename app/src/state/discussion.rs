//! The threads of comments and the authorship of entries, both written by the server from sessions and only shown here.

use leptos::prelude::*;
use postmortem::event::Authors;
use postmortem::{ItemId, Person, Stamp, Thread, ThreadId};
use std::collections::HashMap;

/// Comments and authors as signals.
#[derive(Clone, Copy)]
pub struct Discussion {
    threads: RwSignal<Vec<Thread>>,
    by_entry: Memo<HashMap<ItemId, Vec<Thread>>>,
    authors: RwSignal<Authors>,
    /// The entry whose threads are open beside it.
    pub open: RwSignal<Option<ItemId>>,
}

impl Discussion {
    /// Nothing yet.
    pub fn new() -> Self {
        let threads = RwSignal::new(Vec::<Thread>::new());
        let by_entry = Memo::new(move |_| {
            let mut by_entry: HashMap<ItemId, Vec<Thread>> = HashMap::new();
            threads.with(|threads| {
                for thread in threads {
                    by_entry.entry(thread.entry.clone()).or_default().push(thread.clone());
                }
            });
            by_entry
        });
        Self { threads, by_entry, authors: RwSignal::new(Authors::default()), open: RwSignal::new(None) }
    }

    /// Replaces all threads, at the start of a connection.
    pub fn replace(&self, threads: Vec<Thread>) {
        self.threads.set(threads);
    }

    /// Takes in a new or changed thread.
    pub fn put(&self, thread: Thread) {
        self.threads.update(|threads| match threads.iter_mut().find(|known| known.id == thread.id) {
            Some(known) => *known = thread,
            None => threads.push(thread),
        });
    }

    /// Takes away a thread whose last comment was deleted.
    pub fn remove(&self, id: &ThreadId) {
        self.threads.update(|threads| threads.retain(|thread| thread.id != *id));
    }

    /// Takes in who brought which changes.
    pub fn add_authors(&self, authors: Vec<postmortem::event::Authorship>) {
        self.authors.update(|known| {
            for authorship in authors {
                known.add(authorship);
            }
        });
    }

    /// Who made something; `None` for what was imported or is still on its way.
    pub fn author(&self, stamp: Stamp) -> Option<Person> {
        self.authors.with(|authors| authors.of(stamp).cloned())
    }

    /// The threads of an entry, oldest first.
    pub fn of(&self, entry: &ItemId) -> Vec<Thread> {
        self.by_entry.with(|by_entry| by_entry.get(entry).cloned().unwrap_or_default())
    }

    /// All threads.
    pub fn all(&self) -> Vec<Thread> {
        self.threads.get()
    }
}

impl Default for Discussion {
    fn default() -> Self {
        Self::new()
    }
}
