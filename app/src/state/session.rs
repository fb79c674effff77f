//! Who this browser is: a name and a cookie that only the server reads.

use crate::client::RequestError;
use leptos::prelude::*;
use postmortem::Person;

/// What is known about the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// The server has been asked.
    Asking,
    /// Nobody has given a name here yet.
    Nameless,
    /// This person.
    Known(Person),
    /// The server could not be asked.
    Failed(RequestError),
}

/// The session of the page.
#[derive(Clone, Copy)]
pub struct Session {
    /// What is known.
    pub state: RwSignal<SessionState>,
    /// Whether the question of the first visit is open.
    pub is_introducing: RwSignal<bool>,
    /// Whether the dialog that changes the name is open.
    pub is_renaming: RwSignal<bool>,
}

impl Session {
    /// Before the server was asked.
    pub fn new() -> Self {
        Self {
            state: RwSignal::new(SessionState::Asking),
            is_introducing: RwSignal::new(false),
            is_renaming: RwSignal::new(false),
        }
    }

    /// Takes over what the server says; a browser without a name is asked for one.
    pub fn take(&self, state: SessionState) {
        self.is_introducing.set(state == SessionState::Nameless);
        self.state.set(state);
    }

    /// The person, when there is one.
    pub fn person(&self) -> Option<Person> {
        self.state.with(|state| match state {
            SessionState::Known(person) => Some(person.clone()),
            _ => None,
        })
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

/// The session, from any component.
pub fn use_session() -> Session {
    use_context().unwrap_or_default()
}
