//! How fast the API answers one caller. Who asks faster for long is answered later, in order, and refused only when that
//! would take too long: what one script does without end leaves the processors to who is typing.

use super::Visitor;
use crate::Debrief;
use crate::callers::{Address, Caller};
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How many requests a second one person is answered for ever, unless the operator says otherwise: more than any page asks
/// for. What long answers cost is not bounded by it.
pub const A_SECOND: u32 = 200;

/// For how many seconds requests are saved up: a page with its threads, a folder of files, a script that looks at everything.
const SAVED_UP: u32 = 5;

/// How many times as many strangers at one address are answered: a company can be one address.
const STRANGERS: u32 = 2;

/// As how many readings a write counts: it is a commit.
const WRITE: u32 = 5;

/// How long a request waits at most: less than browsers and proxies do.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// When each caller will have been answered everything that they asked for.
#[derive(Debug)]
pub struct RequestPace {
    /// Of one person, for one reading.
    every: Duration,
    done: Mutex<HashMap<Caller, Instant>>,
}

impl RequestPace {
    /// With so many readings of one person a second.
    pub fn new(a_second: u32) -> Self {
        Self { every: Duration::from_secs(1) / a_second.max(1), done: Mutex::default() }
    }

    /// When a request that counts as so many readings is answered.
    ///
    /// # Errors
    /// How long the caller has to wait before they ask again.
    fn turn(&self, caller: &Caller, readings: u32, now: Instant) -> Result<Instant, Duration> {
        let every = if caller.is_stranger() { self.every / STRANGERS } else { self.every };
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let known = done.get(caller).map_or(now, |done| now.max(*done));
        let next = known + every * readings;
        let saved_up = Duration::from_secs(SAVED_UP.into());
        let turn = next.checked_sub(saved_up).unwrap_or(now).max(now);
        match turn.duration_since(now).checked_sub(LONGEST_WAIT) {
            Some(beyond) if !beyond.is_zero() => Err(beyond),
            _ => {
                done.insert(caller.clone(), next);
                Ok(turn)
            }
        }
    }

    /// Forgets whoever was answered everything.
    pub fn tidy(&self, now: Instant) {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, done| *done > now);
    }
}

/// Answers each caller at their pace.
pub async fn keep_pace(
    State(debrief): State<Debrief>,
    visitor: Result<Option<Visitor>, ApiError>,
    address: Address,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let visitor = match visitor {
        // Whose session has ended is nobody in particular.
        Err(ApiError::NoSession) => None,
        visitor => visitor?,
    };
    let caller = visitor.map_or(Caller::Address(address.ip()), |visitor| Caller::of(&visitor.account.person));
    let readings = if [Method::GET, Method::HEAD].contains(request.method()) { 1 } else { WRITE };
    let turn = debrief.access.pace.turn(&caller, readings, Instant::now()).map_err(|wait| ApiError::TooOften {
        what: if caller.is_stranger() { "requests came from this address" } else { "requests came from you" },
        seconds: wait.as_secs() + 1,
    })?;
    sleep_until(turn).await;
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn caller(name: &str) -> Caller {
        Caller::Person(name.parse().expect("an id"))
    }

    /// How long so many requests wait that are made at once.
    fn waits(
        pace: &RequestPace,
        caller: &Caller,
        readings: u32,
        count: usize,
        now: Instant,
    ) -> Vec<Result<Duration, Duration>> {
        (0..count).map(|_| pace.turn(caller, readings, now).map(|turn| turn - now)).collect()
    }

    #[test]
    fn who_asks_without_end_is_answered_in_order_and_at_last_refused() {
        let (pace, now) = (RequestPace::new(10), Instant::now());
        let waits = waits(&pace, &caller("mallory"), 1, 152, now);
        let milliseconds = Duration::from_millis;
        assert!(waits[..50].iter().all(|wait| *wait == Ok(Duration::ZERO)), "five seconds are saved up");
        assert_eq!(waits[50..53], [100, 200, 300].map(milliseconds).map(Ok));
        assert_eq!(waits[149..], [Ok(milliseconds(10_000)), Err(milliseconds(100)), Err(milliseconds(100))]);
        assert_eq!(pace.turn(&caller("mara"), 1, now), Ok(now), "nobody else waits");
    }

    #[test]
    fn a_write_counts_as_five_and_strangers_at_an_address_have_twice_as_many() {
        let (pace, now) = (RequestPace::new(10), Instant::now());
        let at_once = |caller: &Caller, readings| {
            waits(&pace, caller, readings, 200, now).iter().filter(|wait| **wait == Ok(Duration::ZERO)).count()
        };
        let address = Caller::Address(IpAddr::from([192, 0, 2, 7]));
        assert_eq!(
            [at_once(&caller("mara"), WRITE), at_once(&caller("jonah"), 1), at_once(&address, 1)],
            [10, 50, 100]
        );
    }

    #[test]
    fn who_rests_has_everything_again_and_is_forgotten() {
        let (pace, now) = (RequestPace::new(10), Instant::now());
        waits(&pace, &caller("mara"), 1, 60, now);
        pace.tidy(now);
        assert_eq!(pace.done.lock().expect("a lock").len(), 1);
        let later = now + Duration::from_millis(6_001);
        pace.tidy(later);
        assert_eq!(pace.done.lock().expect("a lock").len(), 0);
        assert_eq!(waits(&pace, &caller("mara"), 1, 50, later), vec![Ok(Duration::ZERO); 50]);
    }
}
