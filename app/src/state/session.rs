//! Who this browser is: a name and a cookie that only the server reads. The browser remembers the person, so that the
//! page opens without the server as it does with it.

use crate::client::RequestError;
use leptos::prelude::*;
use postmortem::Person;

const KEY: &str = "debrief.person";

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
    /// Before the server was asked: the person of the last time, where there was one.
    pub fn new() -> Self {
        Self {
            state: RwSignal::new(remembered().map_or(SessionState::Asking, SessionState::Known)),
            is_introducing: RwSignal::new(false),
            is_renaming: RwSignal::new(false),
        }
    }

    /// Takes over what the server says; a browser without a name is asked for one.
    pub fn take(&self, state: SessionState) {
        if state == SessionState::Failed(RequestError::Unreachable) && self.is_known() {
            return;
        }
        remember(&state);
        self.is_introducing.set(state == SessionState::Nameless);
        if self.state.with_untracked(|before| *before != state) {
            self.state.set(state);
        }
    }

    /// Whether this browser has a person, as far as it knows.
    pub fn is_known(&self) -> bool {
        self.state.with_untracked(|state| matches!(state, SessionState::Known(_)))
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

fn remembered() -> Option<Person> {
    serde_json::from_str(&storage()?.get_item(KEY).ok()??).ok()
}

/// Fails only where the browser denies storage; the page then needs the server to open.
fn remember(state: &SessionState) {
    let Some(storage) = storage() else { return };
    let _ = match state {
        SessionState::Known(person) => {
            serde_json::to_string(person).map_or(Ok(()), |person| storage.set_item(KEY, &person))
        }
        SessionState::Nameless => storage.remove_item(KEY),
        SessionState::Asking | SessionState::Failed(_) => Ok(()),
    };
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
