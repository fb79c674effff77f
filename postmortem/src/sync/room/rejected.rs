//! Updates that were tried and rejected, which costs the room as much as those that fit: whoever sends many is listened to no
//! more for a while, and leaves the others their share.

use super::NetworkAddress;
use crate::{UserId, limits};
use std::collections::BTreeMap;

/// How often whose updates were rejected: of each person, on however many connections, and of all at an address.
#[derive(Debug, Default)]
pub(super) struct RejectedAttempts {
    by_person: BTreeMap<UserId, u32>,
    by_address: BTreeMap<Option<NetworkAddress>, u32>,
}

impl RejectedAttempts {
    /// Whether a person is not listened to any more.
    pub fn is_worn_out_by(&self, person: &UserId) -> bool {
        self.by_person.get(person).is_some_and(|count| *count >= limits::REJECTED)
    }

    /// Whether what comes from an address is tried on a document of so many bytes. Where too much was rejected, those are
    /// trusted a while longer whose last edit fitted: a fresh session or connection would bring a fresh count.
    pub fn may_be_tried(&self, address: Option<NetworkAddress>, has_written: bool, bytes: usize) -> bool {
        let most = limits::rejected_from_one(bytes);
        let from_there = self.by_address.get(&address).copied().unwrap_or(0);
        // An address counts no further than it is listened to.
        let from_anywhere: u32 = self.by_address.values().map(|count| (*count).min(most)).sum();
        let trusted = if has_written { most } else { 0 };
        from_there < most + trusted && from_anywhere < most * limits::REJECTED_ADDRESSES + trusted
    }

    /// An update was rejected; of a connection that is there, with its address.
    pub fn count(&mut self, person: UserId, from: Option<Option<NetworkAddress>>) {
        *self.by_person.entry(person).or_default() += 1;
        if let Some(address) = from {
            *self.by_address.entry(address).or_default() += 1;
        }
    }
}
