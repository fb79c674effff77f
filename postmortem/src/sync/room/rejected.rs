//! Updates that were tried and rejected, which costs the room as much as those that fit: whoever sends many is listened to no
//! more for a while, and leaves the others their share.

use super::{ConnectionId, NetworkAddress};
use crate::{Person, UserId, limits};
use std::collections::BTreeMap;

/// To whom a rejected update is counted: a person, on however many connections, or the one connection of a guest, who shares
/// the name with everyone else who gave none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Account {
    Person(UserId),
    Guest(ConnectionId),
}

impl Account {
    pub fn of(connection: ConnectionId, person: &Person) -> Self {
        if person.is_guest() { Self::Guest(connection) } else { Self::Person(person.id.clone()) }
    }
}

/// How often updates of the people with a session at an address were rejected, and of the guests there. Whoever wears out
/// the patience with the ones leaves the others theirs.
#[derive(Debug, Default)]
struct AtAddress {
    people: u32,
    guests: u32,
}

impl AtAddress {
    fn of(&self, person: &Person) -> u32 {
        if person.is_guest() { self.guests } else { self.people }
    }
}

/// How often whose updates were rejected.
#[derive(Debug, Default)]
pub(super) struct RejectedAttempts {
    by_account: BTreeMap<Account, u32>,
    by_address: BTreeMap<Option<NetworkAddress>, AtAddress>,
}

impl RejectedAttempts {
    /// Whether an account is not listened to any more.
    pub fn is_worn_out_by(&self, account: &Account) -> bool {
        self.by_account.get(account).is_some_and(|count| *count >= limits::REJECTED)
    }

    /// Whether what comes from an address is tried on a document of so many bytes. Where too much was rejected, those are
    /// trusted a while longer whose last edit fitted: a fresh session or connection would bring a fresh count.
    pub fn may_be_tried(
        &self,
        address: Option<NetworkAddress>,
        person: &Person,
        has_written: bool,
        bytes: usize,
    ) -> bool {
        let most = limits::rejected_from_one(bytes);
        let from_there = self.by_address.get(&address).map_or(0, |there| there.of(person));
        // An address counts once, whoever is there, and no further than it is listened to.
        let from_anywhere: u32 = self.by_address.values().map(|there| there.people.max(there.guests).min(most)).sum();
        let trusted = if has_written { most } else { 0 };
        from_there < most + trusted && from_anywhere < most * limits::REJECTED_ADDRESSES + trusted
    }

    /// An update was rejected; of a connection that is there, with its address.
    pub fn count(&mut self, account: Account, from: Option<(Option<NetworkAddress>, &Person)>) {
        *self.by_account.entry(account).or_default() += 1;
        if let Some((address, person)) = from {
            let there = self.by_address.entry(address).or_default();
            *(if person.is_guest() { &mut there.guests } else { &mut there.people }) += 1;
        }
    }
}
