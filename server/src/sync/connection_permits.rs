//! Which connections may be open: all are of people. When all permits are given out, one of whoever holds the most goes to
//! whoever comes and holds less.

use crate::callers::{Asker, Caller, gives_way};
use crate::random;
use crate::store::sessions::Credential;
use postmortem::UserId;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, watch};

/// Nobody gives way to another connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("as many connections are open as there may be")]
pub struct Full;

/// How soon clients come back after a stop, in milliseconds: a restart takes about a second, and then some 500 a second
/// are greeted without those who are there noticing.
const FIRST_BACK: u32 = 1_000;
const BETWEEN_BACK: u32 = 2;
const LAST_BACK: u32 = 30_000;

#[derive(Debug, Clone)]
pub(super) struct Permits(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// How many there may be.
    most: usize,
    state: Mutex<State>,
    /// How many connections are open, those that are being closed among them.
    open: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    given: BTreeMap<u64, Given>,
}

#[derive(Debug)]
struct Given {
    asker: Asker,
    /// By what its person came in.
    credential: Option<Credential>,
    leave: Arc<Leave>,
}

/// That a connection has to end, once somebody says so, and why.
#[derive(Debug, Default)]
struct Leave {
    told: Notify,
    is_signed_out: AtomicBool,
}

/// Why a connection has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// Others come before it.
    GivesWay,
    /// Its person is signed out.
    SignedOut,
}

impl Permits {
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Shared { most, state: Mutex::default(), open: watch::Sender::new(0) }))
    }

    /// How many connections are open.
    pub fn open(&self) -> watch::Receiver<usize> {
        self.0.open.subscribe()
    }

    /// In how many milliseconds one of the clients that are sent away is to come back: drawn for each, from a span that
    /// grows with their number.
    pub fn comes_back_after(&self) -> u32 {
        let clients = u32::try_from(*self.0.open.borrow()).unwrap_or(u32::MAX);
        FIRST_BACK + random::below(clients.saturating_mul(BETWEEN_BACK).min(LAST_BACK))
    }

    /// Lets a connection in, in the place of another where there are too many.
    ///
    /// # Errors
    /// When nobody gives way to it.
    pub fn admit(&self, asker: Asker) -> Result<ConnectionPermit, Full> {
        let mut state = self.state();
        if state.given.len() >= self.0.most {
            state.make_room(&asker)?;
        }
        state.last += 1;
        let (number, leave) = (state.last, Arc::<Leave>::default());
        state.given.insert(number, Given { asker: asker.clone(), credential: None, leave: leave.clone() });
        drop(state);
        self.0.open.send_modify(|open| *open += 1);
        Ok(ConnectionPermit { permits: self.clone(), number, caller: asker.caller, leave })
    }

    /// Ends the connections of a person but for those who came in by one of these.
    pub fn sign_out(&self, user: &UserId, valid: &HashSet<Credential>) {
        for given in self.state().given.values() {
            let is_theirs = matches!(&given.asker.caller, Caller::Person(person) if person == user);
            if is_theirs && given.credential.as_ref().is_some_and(|credential| !valid.contains(credential)) {
                given.leave.is_signed_out.store(true, Ordering::SeqCst);
                given.leave.told.notify_one();
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes a permit back, where somebody gives way.
    fn make_room(&mut self, newcomer: &Asker) -> Result<(), Full> {
        let number = gives_way(self.given.iter().map(|(number, given)| (*number, &given.asker)), newcomer);
        let given = number.and_then(|number| self.given.remove(&number)).ok_or(Full)?;
        given.leave.told.notify_one();
        Ok(())
    }
}

/// That a connection may be open, for as long as it is held.
#[derive(Debug)]
pub struct ConnectionPermit {
    permits: Permits,
    number: u64,
    caller: Caller,
    leave: Arc<Leave>,
}

impl ConnectionPermit {
    /// Whose it is.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Remembers by what its person came in: they stay as long as that holds.
    pub fn hold_to(&self, credential: Credential) {
        if let Some(given) = self.permits.state().given.get_mut(&self.number) {
            given.credential = Some(credential);
        }
    }

    /// Resolves when the connection has to end.
    pub async fn leaves(&self) -> Leaving {
        self.leave.told.notified().await;
        if self.is_signed_out() { Leaving::SignedOut } else { Leaving::GivesWay }
    }

    /// Whether its person is signed out: nothing that it sends is taken any more.
    pub fn is_signed_out(&self) -> bool {
        self.leave.is_signed_out.load(Ordering::SeqCst)
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.permits.state().given.remove(&self.number);
        self.permits.0.open.send_modify(|open| *open -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn person_at(name: &str, number: u8) -> Asker {
        let Ok(id) = name.parse() else { panic!("an id") };
        Asker { caller: Caller::Person(id), address: [198, 51, 100, number].into() }
    }

    fn person(name: &str) -> Asker {
        person_at(name, 1)
    }

    fn let_in(permits: &Permits, asker: &Asker) -> ConnectionPermit {
        let Ok(permit) = permits.admit(asker.clone()) else { panic!("{asker:?} is not let in") };
        permit
    }

    fn has_to_leave(permit: &ConnectionPermit) -> bool {
        permit.leaves().now_or_never() == Some(Leaving::GivesWay)
    }

    #[test]
    fn who_holds_more_gives_way() {
        let permits = Permits::new(3);
        let pages: Vec<_> = (0..3).map(|_| let_in(&permits, &person("mara"))).collect();
        let _jonah = let_in(&permits, &person("jonah"));
        assert_eq!(pages.iter().map(has_to_leave).collect::<Vec<_>>(), [false, false, true]);
        assert!(permits.admit(person("jonah")).is_err(), "he would have more than she");
        assert_eq!(*permits.open().borrow(), 4, "one is being closed");
        drop(pages);
        assert_eq!(*permits.open().borrow(), 1);
        let_in(&permits, &person("jonah"));
    }

    #[test]
    fn names_that_one_address_makes_up_give_way_to_who_is_elsewhere() {
        let permits = Permits::new(4);
        let crowd: Vec<_> =
            ["a", "b", "c", "d"].map(|name| let_in(&permits, &person_at(name, 7))).into_iter().collect();
        let _mara = let_in(&permits, &person("mara"));
        assert_eq!(crowd.iter().filter(|permit| has_to_leave(permit)).count(), 1);
        assert!(permits.admit(person_at("e", 7)).is_err(), "and not to one more of them");
    }

    #[test]
    fn who_is_signed_out_has_to_leave_wherever_that_holds() {
        let permits = Permits::new(10);
        let mut pages = Vec::new();
        for (name, credential) in [("mara", 1), ("mara", 2), ("jonah", 1)] {
            let permit = let_in(&permits, &person(name));
            permit.hold_to(vec![credential]);
            pages.push(permit);
        }
        let Ok(mara) = "mara".parse() else { panic!("an id") };
        permits.sign_out(&mara, &HashSet::from([vec![2]]));
        let left = |permit: &ConnectionPermit| (permit.is_signed_out(), permit.leaves().now_or_never());
        let told: Vec<_> = pages.iter().map(left).collect();
        assert_eq!(told, [(true, Some(Leaving::SignedOut)), (false, None), (false, None)]);
    }
}
