//! The people of the team as the page shows them, and what is asked of the server about them.

use crate::browser::clock;
use crate::browser::listener::Listener;
use crate::client::{RequestError, people};
use crate::controls::lock::Lock;
use crate::controls::notices::{Notices, use_notices};
use crate::state::capabilities::{CapabilitySignals, use_server_capabilities};
use crate::state::session::{Session, use_session};
use chrono::{DateTime, Utc};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{Invitation, People, TeamMember, TeamMemberChange};
use postmortem::{Capability, InvitationId, TeamRole, UserId};

/// How many are shown at first, and how many more with each press.
const PAGE: u32 = 100;

/// How long somebody who types a search rests before it is made.
const REST_MILLISECONDS: u32 = 200;

/// The row that an error is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleRow {
    Person(UserId),
    Invitation(InvitationId),
}

#[derive(Clone, Copy)]
pub struct Directory {
    /// Nothing before the server has answered.
    pub people: RwSignal<Option<People>>,
    pub invitations: RwSignal<Vec<Invitation>>,
    pub search: RwSignal<String>,
    /// The one role that is shown.
    pub role: RwSignal<Option<TeamRole>>,
    /// Why there is no list.
    pub failure: RwSignal<Option<String>>,
    /// From when the list is, while the server cannot be reached.
    pub offline_since: RwSignal<Option<DateTime<Utc>>>,
    error: RwSignal<Option<(PeopleRow, String)>>,
    /// The role that the server is asked for, until it has answered.
    tried: RwSignal<Option<(UserId, TeamRole)>>,
    /// Everybody as they were without a search.
    everybody: RwSignal<Vec<TeamMember>>,
    limit: RwSignal<u32>,
    answered_at: StoredValue<DateTime<Utc>>,
    resting: StoredValue<Option<Timeout>, LocalStorage>,
    session: Session,
    capabilities: CapabilitySignals,
    notices: Notices,
}

impl Directory {
    /// Asks for the people, until the owner of the calling component goes.
    pub fn open() -> Self {
        let directory = Self {
            people: RwSignal::new(None),
            invitations: RwSignal::new(Vec::new()),
            search: RwSignal::new(String::new()),
            role: RwSignal::new(None),
            failure: RwSignal::new(None),
            offline_since: RwSignal::new(None),
            error: RwSignal::new(None),
            tried: RwSignal::new(None),
            everybody: RwSignal::new(Vec::new()),
            limit: RwSignal::new(PAGE),
            answered_at: StoredValue::new(clock::now()),
            resting: StoredValue::new_local(None),
            session: use_session(),
            capabilities: use_server_capabilities(),
            notices: use_notices(),
        };
        let back = StoredValue::new_local(Listener::new(&window(), "online", move |_| directory.ask()));
        on_cleanup(move || {
            back.dispose();
            directory.resting.dispose();
        });
        // Asked anew when this person's role became another one.
        Effect::new(move |_| {
            directory.may_manage();
            directory.ask();
        });
        directory
    }

    /// Whether this person looks after the team.
    pub fn may_manage(self) -> bool {
        self.capabilities.may(Capability::Manage)
    }

    /// What stands in the way of changes: nothing can be asked while the server is away.
    pub fn lock(self) -> Lock {
        Lock::new(Signal::derive(move || {
            self.offline_since.with(Option::is_some).then(|| "The server cannot be reached.".to_owned())
        }))
    }

    pub fn is_me(self, person: &UserId) -> bool {
        self.session.person().is_some_and(|me| me.id == *person)
    }

    pub fn ask(self) {
        let may_manage = untrack(|| self.may_manage());
        let (search, limit) = (self.search.get_untracked(), self.limit.get_untracked());
        spawn_local(async move {
            let people = people::list(search.trim(), limit).await;
            let invitations = match may_manage {
                true => people::invitations().await.map(|listed| listed.invitations),
                false => Ok(Vec::new()),
            };
            // Somebody may have typed on, or gone elsewhere.
            if self.search.try_get_untracked().as_ref() != Some(&search) {
                return;
            }
            match (people, invitations) {
                (Ok(people), Ok(invitations)) => self.show(people, invitations, search.trim().is_empty()),
                (Err(problem), _) | (_, Err(problem)) => self.miss(&problem),
            }
        });
    }

    fn show(self, people: People, invitations: Vec<Invitation>, is_everybody: bool) {
        self.answered_at.set_value(clock::now());
        if is_everybody {
            self.everybody.set(people.people.clone());
        }
        self.failure.set(None);
        self.offline_since.set(None);
        self.people.set(Some(people));
        self.invitations.set(invitations);
    }

    /// There is no answer: a list that is here is shown with its time.
    fn miss(self, problem: &RequestError) {
        if *problem == RequestError::Unreachable && self.people.with_untracked(Option::is_some) {
            self.offline_since.set(Some(self.answered_at.get_value()));
        } else {
            self.failure.set(Some(problem.to_string()));
        }
    }

    pub fn search_for(self, text: String) {
        self.search.set(text);
        self.resting.set_value(Some(Timeout::new(REST_MILLISECONDS, move || self.ask())));
    }

    /// How many there are beyond those that are listed.
    pub fn more(self) -> u32 {
        self.people.with(|people| people.as_ref().map_or(0, |people| people.more))
    }

    pub fn show_more(self) {
        self.limit.update(|limit| *limit += PAGE);
        self.ask();
    }

    /// Those who can come in and have the role that is asked for.
    pub fn members(self) -> Vec<TeamMember> {
        let role = self.role.get();
        let is_shown =
            |member: &&TeamMember| member.suspended_at.is_none() && role.is_none_or(|role| role == member.role);
        self.people.with(|people| people.iter().flat_map(|people| &people.people).filter(is_shown).cloned().collect())
    }

    pub fn suspended(self) -> Vec<TeamMember> {
        let is_suspended = |member: &&TeamMember| member.suspended_at.is_some();
        self.people
            .with(|people| people.iter().flat_map(|people| &people.people).filter(is_suspended).cloned().collect())
    }

    pub fn with_everybody<V>(self, read: impl FnOnce(&[TeamMember]) -> V) -> V {
        self.everybody.with(|everybody| read(everybody))
    }

    pub fn error_at(self, place: &PeopleRow) -> Option<String> {
        self.error.with(|error| error.as_ref().filter(|(at, _)| at == place).map(|(_, sentence)| sentence.clone()))
    }

    /// Says what is wrong at a row before the server has to.
    pub fn refuse(self, place: PeopleRow, sentence: String) {
        self.error.try_set(Some((place, sentence)));
    }

    /// The role of somebody, or what it would be.
    pub fn role_of(self, member: &TeamMember) -> TeamRole {
        let is_theirs = |(person, _): &&(UserId, TeamRole)| *person == member.person.id;
        self.tried.with(|tried| tried.as_ref().filter(is_theirs).map_or(member.role, |(_, role)| *role))
    }

    /// Changes somebody and says so; what went wrong stands at their row.
    pub fn change(self, person: &UserId, change: TeamMemberChange, done: String) {
        let id = person.clone();
        self.tried.set(change.role.map(|role| (id.clone(), role)));
        let request = async move {
            let answer = people::change(&id, &change).await;
            if let Ok(member) = &answer {
                self.put(member);
            }
            let _ = self.tried.try_set(None);
            answer.map(drop)
        };
        self.run(PeopleRow::Person(person.clone()), request, done);
    }

    /// Shows somebody as the server says they are.
    fn put(self, member: &TeamMember) {
        let put = |people: &mut [TeamMember]| {
            people
                .iter_mut()
                .filter(|known| known.person.id == member.person.id)
                .for_each(|known| *known = member.clone());
        };
        self.people.try_update(|people| people.iter_mut().for_each(|people| put(&mut people.people)));
        self.everybody.try_update(|everybody| put(everybody));
    }

    /// Does something about a row, and asks for all again.
    pub fn run(
        self,
        place: PeopleRow,
        request: impl Future<Output = Result<(), RequestError>> + 'static,
        done: String,
    ) {
        self.error.set(None);
        spawn_local(async move {
            match request.await {
                Ok(()) => {
                    self.notices.speak(done);
                    self.ask();
                }
                Err(problem) => {
                    if problem == RequestError::Unreachable {
                        self.miss(&problem);
                    }
                    self.notices.speak(problem.to_string());
                    let _ = self.error.try_set(Some((place, problem.to_string())));
                }
            }
        });
    }
}
