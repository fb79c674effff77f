//! How long an incident was at a severity (R65, R66): what the rail draws between its start and its resolution, as a
//! range where the times that bound it are disputed.

use crate::impact::{self, ImpactFigure};
use crate::rail::moments;
use crate::{Details, KeyTime, Precision, Severity, TimelineEntry, contradiction};
use chrono::{DateTime, TimeDelta, Utc};

/// The severities whose time every post-mortem tells (R65, R66).
pub const TIMED_SEVERITIES: [Severity; 2] = [Severity::Sev1, Severity::Sev2];

/// The time at a severity. `least` and `most` differ where sources disagree about a time that bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeIn {
    pub least: TimeDelta,
    pub most: TimeDelta,
    /// Whether a time that bounds it is only about right.
    pub is_about: bool,
    pub basis: Basis,
}

/// What says which severity the incident had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The entries with which a severity begins.
    Entries,
    /// The post-mortem's own, since no entry says any: it holds from the detection on, or else from the start.
    Own,
}

/// Why the time at a severity cannot be told yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// The incident goes on.
    Unresolved,
    /// Nobody said when it started, and no entry when a severity began.
    NoStart,
    /// An entry with which a severity begins has no time.
    Undated,
    /// Start or resolution cannot be true.
    Contradicted,
}

/// How long the incident was at a severity. A mitigated incident keeps its severity until it is resolved.
///
/// # Errors
/// Says what is missing.
pub fn time_in(severity: Severity, entries: &[TimelineEntry], details: &Details) -> Result<TimeIn, Untold> {
    let possible = contradiction::possible(details, entries);
    let missing = |key: KeyTime, untold| if details.key_time(key).is_some() { Untold::Contradicted } else { untold };
    if entries.iter().any(|entry| entry.severity.is_some() && entry.at.is_none()) {
        return Err(Untold::Undated);
    }
    let edges = Edges::of(entries, &possible);
    let end = edges.resolved.ok_or(missing(KeyTime::Resolved, Untold::Unresolved))?;
    let (basis, changes) = match (edges.changes.is_empty(), edges.started) {
        (false, _) => (Basis::Entries, edges.changes),
        (true, None) => return Err(missing(KeyTime::Started, Untold::NoStart)),
        (true, Some(start)) => {
            let noticed = edges.detected.map_or(start, |detected| start.later(detected));
            (Basis::Own, vec![(details.severity, noticed)])
        }
    };
    let bounds = in_order(changes.iter().map(|(_, edge)| *edge).chain([end]).collect());
    let mut time = TimeIn { least: TimeDelta::zero(), most: TimeDelta::zero(), is_about: false, basis };
    for ((level, _), pair) in changes.iter().zip(bounds.windows(2)) {
        let &[from, to] = pair else { continue };
        if *level != severity {
            continue;
        }
        let from = edges.started.map_or(from, |start| from.later(start));
        let to = to.earlier(end);
        let most = to.most - from.least;
        if most > TimeDelta::zero() {
            time.most += most;
            time.least += (to.least - from.most).max(TimeDelta::zero());
            time.is_about |= from.is_about || to.is_about;
        }
    }
    Ok(time)
}

/// A time that bounds a stretch, with all that sources say of it.
#[derive(Debug, Clone, Copy)]
struct Edge {
    at: DateTime<Utc>,
    least: DateTime<Utc>,
    most: DateTime<Utc>,
    is_about: bool,
}

impl Edge {
    /// The time of an entry, or of a key time that stands on its own.
    fn of(at: DateTime<Utc>, entry: Option<&TimelineEntry>) -> Self {
        let readings = entry.into_iter().flat_map(|entry| &entry.readings).map(|reading| reading.at);
        let said = || readings.clone().chain([at]);
        Self {
            at,
            least: said().min().unwrap_or(at),
            most: said().max().unwrap_or(at),
            is_about: entry.is_some_and(|entry| entry.precision == Precision::About),
        }
    }

    fn later(self, other: Self) -> Self {
        let nominal = if self.at >= other.at { self } else { other };
        Self { least: self.least.max(other.least), most: self.most.max(other.most), ..nominal }
    }

    fn earlier(self, other: Self) -> Self {
        let nominal = if self.at <= other.at { self } else { other };
        Self { least: self.least.min(other.least), most: self.most.min(other.most), ..nominal }
    }
}

/// What bounds the stretches of an incident, as the rail marks it.
#[derive(Debug, Default)]
struct Edges {
    started: Option<Edge>,
    detected: Option<Edge>,
    resolved: Option<Edge>,
    /// Where another severity begins, in order of time.
    changes: Vec<(Severity, Edge)>,
}

impl Edges {
    fn of(entries: &[TimelineEntry], details: &Details) -> Self {
        let mut edges = Self::default();
        for moment in moments(entries, details) {
            let entry = moment.index.and_then(|index| entries.get(index));
            let edge = Edge::of(moment.at, entry);
            for key in moment.marks {
                match key {
                    KeyTime::Started => edges.started = Some(edge),
                    KeyTime::Detected => edges.detected = Some(edge),
                    KeyTime::Resolved => edges.resolved = Some(edge),
                    KeyTime::CauseBegan | KeyTime::Paged | KeyTime::Public | KeyTime::Mitigated => {}
                }
            }
            let level = entry.and_then(|entry| entry.severity);
            let is_new = level != edges.changes.last().map(|(level, _)| *level);
            edges.changes.extend(level.filter(|_| is_new).map(|level| (level, edge)));
        }
        edges
    }
}

/// The edges without what contradicts their order: none can have been before the one in front of it.
fn in_order(mut edges: Vec<Edge>) -> Vec<Edge> {
    for index in 1..edges.len() {
        edges[index].least = edges[index].least.max(edges[index - 1].least);
    }
    for index in (1..edges.len()).rev() {
        edges[index - 1].most = edges[index - 1].most.min(edges[index].most);
    }
    edges
}

/// How many figures are known, and of how many: those that people find out, and the times at SEV-1 and SEV-2, which the
/// timeline tells.
pub fn known_figures(figures: &[ImpactFigure], entries: &[TimelineEntry], details: &Details) -> (usize, usize) {
    let told = TIMED_SEVERITIES.iter().filter(|severity| time_in(**severity, entries, details).is_ok()).count();
    let found = figures.len() - impact::unknown(figures).count();
    (found + told, figures.len() + TIMED_SEVERITIES.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EntryKind, ItemId, OtherReading, Stamp};

    /// A time of one day, as `12:10`.
    fn at(clock: &str) -> DateTime<Utc> {
        format!("2026-03-10T{clock}:00Z").parse().expect("a time")
    }

    fn entry(clock: &str, severity: Option<Severity>) -> TimelineEntry {
        TimelineEntry {
            id: ItemId::new(at(clock).timestamp().unsigned_abs(), [0; 10]),
            at: Some(at(clock)),
            until: None,
            precision: Precision::Minute,
            clock: String::new(),
            readings: Vec::new(),
            kind: EntryKind::StatusChange,
            text: String::new(),
            source: None,
            note: String::new(),
            severity,
            stamp: Stamp::default(),
        }
    }

    fn disputed(clock: &str, severity: Option<Severity>, other: &str) -> TimelineEntry {
        let readings = vec![OtherReading { at: at(other), clock: String::new() }];
        TimelineEntry { readings, ..entry(clock, severity) }
    }

    fn about(clock: &str, severity: Option<Severity>) -> TimelineEntry {
        TimelineEntry { precision: Precision::About, ..entry(clock, severity) }
    }

    fn incident(start: &str, end: &str) -> Details {
        Details {
            severity: Severity::Sev1,
            started_at: Some(at(start)),
            resolved_at: Some(at(end)),
            ..Details::default()
        }
    }

    /// Least and most minutes, and whether that is about right.
    fn minutes(severity: Severity, entries: &[TimelineEntry], details: &Details) -> (i64, i64, bool) {
        let time = time_in(severity, entries, details).expect("told");
        (time.least.num_minutes(), time.most.num_minutes(), time.is_about)
    }

    const ONE: Option<Severity> = Some(Severity::Sev1);
    const TWO: Option<Severity> = Some(Severity::Sev2);
    const THREE: Option<Severity> = Some(Severity::Sev3);

    #[test]
    fn r65_r66_it_comes_from_the_entries_that_change_it() {
        let details = incident("12:00", "13:00");
        let entries = [entry("12:09", TWO), entry("12:13", ONE), entry("12:30", None)];
        assert_eq!(minutes(Severity::Sev2, &entries, &details), (4, 4, false));
        assert_eq!(minutes(Severity::Sev1, &entries, &details), (47, 47, false));
        assert_eq!(minutes(Severity::Sev3, &entries, &details), (0, 0, false));
        let back = [entry("12:10", ONE), entry("12:20", TWO), entry("12:50", ONE), entry("12:55", ONE)];
        assert_eq!(minutes(Severity::Sev1, &back, &details), (20, 20, false));
    }

    #[test]
    fn it_is_counted_within_the_incident() {
        let details = incident("12:00", "13:00");
        assert_eq!(minutes(Severity::Sev1, &[entry("10:00", ONE)], &details), (60, 60, false));
        let around = [entry("10:00", ONE), entry("11:00", TWO), entry("12:30", ONE), entry("14:00", THREE)];
        assert_eq!(minutes(Severity::Sev1, &around, &details), (30, 30, false));
        assert_eq!(minutes(Severity::Sev2, &around, &details), (30, 30, false));
        assert_eq!(minutes(Severity::Sev3, &around, &details), (0, 0, false));
        let mitigated = Details { mitigated_at: Some(at("12:20")), ..details };
        assert_eq!(minutes(Severity::Sev1, &around, &mitigated), (30, 30, false), "it keeps its severity");
    }

    #[test]
    fn where_no_entry_says_a_severity_that_of_the_post_mortem_counts() {
        let details = incident("12:00", "13:00");
        let entries = [entry("11:00", None), entry("12:30", None)];
        assert_eq!(minutes(Severity::Sev1, &entries, &details), (60, 60, false));
        assert_eq!(minutes(Severity::Sev2, &entries, &details), (0, 0, false));
        assert_eq!(time_in(Severity::Sev1, &[], &details).map(|time| time.basis), Ok(Basis::Own));
        let noticed = Details { detected_at: Some(at("12:10")), ..details.clone() };
        assert_eq!(minutes(Severity::Sev1, &entries, &noticed), (50, 50, false));
        let early = Details { detected_at: Some(at("11:50")), ..details };
        assert_eq!(minutes(Severity::Sev1, &entries, &early), (60, 60, false));
    }

    #[test]
    fn disputed_times_give_a_range() {
        let details = incident("12:00", "12:30");
        assert_eq!(minutes(Severity::Sev1, &[disputed("12:10", ONE, "12:13")], &details), (17, 20, false));
        let start = [disputed("12:00", None, "12:03")];
        assert_eq!(minutes(Severity::Sev1, &start, &details), (27, 30, false), "the start itself");
        let end = [entry("12:00", None), disputed("12:30", None, "12:25")];
        assert_eq!(minutes(Severity::Sev1, &end, &details), (25, 30, false), "the end itself");
        let before = [disputed("12:10", ONE, "11:00")];
        assert_eq!(minutes(Severity::Sev1, &before, &details), (20, 30, false), "no earlier than the start");
        let crossed = [entry("12:05", ONE), disputed("12:10", TWO, "12:20"), entry("12:15", ONE)];
        assert_eq!(minutes(Severity::Sev1, &crossed, &details), (20, 25, false), "no more than there is");
        let elsewhere = [entry("12:10", ONE), disputed("12:15", None, "12:29")];
        assert_eq!(minutes(Severity::Sev1, &elsewhere, &details), (20, 20, false), "it bounds nothing");
    }

    #[test]
    fn about_is_said_where_such_a_time_bounds_it() {
        let details = incident("12:00", "12:30");
        assert_eq!(minutes(Severity::Sev1, &[about("12:10", ONE)], &details), (20, 20, true));
        assert_eq!(minutes(Severity::Sev2, &[about("12:10", ONE)], &details), (0, 0, false));
        assert_eq!(minutes(Severity::Sev1, &[about("11:10", ONE)], &details), (30, 30, false), "the start is exact");
        assert_eq!(minutes(Severity::Sev1, &[about("12:00", None)], &details), (30, 30, true), "the start itself");
    }

    #[test]
    fn what_is_missing_is_said() {
        let details = incident("12:00", "13:00");
        let told = |entries: &[TimelineEntry], details: &Details| time_in(Severity::Sev1, entries, details).err();
        let going_on = Details { resolved_at: None, ..details.clone() };
        assert_eq!(told(&[entry("12:10", ONE)], &going_on), Some(Untold::Unresolved));
        let unstarted = Details { started_at: None, ..details.clone() };
        assert_eq!(told(&[entry("12:10", None)], &unstarted), Some(Untold::NoStart));
        assert_eq!(minutes(Severity::Sev1, &[entry("12:10", ONE)], &unstarted), (50, 50, false));
        let undated = TimelineEntry { at: None, ..entry("12:10", ONE) };
        assert_eq!(told(&[entry("12:20", TWO), undated], &details), Some(Untold::Undated));
        assert_eq!(told(&[], &incident("12:00", "11:00")), Some(Untold::Contradicted));
    }

    #[test]
    fn r64_a_zero_is_known_and_an_absent_value_is_not() {
        let figure = |value: Option<&str>| ImpactFigure {
            id: "f".parse().expect("an id"),
            label: "Users affected".into(),
            value: value.map(str::to_owned),
            note: String::new(),
            checked_by: None,
            checker: None,
        };
        let figures = [figure(Some("0")), figure(None)];
        assert_eq!(known_figures(&figures, &[], &Details::default()), (1, 4));
        assert_eq!(impact::unknown(&figures).count(), 1);
    }
}
