//! Places for the connections that are no WebSockets. When all are taken, whoever holds one for the least gives it up: a
//! stranger on whose connection nothing is asked before one who waits for an answer, both before a person with a session,
//! and of these the one who came to it first. What a person holds beyond what their browsers need is as a stranger's. Where all
//! are at work for people, it is one of whoever has the most.

use super::Limits;
use crate::callers::{Asker, Caller, gives_way};
use postmortem::{Person, UserId};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// How many connections come before strangers' of one person: browsers hold six to a server, and somebody may have several.
/// Who has more is a script, and takes no newcomer's place, whom nobody knows yet.
const OF_ONE: usize = 16;

#[derive(Debug, Clone)]
pub(super) struct Places(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts places and turns: what comes later has a higher number.
    last: u64,
    taken: HashMap<u64, Taken>,
    of_everyone: Line,
    of_addresses: HashMap<IpAddr, Line>,
    of_people: HashMap<UserId, usize>,
}

/// Places in the order in which they are given up, each with its number.
type Line = BTreeMap<(Standing, u64), u64>;

#[derive(Debug)]
struct Taken {
    asker: Asker,
    standing: Standing,
    /// When it came to its standing.
    turn: u64,
    leave: Arc<Notify>,
}

/// In the order in which they give way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    IdleStranger,
    BusyStranger,
    IdlePerson,
    BusyPerson,
}

impl Standing {
    fn of(is_known: bool, is_busy: bool) -> Self {
        match (is_known, is_busy) {
            (false, false) => Self::IdleStranger,
            (false, true) => Self::BusyStranger,
            (true, false) => Self::IdlePerson,
            (true, true) => Self::BusyPerson,
        }
    }

    fn is_known(self) -> bool {
        matches!(self, Self::IdlePerson | Self::BusyPerson)
    }

    fn is_busy(self) -> bool {
        matches!(self, Self::BusyStranger | Self::BusyPerson)
    }
}

impl Places {
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Shared { limits, state: Mutex::default() }))
    }

    /// Gives out a place, and takes another back where there are too many; `None` where nobody gives way. A proxy of ours
    /// may take any number: for whom each is shows once something is asked there.
    pub fn take(&self, address: IpAddr, is_of_proxy: bool) -> Option<Arc<ConnectionPlace>> {
        let mut state = self.state();
        if !is_of_proxy && !self.has_room_for(&mut state, address) {
            return None;
        }
        if state.of_everyone.len() >= self.0.limits.connections && !state.make_room(None, Some(address)) {
            return None;
        }
        let (number, leave) = (state.next(), Arc::new(Notify::new()));
        let asker = Asker::stranger_at(address);
        let taken = Taken { asker, standing: Standing::IdleStranger, turn: number, leave: leave.clone() };
        state.put(number, taken);
        Some(Arc::new(ConnectionPlace { places: self.clone(), number, leave }))
    }

    /// Whether one more may be from an address, for which another may have to give way.
    fn has_room_for(&self, state: &mut State, address: IpAddr) -> bool {
        let Limits { of_an_address, of_this_machine, .. } = self.0.limits;
        let most = if address.is_loopback() { of_this_machine } else { of_an_address };
        let from_there = state.of_addresses.get(&address);
        from_there.is_none_or(|line| line.len() < most) || state.make_room(Some(address), Some(address))
    }

    /// Takes a place back, where somebody gives way to nobody in particular.
    pub fn make_room(&self) {
        self.state().make_room(None, None);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Takes a place back of those at an address, or of everyone's, for a newcomer.
    fn make_room(&mut self, among: Option<IpAddr>, newcomer: Option<IpAddr>) -> bool {
        let line = match among {
            Some(address) => self.of_addresses.get(&address),
            None => Some(&self.of_everyone),
        };
        let first = line.and_then(|line| line.first_key_value());
        let number = match first {
            Some(((standing, _), number)) if *standing < Standing::BusyPerson => Some(*number),
            _ => newcomer.and_then(|newcomer| self.given_up_at_work(among, newcomer)),
        };
        number.and_then(|number| self.remove(number)).is_some_and(|taken| {
            taken.leave.notify_one();
            true
        })
    }

    /// The place that gives way where all are at work for people.
    fn given_up_at_work(&self, among: Option<IpAddr>, newcomer: IpAddr) -> Option<u64> {
        let there = self.taken.iter().filter(|(_, taken)| among.is_none_or(|address| taken.asker.address == address));
        gives_way(there.map(|(number, taken)| (*number, &taken.asker)), &Asker::stranger_at(newcomer))
    }

    fn put(&mut self, number: u64, taken: Taken) {
        if let Caller::Person(person) = &taken.asker.caller {
            *self.of_people.entry(person.clone()).or_default() += 1;
        }
        let key = (taken.standing, taken.turn);
        self.of_everyone.insert(key, number);
        self.of_addresses.entry(taken.asker.address).or_default().insert(key, number);
        self.taken.insert(number, taken);
    }

    fn remove(&mut self, number: u64) -> Option<Taken> {
        let taken = self.taken.remove(&number)?;
        if let Caller::Person(person) = &taken.asker.caller
            && let Some(count) = self.of_people.get_mut(person)
        {
            *count -= 1;
            if *count == 0 {
                self.of_people.remove(person);
            }
        }
        let key = (taken.standing, taken.turn);
        self.of_everyone.remove(&key);
        if let Some(line) = self.of_addresses.get_mut(&taken.asker.address) {
            line.remove(&key);
            if line.is_empty() {
                self.of_addresses.remove(&taken.asker.address);
            }
        }
        Some(taken)
    }
}

/// The place of one connection, for as long as it is held.
#[derive(Debug)]
pub struct ConnectionPlace {
    places: Places,
    number: u64,
    leave: Arc<Notify>,
}

impl ConnectionPlace {
    /// A person with a session asked for something here.
    pub fn know(&self, person: &Person) {
        self.change(|taken, state| {
            taken.asker.caller = Caller::Person(person.id.clone());
            let others = state.of_people.get(&person.id).copied().unwrap_or(0);
            taken.standing = Standing::of(others < OF_ONE, taken.standing.is_busy());
        });
    }

    /// A request begins for somebody at an address, and lasts as long as what is returned. Where a proxy asks for another
    /// than before, the place is theirs from here on, and it has to end where nobody gives way to them.
    pub(super) fn begin(self: &Arc<Self>, address: IpAddr) -> Asking {
        let mut state = self.places.state();
        if let Some(taken) = state.remove(self.number) {
            let is_of_another = taken.asker.address != address;
            if is_of_another && !self.places.has_room_for(&mut state, address) {
                taken.leave.notify_one();
            } else {
                let standing = Standing::of(taken.standing.is_known() && !is_of_another, true);
                let asker = if is_of_another { Asker::stranger_at(address) } else { taken.asker };
                let turn = state.next();
                state.put(self.number, Taken { asker, standing, turn, ..taken });
            }
        }
        drop(state);
        Asking(self.clone())
    }

    /// Whether a request is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.places.state().taken.get(&self.number).is_some_and(|taken| taken.standing.is_busy())
    }

    /// Resolves when the connection has to end, because others come before it.
    pub(super) async fn gives_way(&self) {
        self.leave.notified().await;
    }

    fn change(&self, change: impl Fn(&mut Taken, &State)) {
        let mut state = self.places.state();
        // Where it was taken back, the connection is about to end.
        if let Some(mut taken) = state.remove(self.number) {
            change(&mut taken, &state);
            taken.turn = state.next();
            state.put(self.number, taken);
        }
    }
}

impl Drop for ConnectionPlace {
    fn drop(&mut self) {
        self.places.state().remove(self.number);
    }
}

/// A request under way.
#[derive(Debug)]
pub(super) struct Asking(Arc<ConnectionPlace>);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.change(|taken, _| taken.standing = Standing::of(taken.standing.is_known(), false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use postmortem::person::PersonColor;

    fn places(connections: usize, of_an_address: usize) -> Places {
        Places::new(Limits { connections, of_an_address, of_this_machine: of_an_address, ..Limits::default() })
    }

    fn address(number: u8) -> IpAddr {
        [192, 0, 2, number].into()
    }

    fn person(name: &str) -> Person {
        Person { id: name.parse().expect("an id"), name: name.into(), color: PersonColor::Umber, initials: None }
    }

    fn has_to_leave(place: &ConnectionPlace) -> bool {
        place.gives_way().now_or_never().is_some()
    }

    #[test]
    fn who_asks_for_nothing_gives_way_and_who_is_served_does_not() {
        let places = places(3, 3);
        let take = |number| places.take(address(number), false);
        let (Some(served), Some(first), Some(second)) = (take(1), take(2), take(3)) else { panic!("three places") };
        let asking = served.begin(address(1));
        served.know(&person("mara"));
        let _third = take(4);
        assert_eq!([&served, &first, &second].map(|place| has_to_leave(place)), [false, true, false]);
        let _fourth = take(5);
        assert_eq!([&served, &second].map(|place| has_to_leave(place)), [false, true]);
        drop(asking);
        assert_eq!(places.state().taken.len(), 3);
        drop((served, first, second, _third, _fourth));
        let state = places.state();
        assert!(state.taken.is_empty() && state.of_everyone.is_empty() && state.of_addresses.is_empty());
    }

    #[test]
    fn an_address_that_has_its_share_gives_up_its_own() {
        let places = places(10, 2);
        let (Some(elsewhere), Some(first)) = (places.take(address(1), false), places.take(address(2), false)) else {
            panic!("two places")
        };
        let (second, third) = (places.take(address(2), false), places.take(address(2), false));
        assert!(second.is_some() && third.is_some());
        assert_eq!([&elsewhere, &first].map(|place| has_to_leave(place)), [false, true]);
    }

    #[test]
    fn where_everyone_is_served_a_newcomer_waits() {
        let places = places(1, 1);
        let Some(served) = places.take(address(1), false) else { panic!("a place") };
        let _asking = served.begin(address(1));
        served.know(&person("mara"));
        assert!(places.take(address(2), false).is_none());
    }

    #[test]
    fn where_all_are_at_work_for_people_one_of_whoever_has_the_most_gives_way() {
        let places = places(4, 4);
        let at_work = |number, name: &str| {
            let place = places.take(address(number), false).expect("a place");
            let asking = place.begin(address(number));
            place.know(&person(name));
            (place, asking)
        };
        let held = [at_work(1, "mallory"), at_work(1, "mallory"), at_work(1, "jonah"), at_work(2, "mara")];
        assert!(places.take(address(3), false).is_some());
        let leave = || held.iter().map(|(place, _)| has_to_leave(place)).collect::<Vec<_>>();
        assert_eq!(leave(), [false, true, false, false]);
    }

    #[test]
    fn what_a_person_holds_beyond_what_browsers_need_gives_way_to_who_is_not_known_yet() {
        let places = places(OF_ONE + 3, OF_ONE + 3);
        let held: Vec<_> = (0..OF_ONE + 2)
            .map(|_| {
                let place = places.take(address(1), false).expect("a place");
                let asking = place.begin(address(1));
                place.know(&person("mallory"));
                (place, asking)
            })
            .collect();
        let newcomer = places.take(address(1), false).expect("a place");
        let _asking = newcomer.begin(address(1));
        let next = places.take(address(1), false);
        assert!(next.is_some() && !has_to_leave(&newcomer));
        let gave_way: Vec<_> = (0..held.len()).filter(|index| has_to_leave(&held[*index].0)).collect();
        assert_eq!(gave_way, [OF_ONE], "the first of those beyond");
        drop((held, newcomer, _asking, next));
        assert!(places.state().of_people.is_empty());
    }

    #[test]
    fn what_a_proxy_asks_counts_for_whom_it_asks() {
        let places = places(10, 2);
        let of_proxy: Vec<_> = (0..5).filter_map(|_| places.take(address(1), true)).collect();
        assert_eq!(of_proxy.len(), 5, "the proxy itself has no bound");
        let [one, two, three, hers, again] = of_proxy.as_slice() else { panic!("five places") };
        let _hers = hers.begin(address(3));
        hers.know(&person("mara"));
        let _asking = [one, two, three].map(|place| place.begin(address(2)));
        let leave = [one, two, three, hers].map(|place| has_to_leave(place));
        assert_eq!(leave, [true, false, false, false], "a stranger's third takes the place of their first");
        again.know(&person("mara"));
        drop(again.begin(address(4)));
        assert_eq!(places.state().taken[&again.number].standing, Standing::IdleStranger, "it was another's before");
    }
}
