//! The threads of comments and the authorship of entries, both written by the server from sessions and only shown here.

use leptos::prelude::*;
use postmortem::event::Authors;
use postmortem::{ItemId, Person, Stamp, Subject, Thread, ThreadId};
use std::collections::HashMap;

/// Where a comment is written: beside its subject, in a thread once there is one.
pub type DraftPlace = (Subject, Option<ThreadId>);

/// Comments and authors as signals.
#[derive(Clone, Copy)]
pub struct Discussion {
    threads: RwSignal<Vec<Thread>>,
    by_subject: Memo<HashMap<Subject, Vec<Thread>>>,
    authors: RwSignal<Authors>,
    /// The entry whose threads are open beside it.
    pub open: RwSignal<Option<ItemId>>,
    /// The field that goes away by what this person does, such as beginning a thread: the next one takes its focus.
    leaving: StoredValue<Option<DraftPlace>>,
    drafts: StoredValue<HashMap<DraftPlace, String>>,
}

impl Discussion {
    /// Nothing yet.
    pub fn new() -> Self {
        let threads = RwSignal::new(Vec::<Thread>::new());
        let by_subject = Memo::new(move |_| {
            let mut by_subject: HashMap<Subject, Vec<Thread>> = HashMap::new();
            threads.with(|threads| {
                for thread in threads {
                    by_subject.entry(thread.subject.clone()).or_default().push(thread.clone());
                }
            });
            by_subject
        });
        Self {
            threads,
            by_subject,
            authors: RwSignal::new(Authors::default()),
            open: RwSignal::new(None),
            leaving: StoredValue::new(None),
            drafts: StoredValue::new(HashMap::new()),
        }
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

    /// The threads on a subject, oldest first.
    pub fn of(&self, subject: &Subject) -> Vec<Thread> {
        self.by_subject.with(|by_subject| by_subject.get(subject).cloned().unwrap_or_default())
    }

    /// What was written at a place and not sent. What was begun before the entry had a thread goes on in its thread.
    pub fn draft(&self, place: &DraftPlace) -> String {
        let draft = self.drafts.try_update_value(|drafts| {
            if place.1.is_some()
                && !drafts.contains_key(place)
                && let Some(begun) = drafts.remove(&(place.0.clone(), None))
            {
                drafts.insert(place.clone(), begun);
            }
            drafts.get(place).cloned()
        });
        draft.flatten().unwrap_or_default()
    }

    /// Keeps what is written at a place until it is sent; the field itself comes and goes.
    pub fn keep_draft(&self, place: &DraftPlace, words: String) {
        self.drafts.try_update_value(|drafts| {
            if words.is_empty() { drafts.remove(place) } else { drafts.insert(place.clone(), words) }
        });
    }

    /// This person sends a comment, whose draft is nobody else's from now on.
    pub fn send(&self, place: &DraftPlace) {
        if place.1.is_none() {
            self.leave(Some(place.clone()));
        }
        self.keep_draft(place, String::new());
    }

    /// The field at a place goes away by what this person does; `None` when that did not work.
    pub fn leave(&self, place: Option<DraftPlace>) {
        self.leaving.try_update_value(|leaving| *leaving = place);
    }

    /// Whether the field at a place comes for one that went away by what this person did; true once.
    pub fn follows(&self, place: &DraftPlace) -> bool {
        let follows = self.leaving.try_update_value(|leaving| {
            let follows = leaving.as_ref().is_some_and(|left| left.0 == place.0 && left.1 != place.1);
            if follows {
                *leaving = None;
            }
            follows
        });
        follows.unwrap_or(false)
    }

    /// What a thread is about.
    pub fn subject_of(&self, id: &ThreadId) -> Option<Subject> {
        self.threads
            .with_untracked(|threads| threads.iter().find(|one| one.id == *id).map(|thread| thread.subject.clone()))
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
