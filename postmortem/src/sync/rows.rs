//! The rows that stand beside a document, as the latest events left them, so that a page can show them again without
//! the server.

use crate::event::{Authors, Event};
use crate::{Capabilities, Generation, Person, Thread, Threads};

/// What a connection was greeted with, kept up to date by what it was told since.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    welcome: Option<(Person, Generation, Capabilities)>,
    threads: Threads,
    authors: Authors,
    publication: Option<Event>,
}

impl Rows {
    /// Takes in an event; those that tell of no row change nothing.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Welcome { you, generation, capabilities } => {
                self.welcome = Some((you.clone(), *generation, *capabilities));
            }
            Event::Capabilities { capabilities } => {
                self.welcome.iter_mut().for_each(|(_, _, known)| *known = *capabilities);
            }
            Event::Threads { .. }
            | Event::MoreThreads { .. }
            | Event::Thread { .. }
            | Event::ThreadGone { .. }
            | Event::Comment { .. }
            | Event::CommentGone { .. }
            | Event::Resolution { .. } => self.threads.take(event),
            Event::Authors { authors } => authors.iter().for_each(|authorship| self.authors.add(authorship.clone())),
            Event::Renamed { person } => {
                self.threads.take(event);
                self.authors.rename(person);
                for (you, ..) in self.welcome.iter_mut().filter(|(you, ..)| you.id == person.id) {
                    you.clone_from(person);
                }
            }
            Event::Publication { .. } => self.publication = Some(event.clone()),
            Event::Refused { .. }
            | Event::Storage { .. }
            | Event::Size { .. }
            | Event::ComeBack { .. }
            | Event::Deleted => {}
        }
    }

    /// Whom the server greeted.
    pub fn you(&self) -> Option<&Person> {
        self.welcome.as_ref().map(|(you, ..)| you)
    }

    pub fn threads(&self) -> &[Thread] {
        self.threads.all()
    }

    /// Takes in what followed the number `after` in a thread when it was asked for; the thread with that.
    pub fn put_page(&mut self, after: u32, page: Thread) -> Option<&Thread> {
        let id = page.id.clone();
        self.threads.put_page(after, page);
        self.threads.find(&id)
    }

    /// The events that tell all of it.
    pub fn greeting(&self) -> Vec<Event> {
        let welcome = self.welcome.clone();
        let welcome = welcome.map(|(you, generation, capabilities)| Event::Welcome { you, generation, capabilities });
        let rows = [
            Event::Threads { threads: self.threads().to_vec(), more: false },
            Event::Authors { authors: self.authors.all() },
        ];
        welcome.into_iter().chain(rows).chain(self.publication.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Authorship;
    use crate::person::PersonColor;
    use crate::{Capability, ClientId, Subject};

    #[test]
    fn the_greeting_of_a_copy_tells_what_the_events_told() {
        let you = Person {
            id: "mara".parse().expect("an id"),
            name: "Mara".into(),
            color: PersonColor::Violet,
            initials: None,
        };
        let thread = |id: &str| Thread {
            id: id.parse().expect("an id"),
            subject: Subject::Entry("e1".parse().expect("an id")),
            passage: None,
            more: None,
            comments: Vec::new(),
            resolved: None,
        };
        let authorship = Authorship { client: ClientId(7), from: 0, person: Some(you.clone()) };
        let capabilities = [Capability::Read, Capability::Comment].into_iter().collect();
        let mut rows = Rows::default();
        for event in [
            Event::Welcome { you: you.clone(), generation: Generation(3), capabilities },
            Event::Threads { threads: vec![thread("a")], more: false },
            Event::Thread { thread: thread("b") },
            Event::ThreadGone { id: "a".parse().expect("an id") },
            Event::Authors { authors: vec![authorship.clone()] },
            Event::Storage { is_failing: true },
        ] {
            rows.take(&event);
        }
        let greeting = [
            Event::Welcome { you, generation: Generation(3), capabilities },
            Event::Threads { threads: vec![thread("b")], more: false },
            Event::Authors { authors: vec![authorship] },
        ];
        assert_eq!(rows.greeting(), greeting);
        let mut again = Rows::default();
        greeting.iter().for_each(|event| again.take(event));
        assert_eq!(again, rows);
    }
}
