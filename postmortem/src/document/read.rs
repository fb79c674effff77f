//! Reads values out of a document. Reading never fails: what cannot be read as meant is named as a defect, and the
//! value beside it holds what could.

use crate::action::ActionState;
use crate::schema::{self, ItemKind, Roots};
use crate::{
    ActionItem, ActionKind, ClientId, Defect, Details, EntryKind, ImpactFigure, ItemId, KeyTime, Link, OtherReading,
    Postmortem, Precision, Priority, Responder, Role, SectionKey, Severity, Stamp, Status, TimelineEntry,
};
use chrono::{DateTime, Utc};
use std::cmp::Ordering;
use std::fmt::Display;
use std::str::FromStr;
use yrs::{BranchID, GetString, Map, MapRef, Out, ReadTxn};

/// A document as a value, with what was wrong in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    pub postmortem: Postmortem,
    /// What could not be read as meant, in the order of the document's maps.
    pub defects: Vec<Defect>,
}

/// Reads one transaction's view of the document, collecting defects.
pub(crate) struct Reader<'a, T> {
    pub roots: &'a Roots,
    pub transaction: &'a T,
    pub defects: Vec<Defect>,
}

impl<'a, T: ReadTxn> Reader<'a, T> {
    pub fn new(roots: &'a Roots, transaction: &'a T) -> Self {
        Self { roots, transaction, defects: Vec::new() }
    }

    pub fn all(mut self) -> Reading {
        let postmortem = Postmortem {
            details: self.details(),
            sections: self.section_keys().into_iter().map(|key| (key.clone(), self.section(&key))).collect(),
            timeline: self.entries(),
            impact: self.figures(),
            responders: self.responders(),
            actions: self.actions(),
        };
        Reading { postmortem, defects: self.defects }
    }

    pub fn details(&mut self) -> Details {
        let meta = &self.roots.meta;
        let mut time = |key: KeyTime| self.time(&self.roots.meta, "meta", key.code());
        let times = [
            time(KeyTime::CauseBegan),
            time(KeyTime::Started),
            time(KeyTime::Detected),
            time(KeyTime::Paged),
            time(KeyTime::Public),
            time(KeyTime::Mitigated),
            time(KeyTime::Resolved),
        ];
        let [began_at, started_at, detected_at, paged_at, public_at, mitigated_at, resolved_at] = times;
        let default = Details::default();
        Details {
            title: self.text_value(meta, "title"),
            severity: self.parsed::<Severity>(meta, "meta", "severity").unwrap_or(default.severity),
            status: self.parsed::<Status>(meta, "meta", "status").unwrap_or(default.status),
            owner: self.text_value(meta, "owner"),
            owner_id: None,
            services: schema::split_services(&self.text_value(meta, "services")),
            began_at,
            started_at,
            detected_at,
            paged_at,
            public_at,
            mitigated_at,
            resolved_at,
            meeting_at: self.time(meta, "meta", "meeting_at"),
            recording: self.parsed::<Link>(meta, "meta", "recording"),
        }
    }

    /// The keys of the sections in reading order.
    pub fn section_keys(&mut self) -> Vec<SectionKey> {
        let mut keys = Vec::new();
        for (key, value) in self.roots.sections.iter(self.transaction) {
            match (key.parse::<SectionKey>(), value) {
                (Ok(key), Out::YText(_)) => keys.push(key),
                _ => self.defects.push(Defect {
                    place: format!("sections/{}", shortened(key)),
                    problem: "This is not a section's text.".into(),
                }),
            }
        }
        keys.sort_by(|a, b| (a.order(), a).cmp(&(b.order(), b)));
        keys
    }

    pub fn section(&self, key: &SectionKey) -> String {
        match self.roots.sections.get(self.transaction, key.as_str()) {
            Some(Out::YText(text)) => text.get_string(self.transaction),
            _ => String::new(),
        }
    }

    /// The timeline by event time; entries without a readable time last, and equal times by id.
    pub fn entries(&mut self) -> Vec<TimelineEntry> {
        let mut entries = self.items(ItemKind::Entry, Self::entry);
        entries.sort_by(by_time);
        entries
    }

    pub fn entry(&mut self, id: ItemId, item: &MapRef) -> TimelineEntry {
        let place = format!("timeline/{id}");
        let stamp = match AsRef::<yrs::branch::Branch>::as_ref(item).id() {
            BranchID::Nested(id) => Stamp { client: ClientId(id.client.get()), clock: id.clock },
            BranchID::Root(_) => Stamp::default(),
        };
        TimelineEntry {
            at: self.time(item, &place, "at"),
            clock: self.text_value(item, "clock"),
            readings: self.readings(item),
            until: self.time(item, &place, "until"),
            precision: self.parsed(item, &place, "precision").unwrap_or(Precision::Minute),
            kind: self.parsed(item, &place, "kind").unwrap_or(EntryKind::Observation),
            text: self.shared_text(item, &place),
            source: self.parsed(item, &place, "source"),
            note: self.text_value(item, "note"),
            severity: self.parsed(item, &place, "severity"),
            stamp,
            id,
        }
    }

    /// The other readings of an entry's time, in order. A key that is no time is somebody else's.
    fn readings(&self, item: &MapRef) -> Vec<OtherReading> {
        let mut readings: Vec<OtherReading> = item
            .iter(self.transaction)
            .filter_map(|(key, value)| {
                let at: DateTime<Utc> = key.strip_prefix(schema::READING)?.parse().ok()?;
                match value {
                    Out::Any(yrs::Any::String(clock)) if schema::is_possible(at) => {
                        Some(OtherReading { at, clock: clock.to_string() })
                    }
                    _ => None,
                }
            })
            .collect();
        readings.sort_by_key(|reading| reading.at);
        readings
    }

    pub fn figures(&mut self) -> Vec<ImpactFigure> {
        self.ordered(ItemKind::Figure, |reader, id, item| ImpactFigure {
            label: reader.text_value(item, "label"),
            value: schema::string(item, reader.transaction, "value").filter(|value| !value.trim().is_empty()),
            note: reader.text_value(item, "note"),
            checked_by: schema::string(item, reader.transaction, "value").and_then(|value| {
                schema::checked_by(&schema::string(item, reader.transaction, schema::CHECKED)?, &value)
            }),
            checker: None,
            id,
        })
    }

    pub fn responders(&mut self) -> Vec<Responder> {
        let mut responders = self.ordered(ItemKind::Responder, |reader, id, item| {
            let role = reader.parsed(item, &format!("responders/{id}"), "role").unwrap_or(Role::Responder);
            Responder { name: reader.text_value(item, "name"), role, id }
        });
        responders.sort_by_key(|responder| responder.role);
        responders
    }

    pub fn actions(&mut self) -> Vec<ActionItem> {
        let mut actions = self.ordered(ItemKind::Action, |reader, id, item| {
            let place = format!("actions/{id}");
            ActionItem {
                text: reader.shared_text(item, &place),
                owner: reader.text_value(item, "owner"),
                due: reader.parsed(item, &place, "due"),
                priority: reader.parsed(item, &place, "priority").unwrap_or(Priority::P2),
                kind: reader.parsed(item, &place, "kind").unwrap_or(ActionKind::Prevents),
                state: reader.parsed(item, &place, "state").unwrap_or(ActionState::Open),
                ticket: reader.parsed(item, &place, "ticket"),
                reason: reader.text_value(item, "reason"),
                id,
            }
        });
        actions.sort_by_key(|action| action.priority);
        actions
    }

    /// Items that are not deleted, by their `order` and then by id.
    fn ordered<V>(&mut self, kind: ItemKind, read: impl Fn(&mut Self, ItemId, &MapRef) -> V) -> Vec<V> {
        let mut items = self.items(kind, |reader, id, item| {
            let order = schema::number(item, reader.transaction, "order").unwrap_or(f64::MAX);
            (order, id.clone(), read(reader, id, item))
        });
        items.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        items.into_iter().map(|(_, _, value)| value).collect()
    }

    pub fn count(&mut self, kind: ItemKind) -> usize {
        self.items(kind, |_, _, _| ()).len()
    }

    fn items<V>(&mut self, kind: ItemKind, read: impl Fn(&mut Self, ItemId, &MapRef) -> V) -> Vec<V> {
        let mut values = Vec::new();
        for (key, value) in kind.root(self.roots).iter(self.transaction) {
            match (key.parse::<ItemId>(), value) {
                (Ok(id), Out::YMap(item)) => {
                    if !schema::is_deleted(&item, self.transaction) {
                        values.push(read(self, id, &item));
                    }
                }
                _ => self.defects.push(Defect {
                    place: shortened(key),
                    problem: format!("This is not a readable {}.", kind.noun()),
                }),
            }
        }
        values
    }

    fn text_value(&self, map: &MapRef, key: &str) -> String {
        schema::string(map, self.transaction, key).unwrap_or_default()
    }

    fn shared_text(&mut self, item: &MapRef, place: &str) -> String {
        match item.get(self.transaction, "text") {
            Some(Out::YText(text)) => text.get_string(self.transaction),
            _ => {
                self.defects.push(Defect { place: format!("{place}/text"), problem: "The text is missing.".into() });
                String::new()
            }
        }
    }

    /// A time that has a place on a timeline.
    fn time(&mut self, map: &MapRef, place: &str, key: &str) -> Option<DateTime<Utc>> {
        let at: DateTime<Utc> = self.parsed(map, place, key)?;
        if schema::is_possible(at) {
            return Some(at);
        }
        let problem = format!("{at} is no time of an incident.");
        self.defects.push(Defect { place: format!("{place}/{key}"), problem });
        None
    }

    fn parsed<V: FromStr<Err: Display>>(&mut self, map: &MapRef, place: &str, key: &str) -> Option<V> {
        let text = match map.get(self.transaction, key)? {
            Out::Any(yrs::Any::Null | yrs::Any::Undefined) => return None,
            Out::Any(yrs::Any::String(text)) if text.is_empty() => return None,
            Out::Any(yrs::Any::String(text)) => text,
            _ => {
                let problem = "This value has another type than text.".into();
                self.defects.push(Defect { place: format!("{place}/{key}"), problem });
                return None;
            }
        };
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let problem = format!("'{}' cannot be read: {error}", shortened(&text));
                self.defects.push(Defect { place: format!("{place}/{key}"), problem });
                None
            }
        }
    }
}

/// The order of the timeline.
pub(crate) fn by_time(a: &TimelineEntry, b: &TimelineEntry) -> Ordering {
    let undated = (a.at.is_none()).cmp(&b.at.is_none());
    undated.then_with(|| a.at.cmp(&b.at)).then_with(|| a.id.cmp(&b.id))
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
