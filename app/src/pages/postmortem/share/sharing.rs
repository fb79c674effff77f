//! Who may do what on the open post-mortem, as the server says it, and the changes that are on their way. Rights are judged by
//! the server alone: each change is asked for, and until the answer the page shows what it would bring.

use super::draft::{self, Grantee, Lost};
use crate::client::people;
use crate::controls::notices::{Notices, use_notices};
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use crate::state::session::{Session, use_session};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::AccessShown;
use postmortem::{Capability, UserId};

/// The part of the dialog that a change, and its error, is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShareSpot {
    LettingIn,
    Row(Grantee),
    Rest,
    Owner,
}

/// A change that takes the post-mortem from whoever makes it, before they have said yes.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    pub place: ShareSpot,
    pub lost: Lost,
    after: AccessShown,
    done: String,
}

#[derive(Clone, Copy)]
pub struct Sharing {
    /// What holds, or would with the change that is on its way; nothing before the server has answered.
    pub seen: Memo<Option<AccessShown>>,
    shown: RwSignal<Option<AccessShown>>,
    tried: RwSignal<Option<AccessShown>>,
    /// Why it cannot be shown.
    pub failure: RwSignal<Option<String>>,
    error: RwSignal<Option<(ShareSpot, String)>>,
    pub loss: RwSignal<Option<Loss>>,
    open: OpenPostmortem,
    session: Session,
    notices: Notices,
}

impl Sharing {
    /// Asks the server, for as long as the calling component is there.
    pub fn begin() -> Self {
        let (shown, tried) = (RwSignal::new(None), RwSignal::new(None));
        let sharing = Self {
            seen: Memo::new(move |_| tried.get().or_else(|| shown.get())),
            shown,
            tried,
            failure: RwSignal::new(None),
            error: RwSignal::new(None),
            loss: RwSignal::new(None),
            open: use_open(),
            session: use_session(),
            notices: use_notices(),
        };
        sharing.ask();
        sharing
    }

    pub fn ask(self) {
        let id = self.open.id.get_value();
        self.failure.set(None);
        spawn_local(async move {
            match people::access(&id).await {
                Ok(shown) => drop(self.shown.try_set(Some(shown))),
                Err(problem) => drop(self.failure.try_set(Some(problem.to_string()))),
            }
        });
    }

    /// Whether this person may change anything.
    pub fn may_change(self) -> bool {
        self.seen.with(|seen| seen.as_ref().is_some_and(|seen| seen.capabilities.contains(Capability::Administer)))
    }

    pub fn is_busy(self) -> bool {
        self.tried.with(Option::is_some)
    }

    pub fn is_me(self, person: &UserId) -> bool {
        self.session.person().is_some_and(|me| me.id == *person)
    }

    /// What went wrong at a place, in a sentence.
    pub fn error_at(self, place: &ShareSpot) -> Option<String> {
        self.error.with(|error| error.as_ref().filter(|(at, _)| at == place).map(|(_, sentence)| sentence.clone()))
    }

    /// Says what is wrong before the server has to.
    pub fn refuse(self, place: ShareSpot, sentence: &str) {
        self.error.try_set(Some((place, sentence.to_owned())));
    }

    pub fn forget_error(self) {
        self.error.try_set(None);
    }

    /// Makes a change, after a question where its person would lose the post-mortem. `done` is what is said then.
    pub fn change(self, place: ShareSpot, draft: impl FnOnce(&AccessShown) -> AccessShown, done: impl Into<String>) {
        let Some(shown) = self.shown.get_untracked() else { return };
        let (after, done) = (draft(&shown), done.into());
        self.error.set(None);
        let me = untrack(|| self.session.person());
        if let Some(lost) = me.and_then(|me| draft::lost(&shown, &after, &me.id)) {
            self.loss.set(Some(Loss { place, lost, after, done }));
        } else {
            self.loss.set(None);
            self.put(place, after, done);
        }
    }

    /// Makes the change that was asked about.
    pub fn accept_loss(self) {
        if let Some(Loss { place, after, done, .. }) = self.loss.get_untracked() {
            self.loss.set(None);
            self.put(place, after, done);
        }
    }

    fn put(self, place: ShareSpot, after: AccessShown, done: String) {
        let (id, change) = (self.open.id.get_value(), draft::asked(&after));
        self.tried.set(Some(after));
        spawn_local(async move {
            let answer = people::set_access(&id, &change).await;
            // The dialog may be closed, and the post-mortem to its person.
            match answer {
                Ok(shown) => {
                    let _ = self.shown.try_set(Some(shown));
                    self.notices.speak(done);
                }
                Err(problem) => {
                    self.notices.speak(problem.to_string());
                    let _ = self.error.try_set(Some((place, problem.to_string())));
                }
            }
            let _ = self.tried.try_set(None);
        });
    }
}
