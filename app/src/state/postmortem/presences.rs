//! Who else is here, and where. The server builds presence from sessions; this is what it told last.

use leptos::prelude::*;
use postmortem::presence::Presence;
use postmortem::{ClientId, Person};
use std::collections::BTreeMap;

/// Presence as signals.
#[derive(Clone, Copy)]
pub struct Presences {
    /// The presences of other pages, by client id.
    pub others: RwSignal<BTreeMap<ClientId, Presence>>,
    /// The person of this page, as the server greeted them.
    pub me: RwSignal<Option<Person>>,
    /// Told when somebody else's words arrived. Presence is not held up by the disk as words are, so a caret may name
    /// a letter that only comes after it.
    pub words_arrived: Trigger,
}

impl Presences {
    /// Nobody yet.
    pub fn new() -> Self {
        Self { others: RwSignal::new(BTreeMap::new()), me: RwSignal::new(None), words_arrived: Trigger::new() }
    }

    /// Pages came, moved or were left.
    pub fn update(&self, changed: Vec<(ClientId, Option<Presence>)>) {
        self.others.update(|others| {
            for (client, presence) in changed {
                match presence {
                    Some(presence) => drop(others.insert(client, presence)),
                    None => drop(others.remove(&client)),
                }
            }
        });
    }

    /// Somebody has another name.
    pub fn rename(&self, person: &Person) {
        if self.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.id == person.id)) {
            self.me.set(Some(person.clone()));
        }
        self.others.update(|others| {
            for presence in others.values_mut().filter(|presence| presence.person.id == person.id) {
                presence.person.clone_from(person);
            }
        });
    }

    /// The connection is gone, and with it what is known about others.
    pub fn clear(&self) {
        self.others.set(BTreeMap::new());
    }

    /// Everyone who is here, this page's person first, each once.
    pub fn people(&self) -> Vec<Person> {
        let mut people: Vec<Person> = self.me.get().into_iter().collect();
        self.others.with(|others| {
            for presence in others.values() {
                if !people.iter().any(|person| person.id == presence.person.id) {
                    people.push(presence.person.clone());
                }
            }
        });
        people
    }

    /// The other people at a place, each once; a place also holds what is below it (`timeline`).
    pub fn at(&self, place: &str) -> Vec<Person> {
        self.others.with(|others| {
            let mut people: Vec<Person> = Vec::new();
            for presence in others.values() {
                let is_there = presence.place.as_deref().is_some_and(|there| {
                    there == place || there.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
                });
                if is_there && !people.iter().any(|person| person.id == presence.person.id) {
                    people.push(presence.person.clone());
                }
            }
            people
        })
    }
}

impl Default for Presences {
    fn default() -> Self {
        Self::new()
    }
}

/// "Mara", "Mara and Jonah", "Mara, Jonah and 2 others".
pub fn names(people: &[Person]) -> String {
    match people {
        [] => String::new(),
        [one] => one.first_name().to_owned(),
        [one, two] => format!("{} and {}", one.first_name(), two.first_name()),
        [one, two, three] => format!("{}, {} and {}", one.first_name(), two.first_name(), three.first_name()),
        [one, two, rest @ ..] => format!("{}, {} and {} others", one.first_name(), two.first_name(), rest.len()),
    }
}
