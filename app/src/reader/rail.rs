//! The rail's own rows and marks: days, gaps to scale, the tick that points at a time, and the legend of its widths.

use crate::reader::icon::{Icon, IconName};
use crate::reader::time::day_heading;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use leptos::prelude::*;
use postmortem::rail::{LABELLED_GAP, Phase, RailRow, TICKED_GAP};
use postmortem::{KeyTime, Zone, duration};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The rules that give the gaps of these rows their length: `.m46{--m:46}`, for one style element of the page. Gaps
/// carry classes instead of style attributes because the published page's policy forbids the latter.
pub fn rail_measures(rows: &[RailRow]) -> String {
    let gaps = rows.iter().filter_map(|row| match row {
        RailRow::Gap { duration, .. } => Some(*duration),
        RailRow::Day { gap, .. } => *gap,
        RailRow::Entry { .. } | RailRow::Mark { .. } | RailRow::Undated { .. } => None,
    });
    let lengths: BTreeSet<i64> = gaps.map(|gap| gap.num_minutes()).collect();
    lengths.into_iter().fold(String::new(), |mut rules, minutes| {
        // Writing to a String cannot fail.
        let _ = write!(rules, ".m{minutes}{{--m:{minutes}}}");
        rules
    })
}

fn measure(gap: TimeDelta) -> String {
    format!("m{}", gap.num_minutes())
}

/// The heading of a day on the clocks of a zone, with the time since the row before where that is worth a label.
#[component]
pub fn DayRow(
    date: NaiveDate,
    at: DateTime<Utc>,
    #[prop(optional_no_strip)] gap: Option<TimeDelta>,
    phase: Phase,
    zone: Zone,
) -> impl IntoView {
    let class = gap.map_or_else(|| "day".to_owned(), |gap| format!("day {}", measure(gap)));
    view! {
        <li class=class data-from=phase.code()>
            {gap.map(later)}
            <span class="rail"></span>
            <h3>{day_heading(date, at, zone)}</h3>
        </li>
    }
}

/// Time in which nothing is told, as long as its square root; from an hour on with a tick an hour.
#[component]
pub fn GapRow(duration: TimeDelta, phase: Phase) -> impl IntoView {
    let ticks = (duration >= TICKED_GAP).then(|| view! { <i></i> });
    view! {
        <li class=format!("gap {}", measure(duration)) data-from=phase.code()>
            {later(duration)}
            <span class="rail">{ticks}</span>
        </li>
    }
}

/// The label of a gap; a short one is only for screen readers, since its length says enough.
fn later(gap: TimeDelta) -> AnyView {
    if gap >= LABELLED_GAP {
        view! { <span>{duration::in_words(gap)}<span class="vh">" later"</span></span> }.into_any()
    } else {
        view! { <span class="vh">{duration::in_words(gap)}" later"</span> }.into_any()
    }
}

/// The tick of an entry, or the square of the start and the disc of the resolution in its place.
#[component]
pub fn Tick(marks: Vec<KeyTime>) -> impl IntoView {
    let mark = if marks.contains(&KeyTime::Resolved) {
        Some(view! { <span class="mark end"><Icon name=IconName::Check/></span> })
    } else if marks.contains(&KeyTime::Started) {
        Some(view! { <span class="mark start"><Icon name=IconName::Start/></span> })
    } else {
        None
    };
    view! { <span class="tick"></span>{mark} }
}

/// What the widths and colours of the rail mean, for the phases that occur.
#[component]
pub fn Legend(rows: Vec<RailRow>) -> impl IntoView {
    let phases: BTreeSet<Phase> = rows
        .iter()
        .filter_map(|row| match row {
            RailRow::Entry { to, .. } | RailRow::Mark { to, .. } => Some(*to),
            RailRow::Day { .. } | RailRow::Gap { .. } | RailRow::Undated { .. } => None,
        })
        .collect();
    let items: Vec<_> = phases
        .into_iter()
        .filter_map(|phase| Some((phase, meaning(phase)?)))
        .map(|(phase, words)| view! { <span data-to=phase.code()><i></i>{words}</span> })
        .collect();
    (!items.is_empty()).then(|| view! { <p class="legend">{items}</p> })
}

fn meaning(phase: Phase) -> Option<&'static str> {
    match phase {
        Phase::None => None,
        Phase::Unseen => Some("Not noticed yet"),
        Phase::Triage => Some("Before severity was set"),
        Phase::Sev3 => Some("SEV-3"),
        Phase::Sev2 => Some("SEV-2"),
        Phase::Sev1 => Some("SEV-1"),
        Phase::Backlog => Some("Mitigated, not over yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_has_one_rule() {
        let gap = |minutes| RailRow::Gap { duration: TimeDelta::minutes(minutes), phase: Phase::Sev1 };
        let day = RailRow::Day {
            date: NaiveDate::from_ymd_opt(2018, 10, 22).unwrap(),
            at: "2018-10-22T00:05:00Z".parse().unwrap(),
            gap: Some(TimeDelta::minutes(46)),
            phase: Phase::Sev1,
        };
        assert_eq!(rail_measures(&[gap(370), gap(2), day, gap(2)]), ".m2{--m:2}.m46{--m:46}.m370{--m:370}");
    }
}
