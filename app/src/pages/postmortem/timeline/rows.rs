//! The rows of the timeline as a keyed list: an entry keeps its element, and with it its editor, while the rail around
//! it changes; days, gaps and bare key times are drawn anew.

use crate::reader::{DayRow, EntryFrame, GapRow, Tick, Turns, When};
use chrono::TimeDelta;
use leptos::prelude::*;
use postmortem::rail::{self, Phase, Row};
use postmortem::{Details, ItemId, KeyTime, Precision, Severity, TimelineEntry};
use std::collections::HashMap;

/// Where an entry stands on the rail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The band above its tick.
    pub from: Phase,
    /// The band below.
    pub to: Phase,
    /// Time since the start.
    pub elapsed: Option<TimeDelta>,
    /// Whether the entry before has the same minute.
    pub repeats: bool,
    /// The key times that it stands for.
    pub marks: Vec<KeyTime>,
    /// The severity that begins here.
    pub begins: Option<Severity>,
}

impl Place {
    /// Beside the rail: an entry without a readable time.
    pub fn nowhere() -> Self {
        Self { from: Phase::None, to: Phase::None, elapsed: None, repeats: false, marks: Vec::new(), begins: None }
    }
}

/// The whole timeline laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// As the domain laid it out.
    pub rows: Vec<Row>,
    /// The key of each row, in order: an entry's is its id, so that it keeps its element wherever it stands.
    pub keys: Vec<String>,
    others: HashMap<String, Row>,
    places: HashMap<ItemId, Place>,
}

impl Layout {
    /// Lays out a timeline.
    pub fn of(entries: &[TimelineEntry], details: &Details) -> Self {
        let rows = rail::rows(entries, details);
        let ids: Vec<ItemId> = entries.iter().map(|entry| entry.id.clone()).collect();
        let places = rows
            .iter()
            .filter_map(|row| match row {
                Row::Entry { index, from, to, elapsed, repeats, marks, begins } => {
                    let place = Place {
                        from: *from,
                        to: *to,
                        elapsed: *elapsed,
                        repeats: *repeats,
                        marks: marks.clone(),
                        begins: *begins,
                    };
                    Some((ids.get(*index)?.clone(), place))
                }
                _ => None,
            })
            .collect();
        let (keys, others) = keyed(&rows, &ids);
        Self { rows, keys, others, places }
    }

    /// Where an entry stands.
    pub fn place(&self, id: &ItemId) -> Place {
        self.places.get(id).cloned().unwrap_or_else(Place::nowhere)
    }

    /// The row of a key that is no entry's.
    pub fn other(&self, key: &str) -> Option<Row> {
        self.others.get(key).cloned()
    }
}

/// A key for each row, unique among them, and the rows that are no entry's by theirs.
fn keyed(rows: &[Row], ids: &[ItemId]) -> (Vec<String>, HashMap<String, Row>) {
    let mut before = "top";
    let mut keys = Vec::with_capacity(rows.len());
    let mut others = HashMap::new();
    for row in rows {
        match row {
            Row::Entry { index, .. } | Row::Undated { index } => {
                let Some(id) = ids.get(*index) else { continue };
                before = id.as_str();
                keys.push(before.to_owned());
            }
            other => {
                let key = format!("{before} {other:?}");
                others.insert(key.clone(), other.clone());
                keys.push(key);
            }
        }
    }
    (keys, others)
}

/// A day, a gap, or a key time that no entry stands for.
#[component]
pub fn DrawnRow(row: Row) -> impl IntoView {
    match row {
        Row::Day { date, gap, phase } => view! { <DayRow date gap phase /> }.into_any(),
        Row::Gap { duration, phase } => view! { <GapRow duration phase /> }.into_any(),
        Row::Mark { key, at, from, to, elapsed } => view! {
            <EntryFrame
                id=format!("mark-{}", key.code())
                from=from.code()
                to=to.code()
                precision=Precision::Minute.code()
                when=view! { <When at=Some(at) precision=Precision::Minute elapsed /> }.into_any()
                tick=view! { <Tick marks=vec![key] /> }.into_any()
                kind=().into_any()
                what=view! {
                    <div class="text">
                        <Turns marks=vec![key] />
                    </div>
                }
                    .into_any()
                source=().into_any()
            />
        }
        .into_any(),
        Row::Entry { .. } | Row::Undated { .. } => ().into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, at: &str) -> TimelineEntry {
        let draft = postmortem::EntryDraft::new(at.parse().expect("a time"), "");
        TimelineEntry {
            id: id.parse().expect("an id"),
            at: Some(draft.at),
            until: None,
            precision: draft.precision,
            kind: draft.kind,
            text: String::new(),
            source: None,
            note: String::new(),
            severity: None,
            stamp: postmortem::Stamp::default(),
        }
    }

    #[test]
    fn an_entry_keeps_its_key_when_others_come() {
        let first = entry("a", "2018-10-21T22:52:00Z");
        let second = entry("b", "2018-10-21T23:07:00Z");
        let between = entry("c", "2018-10-21T22:59:00Z");
        let keys = |entries: &[TimelineEntry]| Layout::of(entries, &Details::default()).keys;
        let before = keys(&[first.clone(), second.clone()]);
        let after = keys(&[first, between, second]);
        assert!(before.contains(&"b".to_owned()) && after.contains(&"b".to_owned()));
        let unique: std::collections::BTreeSet<_> = after.iter().collect();
        assert_eq!(unique.len(), after.len());
    }
}
