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

/// How much may be made and tried. Tests lower it.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    /// Attempts to sign in, or to open a link, from one address. A company can be one address, behind a proxy or a gateway,
    /// and all of it may come to one incident.
    pub sign_ins: Rate,
    /// Attempts to sign in as somebody from one address: what a person mistypes, and no more.
    pub sign_ins_of_pair: Rate,
    /// Attempts to sign in as somebody from addresses at which they are not signed in, all together: who guesses from many
    /// keeps nobody out who comes from where they always come from.
    pub sign_ins_of_account: Rate,
    /// Post-mortems that come from one address, imports among them: the history of years at once, and then more than any
    /// company has incidents. `debrief import` has no such limit.
    pub postmortems: Rate,
    /// Post-mortems that one person starts, so that one at the same gateway leaves the others theirs.
    pub postmortems_of_person: Rate,
    /// How often that is looked after.
    pub tended: Duration,
}

impl Default for Growth {
    fn default() -> Self {
        Self {
            sign_ins: Rate { burst: 300, every: Duration::from_secs(1) },
            sign_ins_of_pair: Rate { burst: 10, every: Duration::from_secs(30) },
            sign_ins_of_account: Rate { burst: 50, every: Duration::from_secs(30) },
            postmortems: Rate { burst: 2_000, every: Duration::from_secs(1) },
            postmortems_of_person: Rate { burst: 1_000, every: Duration::from_secs(2) },
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
    sign_ins: DefaultKeyedRateLimiter<Address>,
    sign_ins_of_pair: DefaultKeyedRateLimiter<(String, Address)>,
    sign_ins_of_account: DefaultKeyedRateLimiter<String>,
    postmortems: DefaultKeyedRateLimiter<Address>,
    postmortems_of_person: DefaultKeyedRateLimiter<UserId>,
}

impl Quotas {
    pub fn new(growth: &Growth) -> Self {
        Self {
            sign_ins: limiter(growth.sign_ins),
            sign_ins_of_pair: limiter(growth.sign_ins_of_pair),
            sign_ins_of_account: limiter(growth.sign_ins_of_account),
            postmortems: limiter(growth.postmortems),
            postmortems_of_person: limiter(growth.postmortems_of_person),
        }
    }

    /// Counts an attempt to come in.
    ///
    /// # Errors
    /// When the address made too many.
    pub fn take_entry(&self, address: Address) -> Result<(), ApiError> {
        take(&self.sign_ins, &address, "attempts to sign in came from this address")
    }

    /// Counts an attempt to sign in with a mail address; `is_at_home` where its person is signed in from there.
    ///
    /// # Errors
    /// When there were too many: from the address, for the person from there, or for the person from everywhere else.
    pub fn take_sign_in(&self, address: Address, mail: &str, is_at_home: bool) -> Result<(), ApiError> {
        self.take_entry(address)?;
        let what = "attempts to sign in with this mail address were made";
        take(&self.sign_ins_of_pair, &(mail.to_owned(), address), what)?;
        if is_at_home { Ok(()) } else { take(&self.sign_ins_of_account, &mail.to_owned(), what) }
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
        self.sign_ins.retain_recent();
        self.sign_ins_of_pair.retain_recent();
        self.sign_ins_of_account.retain_recent();
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
