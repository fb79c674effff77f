//! Which connections may be open. People with a session come before strangers: when all permits are given out, a stranger's
//! goes to a person who comes, and of several strangers, or people, it is one of those of which there are the most.

use crate::callers::{Asker, Caller, gives_way};
use crate::random;
use postmortem::UserId;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, watch};

/// The hash of the secret by which somebody came in.
type Credential = Vec<u8>;

/// Nobody gives way to another connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("as many connections are open as there may be")]
pub struct Full;

/// How soon clients come back after a stop, in milliseconds: a restart takes about a second, and then some 500 a second
/// are greeted without those who are there noticing.
const FIRST_BACK: u32 = 1_000;
const BETWEEN_BACK: u32 = 2;
const LAST_BACK: u32 = 30_000;

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Most {
    pub of_everyone: usize,
    pub strangers_of_an_address: usize,
    pub strangers_of_this_machine: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Permits(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: Most,
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
    pub fn new(most: Most) -> Self {
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
        if let Caller::Address(address) = asker.caller {
            let Most { strangers_of_an_address, strangers_of_this_machine, .. } = self.0.most;
            let most = if address.is_loopback() { strangers_of_this_machine } else { strangers_of_an_address };
            if state.given.values().filter(|given| given.asker.caller == asker.caller).count() >= most {
                return Err(Full);
            }
        }
        if state.given.len() >= self.0.most.of_everyone {
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
    /// Takes a permit back: of a stranger, where there are any; people give way to people alone.
    fn make_room(&mut self, newcomer: &Asker) -> Result<(), Full> {
        let is_among_strangers = self.given.values().any(|given| given.asker.caller.is_stranger());
        let held = || {
            let held = self.given.iter().filter(|(_, given)| given.asker.caller.is_stranger() == is_among_strangers);
            held.map(|(number, given)| (*number, &given.asker))
        };
        let number = match (is_among_strangers, newcomer.caller.is_stranger()) {
            (false, true) => None,
            (true, false) => gives_way(held(), newcomer).or_else(|| held().next_back().map(|(number, _)| number)),
            (true, true) | (false, false) => gives_way(held(), newcomer),
        };
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

    fn permits(of_everyone: usize) -> Permits {
        Permits::new(Most { of_everyone, strangers_of_an_address: 3, strangers_of_this_machine: 4 })
    }

    fn stranger(number: u8) -> Asker {
        Asker::stranger_at([192, 0, 2, number].into())
    }

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
    fn a_person_takes_the_newest_place_of_the_strangers_who_hold_the_most() {
        let permits = permits(4);
        let few = let_in(&permits, &stranger(1));
        let many: Vec<_> = (0..3).map(|_| let_in(&permits, &stranger(2))).collect();
        let _mara = let_in(&permits, &person("mara"));
        assert_eq!(many.iter().map(has_to_leave).collect::<Vec<_>>(), [false, false, true]);
        assert!(!has_to_leave(&few));
        // And people never give way to strangers.
        let _others: Vec<_> = ["jonah", "ines", "tom"].map(|name| let_in(&permits, &person(name))).into();
        assert!(permits.admit(stranger(3)).is_err());
    }

    #[test]
    fn among_equals_who_holds_more_gives_way() {
        let permits = permits(3);
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
        let permits = permits(4);
        let crowd: Vec<_> =
            ["a", "b", "c", "d"].map(|name| let_in(&permits, &person_at(name, 7))).into_iter().collect();
        let _mara = let_in(&permits, &person("mara"));
        assert_eq!(crowd.iter().filter(|permit| has_to_leave(permit)).count(), 1);
        assert!(permits.admit(person_at("e", 7)).is_err(), "and not to one more of them");
    }

    #[test]
    fn who_is_signed_out_has_to_leave_wherever_that_holds() {
        let permits = permits(10);
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

    #[test]
    fn strangers_of_one_address_have_their_share() {
        let permits = permits(100);
        let held: Vec<_> = (0..3).map(|_| let_in(&permits, &stranger(1))).collect();
        assert!(permits.admit(stranger(1)).is_err());
        assert!(permits.admit(stranger(2)).is_ok());
        drop(held);
        assert!(permits.admit(stranger(1)).is_ok());
    }
}
