//! Whose connections had to be closed for what they sent. Nothing keeps them from connecting again, and each new connection
//! costs the whole document; so theirs come one after the other, and everyone else's at once.

use crate::callers::Caller;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long an offence is remembered.
const REMEMBERED: Duration = Duration::from_secs(30);

/// Between two connections of one who offended: a page that was refused in good faith does not notice.
const APART: Duration = Duration::from_millis(100);

/// The longest that a connection waits; who would wait longer is sent away.
const LONGEST: Duration = Duration::from_secs(5);

/// Above so many, those are forgotten whose time is over.
const MANY: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Offences(Mutex<HashMap<Caller, Offender>>);

#[derive(Debug)]
struct Offender {
    until: Instant,
    /// When the next connection may come in.
    next: Instant,
}

impl Offences {
    /// A connection had to be closed.
    pub fn note(&self, caller: &Caller, now: Instant) {
        let mut offenders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if offenders.len() >= MANY {
            offenders.retain(|_, offender| offender.until > now);
        }
        let offender = offenders.entry(caller.clone()).or_insert(Offender { until: now, next: now });
        offender.until = now + REMEMBERED;
    }

    /// How long a new connection waits for its turn; `None` where that is too long.
    pub fn wait(&self, caller: &Caller, now: Instant) -> Option<Duration> {
        let mut offenders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(offender) = offenders.get_mut(caller).filter(|offender| offender.until > now) else {
            return Some(Duration::ZERO);
        };
        let turn = offender.next.max(now);
        let wait = turn - now;
        if wait > LONGEST {
            return None;
        }
        offender.next = turn + APART;
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u8) -> Caller {
        Caller::Address([192, 0, 2, number].into())
    }

    #[test]
    fn who_offended_comes_in_one_by_one_and_everyone_else_at_once() {
        let (offences, now) = (Offences::default(), Instant::now());
        offences.note(&address(1), now);
        let waits: Vec<_> = (0..100).map(|_| offences.wait(&address(1), now)).collect();
        assert_eq!(waits[..3], [Some(Duration::ZERO), Some(APART), Some(2 * APART)]);
        assert_eq!(waits.iter().flatten().max(), Some(&LONGEST));
        assert_eq!(waits[99], None, "the others are sent away");
        assert_eq!(offences.wait(&address(2), now), Some(Duration::ZERO));
        assert_eq!(offences.wait(&address(1), now + REMEMBERED), Some(Duration::ZERO));
    }
}
