//! The threads of comments and the authorship of entries, both written by the server from sessions and only shown here.

use super::drafts::{DraftPlace, Drafts};
use crate::sync::PendingComment;
use leptos::prelude::*;
use postmortem::event::Authors;
use postmortem::{Event, Passage, Person, PostmortemId, Stamp, Subject, Thread, ThreadId, Threads, UserId};
use std::collections::{BTreeSet, HashMap};

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
    threads: RwSignal<Threads>,
    /// Where the threads on each subject stand among all.
    by_subject: Memo<HashMap<Subject, Vec<usize>>>,
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
        let threads = RwSignal::new(Threads::default());
        let by_subject = Memo::new(move |_| {
            let mut by_subject: HashMap<Subject, Vec<usize>> = HashMap::new();
            threads.with(|threads| {
                for (at, thread) in threads.all().iter().enumerate() {
                    by_subject.entry(thread.subject.clone()).or_default().push(at);
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

    /// Replaces all threads.
    pub fn replace(&self, threads: Vec<Thread>) {
        self.threads.update(|known| known.replace_all(threads));
    }

    /// Takes in what the server tells of threads.
    pub fn take(&self, event: &Event) {
        self.threads.update(|threads| threads.take(event));
        if let Event::Renamed { person } = event {
            self.authors.update(|authors| authors.rename(person));
        }
    }

    /// Puts a thread in the place of what was known of it.
    pub fn put(&self, thread: Thread) {
        self.threads.update(|threads| threads.replace(thread));
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

    /// The names of those who wrote here under their own: in the post-mortem, or in comments that are here.
    pub fn writers(&self) -> Vec<String> {
        let brought = self.authors.with(|authors| authors.people().cloned().collect::<Vec<_>>());
        let said = self.threads.with(|threads| {
            let comments = threads.all().iter().flat_map(|thread| &thread.comments);
            comments.map(|comment| comment.author.clone()).collect::<Vec<_>>()
        });
        let people = brought.into_iter().chain(said).filter(|person| !person.is_guest());
        people.map(|person| person.name).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Somebody who wrote in the document.
    pub fn writer(&self, id: &UserId) -> Option<Person> {
        self.authors.with(|authors| authors.find(id).cloned())
    }

    /// Whether anybody like this wrote in the document or said something about it.
    pub fn has_writer(&self, is_wanted: impl Fn(&Person) -> bool) -> bool {
        let said = |thread: &Thread| thread.comments.iter().any(|comment| is_wanted(&comment.author));
        self.authors.with(|authors| authors.people().any(&is_wanted))
            || self.threads.with(|threads| threads.all().iter().any(said))
    }

    /// The threads on a subject, oldest first.
    pub fn of(&self, subject: &Subject) -> Vec<Thread> {
        self.on(subject, |_| true)
    }

    /// The threads on a subject that nobody resolved, oldest first.
    pub fn unresolved(&self, subject: &Subject) -> Vec<Thread> {
        self.on(subject, |thread| thread.resolved.is_none())
    }

    /// How many threads nobody resolved.
    pub fn count_unresolved(&self) -> usize {
        self.threads.with(|threads| threads.all().iter().filter(|thread| thread.resolved.is_none()).count())
    }

    fn on(&self, subject: &Subject, is_wanted: impl Fn(&Thread) -> bool) -> Vec<Thread> {
        self.by_subject.with(|by_subject| {
            let places = by_subject.get(subject).into_iter().flatten();
            self.threads.with(|threads| {
                let threads = places.filter_map(|at| threads.all().get(*at));
                threads.filter(|thread| is_wanted(thread)).cloned().collect()
            })
        })
    }

    /// What a thread is about.
    pub fn subject_of(&self, id: &ThreadId) -> Option<Subject> {
        self.threads.with_untracked(|threads| threads.find(id).map(|thread| thread.subject.clone()))
    }

    /// All threads.
    pub fn all(&self) -> Vec<Thread> {
        self.threads.with(|threads| threads.all().to_vec())
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
        let thread = self.threads.with_untracked(|threads| threads.find(id).cloned());
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

    /// A comment was refused: its words are a draft again, and the field of a thread that it was to begin is back.
    pub fn give_back(&self, comment: &PendingComment) {
        let place = (comment.subject.clone(), comment.thread.clone());
        self.drafts.give_back(&place, comment.passage.clone(), &comment.text);
        let begun = ThreadId::from(comment.id.clone());
        if self.shown.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.thread.as_ref() == Some(&begun)))
        {
            self.begin(comment.subject.clone(), comment.passage.clone());
        }
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
