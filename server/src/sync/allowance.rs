//! How much one connection may send. It is measured in messages, and a long one counts as several; what is sent too fast
//! ends the connection rather than waiting in its place, so that a flood holds nothing of ours.

use postmortem::{limits, wire};
use tokio::time::Instant;

/// Messages a second that a connection may send for ever: a script that writes 200 small changes a second has room for
/// five of its kind, and a room takes in several thousand.
const A_SECOND: u64 = 1_000;

/// Messages that a connection may have saved up: a script may replay a whole incident at once.
const SAVED: u64 = 10_000;

/// The bytes that count as one more message: 4 MiB a second for ever, 40 MiB saved up.
const LONG: usize = 4 << 10;

/// What a connection is told when its allowance is spent; a close frame has room for 123 bytes.
pub(super) const SPENT: &str =
    "More than 1,000 messages a second came from here. Put several changes into one, and connect again.";

#[derive(Debug)]
pub(super) struct Allowance {
    left: u64,
    since: Instant,
}

impl Allowance {
    pub fn new(now: Instant) -> Self {
        Self { left: SAVED, since: now }
    }

    /// Takes a frame of the WebSocket protocol from it; false when it is spent.
    pub fn take(&mut self, frame: &[u8], now: Instant) -> bool {
        let earned = u64::try_from(now.duration_since(self.since).as_millis()).unwrap_or(SAVED) * A_SECOND / 1_000;
        if earned > 0 {
            self.since = now;
            self.left = self.left.saturating_add(earned).min(SAVED);
        }
        let messages = wire::messages(frame).take(limits::MESSAGES).count().max(1);
        let price = (messages + frame.len() / LONG) as u64;
        let is_enough = price <= self.left;
        self.left = self.left.saturating_sub(price);
        is_enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn two_hundred_small_messages_a_second_are_never_too_many() {
        let begin = Instant::now();
        let mut allowance = Allowance::new(begin);
        for count in 0..200 * 3_600 {
            assert!(allowance.take(&[3], begin + Duration::from_millis(5 * count)), "{count}");
        }
    }

    #[test]
    fn a_flood_spends_it_and_a_pause_earns_it_again() {
        let begin = Instant::now();
        let mut allowance = Allowance::new(begin);
        let taken = (0..100_000).take_while(|_| allowance.take(&[3], begin)).count();
        assert_eq!(taken as u64, SAVED);
        assert!(allowance.take(&[3], begin + Duration::from_millis(20)));
        assert!(!allowance.take(&[3; 1_000], begin + Duration::from_millis(20)), "each message in a frame counts");
        assert!(!allowance.take(&[0; 1 << 20], begin + Duration::from_millis(100)), "length counts");
        assert!(allowance.take(&[3; 1_000], begin + Duration::from_secs(3)));
    }

    #[test]
    fn the_sentence_fits_a_close_frame() {
        assert!(SPENT.len() <= 123);
    }
}
