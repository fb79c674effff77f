//! A post-mortem as far as it can be true, which is what readers get.

use crate::{Postmortem, contradiction};
use chrono::{DateTime, Utc};

/// The post-mortem without what cannot be true, as it is published.
pub fn of(mut postmortem: Postmortem) -> Postmortem {
    let possible = contradiction::possible(&postmortem.details, &postmortem.timeline);
    let start = contradiction::judging_start(&postmortem.details);
    for entry in &mut postmortem.timeline {
        let is_late =
            |at: Option<DateTime<Utc>>| at.zip(start).is_some_and(|(at, start)| contradiction::is_late(at, start));
        if contradiction::of_end(entry).is_some() || is_late(entry.until) {
            entry.until = None;
        }
        entry.at = entry.at.filter(|at| !is_late(Some(*at)));
    }
    for action in &mut postmortem.actions {
        action.due = action.due.filter(|due| contradiction::of_due(*due, &postmortem.details).is_none());
    }
    postmortem.details = possible;
    postmortem
}
