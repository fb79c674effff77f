//! How much one person, or one address, may make: what anybody can make without end fills the disk for all. Each limit lets
//! a burst through that ordinary use never reaches, and then so many a minute; who is over it is told when to come back.

use crate::callers::Address;
use crate::error::ApiError;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use postmortem::UserId;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

/// How much may be made, and how long what nobody uses is kept. Tests lower it.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    /// Sessions of one address. A company can be one address, behind a proxy or a gateway, and all of it may come to one
    /// incident; a script that gives a name for each of its runs has one a second.
    pub sessions: Rate,
    /// Post-mortems that come from one address, imports among them: the history of years at once, and then more than any
    /// company has incidents. `debrief import` has no such limit.
    pub postmortems: Rate,
    /// Post-mortems that one person starts, so that one at the same gateway leaves the others theirs.
    pub postmortems_of_person: Rate,
    /// How long a session stays that nobody uses: as long as its cookie.
    pub unused: Duration,
    /// How long a session stays that was never used. A browser uses its own within a second.
    pub never_used: Duration,
    /// How often that is looked after.
    pub tended: Duration,
}

impl Default for Growth {
    fn default() -> Self {
        Self {
            sessions: Rate { burst: 2_000, every: Duration::from_secs(1) },
            postmortems: Rate { burst: 2_000, every: Duration::from_secs(1) },
            postmortems_of_person: Rate { burst: 1_000, every: Duration::from_secs(2) },
            unused: Duration::from_secs(365 * 24 * 60 * 60),
            never_used: Duration::from_secs(24 * 60 * 60),
            tended: Duration::from_secs(60),
        }
    }
}

/// A burst, and one more after each time.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    pub burst: u32,
    pub every: Duration,
}

/// What is left to each.
#[derive(Debug)]
pub struct Quotas {
    sessions: DefaultKeyedRateLimiter<Address>,
    postmortems: DefaultKeyedRateLimiter<Address>,
    postmortems_of_person: DefaultKeyedRateLimiter<UserId>,
}

impl Quotas {
    pub fn new(growth: &Growth) -> Self {
        Self {
            sessions: limiter(growth.sessions),
            postmortems: limiter(growth.postmortems),
            postmortems_of_person: limiter(growth.postmortems_of_person),
        }
    }

    /// Counts a new session.
    ///
    /// # Errors
    /// When the address made too many.
    pub fn take_session(&self, address: Address) -> Result<(), ApiError> {
        take(&self.sessions, &address, "names were given from this address")
    }

    /// Counts a new post-mortem.
    ///
    /// # Errors
    /// When the person or the address made too many.
    pub fn take_postmortem(&self, address: Address, person: &UserId) -> Result<(), ApiError> {
        take(&self.postmortems_of_person, person, "post-mortems were started by you")?;
        take(&self.postmortems, &address, "post-mortems were started from this address")
    }

    /// Forgets whoever has everything left again.
    pub fn tidy(&self) {
        self.sessions.retain_recent();
        self.postmortems.retain_recent();
        self.postmortems_of_person.retain_recent();
    }
}

fn limiter<Key: Hash + Eq + Clone>(Rate { burst, every }: Rate) -> DefaultKeyedRateLimiter<Key> {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    // A time of nothing is no limit at all.
    let quota = Quota::with_period(every.max(Duration::from_nanos(1))).unwrap_or(Quota::per_second(burst));
    RateLimiter::keyed(quota.allow_burst(burst))
}

fn take<Key: Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<Key>,
    key: &Key,
    what: &'static str,
) -> Result<(), ApiError> {
    limiter.check_key(key).map_err(|refused| {
        let wait = refused.wait_time_from(DefaultClock::default().now());
        ApiError::TooOften { what, seconds: wait.as_secs() + 1 }
    })
}
