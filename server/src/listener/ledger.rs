//! A bound for all connections together: each is charged for what is held of it, and when the bound is passed, whoever has
//! the most has to leave; strangers before people who keep to their share.

use crate::callers::Caller;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What one person has within the bound before they count like strangers, who may be one at many addresses: an eighth,
/// which is four imports at once.
const SHARES: usize = 8;

#[derive(Debug, Clone)]
pub(super) struct Ledger(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: usize,
    charged: Mutex<Charged>,
}

#[derive(Debug, Default)]
struct Charged {
    next: u64,
    /// Of connections that still count: those that have to leave are about to be gone.
    total: usize,
    charges: HashMap<u64, Charge>,
}

#[derive(Debug)]
struct Charge {
    bytes: usize,
    caller: Caller,
    leave: Arc<Leave>,
}

#[derive(Debug, Default)]
struct Leave {
    is_told: AtomicBool,
    told: Notify,
}

impl Ledger {
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Shared { most, charged: Mutex::default() }))
    }

    /// Of one connection.
    pub fn account(&self) -> Account {
        let mut charged = self.charged();
        charged.next += 1;
        Account { ledger: self.clone(), number: charged.next, leave: Arc::default() }
    }

    fn charged(&self) -> MutexGuard<'_, Charged> {
        self.0.charged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub fn total(&self) -> usize {
        self.charged().total
    }
}

impl Charged {
    /// Of whoever has the most, the connection that has the most.
    fn heaviest(&self, share: usize) -> Option<u64> {
        let mut totals: HashMap<&Caller, usize> = HashMap::new();
        for charge in self.charges.values() {
            *totals.entry(&charge.caller).or_default() += charge.bytes;
        }
        let is_first = |caller: &Caller, bytes: usize| caller.is_stranger() || bytes > share;
        let (heaviest, _) = totals.into_iter().max_by_key(|(caller, bytes)| (is_first(caller, *bytes), *bytes))?;
        let theirs = self.charges.iter().filter(|(_, charge)| charge.caller == *heaviest);
        theirs.max_by_key(|(_, charge)| charge.bytes).map(|(number, _)| *number)
    }

    fn forget(&mut self, number: u64) -> Option<Charge> {
        let charge = self.charges.remove(&number)?;
        self.total -= charge.bytes;
        Some(charge)
    }
}

/// What one connection is charged; nothing more once this is dropped.
#[derive(Debug)]
pub(super) struct Account {
    ledger: Ledger,
    number: u64,
    leave: Arc<Leave>,
}

impl Account {
    /// So many bytes are held of it now, for a caller.
    pub fn charge(&self, bytes: usize, caller: Caller) {
        let mut charged = self.ledger.charged();
        charged.forget(self.number);
        if bytes == 0 || self.is_overdrawn() {
            return;
        }
        charged.total += bytes;
        charged.charges.insert(self.number, Charge { bytes, caller, leave: self.leave.clone() });
        let most = self.ledger.0.most;
        while charged.total > most {
            let heaviest = charged.heaviest(most / SHARES);
            let Some(Charge { leave, .. }) = heaviest.and_then(|number| charged.forget(number)) else { return };
            leave.is_told.store(true, Ordering::Relaxed);
            leave.told.notify_one();
        }
    }

    /// Whether the connection has to leave.
    pub fn is_overdrawn(&self) -> bool {
        self.leave.is_told.load(Ordering::Relaxed)
    }

    /// Resolves when the connection has to leave.
    pub async fn overdraw(&self) {
        self.leave.told.notified().await;
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.ledger.charged().forget(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use postmortem::UserId;

    fn stranger(host: u8) -> Caller {
        Caller::Address([192, 0, 2, host].into())
    }

    fn person(id: &str) -> Caller {
        Caller::Person(id.parse::<UserId>().expect("an id"))
    }

    fn has_to_leave(account: &Account) -> bool {
        account.overdraw().now_or_never().is_some()
    }

    #[test]
    fn strangers_leave_before_people_who_keep_to_their_share() {
        let ledger = Ledger::new(800);
        let strangers: Vec<_> = (0..8).map(|_| ledger.account()).collect();
        for (account, host) in strangers.iter().zip(0..) {
            account.charge(90, stranger(host));
        }
        let (hers, his) = (ledger.account(), ledger.account());
        hers.charge(100, person("mara"));
        assert!(!has_to_leave(&hers), "she has the most, and no more than her share");
        assert_eq!(strangers.iter().filter(|account| has_to_leave(account)).count(), 1);
        his.charge(200, person("jonah"));
        assert!(has_to_leave(&his), "he has more than his");
        assert_eq!(strangers.iter().filter(|account| has_to_leave(account)).count(), 0);
    }
}
