//! The names in the document: root maps, keys and the value forms that stand under them. `docs/sync.md` writes the
//! same down for other implementers; shapes are only ever extended.

use crate::id::LONGEST_ID;
use crate::{
    ActionKind, ActionState, EntryKind, ItemId, Link, Precision, Priority, Role, SectionKey, Severity, Status, UserId,
};
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use std::str::FromStr;
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

/// What stands under a key of `meta` or of an item. Beside it, null says that there is nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// A shared text.
    Text,
    /// A short text, whatever it says.
    Words,
    /// A short text that these words read as.
    Parsed(fn(&str) -> bool),
    Number,
    Flag,
}

/// One value as it stands in an update.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scalar<'a> {
    Nothing,
    Flag,
    Number(f64),
    Words(&'a str),
}

impl Form {
    /// Whether a value reads as meant. An empty text says as little as none.
    pub fn fits(self, value: Scalar<'_>) -> bool {
        match (self, value) {
            (Self::Text, _) => false,
            (_, Scalar::Nothing) | (Self::Words, Scalar::Words(_)) | (Self::Flag, Scalar::Flag) => true,
            (Self::Parsed(reads), Scalar::Words(words)) => words.is_empty() || reads(words),
            (Self::Number, Scalar::Number(number)) => number.is_finite(),
            _ => false,
        }
    }
}

fn reads<V: FromStr>(words: &str) -> bool {
    words.parse::<V>().is_ok()
}

const TIME: Form = Form::Parsed(|words| words.parse().is_ok_and(is_possible));
const LINK: Form = Form::Parsed(reads::<Link>);

/// Every key with what stands under it, by root map: under the keys of `meta` itself, of the others in each item.
const FORMS: &[(&str, &str, Form)] = &[
    ("meta", "schema", Form::Number),
    ("meta", "title", Form::Words),
    ("meta", "severity", Form::Parsed(reads::<Severity>)),
    ("meta", "status", Form::Parsed(reads::<Status>)),
    ("meta", "owner", Form::Words),
    ("meta", "services", Form::Words),
    ("meta", "began_at", TIME),
    ("meta", "started_at", TIME),
    ("meta", "detected_at", TIME),
    ("meta", "paged_at", TIME),
    ("meta", "public_at", TIME),
    ("meta", "mitigated_at", TIME),
    ("meta", "resolved_at", TIME),
    ("meta", "meeting_at", TIME),
    ("meta", "recording", LINK),
    ("timeline", "at", TIME),
    ("timeline", "until", TIME),
    ("timeline", "precision", Form::Parsed(reads::<Precision>)),
    ("timeline", "clock", Form::Words),
    ("timeline", READING, Form::Words),
    ("timeline", "kind", Form::Parsed(reads::<EntryKind>)),
    ("timeline", "text", Form::Text),
    ("timeline", "source", LINK),
    ("timeline", "note", Form::Words),
    ("timeline", "severity", Form::Parsed(reads::<Severity>)),
    ("timeline", "deleted", Form::Flag),
    ("impact", "order", Form::Number),
    ("impact", "label", Form::Words),
    ("impact", "value", Form::Words),
    ("impact", "note", Form::Words),
    ("impact", CHECKED, Form::Words),
    ("impact", "deleted", Form::Flag),
    ("responders", "order", Form::Number),
    ("responders", "name", Form::Words),
    ("responders", "role", Form::Parsed(reads::<Role>)),
    ("responders", "deleted", Form::Flag),
    ("actions", "order", Form::Number),
    ("actions", "text", Form::Text),
    ("actions", "owner", Form::Words),
    ("actions", "due", Form::Parsed(reads::<NaiveDate>)),
    ("actions", "priority", Form::Parsed(reads::<Priority>)),
    ("actions", "kind", Form::Parsed(reads::<ActionKind>)),
    ("actions", "state", Form::Parsed(reads::<ActionState>)),
    ("actions", "reason", Form::Words),
    ("actions", "ticket", LINK),
    ("actions", "deleted", Form::Flag),
];

/// A key of `meta` or of an item, as a small number: the place of its first row in [`FORMS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(u8);

impl Key {
    /// One that no shape names.
    pub const UNKNOWN: Self = Self(u8::MAX);

    /// The key with this name. All other readings of an entry's time share one.
    pub fn of(name: &str) -> Self {
        let is_reading = name.strip_prefix(READING).is_some_and(|at| at.parse().is_ok_and(is_possible));
        let name = if is_reading { READING } else { name };
        let row = FORMS.iter().position(|(_, key, _)| *key == name && (is_reading || name != READING));
        row.and_then(|row| u8::try_from(row).ok()).map_or(Self::UNKNOWN, Self)
    }

    /// Whether the server writes what stands under it beside the document. Releases before wrote it into the document.
    pub fn is_of_head_row(self, root: usize) -> bool {
        let name = FORMS.get(usize::from(self.0)).map(|(_, name, _)| *name);
        ROOTS.get(root) == Some(&"meta") && name.is_some_and(is_of_head_row)
    }

    /// What stands under it in the root map with this index in [`ROOTS`], or in an item of that; `None` where the shapes do
    /// not name it.
    pub fn form(self, root: usize) -> Option<Form> {
        let (_, name, _) = FORMS.get(usize::from(self.0))?;
        let row = FORMS.iter().find(|(of, key, _)| ROOTS.get(root) == Some(of) && key == name);
        row.map(|(_, _, form)| *form)
    }
}

/// Whether a key of `meta` is one of [`crate::HeadRow`].
pub(crate) fn is_of_head_row(key: &str) -> bool {
    matches!(key, "status" | "owner")
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
    Entry,
    Figure,
    Responder,
    Action,
}

impl ItemKind {
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

/// Who checked a figure, and the value that they checked: an id, a space and the value. For another value it says nothing.
pub(crate) const CHECKED: &str = "checked";

/// What stands there for a check.
pub(crate) fn check(by: &UserId, value: &str) -> String {
    format!("{by} {value}")
}

/// Who checked this value.
pub(crate) fn checked_by(check: &str, value: &str) -> Option<UserId> {
    check.split_once(' ').filter(|(_, checked)| *checked == value)?.0.parse().ok()
}

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

pub(crate) fn is_deleted<T: ReadTxn>(item: &MapRef, transaction: &T) -> bool {
    matches!(item.get(transaction, "deleted"), Some(Out::Any(Any::Bool(true))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_shapes_is_written_down_for_other_implementers() {
        let written = include_str!("../../../docs/sync.md");
        for (root, key, _) in FORMS.iter().filter(|(_, key, _)| *key != READING) {
            let line =
                written.lines().find(|line| line.contains(&format!("`{root}`")) && line.contains(&format!("`{key}`")));
            assert!(line.is_some() || *root == "meta" && written.contains(&format!("`{key}`")), "{root}/{key}");
        }
    }

    #[test]
    fn a_reading_of_another_time_is_a_key_and_its_beginning_alone_is_none() {
        let timeline = ROOTS.iter().position(|root| *root == "timeline").expect("a root");
        assert!(Key::of("or:2018-10-21T22:52:00Z").form(timeline).is_some());
        for none in ["or:", "or:yesterday", "or:0001-01-01T00:00:00Z", "OR:2018-10-21T22:52:00Z", "title", ""] {
            assert!(Key::of(none).form(timeline).is_none(), "{none}");
        }
    }
}
