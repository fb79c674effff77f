//! The names in the document: root maps, keys and the value forms that stand under them. `docs/sync.md` writes the
//! same down for other implementers; shapes are only ever extended.

use crate::id::LONGEST_ID;
use crate::{ItemId, SectionKey};
use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use yrs::{Any, Doc, Map, MapRef, Out, ReadTxn};

/// The version that `meta.schema` holds.
pub const VERSION: i64 = 1;

/// The root maps, in the order in which they are made.
pub const ROOTS: &[&str] = &["meta", "sections", "timeline", "impact", "responders", "actions"];

/// What a root map holds under its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Short values.
    Values,
    /// Texts.
    Texts,
    /// Maps, one for each item.
    Items,
}

/// What the root map with this index in [`ROOTS`] holds.
pub(crate) fn shape(root: usize) -> Shape {
    match ROOTS.get(root).copied() {
        Some("meta") => Shape::Values,
        Some("sections") => Shape::Texts,
        _ => Shape::Items,
    }
}

/// Whether something may stand under this key of the root map with this index in [`ROOTS`].
pub(crate) fn is_key(root: usize, key: &str) -> bool {
    match shape(root) {
        Shape::Values => key.len() <= LONGEST_ID,
        Shape::Texts => key.parse::<SectionKey>().is_ok(),
        Shape::Items => key.parse::<ItemId>().is_ok(),
    }
}

/// The root maps of one document.
#[derive(Debug, Clone)]
pub(crate) struct Roots {
    pub meta: MapRef,
    pub sections: MapRef,
    pub timeline: MapRef,
    pub impact: MapRef,
    pub responders: MapRef,
    pub actions: MapRef,
}

impl Roots {
    /// The roots of a document; asking for them makes them known without an edit.
    pub fn of(doc: &Doc) -> Self {
        Self {
            meta: doc.get_or_insert_map("meta"),
            sections: doc.get_or_insert_map("sections"),
            timeline: doc.get_or_insert_map("timeline"),
            impact: doc.get_or_insert_map("impact"),
            responders: doc.get_or_insert_map("responders"),
            actions: doc.get_or_insert_map("actions"),
        }
    }

    /// All of them, in the order of [`ROOTS`].
    pub fn all(&self) -> [&MapRef; 6] {
        [&self.meta, &self.sections, &self.timeline, &self.impact, &self.responders, &self.actions]
    }
}

/// Which of the item maps something stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// A timeline entry.
    Entry,
    /// An impact figure.
    Figure,
    /// A responder.
    Responder,
    /// An action item.
    Action,
}

impl ItemKind {
    /// The name for sentences.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Figure => "figure",
            Self::Responder => "responder",
            Self::Action => "action item",
        }
    }

    pub(crate) fn root(self, roots: &Roots) -> &MapRef {
        match self {
            Self::Entry => &roots.timeline,
            Self::Figure => &roots.impact,
            Self::Responder => &roots.responders,
            Self::Action => &roots.actions,
        }
    }

    pub(crate) fn find<T: ReadTxn>(self, roots: &Roots, transaction: &T, id: &ItemId) -> Option<MapRef> {
        match self.root(roots).get(transaction, id.as_str()) {
            Some(Out::YMap(item)) => Some(item),
            _ => None,
        }
    }
}

/// A time as it stands in the document: RFC 3339 in UTC, to the second, or finer where it is known finer.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// What the keys of other readings begin with. The time itself is the key, so that two people who add different ones
/// at once keep both.
pub(crate) const READING: &str = "or:";

/// The key of another reading of an entry's time.
pub(crate) fn reading_key(at: DateTime<Utc>) -> String {
    format!("{READING}{}", time(at))
}

/// Whether a time has a place on a timeline: the years 1970 to 9999.
pub(crate) fn is_possible(at: DateTime<Utc>) -> bool {
    (1970..=9999).contains(&at.year())
}

/// The services as they stand in the document: one line, separated by commas.
pub(crate) fn services(services: &[String]) -> String {
    services.join(", ")
}

/// The services of a line.
pub(crate) fn split_services(line: &str) -> Vec<String> {
    line.split(',').map(str::trim).filter(|service| !service.is_empty()).map(str::to_owned).collect()
}

/// A string value of a map; anything else is `None`.
pub(crate) fn string<T: ReadTxn>(map: &MapRef, transaction: &T, key: &str) -> Option<String> {
    match map.get(transaction, key) {
        Some(Out::Any(Any::String(text))) => Some(text.to_string()),
        _ => None,
    }
}

/// A number of a map; anything else is `None`.
pub(crate) fn number<T: ReadTxn>(map: &MapRef, transaction: &T, key: &str) -> Option<f64> {
    match map.get(transaction, key) {
        Some(Out::Any(Any::Number(yrs::Number::Float(number)))) if number.is_finite() => Some(number),
        // An order is a small count: what a float cannot hold exactly was not written by a command.
        Some(Out::Any(Any::Number(yrs::Number::Int(number)))) => Some(number as f64),
        _ => None,
    }
}

/// Whether an item was deleted.
pub(crate) fn is_deleted<T: ReadTxn>(item: &MapRef, transaction: &T) -> bool {
    matches!(item.get(transaction, "deleted"), Some(Out::Any(Any::Bool(true))))
}
