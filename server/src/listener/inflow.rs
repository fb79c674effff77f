//! What has arrived of requests and messages that are not whole yet. One bound holds for all connections together; when it
//! is passed, whoever holds the most of it is cut off, and so is a message that does not come to its end.

use super::ledger::{Account, Ledger};
use crate::callers::Caller;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Bytes of each connection that are not counted: what it costs anyway, and what people type never has more.
const FREE: usize = 16 << 10;

/// What a WebSocket's control frame has besides its payload, as clients send it.
const CONTROL: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// Everyone together sends too much at once, and the most of it waits here.
    Overdrawn,
    /// A message did not come to its end in time.
    Stalled,
}

#[derive(Debug)]
pub struct Inflow {
    account: Account,
    message: Duration,
    unfinished: Mutex<Unfinished>,
    /// The first bytes of something have come.
    begun: Notify,
}

#[derive(Debug)]
struct Unfinished {
    bytes: usize,
    /// Whether they count among those of everyone.
    is_charged: bool,
    since: Option<Instant>,
    /// Whether they are of a WebSocket.
    is_message: bool,
    caller: Caller,
    is_cut_off: bool,
}

impl Inflow {
    /// Of one connection of a caller, whose messages have so long to arrive once it is a WebSocket.
    pub(super) fn new(ledger: &Ledger, caller: Caller, message: Duration) -> Arc<Self> {
        let unfinished =
            Unfinished { bytes: 0, is_charged: false, since: None, is_message: false, caller, is_cut_off: false };
        Arc::new(Self { account: ledger.account(), message, unfinished: Mutex::new(unfinished), begun: Notify::new() })
    }

    /// What arrives from here on is of this caller.
    pub(super) fn is_of(&self, caller: Caller) {
        let mut unfinished = self.unfinished();
        unfinished.caller = caller;
        self.recharge(&mut unfinished);
    }

    /// The connection has become a WebSocket, and it is known whose.
    pub fn become_socket(&self, caller: Caller) {
        let mut unfinished = self.unfinished();
        unfinished.is_message = true;
        unfinished.caller = caller;
    }

    /// A message has come to its end. It still counts, until it is taken in.
    pub fn end_message(&self) {
        self.unfinished().since = None;
    }

    /// Everything that has arrived was taken in.
    pub fn settle(&self) {
        let mut unfinished = self.unfinished();
        unfinished.since = None;
        unfinished.bytes = 0;
        self.recharge(&mut unfinished);
    }

    /// A control frame was taken in, which may stand amid the parts of a message.
    pub fn settle_control(&self, payload: usize) {
        let mut unfinished = self.unfinished();
        unfinished.bytes = unfinished.bytes.saturating_sub(CONTROL + payload);
        if unfinished.bytes == 0 {
            unfinished.since = None;
        }
        self.recharge(&mut unfinished);
    }

    /// Takes nothing in from here on. What still comes is thrown away for a while once the connection is dropped, so that
    /// the peer reads what it was sent last.
    pub fn cut_off(&self) {
        self.unfinished().is_cut_off = true;
    }

    /// Resolves when the WebSocket has to be closed.
    pub async fn breach(&self) -> Breach {
        tokio::select! {
            () = self.overdraw() => Breach::Overdrawn,
            () = self.stall() => Breach::Stalled,
        }
    }

    /// Resolves when the connection has to end for the sake of the others.
    pub(super) async fn overdraw(&self) {
        self.account.overdraw().await;
    }

    async fn stall(&self) {
        loop {
            let since = self.unfinished().since;
            match since {
                None => self.begun.notified().await,
                Some(since) => {
                    sleep_until(since + self.message).await;
                    let mut unfinished = self.unfinished();
                    if unfinished.since.is_some_and(|since| since.elapsed() >= self.message) {
                        unfinished.is_cut_off = true;
                        return;
                    }
                }
            }
        }
    }

    /// What has arrived is taken in when this is dropped.
    pub(super) fn until_settled(self: Arc<Self>) -> Settling {
        Settling(self)
    }

    /// Whether nothing that still comes is taken in.
    pub(super) fn is_cut_off(&self) -> bool {
        self.account.is_overdrawn() || self.unfinished().is_cut_off
    }

    /// So many bytes have come.
    pub(super) fn arrived(&self, bytes: usize) {
        let mut unfinished = self.unfinished();
        unfinished.bytes += bytes;
        if unfinished.is_message && unfinished.since.is_none() && bytes > 0 {
            unfinished.since = Some(Instant::now());
            self.begun.notify_one();
        }
        self.recharge(&mut unfinished);
    }

    /// Charges what is there now, and nothing where that is free or nothing more is taken in.
    fn recharge(&self, unfinished: &mut Unfinished) {
        let has_cost = unfinished.bytes > FREE && !unfinished.is_cut_off;
        let had_cost = std::mem::replace(&mut unfinished.is_charged, has_cost);
        if has_cost || had_cost {
            self.account.charge(if has_cost { unfinished.bytes } else { 0 }, unfinished.caller.clone());
        }
    }

    fn unfinished(&self) -> MutexGuard<'_, Unfinished> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request whose bytes count until it is answered.
#[derive(Debug)]
pub(super) struct Settling(Arc<Inflow>);

impl Drop for Settling {
    fn drop(&mut self) {
        self.0.settle();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::net::Ipv4Addr;

    fn inflow(ledger: &Ledger, host: u8) -> Arc<Inflow> {
        Inflow::new(ledger, Caller::Address([192, 0, 2, host].into()), Duration::from_secs(45))
    }

    fn is_overdrawn(inflow: &Inflow) -> bool {
        inflow.overdraw().now_or_never().is_some()
    }

    #[test]
    fn who_holds_the_most_is_cut_off_and_not_who_comes_last() {
        let ledger = Ledger::new(10 * FREE);
        let hoard: Vec<_> = (0..4).map(|_| inflow(&ledger, 1)).collect();
        hoard.iter().for_each(|inflow| inflow.arrived(2 * FREE));
        let honest = inflow(&ledger, 2);
        honest.arrived(3 * FREE);
        assert!(!is_overdrawn(&honest) && !honest.is_cut_off());
        assert_eq!(hoard.iter().filter(|inflow| is_overdrawn(inflow)).count(), 1);
        assert_eq!(ledger.total(), 9 * FREE);
        drop((hoard, honest));
        assert_eq!(ledger.total(), 0);
    }

    #[test]
    fn what_was_taken_in_counts_no_longer() {
        let ledger = Ledger::new(4 * FREE);
        let inflow = inflow(&ledger, 1);
        for _ in 0..100 {
            inflow.arrived(3 * FREE);
            inflow.settle();
        }
        assert!(!is_overdrawn(&inflow));
        assert_eq!(ledger.total(), 0);
    }

    #[test]
    fn a_message_counts_until_it_is_taken_in() {
        let ledger = Ledger::new(4 * FREE);
        let inflow = inflow(&ledger, 1);
        inflow.become_socket(Caller::Address(Ipv4Addr::LOCALHOST.into()));
        inflow.arrived(3 * FREE);
        inflow.end_message();
        assert_eq!(inflow.unfinished().since, None, "it is not late any more");
        assert_eq!(ledger.total(), 3 * FREE);
        inflow.settle();
        assert_eq!(ledger.total(), 0);
    }

    #[test]
    fn pongs_amid_a_message_finish_nothing() {
        let ledger = Ledger::new(4 * FREE);
        let inflow = inflow(&ledger, 1);
        inflow.become_socket(Caller::Address(Ipv4Addr::LOCALHOST.into()));
        inflow.arrived(CONTROL);
        inflow.settle_control(0);
        assert_eq!(inflow.unfinished().since, None);
        inflow.arrived(100);
        inflow.arrived(CONTROL + 3);
        inflow.settle_control(3);
        assert_eq!(inflow.unfinished().bytes, 100);
        assert!(inflow.unfinished().since.is_some());
    }

    #[test]
    fn a_ping_that_brings_a_message_below_what_is_free_leaves_no_charge() {
        let ledger = Ledger::new(4 * FREE);
        let inflow = inflow(&ledger, 1);
        inflow.become_socket(Caller::Address(Ipv4Addr::LOCALHOST.into()));
        inflow.arrived(FREE - 50);
        inflow.arrived(CONTROL + 125);
        assert_eq!(ledger.total(), FREE + CONTROL + 75);
        inflow.settle_control(125);
        assert_eq!(ledger.total(), 0);
        inflow.arrived(10);
        inflow.settle();
        assert_eq!(ledger.total(), 0);
    }

    #[test]
    fn a_ping_amid_a_long_message_is_charged_no_longer() {
        let ledger = Ledger::new(4 * FREE);
        let inflow = inflow(&ledger, 1);
        inflow.become_socket(Caller::Address(Ipv4Addr::LOCALHOST.into()));
        inflow.arrived(2 * FREE);
        inflow.arrived(CONTROL + 125);
        inflow.settle_control(125);
        assert_eq!(ledger.total(), 2 * FREE);
    }
}
