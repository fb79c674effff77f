//! The threads of comments and the authorship of entries, both written by the server from sessions and only shown here.

use super::drafts::{DraftPlace, Drafts};
use leptos::prelude::*;
use postmortem::event::Authors;
use postmortem::{Passage, Person, PostmortemId, Stamp, Subject, Thread, ThreadId};
use std::collections::HashMap;

/// The panel of comments that is open: one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is about.
    pub subject: Subject,
    /// Its thread; `None` while a new one is written.
    pub thread: Option<ThreadId>,
    /// The words that the new thread is to be about.
    pub passage: Option<Passage>,
}

/// Comments and authors as signals.
#[derive(Clone, Copy)]
pub struct Discussion {
    threads: RwSignal<Vec<Thread>>,
    by_subject: Memo<HashMap<Subject, Vec<Thread>>>,
    authors: RwSignal<Authors>,
    /// The open panel.
    pub shown: RwSignal<Option<Shown>>,
    /// Comments that were begun.
    pub drafts: Drafts,
    /// The next field for a comment on this subject takes the keyboard, because of what this person did.
    awaited: StoredValue<Option<Subject>>,
}

impl Discussion {
    /// Nothing yet but the drafts.
    pub fn new(postmortem: &PostmortemId) -> Self {
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
            shown: RwSignal::new(None),
            drafts: Drafts::of(postmortem),
            awaited: StoredValue::new(None),
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

    /// The threads on a subject that nobody resolved, oldest first.
    pub fn unresolved(&self, subject: &Subject) -> Vec<Thread> {
        self.by_subject.with(|by_subject| {
            let threads = by_subject.get(subject).into_iter().flatten();
            threads.filter(|thread| thread.resolved.is_none()).cloned().collect()
        })
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

    /// Whether the panel of a subject is open.
    pub fn is_open(&self, subject: &Subject) -> bool {
        self.shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.subject == *subject))
    }

    /// Whether the open panel is at a place: at its thread, or at the new one that is written there.
    pub fn shows(&self, place: &DraftPlace) -> bool {
        self.shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.subject == place.0 && shown.thread == place.1))
    }

    /// Opens the panel of a subject: with what was begun there, with its first unresolved thread, or with a new one.
    pub fn open(&self, subject: &Subject) {
        let begun = untrack(|| self.drafts.begun(subject));
        let first = untrack(|| self.unresolved(subject)).into_iter().next();
        match (begun, first) {
            (None, Some(thread)) => self.open_thread(&thread),
            (begun, _) => self.begin(subject.clone(), begun.flatten()),
        }
    }

    /// Opens the panel of a subject, or closes it when it is open.
    pub fn toggle(&self, subject: &Subject) {
        if untrack(|| self.is_open(subject)) {
            self.close();
        } else {
            self.open(subject);
        }
    }

    /// Opens a thread.
    pub fn open_thread(&self, thread: &Thread) {
        self.await_field(&thread.subject);
        let (subject, thread) = (thread.subject.clone(), Some(thread.id.clone()));
        self.shown.set(Some(Shown { subject, thread, passage: None }));
    }

    /// Opens a thread by its id.
    pub fn open_id(&self, id: &ThreadId) {
        let thread = self.threads.with_untracked(|threads| threads.iter().find(|thread| thread.id == *id).cloned());
        if let Some(thread) = thread {
            self.open_thread(&thread);
        }
    }

    /// Begins a new thread on a subject, or on words of it. What was begun on it and not sent is taken along.
    pub fn begin(&self, subject: Subject, passage: Option<Passage>) {
        self.await_field(&subject);
        let place = (subject.clone(), None);
        let begun = self.drafts.text(&place);
        if !begun.is_empty() {
            self.drafts.keep(&place, passage.clone(), begun);
        }
        self.shown.set(Some(Shown { subject, thread: None, passage }));
    }

    /// Closes the panel.
    pub fn close(&self) {
        self.shown.set(None);
    }

    /// The thread that this person began is there, or will be in a moment.
    pub fn began(&self, subject: &Subject, thread: ThreadId) {
        self.shown.update(|shown| {
            if let Some(shown) = shown
                && shown.subject == *subject
                && shown.thread.is_none()
            {
                *shown = Shown { subject: subject.clone(), thread: Some(thread), passage: None };
            }
        });
    }

    /// The next field of a subject takes the keyboard: this person opens it, or does what replaces the one before.
    pub fn await_field(&self, subject: &Subject) {
        self.awaited.set_value(Some(subject.clone()));
    }

    /// No field takes the keyboard; what was to bring it did not work.
    pub fn await_nothing(&self) {
        self.awaited.set_value(None);
    }

    /// Whether the field at a place takes the keyboard; true once.
    pub fn takes_focus(&self, place: &DraftPlace) -> bool {
        let taken = self.awaited.try_update_value(|awaited| {
            let takes = awaited.as_ref() == Some(&place.0);
            if takes {
                *awaited = None;
            }
            takes
        });
        taken.unwrap_or(false)
    }
}
