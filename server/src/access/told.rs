//! What the log has told once: a name or an origin that is refused is a setting to be mended far more often than an attack,
//! and one line says which.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// After so many of a kind the log says no more of it for a day: a proxy that is not set up right has one or two, and who
/// makes them up has no end of them.
const MOST: usize = 100;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Debug, Default)]
pub struct ToldOnce(Mutex<HashMap<&'static str, OfADay>>);

#[derive(Debug)]
struct OfADay {
    since: Instant,
    told: HashSet<String>,
}

impl ToldOnce {
    /// Whether something of a kind is refused for the first time, and still to be told.
    pub fn is_new(&self, kind: &'static str, what: &str) -> bool {
        self.is_new_at(kind, what, Instant::now())
    }

    fn is_new_at(&self, kind: &'static str, what: &str, now: Instant) -> bool {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kinds.entry(kind).or_insert_with(|| OfADay { since: now, told: HashSet::new() });
        if now.duration_since(known.since) >= DAY {
            *known = OfADay { since: now, told: HashSet::new() };
        }
        if known.told.len() >= MOST || !known.told.insert(what.to_owned()) {
            return false;
        }
        if known.told.len() == MOST {
            tracing::warn!(kind, "{MOST} were refused; the log tells of no further ones today");
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_new_once_a_day_and_there_is_an_end_to_those_of_a_kind() {
        let (told, now) = (ToldOnce::default(), Instant::now());
        let told_at = |kind, what: &str, now| told.is_new_at(kind, what, now);
        assert!(told_at("host", "evil.example", now) && !told_at("host", "evil.example", now));
        let further = (0..1_000).filter(|number| told_at("host", &number.to_string(), now)).count();
        assert_eq!(further, MOST - 1);
        assert!(told_at("origin", "evil.example", now), "the hosts keep no origin from being told");
        assert!(!told_at("host", "late.example", now + DAY - Duration::from_secs(1)));
        assert!(told_at("host", "late.example", now + DAY));
    }
}
