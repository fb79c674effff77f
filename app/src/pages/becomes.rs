//! What a typed line will become, in words, before it is taken.

use crate::reader::time;
use postmortem::Near;
use postmortem::quick_entry::{self, QuickEntryError, QuickLine as Read, TimeFound};

/// What a line will become, the inferred date with it; `None` while there is nothing to tell.
pub fn preview(line: &str, near: &Near) -> Option<String> {
    let zone = near.zone;
    let entry = match quick_entry::parse(line, near) {
        Ok(Read::Entry(entry)) => entry,
        Ok(Read::Action(_)) => return Some("An action item.".to_owned()),
        Err(QuickEntryError::NoText) => {
            let at = quick_entry::parse_time(line, near).ok()?.at;
            return Some(format!("{}.", time::whole(at, zone)));
        }
        Err(problem @ (QuickEntryError::Time(_) | QuickEntryError::NotInFront(_))) => return Some(problem.to_string()),
        Err(QuickEntryError::Empty | QuickEntryError::NoTime(_)) => return None,
    };
    let now = if entry.found == TimeFound::Now { "Now: " } else { "" };
    let until = entry.until.map(|until| format!(" to {}", time::day_and_clock(until, Some(entry.at), zone)));
    let source = entry.source.map(|source| format!(", source {}", source.host()));
    Some(format!("{now}{}{}{}.", time::whole(entry.at, zone), until.unwrap_or_default(), source.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::Zone;

    #[test]
    fn the_inferred_day_shows_before_it_is_taken() {
        let time = |text: &str| text.parse().expect("a time");
        let near = Near::beside(time("2018-10-21T23:19:00Z"), time("2026-11-29T12:37:00Z"), Zone::UTC);
        let shown = |line: &str| preview(line, &near);
        assert_eq!(shown("00:05").as_deref(), Some("Mon 22 Oct 2018, 00:05 UTC."));
        assert_eq!(
            shown("00:05 plan set https://a.example/1").as_deref(),
            Some("Mon 22 Oct 2018, 00:05 UTC, source a.example.")
        );
        assert_eq!(shown("01:05 CEST plan set").as_deref(), Some("Sun 21 Oct 2018, 23:05 UTC."));
        assert_eq!(shown("TODO add an alert").as_deref(), Some("An action item."));
        assert_eq!(shown("deploys"), None);
    }
}
