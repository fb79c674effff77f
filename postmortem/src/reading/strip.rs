//! The whole incident in true linear scale, from its first moment to its last: where entries stand, the band of its
//! phases, the long silences, and a ruler on the clocks of a zone. Pure arithmetic; drawing is the client's.

use crate::rail::{Band, Phase, moments};
use crate::{Details, KeyTime, TimelineEntry, Zone};
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc, Weekday};

/// A silence from this length on is measured.
pub const MEASURED: TimeDelta = TimeDelta::hours(3);

/// A gap from this length on ends the first rush of entries.
const RUSH_ENDS: TimeDelta = TimeDelta::minutes(30);

/// The most marks with words that a ruler has.
const MOST_WORDS: i64 = 6;

/// Beyond this a ruler would be a grey bar.
const LONGEST_RULED: TimeDelta = TimeDelta::days(60);

/// How far along the strip something is, in thousandths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(pub u32);

impl Share {
    /// The end.
    pub const WHOLE: Self = Self(100_000);

    /// In percent, as it stands in markup: `72.502`.
    pub fn percent(self) -> String {
        format!("{}.{:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

/// A stretch of the strip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: Share,
    pub to: Share,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulerMark {
    pub share: Share,
    pub at: DateTime<Utc>,
    pub has_words: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strip {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Where entries stand, each place once.
    pub ticks: Vec<Share>,
    /// The key times that are marked, in order of time.
    pub keys: Vec<(KeyTime, DateTime<Utc>, Share)>,
    pub band: Vec<(Phase, Stretch)>,
    /// When each phase begins, for words.
    pub turns: Vec<(Phase, DateTime<Utc>)>,
    /// Silences of [`MEASURED`] and longer.
    pub silences: Vec<(TimeDelta, Stretch)>,
    pub ruler: Vec<RulerMark>,
    /// How many entries come in the first rush, and how long it is.
    pub rush: Option<(usize, TimeDelta)>,
}

/// The strip of a timeline; `None` where there is no length to draw.
pub fn strip(entries: &[TimelineEntry], details: &Details, zone: Zone) -> Option<Strip> {
    let moments = moments(entries, details);
    let (from, to) = (moments.first()?.at, moments.last()?.at);
    let length = (to - from).num_milliseconds();
    if length < 60_000 {
        return None;
    }
    let share = |at: DateTime<Utc>| {
        let along = (at - from).num_milliseconds().clamp(0, length);
        Share(u32::try_from(i128::from(along) * 100_000 / i128::from(length)).unwrap_or(0))
    };
    let mut phases = Band::new(entries, details);
    let mut band: Vec<(Phase, Stretch)> = Vec::new();
    let mut turns: Vec<(Phase, DateTime<Utc>)> = Vec::new();
    let mut silences = Vec::new();
    for (index, moment) in moments.iter().enumerate() {
        let phase = phases.after(moment, entries);
        if turns.last().is_none_or(|(last, _)| *last != phase) {
            turns.push((phase, moment.at));
        }
        let Some(next) = moments.get(index + 1) else { continue };
        let stretch = Stretch { from: share(moment.at), to: share(next.at) };
        if next.at - moment.at >= MEASURED {
            silences.push((next.at - moment.at, stretch));
        }
        match band.last_mut() {
            Some((last, drawn)) if *last == phase => drawn.to = stretch.to,
            _ => band.push((phase, stretch)),
        }
    }
    band.retain(|(phase, _)| *phase != Phase::None);
    let mut ticks: Vec<Share> = entries.iter().filter_map(|entry| entry.at.map(share)).collect();
    // A pixel holds one tick, however many entries stand there.
    ticks.dedup_by_key(|tick| tick.0 / 100);
    let keys =
        moments.iter().flat_map(|moment| moment.marks.iter().map(|key| (*key, moment.at, share(moment.at)))).collect();
    Some(Strip {
        from,
        to,
        ticks,
        keys,
        band,
        turns,
        silences,
        ruler: ruler(from, to, zone, share),
        rush: rush(entries),
    })
}

/// How many entries come before the first silence, where that is worth a word.
fn rush(entries: &[TimelineEntry]) -> Option<(usize, TimeDelta)> {
    let times: Vec<DateTime<Utc>> = entries.iter().filter_map(|entry| entry.at).collect();
    let count = times.windows(2).take_while(|pair| pair[1] - pair[0] < RUSH_ENDS).count() + 1;
    let length = *times.get(count - 1)? - *times.first()?;
    (count > 2 && count < times.len()).then_some((count, length))
}

/// Minutes between marks and between those with words, the first that leaves few enough.
const STEPS: [(i64, i64); 10] = [
    (1, 5),
    (5, 15),
    (5, 30),
    (15, 60),
    (60, 3 * 60),
    (60, 6 * 60),
    (3 * 60, 12 * 60),
    (6 * 60, 24 * 60),
    (24 * 60, 7 * 24 * 60),
    (24 * 60, 14 * 24 * 60),
];

fn ruler(from: DateTime<Utc>, to: DateTime<Utc>, zone: Zone, share: impl Fn(DateTime<Utc>) -> Share) -> Vec<RulerMark> {
    let minutes = (to - from).num_minutes();
    let Some((step, words)) = STEPS.into_iter().find(|(_, words)| minutes / words <= MOST_WORDS) else {
        return Vec::new();
    };
    if to - from > LONGEST_RULED {
        return Vec::new();
    }
    // Zones are whole quarters of an hour apart, so that these instants hold every mark of every one.
    let quarter = step.min(15) * 60;
    let first = from.timestamp().div_euclid(quarter) * quarter;
    let instants = (0..).map(|count| first + count * quarter).take_while(|second| *second <= to.timestamp());
    instants
        .filter_map(|second| DateTime::from_timestamp(second, 0))
        .filter(|at| *at >= from)
        .filter_map(|at| {
            let shown = zone.local(at);
            let minute = i64::from(shown.hour() * 60 + shown.minute());
            let is_on = |every: i64| minute % every.min(24 * 60) == 0;
            let weeks = match words / (7 * 24 * 60) {
                0 => true,
                1 => shown.weekday() == Weekday::Mon,
                _ => shown.weekday() == Weekday::Mon && shown.iso_week().week().is_multiple_of(2),
            };
            is_on(step).then(|| RulerMark { share: share(at), at, has_words: is_on(words) && weeks })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ItemId, Severity, Stamp, rail};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn entries(times: &[&str]) -> Vec<TimelineEntry> {
        let numbered = times.iter().zip(1_u64..);
        numbered
            .map(|(time, id)| TimelineEntry {
                id: ItemId::new(id, [0; 10]),
                at: Some(at(time)),
                until: None,
                precision: crate::Precision::Minute,
                clock: String::new(),
                readings: Vec::new(),
                kind: crate::EntryKind::Observation,
                text: String::new(),
                source: None,
                note: String::new(),
                severity: None,
                stamp: Stamp::default(),
            })
            .collect()
    }

    fn details() -> Details {
        Details {
            severity: Severity::Sev1,
            started_at: Some(at("2018-10-21T22:00:00Z")),
            mitigated_at: Some(at("2018-10-22T10:00:00Z")),
            resolved_at: Some(at("2018-10-22T22:00:00Z")),
            ..Details::default()
        }
    }

    #[test]
    fn r34_r35_everything_stands_where_its_time_is() {
        let entries =
            entries(&["2018-10-21T22:00:00Z", "2018-10-21T22:10:00Z", "2018-10-21T22:20:00Z", "2018-10-22T04:00:00Z"]);
        let strip = strip(&entries, &details(), Zone::UTC).expect("a length");
        assert_eq!(strip.keys.iter().map(|(_, _, share)| share.0).collect::<Vec<_>>(), [0, 50_000, 100_000]);
        assert_eq!(strip.ticks.last(), Some(&Share(25_000)));
        assert_eq!(strip.ticks.last().map(|tick| tick.percent()), Some("25.000".into()));
        let phases: Vec<_> = strip.band.iter().map(|(phase, stretch)| (*phase, stretch.from.0, stretch.to.0)).collect();
        assert_eq!(phases, [(Phase::Sev1, 0, 50_000), (Phase::Backlog, 50_000, 100_000)]);
        assert_eq!(strip.rush, Some((3, TimeDelta::minutes(20))));
        let silences: Vec<i64> = strip.silences.iter().map(|(length, _)| length.num_hours()).collect();
        assert_eq!(silences, [5, 6, 12]);
        assert_eq!(rail::rows(&entries, &details(), Zone::UTC).len(), 13);
    }

    #[test]
    fn the_ruler_follows_the_clocks_of_the_zone_over_their_change() {
        let times = entries(&["2018-10-27T20:30:00Z", "2018-10-28T20:30:00Z"]);
        let words = |zone: Zone| -> Vec<String> {
            let strip = strip(&times, &Details::default(), zone).expect("a length");
            let marks = strip.ruler.iter().filter(|mark| mark.has_words);
            marks.map(|mark| zone.local(mark.at).format("%H:%M").to_string()).collect()
        };
        assert_eq!(words(Zone::UTC), ["00:00", "06:00", "12:00", "18:00"]);
        assert_eq!(words(crate::zone::berlin()), ["00:00", "06:00", "12:00", "18:00"]);
        let strip = strip(&times, &Details::default(), crate::zone::berlin()).expect("a length");
        assert_eq!(strip.ruler.len(), 24, "the hour that comes twice has two marks");
    }

    #[test]
    fn five_thousand_entries_are_at_most_a_thousand_ticks() {
        let start = at("2018-10-21T22:00:00Z");
        let many: Vec<String> = (0..5_000).map(|minute| (start + TimeDelta::minutes(minute)).to_rfc3339()).collect();
        let many = entries(&many.iter().map(String::as_str).collect::<Vec<_>>());
        let strip = strip(&many, &Details::default(), Zone::UTC).expect("a length");
        assert!(strip.ticks.len() <= 1_001);
        assert!(strip.ruler.iter().filter(|mark| mark.has_words).count() <= 7);
    }

    #[test]
    fn what_has_no_length_has_no_strip() {
        assert_eq!(strip(&[], &Details::default(), Zone::UTC), None);
        assert_eq!(strip(&entries(&["2018-10-21T22:00:00Z"]), &Details::default(), Zone::UTC), None);
    }
}
