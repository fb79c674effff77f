//! How much one connection may send. It is measured in messages, and a long one counts as several; what is sent too fast
//! ends the connection rather than waiting in its place, so that a flood holds nothing of ours.

use postmortem::{limits, wire};
use std::time::Duration;
use tokio::time::Instant;

/// Messages a second that a connection may send for ever, unless another number is set: a script that writes 200 small
/// changes a second has room for five of its kind, and a room takes in several thousand.
pub(super) const A_SECOND: u32 = 1_000;

/// What a connection may have saved up, as the time in which it is earned: a script may replay a whole incident at once.
const SAVED: Duration = Duration::from_secs(10);

/// The bytes that count as one more message: 4 MiB a second for ever, 40 MiB saved up.
const LONG: usize = 4 << 10;

/// What a connection is told when its allowance is spent; a close frame has room for 123 bytes.
pub(super) fn spent(a_second: u32) -> String {
    format!(
        "too_often: More than {a_second} messages a second came from here. Put several changes into one, and connect \
         again."
    )
}

#[derive(Debug)]
pub(super) struct Allowance {
    /// The time in which one message is earned.
    a_message: Duration,
    left: Duration,
    since: Instant,
}

impl Allowance {
    pub fn new(a_second: u32, now: Instant) -> Self {
        Self {
            a_message: Duration::from_secs(1).checked_div(a_second).unwrap_or(Duration::MAX),
            left: SAVED,
            since: now,
        }
    }

    /// Takes a frame of the WebSocket protocol from it; false when it is spent.
    pub fn take(&mut self, frame: &[u8], now: Instant) -> bool {
        self.left = self.left.saturating_add(now.duration_since(self.since)).min(SAVED);
        self.since = now;
        let messages = wire::messages(frame).take(limits::MESSAGES).count().max(1) + frame.len() / LONG;
        let price = self.a_message.saturating_mul(u32::try_from(messages).unwrap_or(u32::MAX));
        let is_enough = price <= self.left;
        self.left = self.left.saturating_sub(price);
        is_enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_small_messages_a_second_are_never_too_many() {
        let begin = Instant::now();
        let mut allowance = Allowance::new(A_SECOND, begin);
        for count in 0..200 * 3_600 {
            assert!(allowance.take(&[3], begin + Duration::from_millis(5 * count)), "{count}");
        }
    }

    #[test]
    fn as_many_as_may_be_sent_for_ever_can_be_sent_for_ever() {
        let begin = Instant::now();
        let mut allowance = Allowance::new(A_SECOND, begin);
        for count in 0..60_000_u64 {
            // One and two messages in turn, a millisecond and a half apart.
            let messages = if count % 2 == 0 { &[3][..] } else { &[3, 3] };
            assert!(allowance.take(messages, begin + Duration::from_micros(1_500 * count)), "{count}");
        }
    }

    #[test]
    fn a_flood_spends_it_and_a_pause_earns_it_again() {
        let begin = Instant::now();
        let mut allowance = Allowance::new(A_SECOND, begin);
        let taken = (0..100_000).take_while(|_| allowance.take(&[3], begin)).count();
        assert_eq!(taken, 10_000);
        assert!(allowance.take(&[3], begin + Duration::from_millis(20)));
        assert!(!allowance.take(&[3; 1_000], begin + Duration::from_millis(20)), "each message in a frame counts");
        assert!(!allowance.take(&[0; 1 << 20], begin + Duration::from_millis(100)), "length counts");
        assert!(allowance.take(&[3; 1_000], begin + Duration::from_secs(3)));
    }

    #[test]
    fn the_sentence_fits_a_close_frame() {
        assert!(spent(u32::MAX).len() <= 123);
    }
}
