//! The rows that stand beside a document, as the latest events left them, so that a page can show them again without
//! the server.

use crate::event::{Authors, Event};
use crate::{Capabilities, Generation, HeadRow, Openness, Person, Receipt, Thread, Threads};

/// As whom a connection was greeted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Greeted {
    you: Person,
    generation: Generation,
    capabilities: Capabilities,
    receipt: Option<Receipt>,
}

/// What a connection was greeted with, kept up to date by what it was told since.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    welcome: Option<Greeted>,
    head: Option<HeadRow>,
    threads: Threads,
    authors: Authors,
    publication: Option<Event>,
    audience: Option<(Openness, u32)>,
}

impl Rows {
    /// Takes in an event; those that tell of no row change nothing.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Welcome { you, generation, capabilities, receipt } => {
                let (you, receipt) = (you.clone(), receipt.clone());
                self.welcome = Some(Greeted { you, generation: *generation, capabilities: *capabilities, receipt });
            }
            Event::Capabilities { capabilities } => {
                self.welcome.iter_mut().for_each(|greeted| greeted.capabilities = *capabilities);
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
                self.head.iter_mut().for_each(|head| head.rename(person));
                for greeted in self.welcome.iter_mut().filter(|greeted| greeted.you.id == person.id) {
                    greeted.you.clone_from(person);
                }
            }
            Event::Head { row } => self.head = Some(row.clone()),
            Event::Publication { .. } => self.publication = Some(event.clone()),
            Event::Audience { access, named } => self.audience = Some((*access, *named)),
            Event::Refused { .. }
            | Event::Storage { .. }
            | Event::Size { .. }
            | Event::ComeBack { .. }
            | Event::Deleted => {}
        }
    }

    /// Whom the server greeted.
    pub fn you(&self) -> Option<&Person> {
        self.welcome.as_ref().map(|greeted| &greeted.you)
    }

    /// Who finds it, and how many it names.
    pub fn audience(&self) -> Option<(Openness, u32)> {
        self.audience
    }

    /// What the server is told that this copy could be read once.
    pub fn receipt(&self) -> Option<&Receipt> {
        self.welcome.as_ref().and_then(|greeted| greeted.receipt.as_ref())
    }

    /// What the head shows and the document does not hold; none of a copy that an earlier release kept.
    pub fn head(&self) -> Option<&HeadRow> {
        self.head.as_ref()
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
        let welcome = self.welcome.clone().map(|Greeted { you, generation, capabilities, receipt }| Event::Welcome {
            you,
            generation,
            capabilities,
            receipt,
        });
        let rows = [
            Event::Threads { threads: self.threads().to_vec(), more: false },
            Event::Authors { authors: self.authors.all() },
        ];
        let head = self.head.clone().map(|row| Event::Head { row });
        let audience = self.audience.map(|(access, named)| Event::Audience { access, named });
        welcome.into_iter().chain(head).chain(rows).chain(audience).chain(self.publication.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Authorship;
    use crate::person::PersonColor;
    use crate::{Capability, ClientId, Status, Subject};

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
        let head = HeadRow { status: Status::Reviewed, owner: "Ines".into(), owner_id: None, is_owned: true };
        let receipt = Some(Receipt("0a1b".into()));
        let mut rows = Rows::default();
        for event in [
            Event::Welcome { you: you.clone(), generation: Generation(3), capabilities, receipt: receipt.clone() },
            Event::Head { row: HeadRow::default() },
            Event::Head { row: head.clone() },
            Event::Threads { threads: vec![thread("a")], more: false },
            Event::Thread { thread: thread("b") },
            Event::ThreadGone { id: "a".parse().expect("an id") },
            Event::Authors { authors: vec![authorship.clone()] },
            Event::Audience { access: Openness::Private, named: 2 },
            Event::Storage { is_failing: true },
        ] {
            rows.take(&event);
        }
        let greeting = [
            Event::Welcome { you, generation: Generation(3), capabilities, receipt },
            Event::Head { row: head },
            Event::Threads { threads: vec![thread("b")], more: false },
            Event::Authors { authors: vec![authorship] },
            Event::Audience { access: Openness::Private, named: 2 },
        ];
        assert_eq!(rows.greeting(), greeting);
        let mut again = Rows::default();
        greeting.iter().for_each(|event| again.take(event));
        assert_eq!(again, rows);
    }
}
