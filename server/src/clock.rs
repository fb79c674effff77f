//! The only place that reads the time. Times are kept to the millisecond, which is what pages and databases show.

use chrono::{DateTime, SubsecRound, Utc};
use std::time::SystemTime;

/// The present moment, to the millisecond.
#[expect(clippy::disallowed_methods, reason = "this is where the time is read")]
pub fn now() -> DateTime<Utc> {
    DateTime::<Utc>::from(SystemTime::now()).trunc_subsecs(3)
}
