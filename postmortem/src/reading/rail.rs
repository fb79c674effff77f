//! The timeline laid out along its rail: days, gaps to scale, the phase that colours and widens the band, and where
//! the incident started, was detected, mitigated and resolved (R34, R35). Pure arithmetic over values; drawing is the
//! client's.

use crate::{Details, KeyTime, Severity, TimelineEntry, Zone};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};

/// A gap from this length on is labelled.
pub const LABELLED_GAP: TimeDelta = TimeDelta::minutes(30);

/// A gap from this length on has a tick an hour.
pub const TICKED_GAP: TimeDelta = TimeDelta::minutes(60);

/// What the band of the rail says about a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Before the start and after the end: no band.
    None,
    /// Under way, and nobody has noticed.
    Unseen,
    /// Noticed, and no severity is set.
    Triage,
    Sev3,
    Sev2,
    Sev1,
    /// Mitigated, and still not over.
    Backlog,
}

impl Phase {
    /// The name in markup, as `data-from` and `data-to`.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unseen => "unseen",
            Self::Triage => "triage",
            Self::Sev3 => "sev3",
            Self::Sev2 => "sev2",
            Self::Sev1 => "sev1",
            Self::Backlog => "backlog",
        }
    }

    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Sev1 => Self::Sev1,
            Severity::Sev2 => Self::Sev2,
            Severity::Sev3 => Self::Sev3,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RailRow {
    /// A new day begins in the zone that is read in, or its clocks were moved; `gap` is the time since the row before
    /// where that is worth a label.
    Day {
        /// The day, on the clocks of the zone.
        date: NaiveDate,
        /// The first moment told of it, which says how far those clocks are from UTC.
        at: DateTime<Utc>,
        /// The time since the row before.
        gap: Option<TimeDelta>,
        /// What the band says meanwhile.
        phase: Phase,
    },
    /// Time in which nothing is told.
    Gap {
        duration: TimeDelta,
        /// What the band says meanwhile.
        phase: Phase,
    },
    Entry {
        /// Its index in the timeline.
        index: usize,
        /// The band above its tick.
        from: Phase,
        /// The band below.
        to: Phase,
        /// Time since the start.
        elapsed: Option<TimeDelta>,
        /// Whether the entry before has the same minute.
        repeats: bool,
        /// The key times that this entry stands for.
        marks: Vec<KeyTime>,
        /// The severity that begins here.
        begins: Option<Severity>,
    },
    /// A key time that no entry stands for.
    Mark {
        key: KeyTime,
        at: DateTime<Utc>,
        /// The band above.
        from: Phase,
        /// The band below.
        to: Phase,
        /// Time since the start.
        elapsed: Option<TimeDelta>,
    },
    /// An entry without a readable time, below the others.
    Undated {
        /// Its index in the timeline.
        index: usize,
    },
}

/// The key times that are marked on the rail.
const MARKED: [KeyTime; 4] = [KeyTime::Started, KeyTime::Detected, KeyTime::Mitigated, KeyTime::Resolved];

/// A moment at which something is drawn.
pub(crate) struct Moment {
    pub at: DateTime<Utc>,
    pub index: Option<usize>,
    pub marks: Vec<KeyTime>,
}

/// The rows of a timeline read in a zone. `entries` is ordered as [`crate::Postmortem::timeline`] is.
pub fn rows(entries: &[TimelineEntry], details: &Details, zone: Zone) -> Vec<RailRow> {
    rows_of(entries, details, zone, |_| true)
}

/// The rows of those entries that `shows` takes. What the others say about severity and key times still holds: a key
/// time of an entry that is not shown stands on its own.
pub fn rows_of(
    entries: &[TimelineEntry],
    details: &Details,
    zone: Zone,
    shows: impl Fn(&TimelineEntry) -> bool,
) -> Vec<RailRow> {
    let moments = moments(entries, details);
    let mut rows = Vec::with_capacity(moments.len() * 2);
    let mut band = Band::new(entries, details);
    let mut phase = Phase::None;
    let mut last: Option<DateTime<Utc>> = None;
    for moment in moments {
        let at = moment.at;
        let index = moment.index.filter(|index| entries.get(*index).is_some_and(&shows));
        if index.is_none() && moment.marks.is_empty() {
            phase = band.after(&moment, entries);
            continue;
        }
        let gap = last.map(|last| at - last);
        if last.is_none_or(|last| day(zone, last) != day(zone, at)) {
            let gap = gap.filter(|gap| *gap >= LABELLED_GAP && *gap < TICKED_GAP);
            if let (Some(whole), None) = (last.map(|last| at - last), gap)
                && whole >= TICKED_GAP
            {
                rows.push(RailRow::Gap { duration: whole, phase });
            }
            rows.push(RailRow::Day { date: day(zone, at).0, at, gap, phase });
        } else if let Some(duration) = gap.filter(|gap| *gap >= TimeDelta::minutes(1)) {
            rows.push(RailRow::Gap { duration, phase });
        }
        let from = phase;
        phase = band.after(&moment, entries);
        let elapsed = details.started_at.map(|start| at - start);
        match index {
            Some(index) => rows.push(RailRow::Entry {
                index,
                from,
                to: phase,
                elapsed,
                repeats: last.is_some_and(|last| same_minute(last, at)),
                begins: entries.get(index).and_then(|entry| entry.severity),
                marks: moment.marks,
            }),
            None => {
                let last_mark = moment.marks.len().saturating_sub(1);
                rows.extend(moment.marks.into_iter().enumerate().map(|(number, key)| {
                    let from = if number == 0 { from } else { phase };
                    let to = if number == last_mark { phase } else { from };
                    RailRow::Mark { key, at, from, to, elapsed }
                }));
            }
        }
        last = Some(at);
    }
    let undated = entries.iter().enumerate().filter(|(_, entry)| entry.at.is_none() && shows(entry));
    rows.extend(undated.map(|(index, _)| RailRow::Undated { index }));
    rows
}

/// Every dated entry and every marked key time, in order. A key time is marked on the first entry of its instant; one
/// without such an entry stands on its own, the start before what happens in the same instant and the rest after.
pub(crate) fn moments(entries: &[TimelineEntry], details: &Details) -> Vec<Moment> {
    let mut moments: Vec<Moment> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| Some(Moment { at: entry.at?, index: Some(index), marks: Vec::new() }))
        .collect();
    for key in MARKED {
        let Some(at) = details.key_time(key) else { continue };
        let start = moments.partition_point(|moment| moment.at < at);
        // What ends an incident is the last thing said of that instant, what starts it the first.
        let same = moments[start..].iter().take_while(|moment| moment.at == at).count();
        let place = if key == KeyTime::Resolved && same > 0 { start + same - 1 } else { start };
        match moments.get_mut(place).filter(|moment| moment.at == at) {
            Some(moment) => moment.marks.push(key),
            None => moments.insert(place, Moment { at, index: None, marks: vec![key] }),
        }
    }
    moments
}

/// The day on the clocks of a zone, and how far they are from UTC: a heading says both.
fn day(zone: Zone, at: DateTime<Utc>) -> (NaiveDate, FixedOffset) {
    let local = zone.local(at);
    (local.date_naive(), *local.offset())
}

/// Walks along the incident and knows the phase after each moment.
pub(crate) struct Band {
    severity: Option<Severity>,
    started: bool,
    detected: bool,
    mitigated: bool,
    resolved: bool,
    has_start: bool,
}

impl Band {
    pub fn new(entries: &[TimelineEntry], details: &Details) -> Self {
        // Without entries that change it, the incident's own severity holds from its detection on.
        let changes = entries.iter().any(|entry| entry.severity.is_some());
        Self {
            severity: (!changes).then_some(details.severity),
            started: false,
            detected: details.detected_at.is_none() && !changes,
            mitigated: false,
            resolved: false,
            has_start: details.started_at.is_some(),
        }
    }

    pub fn after(&mut self, moment: &Moment, entries: &[TimelineEntry]) -> Phase {
        for key in &moment.marks {
            match key {
                KeyTime::Started => self.started = true,
                KeyTime::Detected => self.detected = true,
                KeyTime::Mitigated => self.mitigated = true,
                KeyTime::Resolved => self.resolved = true,
                KeyTime::CauseBegan | KeyTime::Paged | KeyTime::Public => {}
            }
        }
        if let Some(severity) = moment.index.and_then(|index| entries.get(index)?.severity) {
            self.severity = Some(severity);
            self.detected = true;
        }
        let under_way = (self.started || (!self.has_start && moment.index.is_some())) && !self.resolved;
        match (under_way, self.mitigated, self.detected, self.severity) {
            (false, ..) => Phase::None,
            (true, true, ..) => Phase::Backlog,
            (true, false, false, _) => Phase::Unseen,
            (true, false, true, None) => Phase::Triage,
            (true, false, true, Some(severity)) => Phase::of(severity),
        }
    }
}

fn same_minute(a: DateTime<Utc>, b: DateTime<Utc>) -> bool {
    a.timestamp().div_euclid(60) == b.timestamp().div_euclid(60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EntryKind, ItemId, Precision, Stamp};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn entry(id: u64, time: &str) -> TimelineEntry {
        TimelineEntry {
            id: ItemId::new(id, [0; 10]),
            at: Some(at(time)),
            until: None,
            precision: Precision::Minute,
            clock: String::new(),
            readings: Vec::new(),
            kind: EntryKind::Observation,
            text: String::new(),
            source: None,
            note: String::new(),
            severity: None,
            stamp: Stamp::default(),
        }
    }

    fn details() -> Details {
        Details {
            severity: Severity::Sev1,
            started_at: Some(at("2018-10-21T22:52:00Z")),
            detected_at: Some(at("2018-10-21T22:54:00Z")),
            resolved_at: Some(at("2018-10-22T23:03:00Z")),
            ..Details::default()
        }
    }

    #[test]
    fn r34_r35_start_and_resolution_are_marked_on_their_entries() {
        let entries = [
            entry(1, "2018-10-21T22:52:00Z"),
            entry(2, "2018-10-21T22:52:00Z"),
            entry(3, "2018-10-21T22:54:00Z"),
            entry(4, "2018-10-22T23:03:00Z"),
        ];
        let drawn: Vec<(usize, Phase, Phase, bool, Vec<KeyTime>)> = rows(&entries, &details(), Zone::UTC)
            .into_iter()
            .filter_map(|row| match row {
                RailRow::Entry { index, from, to, repeats, marks, .. } => Some((index, from, to, repeats, marks)),
                _ => None,
            })
            .collect();
        assert_eq!(
            drawn,
            [
                (0, Phase::None, Phase::Unseen, false, vec![KeyTime::Started]),
                (1, Phase::Unseen, Phase::Unseen, true, vec![]),
                (2, Phase::Unseen, Phase::Sev1, false, vec![KeyTime::Detected]),
                (3, Phase::Sev1, Phase::None, false, vec![KeyTime::Resolved]),
            ]
        );
    }

    #[test]
    fn a_key_time_without_an_entry_stands_on_its_own() {
        let entries = [entry(1, "2018-10-21T23:00:00Z")];
        let rows = rows(&entries, &details(), Zone::UTC);
        let marks: Vec<KeyTime> = rows
            .iter()
            .filter_map(|row| match row {
                RailRow::Mark { key, .. } => Some(*key),
                _ => None,
            })
            .collect();
        assert_eq!(marks, [KeyTime::Started, KeyTime::Detected, KeyTime::Resolved]);
    }

    #[test]
    fn an_empty_timeline_has_no_rows() {
        assert_eq!(rows(&[], &Details::default(), Zone::UTC), []);
    }

    #[test]
    fn an_entry_without_a_time_comes_below_the_others() {
        let mut undated = entry(1, "2018-10-21T22:52:00Z");
        undated.at = None;
        let entries = [entry(2, "2018-10-21T22:53:00Z"), undated];
        assert_eq!(rows(&entries, &Details::default(), Zone::UTC).last(), Some(&RailRow::Undated { index: 1 }));
    }

    #[test]
    fn gaps_are_told_and_days_are_named() {
        let entries =
            [entry(1, "2018-10-21T23:19:00Z"), entry(2, "2018-10-22T00:05:00Z"), entry(3, "2018-10-22T06:15:00Z")];
        let rows = rows(&entries, &Details::default(), Zone::UTC);
        assert!(matches!(rows[2], RailRow::Day { gap: Some(gap), .. } if gap == TimeDelta::minutes(46)));
        assert!(matches!(rows[4], RailRow::Gap { duration, .. } if duration == TimeDelta::minutes(370)));
    }

    #[test]
    fn days_are_those_of_the_zone_and_its_moved_clocks_are_told() {
        let entries =
            [entry(1, "2018-10-27T21:30:00Z"), entry(2, "2018-10-27T22:30:00Z"), entry(3, "2018-10-28T02:00:00Z")];
        let days = |zone: Zone| -> Vec<String> {
            let rows = rows(&entries, &Details::default(), zone);
            rows.iter()
                .filter_map(|row| match row {
                    RailRow::Day { date, at, .. } => Some(format!("{date} {}", zone.label(*at))),
                    _ => None,
                })
                .collect()
        };
        assert_eq!(days(Zone::UTC), ["2018-10-27 UTC", "2018-10-28 UTC"]);
        let berlin = crate::zone::berlin();
        assert_eq!(days(berlin), ["2018-10-27 Berlin +2", "2018-10-28 Berlin +2", "2018-10-28 Berlin +1"]);
    }

    #[test]
    fn what_a_filter_hides_still_says_severity_and_key_times() {
        let mut red = entry(2, "2018-10-21T22:54:00Z");
        red.severity = Some(Severity::Sev1);
        let entries = [entry(1, "2018-10-21T22:52:00Z"), red, entry(3, "2018-10-21T23:40:00Z")];
        let shown = rows_of(&entries, &details(), Zone::UTC, |entry| entry.severity.is_none());
        assert!(shown.contains(&RailRow::Mark {
            key: KeyTime::Detected,
            at: at("2018-10-21T22:54:00Z"),
            from: Phase::Unseen,
            to: Phase::Sev1,
            elapsed: Some(TimeDelta::minutes(2)),
        }));
        assert!(shown.iter().any(|row| matches!(row, RailRow::Entry { index: 2, from: Phase::Sev1, .. })));
        assert!(!shown.iter().any(|row| matches!(row, RailRow::Entry { index: 1, .. })));
    }
}
