//! Who this browser is: a person with an account, and a cookie that only the server reads. The browser remembers the person,
//! so that the page opens without the server as it does with it, and knows whom to ask for when the session has ended.

use super::capabilities::CapabilitySignals;
use crate::browser::clock;
use crate::browser::listener::Listener;
use crate::client::{RequestError, person, sessions};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::Person;
use postmortem::api::SignedIn;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use web_sys::StorageEvent;

/// The person, in the storage that all tabs share.
const KEY: &str = "debrief.person";

/// There as long as a session has ended and nobody has signed in since.
const ENDED: &str = "debrief.session-ended";

/// The names that this browser's person had before.
const FORMER_KEY: &str = "debrief.former";

/// How many former names are kept.
const FORMER_NAMES: usize = 10;

/// What is said when the server has begun a session and does not know the browser all the same.
const NO_COOKIES: &str = "This browser keeps no cookies of this address, so that the server cannot know who you are. Allow them \
                          and try again.";

/// A person as this browser remembers them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedPerson {
    #[serde(flatten)]
    pub person: Person,
    /// With which they sign in. A browser does not know it of somebody who gave a name before there were accounts.
    #[serde(default)]
    pub mail: Option<String>,
    /// In which zone they read times; that of the browser where there is none.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// What is known about the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// The server has been asked.
    Asking,
    /// Nobody is signed in, and nobody was.
    SignedOut,
    /// This person.
    Known(RememberedPerson),
    /// This person, whose session has ended: nothing is sent before somebody signs in.
    Ended(RememberedPerson),
    /// The server could not be asked.
    Failed(RequestError),
}

/// The session of the page.
#[derive(Clone, Copy)]
pub struct Session {
    /// What is known.
    pub state: RwSignal<SessionState>,
    /// Whether the question after a session that ended is open.
    pub is_returning: RwSignal<bool>,
    capabilities: CapabilitySignals,
    is_asking: StoredValue<bool>,
}

impl Session {
    /// Before the server was asked: the person of the last time, where there was one. What they may do is told to
    /// `capabilities`.
    pub fn new(capabilities: CapabilitySignals) -> Self {
        let remembered = remembered();
        person::set(remembered.as_ref().map(|known| known.person.id.clone()));
        clock::choose_zone(remembered.as_ref().and_then(|known| known.time_zone.as_deref()));
        Self {
            state: RwSignal::new(remembered.map_or(SessionState::Asking, SessionState::Known)),
            is_returning: RwSignal::new(false),
            capabilities,
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
                // Somebody may have signed in or out since the server was asked.
                if answer.is_err() || person::current() == asked_of {
                    break answer;
                }
            };
            session.is_asking.set_value(false);
            match answer {
                Ok(Some(signed_in)) => session.admit(signed_in),
                Ok(None) => session.take(SessionState::SignedOut),
                Err(error) => session.take(SessionState::Failed(error)),
            }
            told();
        });
    }

    /// The server has begun a session. A sentence where the browser does not keep it.
    pub async fn begin(&self, begun: SignedIn) -> Result<(), String> {
        // A browser that keeps no cookies is not known by the next request, and would be asked for ever.
        match sessions::current().await {
            Ok(Some(signed_in)) => self.admit(signed_in),
            Ok(None) => return Err(NO_COOKIES.into()),
            Err(_) => self.admit(begun),
        }
        Ok(())
    }

    /// Takes over whom the server names.
    pub fn admit(&self, signed_in: SignedIn) {
        let SignedIn { person, mail, capabilities, time_zone, .. } = signed_in;
        self.capabilities.set(capabilities);
        self.take(SessionState::Known(RememberedPerson { person, mail, time_zone }));
    }

    /// Takes over what the server says. A browser that had a person and has no session any more asks for them to sign in
    /// again.
    fn take(&self, state: SessionState) {
        let before = self.state.get_untracked().into_known().or_else(remembered);
        let state = match (state, &before) {
            // What is here can be read and written without the server.
            (SessionState::Failed(_), Some(_)) if self.is_known() => return,
            (SessionState::SignedOut, Some(known)) => SessionState::Ended(known.clone()),
            (state, _) => state,
        };
        if let (Some(before), SessionState::Known(now)) = (&before, &state) {
            let (before, now) = (&before.person, &now.person);
            if before.id != now.id {
                forget_former();
            } else if before.name != now.name {
                remember_former(before.name.clone());
            }
        }
        remember(&state);
        self.show(state);
    }

    /// This browser has signed out: it forgets its person, and every tab of it does.
    pub fn leave(&self) {
        if let Some(storage) = storage() {
            for key in [KEY, ENDED, FORMER_KEY] {
                // Fails only where the browser denies storage.
                let _ = storage.remove_item(key);
            }
        }
        self.show(SessionState::SignedOut);
    }

    fn show(&self, state: SessionState) {
        person::set(match &state {
            SessionState::Known(known) => Some(known.person.id.clone()),
            _ => None,
        });
        clock::choose_zone(state.known().and_then(|known| known.time_zone.as_deref()));
        let has_ended = matches!(state, SessionState::Ended(_));
        if self.is_returning.get_untracked() != has_ended {
            self.is_returning.set(has_ended);
        }
        if self.state.with_untracked(|before| *before != state) {
            self.state.set(state);
        }
    }

    /// What other tabs of this browser find out: that the session has ended, who it is from then on, and that somebody signed
    /// out. `doubt` is called for the server to be asked.
    pub fn follow_other_tabs(&self, doubt: impl Fn() + 'static) {
        let session = *self;
        let listener = Listener::new(&window(), "storage", move |event| {
            let Some(event) = event.dyn_ref::<StorageEvent>() else { return };
            match (event.key().as_deref(), event.new_value()) {
                (Some(KEY), Some(known)) => {
                    if let Ok(known) = serde_json::from_str(&known) {
                        session.take(SessionState::Known(known));
                    }
                }
                (Some(KEY), None) => session.leave(),
                // It has ended, or whoever signed in again is who was there before.
                (Some(ENDED), _) => doubt(),
                _ => {}
            }
        });
        // For as long as the page lives.
        std::mem::forget(listener);
    }

    /// Whether this browser has a person, as far as it knows.
    pub fn is_known(&self) -> bool {
        self.state.with_untracked(|state| state.known().is_some())
    }

    /// The names that this browser's person had before.
    pub fn former_names(&self) -> Vec<String> {
        former_names()
    }

    /// The person, when there is one.
    pub fn person(&self) -> Option<Person> {
        self.state.with(|state| state.known().map(|known| known.person.clone()))
    }

    /// The mail address with which the person signs in, when it is known.
    pub fn mail(&self) -> Option<String> {
        self.state.with(|state| state.known().and_then(|known| known.mail.clone()))
    }

    /// The zone that the person chose to read times in.
    pub fn time_zone(&self) -> Option<String> {
        self.state.with(|state| state.known().and_then(|known| known.time_zone.clone()))
    }
}

impl SessionState {
    /// The person of this browser, with a session or without.
    pub fn known(&self) -> Option<&RememberedPerson> {
        match self {
            Self::Known(known) | Self::Ended(known) => Some(known),
            Self::Asking | Self::SignedOut | Self::Failed(_) => None,
        }
    }

    fn into_known(self) -> Option<RememberedPerson> {
        self.known().cloned()
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new(CapabilitySignals::of_server())
    }
}

/// The session, from any component.
pub fn use_session() -> Session {
    use_context().unwrap_or_default()
}

fn remembered() -> Option<RememberedPerson> {
    serde_json::from_str(&storage()?.get_item(KEY).ok()??).ok()
}

/// Fails only where the browser denies storage; the page then needs the server to open, and every tab finds out alone.
fn remember(state: &SessionState) {
    let Some(storage) = storage() else { return };
    let _ = match state {
        SessionState::Known(known) => {
            let kept = serde_json::to_string(known).map_or(Ok(()), |known| storage.set_item(KEY, &known));
            kept.and(storage.remove_item(ENDED))
        }
        SessionState::Ended(known) => storage.set_item(ENDED, known.person.id.as_str()),
        SessionState::Asking | SessionState::SignedOut | SessionState::Failed(_) => Ok(()),
    };
}

fn former_names() -> Vec<String> {
    let kept = storage().and_then(|storage| storage.get_item(FORMER_KEY).ok().flatten());
    kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
}

/// Those of one person are no other's.
fn forget_former() {
    if let Some(storage) = storage() {
        // Fails only where the browser denies storage.
        let _ = storage.remove_item(FORMER_KEY);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_whom_the_browser_kept_before_there_were_accounts_is_known_without_a_mail_address() {
        let kept = r#"{"id":"u1","name":"Mara","color":"teal"}"#;
        let known: RememberedPerson = serde_json::from_str(kept).unwrap();
        assert_eq!((known.person.name.as_str(), known.mail), ("Mara", None));
    }
}
