//! What a transaction changed, gathered by observers. Observers only write here; nothing calls the document from
//! inside of one.

use super::{Shared, observer};
use crate::schema::Roots;
use crate::text::{TextChange, TextId};
use crate::{ItemId, SectionKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::PoisonError;
use yrs::types::{Delta, Event, Events, PathSegment};
use yrs::{Any, DeepObservable, Doc, Out, TransactionMut};

/// A part of the document that is read and drawn on its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Details,
    Section(SectionKey),
    /// One timeline entry: made, changed, deleted or brought back.
    Entry(ItemId),
    Figures,
    Responders,
    Actions,
}

/// What one call changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// The change as an update for the others; `None` for remote changes and where nothing changed.
    pub update: Option<Vec<u8>>,
    /// The parts that changed; empty for a replica that is not watched.
    pub parts: BTreeSet<Part>,
    /// How shared texts changed, own edits included; empty for a replica that is not watched.
    pub texts: Vec<(TextId, Vec<TextChange>)>,
}

/// Gathers changes between two calls of `take`.
pub(super) struct Journal {
    changes: Shared<Changes>,
}

impl Journal {
    pub fn watch(doc: &Doc, roots: &Roots) -> Self {
        let changes = Shared::<Changes>::default();
        let watch = |root: &yrs::MapRef, name: &'static str| {
            let changes = changes.clone();
            root.observe_deep(observer(), move |transaction, events| {
                let mut changes = changes.lock().unwrap_or_else(PoisonError::into_inner);
                note(&mut changes, name, transaction, events);
            });
        };
        watch(&roots.meta, "meta");
        watch(&roots.sections, "sections");
        watch(&roots.timeline, "timeline");
        watch(&roots.impact, "impact");
        watch(&roots.responders, "responders");
        watch(&roots.actions, "actions");
        let undone = changes.clone();
        let observed = doc.observe_update_v1(observer(), move |_, event| {
            undone.lock().unwrap_or_else(PoisonError::into_inner).update = Some(event.update.clone());
        });
        debug_assert!(observed.is_ok(), "no transaction is open while a replica is made");
        Self { changes }
    }

    pub fn take(&self) -> Changes {
        std::mem::take(&mut self.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn note(changes: &mut Changes, root: &str, transaction: &TransactionMut, events: &Events) {
    for event in events.iter() {
        let path: Vec<String> = event
            .path()
            .into_iter()
            .map(|segment| match segment {
                PathSegment::Key(key) => key.to_string(),
                PathSegment::Index(index) => index.to_string(),
            })
            .collect();
        match root {
            "meta" => drop(changes.parts.insert(Part::Details)),
            "impact" => drop(changes.parts.insert(Part::Figures)),
            "responders" => drop(changes.parts.insert(Part::Responders)),
            "actions" => drop(changes.parts.insert(Part::Actions)),
            _ => {}
        }
        // An event on the root itself names the keys that came or went; one below it starts its path with the key.
        let keys: Vec<String> = match (path.first(), event) {
            (Some(key), _) => vec![key.clone()],
            (None, Event::Map(event)) => event.keys(transaction).keys().map(|key| key.to_string()).collect(),
            (None, _) => Vec::new(),
        };
        for key in keys {
            match root {
                "sections" => changes.parts.extend(key.parse().ok().map(Part::Section)),
                "timeline" => changes.parts.extend(key.parse().ok().map(Part::Entry)),
                _ => {}
            }
        }
        if let Event::Text(event) = event
            && let Ok(text) = format!("{root}/{}", path.join("/")).parse::<TextId>()
        {
            changes.texts.push((text, text_changes(event.delta(transaction))));
        }
    }
}

/// A delta as changes in the coordinates of the old text. Neighbouring deletions and insertions become one change.
fn text_changes(delta: &[Delta]) -> Vec<TextChange> {
    let mut changes: Vec<TextChange> = Vec::new();
    let mut position = 0;
    let mut open = false;
    for step in delta {
        if let Delta::Retain(length, _) = step {
            position += length;
            open = false;
            continue;
        }
        if !open {
            changes.push(TextChange { from: position, to: position, insert: String::new() });
            open = true;
        }
        let Some(change) = changes.last_mut() else { continue };
        match step {
            Delta::Deleted(length) => {
                position += length;
                change.to = position;
            }
            Delta::Inserted(Out::Any(Any::String(text)), _) => change.insert.push_str(text),
            Delta::Inserted(..) | Delta::Retain(..) => {}
        }
    }
    changes
}
