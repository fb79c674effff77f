//! The rows of the timeline as a keyed list: an entry keeps its element, and with it its editor, while the rail around
//! it changes; days, gaps and bare key times are drawn anew.

use crate::reader::{DayRow, EntryFrame, GapRow, Tick, Turns, When};
use chrono::TimeDelta;
use leptos::prelude::*;
use postmortem::rail::{self, Phase, RailRow};
use postmortem::{Details, ItemId, KeyTime, Precision, Severity, TimelineEntry, Zone};
use std::collections::HashMap;

/// Where an entry stands on the rail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPosition {
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

impl RowPosition {
    /// Beside the rail: an entry without a readable time.
    pub fn nowhere() -> Self {
        Self { from: Phase::None, to: Phase::None, elapsed: None, repeats: false, marks: Vec::new(), begins: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// As the domain laid it out.
    pub rows: Vec<RailRow>,
    ids: Vec<ItemId>,
    /// For each entry that is shown its row, and its number among them from 1.
    indexes: HashMap<ItemId, (usize, usize)>,
}

impl Layout {
    /// Lays out the entries that are to be shown, on the clocks of a zone.
    pub fn of(
        entries: &[TimelineEntry],
        details: &Details,
        zone: Zone,
        shows: impl Fn(&TimelineEntry) -> bool,
    ) -> Self {
        let rows = rail::rows_of(entries, details, zone, shows);
        let ids: Vec<ItemId> = entries.iter().map(|entry| entry.id.clone()).collect();
        let shown = rows.iter().enumerate().filter_map(|(index, row)| match row {
            RailRow::Entry { index: entry, .. } | RailRow::Undated { index: entry } => {
                Some((ids.get(*entry)?.clone(), index))
            }
            RailRow::Day { .. } | RailRow::Gap { .. } | RailRow::Mark { .. } => None,
        });
        let indexes = shown.zip(1..).map(|((id, index), number)| (id, (index, number))).collect();
        Self { rows, ids, indexes }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn index(&self, id: &ItemId) -> Option<usize> {
        self.indexes.get(id).map(|(index, _)| *index)
    }

    pub fn id(&self, index: usize) -> Option<&ItemId> {
        match self.rows.get(index)? {
            RailRow::Entry { index, .. } | RailRow::Undated { index } => self.ids.get(*index),
            RailRow::Day { .. } | RailRow::Gap { .. } | RailRow::Mark { .. } => None,
        }
    }

    /// The entries that are shown, in order.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &ItemId> {
        (0..self.rows.len()).filter_map(|index| self.id(index))
    }

    /// The place of an entry among those that are shown, from 1, and how many there are.
    pub fn number(&self, id: &ItemId) -> (usize, usize) {
        (self.indexes.get(id).map_or(0, |(_, number)| *number), self.indexes.len())
    }

    pub fn place(&self, id: &ItemId) -> RowPosition {
        match self.index(id).and_then(|index| self.rows.get(index)) {
            Some(RailRow::Entry { from, to, elapsed, repeats, marks, begins, .. }) => RowPosition {
                from: *from,
                to: *to,
                elapsed: *elapsed,
                repeats: *repeats,
                marks: marks.clone(),
                begins: *begins,
            },
            _ => RowPosition::nowhere(),
        }
    }

    /// The key of a row, unique among them: an entry's is its id, so that it keeps its element wherever it stands; the
    /// others are named by what they say and by the entry above them.
    pub fn key(&self, index: usize) -> String {
        match (self.id(index), self.rows.get(index)) {
            (Some(id), _) => id.to_string(),
            (None, Some(row)) => {
                let above = (0..index).rev().find_map(|index| self.id(index)).map_or("top", ItemId::as_str);
                format!("{above} {row:?}")
            }
            (None, None) => String::new(),
        }
    }
}

/// A day, a gap, or a key time that no entry stands for.
#[component]
pub fn DrawnRow(row: RailRow, zone: Zone) -> impl IntoView {
    match row {
        RailRow::Day { date, at, gap, phase } => view! { <DayRow date at gap phase zone /> }.into_any(),
        RailRow::Gap { duration, phase } => view! { <GapRow duration phase /> }.into_any(),
        RailRow::Mark { key, at, from, to, elapsed } => view! {
            <EntryFrame
                id=format!("mark-{}", key.code())
                from=from.code()
                to=to.code()
                precision=Precision::Minute.code()
                when=view! { <When at=Some(at) precision=Precision::Minute elapsed zone /> }.into_any()
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
        RailRow::Entry { .. } | RailRow::Undated { .. } => ().into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, at: &str) -> TimelineEntry {
        let draft = postmortem::EntryDraft::new(at.parse().expect("a time"), "");
        TimelineEntry {
            id: id.parse().expect("an id"),
            at: draft.at,
            until: None,
            precision: draft.precision,
            clock: String::new(),
            readings: Vec::new(),
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
        let keys = |entries: &[TimelineEntry]| -> Vec<String> {
            let layout = Layout::of(entries, &Details::default(), Zone::UTC, |_| true);
            (0..layout.len()).map(|index| layout.key(index)).collect()
        };
        let before = keys(&[first.clone(), second.clone()]);
        let after = keys(&[first, between, second]);
        assert!(before.contains(&"b".to_owned()) && after.contains(&"b".to_owned()));
        let unique: std::collections::BTreeSet<_> = after.iter().collect();
        assert_eq!(unique.len(), after.len());
    }
}
