//! The timeline as read: rows along the rail, filled with what was written.

use crate::reader::entry::{EntryFrame, KindIcon, Source, Turns, When};
use crate::reader::prose::{Plain, Prose};
use crate::reader::rail::{DayRow, GapRow, Tick};
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use postmortem::rail::{Phase, RailRow};
use postmortem::{KeyTime, Precision, Severity, TimelineEntry, Zone};

/// Where a row stands on the rail, whatever it tells.
struct Place {
    from: Phase,
    to: Phase,
    elapsed: Option<TimeDelta>,
    repeats: bool,
    marks: Vec<KeyTime>,
    begins: Option<Severity>,
}

/// The rows of a timeline, which `rail::rows` laid out from the same entries in the same zone.
#[component]
pub fn Timeline(entries: Vec<TimelineEntry>, rows: Vec<RailRow>, zone: Zone) -> impl IntoView {
    let rows: Vec<AnyView> = rows.into_iter().filter_map(|row| drawn(row, &entries, zone)).collect();
    view! { <ol class="tl">{rows}</ol> }
}

fn drawn(row: RailRow, entries: &[TimelineEntry], zone: Zone) -> Option<AnyView> {
    Some(match row {
        RailRow::Day { date, at, gap, phase } => {
            view! { <DayRow date=date at=at gap=gap phase=phase zone=zone/> }.into_any()
        }
        RailRow::Gap { duration, phase } => view! { <GapRow duration=duration phase=phase/> }.into_any(),
        RailRow::Entry { index, from, to, elapsed, repeats, marks, begins } => {
            told(entries.get(index)?, Place { from, to, elapsed, repeats, marks, begins }, zone)
        }
        RailRow::Mark { key, at, from, to, elapsed } => {
            bare(key, at, Place { from, to, elapsed, repeats: false, marks: vec![key], begins: None }, zone)
        }
        RailRow::Undated { index } => {
            let place = Place {
                from: Phase::None,
                to: Phase::None,
                elapsed: None,
                repeats: false,
                marks: Vec::new(),
                begins: None,
            };
            told(entries.get(index)?, place, zone)
        }
    })
}

fn told(entry: &TimelineEntry, place: Place, zone: Zone) -> AnyView {
    let note = (!entry.note.is_empty()).then(|| view! { <p class="note"><Plain text=entry.note.clone()/></p> });
    let tick = entry.at.map(|_| view! { <Tick marks=place.marks.clone()/> });
    view! {
        <EntryFrame
            id=format!("entry-{}", entry.id)
            from=place.from.code()
            to=place.to.code()
            precision=entry.precision.code()
            when=view! {
                <When
                    at=entry.at
                    until=entry.until
                    precision=entry.precision
                    elapsed=place.elapsed
                    repeats=place.repeats
                    readings=entry.readings.clone()
                    clock=entry.clock.clone()
                    zone=zone
                />
            }
            .into_any()
            tick=tick.into_any()
            kind=view! { <KindIcon kind=entry.kind/> }.into_any()
            what=view! {
                <div class="text">
                    <Turns marks=place.marks begins=place.begins/>
                    <Prose text=entry.text.clone()/>
                </div>
                {note}
            }
            .into_any()
            source=view! { <Source link=entry.source.clone()/> }.into_any()
        />
    }
    .into_any()
}

/// A key time that no entry stands for: its words alone.
fn bare(key: KeyTime, at: DateTime<Utc>, place: Place, zone: Zone) -> AnyView {
    view! {
        <EntryFrame
            id=format!("mark-{}", key.code())
            from=place.from.code()
            to=place.to.code()
            precision=Precision::Minute.code()
            when=view! { <When at=Some(at) precision=Precision::Minute elapsed=place.elapsed zone=zone/> }.into_any()
            tick=view! { <Tick marks=place.marks.clone()/> }.into_any()
            kind=().into_any()
            what=view! { <div class="text"><Turns marks=place.marks/></div> }.into_any()
            source=().into_any()
        />
    }
    .into_any()
}
