//! What was answered and has not been read yet. One bound holds for all connections together; when it is passed, whoever
//! has the most of it is cut off.

use super::ledger::{Account, Ledger};
use crate::callers::Caller;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub struct Outflow {
    account: Account,
    waiting: Mutex<Waiting>,
}

/// What was handed on, and the system has not taken.
#[derive(Debug)]
struct Waiting {
    pieces: usize,
    bytes: usize,
    caller: Caller,
}

impl Outflow {
    pub(super) fn new(ledger: &Ledger, caller: Caller) -> Arc<Self> {
        Arc::new(Self { account: ledger.account(), waiting: Mutex::new(Waiting { pieces: 0, bytes: 0, caller }) })
    }

    /// What is sent from here on is for this caller.
    pub(super) fn is_of(&self, caller: Caller) {
        self.waiting().caller = caller;
    }

    /// A piece of an answer, which counts for as long as what is returned. What others hold as well, or is part of the
    /// program, costs nothing.
    pub(super) fn hand_on(self: &Arc<Self>, bytes: Bytes) -> Bytes {
        let cost = if bytes.is_unique() { bytes.len() } else { 0 };
        let mut waiting = self.waiting();
        waiting.pieces += 1;
        waiting.bytes += cost;
        self.recharge(&waiting, cost);
        drop(waiting);
        Bytes::from_owner(Piece { bytes, cost, outflow: self.clone() })
    }

    /// Whether the system has taken everything.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting().pieces == 0
    }

    /// Resolves when the connection has to end for the sake of the others.
    pub(super) async fn overdraw(&self) {
        self.account.overdraw().await;
    }

    fn recharge(&self, waiting: &Waiting, changed: usize) {
        if changed > 0 {
            self.account.charge(waiting.bytes, waiting.caller.clone());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Piece {
    bytes: Bytes,
    cost: usize,
    outflow: Arc<Outflow>,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let mut waiting = self.outflow.waiting();
        waiting.pieces -= 1;
        waiting.bytes -= self.cost;
        self.outflow.recharge(&waiting, self.cost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn caller(host: u8) -> Caller {
        Caller::Address([192, 0, 2, host].into())
    }

    #[test]
    fn an_answer_counts_until_it_is_taken_and_one_that_is_shared_does_not() {
        let ledger = Ledger::new(1000);
        let outflow = Outflow::new(&ledger, caller(1));
        let shared = Bytes::from(vec![0; 5000]);
        let mut waiting = vec![outflow.hand_on(shared.clone()), outflow.hand_on(Bytes::from_static(&[0; 5000]))];
        assert_eq!((ledger.total(), outflow.is_empty()), (0, false));
        waiting.push(outflow.hand_on(Bytes::from(vec![0; 700])));
        assert_eq!(ledger.total(), 700);
        drop(waiting);
        assert_eq!((ledger.total(), outflow.is_empty()), (0, true));
    }

    #[test]
    fn who_reads_least_of_the_most_is_cut_off() {
        let ledger = Ledger::new(1000);
        let (deaf, honest) = (Outflow::new(&ledger, caller(1)), Outflow::new(&ledger, caller(2)));
        let _unread = deaf.hand_on(Bytes::from(vec![0; 700]));
        let _under_way = honest.hand_on(Bytes::from(vec![0; 600]));
        assert!(deaf.overdraw().now_or_never().is_some() && honest.overdraw().now_or_never().is_none());
        assert_eq!(ledger.total(), 600);
    }
}
