//! Who this browser is: a name and a cookie that only the server reads. The browser remembers the person, so that the
//! page opens without the server as it does with it, and knows whom to ask for when the session has ended.

use crate::browser::listener::Listener;
use crate::client::{RequestError, person, sessions};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::Person;
use wasm_bindgen::JsCast;
use web_sys::StorageEvent;

/// The person, in the storage that all tabs share.
const KEY: &str = "debrief.person";

/// There as long as a session has ended and nobody has said who it is since.
const ENDED: &str = "debrief.session-ended";

/// The names that this browser's person had before.
const FORMER_KEY: &str = "debrief.former";

/// How many former names are kept.
const FORMER_NAMES: usize = 10;

/// What is known about the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// The server has been asked.
    Asking,
    /// Nobody has given a name here yet.
    Nameless,
    /// This person.
    Known(Person),
    /// This person, whose session has ended: nothing is sent before somebody says who it is.
    Ended(Person),
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
    /// Whether the question after a session that ended is open.
    pub is_returning: RwSignal<bool>,
    /// Whether the dialog that changes the name is open.
    pub is_renaming: RwSignal<bool>,
    is_asking: StoredValue<bool>,
}

impl Session {
    /// Before the server was asked: the person of the last time, where there was one.
    pub fn new() -> Self {
        let remembered = remembered();
        person::set(remembered.as_ref().map(|person| person.id.clone()));
        Self {
            state: RwSignal::new(remembered.map_or(SessionState::Asking, SessionState::Known)),
            is_introducing: RwSignal::new(false),
            is_returning: RwSignal::new(false),
            is_renaming: RwSignal::new(false),
            is_asking: StoredValue::new(false),
        }
    }

    /// Asks the server who this is, and calls `told` when it has said so or could not be asked.
    pub fn ask(&self, told: impl Fn() + 'static) {
        if self.is_asking.try_update_value(|is_asking| std::mem::replace(is_asking, true)) != Some(false) {
            return;
        }
        let session = *self;
        spawn_local(async move {
            let answer = loop {
                let asked_of = person::current();
                let answer = sessions::current().await;
                // Somebody may have said who it is since the server was asked.
                if answer != Ok(None) || person::current() == asked_of {
                    break answer;
                }
            };
            session.is_asking.set_value(false);
            match answer {
                Ok(Some(person)) => session.take(SessionState::Known(person)),
                Ok(None) => session.take(SessionState::Nameless),
                Err(error) => session.take(SessionState::Failed(error)),
            }
            told();
        });
    }

    /// Takes over what the server says. A browser without a name is asked for one; one that had a person and has no session
    /// any more is asked whether it is still them.
    pub fn take(&self, state: SessionState) {
        let before = self.state.get_untracked().into_person().or_else(remembered);
        let state = match (state, &before) {
            // What is here can be read and written without the server.
            (SessionState::Failed(_), Some(_)) if self.is_known() => return,
            (SessionState::Nameless, Some(person)) => SessionState::Ended(person.clone()),
            (state, _) => state,
        };
        if let (Some(before), SessionState::Known(now)) = (&before, &state)
            && before.id == now.id
            && before.name != now.name
        {
            remember_former(before.name.clone());
        }
        person::set(match &state {
            SessionState::Known(person) => Some(person.id.clone()),
            _ => None,
        });
        remember(&state);
        self.is_introducing.set(state == SessionState::Nameless);
        let has_ended = matches!(state, SessionState::Ended(_));
        if self.is_returning.get_untracked() != has_ended {
            self.is_returning.set(has_ended);
        }
        if self.state.with_untracked(|before| *before != state) {
            self.state.set(state);
        }
    }

    /// What other tabs of this browser find out: that the session has ended, and who it is from then on. `doubt` is called
    /// for the server to be asked.
    pub fn follow_other_tabs(&self, doubt: impl Fn() + 'static) {
        let session = *self;
        let listener = Listener::new(&window(), "storage", move |event| {
            let Some(event) = event.dyn_ref::<StorageEvent>() else { return };
            match (event.key().as_deref(), event.new_value()) {
                (Some(KEY), Some(person)) => {
                    if let Ok(person) = serde_json::from_str(&person) {
                        session.take(SessionState::Known(person));
                    }
                }
                (Some(ENDED), Some(_)) => doubt(),
                _ => {}
            }
        });
        // For as long as the page lives.
        std::mem::forget(listener);
    }

    /// Whether this browser has a person, as far as it knows.
    pub fn is_known(&self) -> bool {
        self.state.with_untracked(|state| state.person().is_some())
    }

    /// The names that this browser's person had before.
    pub fn former_names(&self) -> Vec<String> {
        former_names()
    }

    /// The person, when there is one.
    pub fn person(&self) -> Option<Person> {
        self.state.with(|state| state.person().cloned())
    }
}

impl SessionState {
    /// The person of this browser, with a session or without.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Known(person) | Self::Ended(person) => Some(person),
            Self::Asking | Self::Nameless | Self::Failed(_) => None,
        }
    }

    fn into_person(self) -> Option<Person> {
        self.person().cloned()
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

/// Fails only where the browser denies storage; the page then needs the server to open, and every tab finds out alone.
fn remember(state: &SessionState) {
    let Some(storage) = storage() else { return };
    let _ = match state {
        SessionState::Known(person) => {
            let kept = serde_json::to_string(person).map_or(Ok(()), |person| storage.set_item(KEY, &person));
            kept.and(storage.remove_item(ENDED))
        }
        SessionState::Ended(person) => storage.set_item(ENDED, person.id.as_str()),
        SessionState::Asking | SessionState::Nameless | SessionState::Failed(_) => Ok(()),
    };
}

fn former_names() -> Vec<String> {
    let kept = storage().and_then(|storage| storage.get_item(FORMER_KEY).ok().flatten());
    kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
}

/// The latest come last; the oldest give way.
fn remember_former(name: String) {
    let mut names = former_names();
    names.retain(|known| *known != name);
    names.push(name);
    let kept = names.split_off(names.len().saturating_sub(FORMER_NAMES));
    if let (Some(storage), Ok(kept)) = (storage(), serde_json::to_string(&kept)) {
        // Fails only where the browser denies storage.
        let _ = storage.set_item(FORMER_KEY, &kept);
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
