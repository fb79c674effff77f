//! Versions: a post-mortem as it was at moments worth keeping, and which of them are kept as they grow old.

use crate::Person;
use crate::named::named;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

named! {
    /// Why a version was kept.
    Reason, "a reason" {
        Published = "published", "Published";
        StatusChange = "status_change", "Status changed";
        /// People had been writing for a while.
        Activity = "activity", "While it was written";
        /// An earlier version was brought back in its place.
        BeforeRestore = "before_restore", "Before a version was brought back";
    }
}

/// What a list of versions says of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number in its post-mortem, from 1.
    pub version: u32,
    pub reason: Reason,
    pub at: DateTime<Utc>,
    /// Who published, changed the status, brought something back, or wrote; absent where several did, or nobody is known.
    pub by: Option<Person>,
}

/// How long every version is kept.
const ALL: TimeDelta = TimeDelta::days(1);

/// How long one an hour is kept; after it, one a day is.
const HOURLY: TimeDelta = TimeDelta::days(30);

/// The numbers of the versions that are given up for their age. All stay for a day. After it, of those kept for activity,
/// or before another came back, the last of each hour stays for 30 days, and the last of each day for good; of those where
/// the status changed, the last of each hour for good. What was published stays, and so does the newest.
pub fn outdated(versions: &[Version], now: DateTime<Utc>) -> Vec<u32> {
    let mut newest_first: Vec<&Version> = versions.iter().collect();
    newest_first.sort_by_key(|version| std::cmp::Reverse((version.at, version.version)));
    let mut filled = BTreeSet::new();
    let thinned = newest_first.into_iter().skip(1).filter(|version| {
        let seconds = version.at.timestamp();
        let slot = match (version.reason, now - version.at) {
            (Reason::Published, _) => return false,
            (_, age) if age < ALL => return false,
            (Reason::StatusChange, _) => (2, seconds.div_euclid(60 * 60)),
            (_, age) if age < HOURLY => (0, seconds.div_euclid(60 * 60)),
            _ => (1, seconds.div_euclid(24 * 60 * 60)),
        };
        !filled.insert(slot)
    });
    thinned.map(|version| version.version).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_ten_minutes(days: i64, end: DateTime<Utc>) -> Vec<Version> {
        let count = days * 24 * 6;
        let at = |number: i64| end - TimeDelta::minutes(10 * (count - number));
        (1..=count)
            .map(|number| Version {
                version: u32::try_from(number).expect("few"),
                reason: if number == 5 { Reason::Published } else { Reason::Activity },
                at: at(number),
                by: None,
            })
            .collect()
    }

    #[test]
    fn versions_thin_out_with_age_and_never_twice() {
        let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("a time");
        let mut versions = every_ten_minutes(60, now);
        let outdated_now = outdated(&versions, now);
        versions.retain(|version| !outdated_now.contains(&version.version));
        let kept = |from: i64, to: i64| {
            let between = |version: &&Version| (from..to).contains(&(now - version.at).num_days());
            versions.iter().filter(between).count()
        };
        assert_eq!(kept(0, 1), 144, "a day of all");
        assert!((29 * 24..=29 * 24 + 1).contains(&kept(1, 30)), "a month of hours");
        assert!((30..=32).contains(&kept(30, 61)), "then days");
        assert!(versions.iter().any(|version| version.version == 5), "what was published stays");
        assert_eq!(outdated(&versions, now), Vec::<u32>::new());
        let later = now + TimeDelta::days(365);
        let outdated_later = outdated(&versions, later);
        versions.retain(|version| !outdated_later.contains(&version.version));
        assert_eq!(versions.last().map(|version| version.at), Some(now), "the newest is never given up");
        assert!((61..=63).contains(&versions.len()), "{}", versions.len());
    }
    #[test]
    fn of_changes_of_the_status_the_last_of_each_hour_stays_after_a_day() {
        let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("a time");
        let at = |number: u32, minutes| Version {
            version: number,
            reason: Reason::StatusChange,
            at: now - TimeDelta::days(60) + TimeDelta::minutes(minutes),
            by: None,
        };
        let versions = [at(1, 0), at(2, 1), at(3, 59), at(4, 60), at(5, 61), at(6, 200)];
        assert_eq!(outdated(&versions, now), [4, 2, 1]);
        assert_eq!(outdated(&versions, now - TimeDelta::days(60)), Vec::<u32>::new());
    }
}
