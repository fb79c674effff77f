//! What changed since this browser was here last, told from digests that it keeps of each post-mortem. A visit ends when
//! the page is hidden or left; what was marked and not looked at by then stays marked at the next one.

use crate::browser::clock;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::digest::{Differences, Place};
use postmortem::{Digests, Postmortem, PostmortemId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What this browser remembers of a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    at: DateTime<Utc>,
    digests: Digests,
}

/// The marks of the open post-mortem.
#[derive(Clone, Copy)]
pub struct Visit {
    /// What changed meanwhile and was not looked at since.
    pub differences: RwSignal<Differences>,
    /// Since when.
    pub since: RwSignal<Option<DateTime<Utc>>>,
    marks: Memo<BTreeMap<String, bool>>,
    before: StoredValue<Option<Remembered>>,
    /// The place that was gone to last.
    last: StoredValue<Option<Place>>,
}

impl Visit {
    /// Before the document is here.
    pub fn new() -> Self {
        let differences = RwSignal::new(Differences::default());
        let marks = Memo::new(move |_| {
            differences.with(|differences| {
                differences.changed.iter().map(|(place, is_new)| (place.to_string(), *is_new)).collect()
            })
        });
        Self {
            differences,
            since: RwSignal::new(None),
            marks,
            before: StoredValue::new(None),
            last: StoredValue::new(None),
        }
    }

    /// The page shows the post-mortem, for the first time or again after it was hidden.
    pub fn arrive(&self, id: &PostmortemId, now: &Postmortem) {
        let before = self.before.try_update_value(Option::take).flatten().or_else(|| remembered(id));
        // A first visit has nothing to compare with: everything is new, and nothing is marked.
        let differences = before.as_ref().map(|before| before.digests.compared(now)).unwrap_or_default();
        let before = before.unwrap_or_else(|| Remembered { at: clock::now(), digests: Digests::of(now) });
        self.differences.set(differences);
        self.since.set(Some(before.at));
        self.before.set_value(Some(before));
    }

    /// The page is hidden or left; `read` gives the post-mortem, while it is here.
    pub fn leave(&self, id: &PostmortemId, read: impl FnOnce() -> Option<Postmortem>) {
        // Nothing is known of a document that has not arrived.
        let Some(before) = self.before.try_get_value().flatten() else { return };
        let Some(unseen) = self.differences.try_with_untracked(|differences| {
            differences.changed.iter().map(|(place, _)| place.clone()).collect::<Vec<_>>()
        }) else {
            return;
        };
        let Some(now) = read() else { return };
        let at = if unseen.is_empty() { clock::now() } else { before.at };
        let digests = Digests::of(&now).except(&unseen, &before.digests);
        let remembered = Remembered { at, digests };
        remember(id, &remembered);
        self.before.set_value(Some(remembered));
    }

    /// Whether a place is marked: as new, or as changed.
    pub fn mark(&self, place: &str) -> Option<bool> {
        self.marks.with(|marks| marks.get(place).copied())
    }

    /// A place was looked at.
    pub fn saw(&self, place: &str) {
        let is_marked = self.marks.try_with_untracked(|marks| marks.contains_key(place));
        if is_marked == Some(true) {
            self.differences.update(|differences| {
                differences.changed.retain(|(marked, _)| marked.to_string() != place);
            });
        }
    }

    /// Everything was looked at.
    pub fn saw_all(&self) {
        self.differences.set(Differences::default());
    }

    /// The marked place behind the one that was gone to last, the first one behind the end.
    pub fn next(&self) -> Option<Place> {
        let last = self.last.get_value();
        let next = self.differences.with_untracked(|differences| {
            let mut places = differences.changed.iter().map(|(place, _)| place);
            let behind = last.and_then(|last| places.clone().skip_while(|place| **place != last).nth(1));
            behind.or_else(|| places.next()).cloned()
        });
        self.last.set_value(next.clone());
        next
    }
}

impl Default for Visit {
    fn default() -> Self {
        Self::new()
    }
}

fn key(id: &PostmortemId) -> String {
    format!("debrief.visit.{id}")
}

fn remembered(id: &PostmortemId) -> Option<Remembered> {
    let storage = window().local_storage().ok().flatten()?;
    let text = storage.get_item(&key(id)).ok().flatten()?;
    serde_json::from_str(&text).ok()
}

fn remember(id: &PostmortemId, visit: &Remembered) {
    if let (Some(storage), Ok(text)) = (window().local_storage().ok().flatten(), serde_json::to_string(visit)) {
        // Fails where the browser denies storage or has none left: nothing is then marked at the next visit.
        let _ = storage.set_item(&key(id), &text);
    }
}
