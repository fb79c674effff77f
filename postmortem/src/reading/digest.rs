//! What changed between two moments of a post-mortem, told from small digests of its parts: a browser keeps those of its
//! last visit, a publication those of what was published. Nothing can be read back out of a digest.

use crate::{ItemId, Postmortem, SectionKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// A part of a post-mortem that people speak of as one thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The head.
    Details,
    Section(SectionKey),
    Figure(ItemId),
    Entry(ItemId),
    Action(ItemId),
    Responder(ItemId),
}

impl fmt::Display for Place {
    /// As presence names places: `sections/overview`, `timeline/ID`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Details => formatter.write_str("details"),
            Self::Section(key) => write!(formatter, "sections/{key}"),
            Self::Figure(id) => write!(formatter, "impact/{id}"),
            Self::Entry(id) => write!(formatter, "timeline/{id}"),
            Self::Action(id) => write!(formatter, "actions/{id}"),
            Self::Responder(id) => write!(formatter, "responders/{id}"),
        }
    }
}

/// The digests of every part, by digests of their places: a few kilobytes for an ordinary post-mortem, some hundred for
/// the largest. Two parts in four thousand million share one by chance, and a change may then go untold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Digests {
    details: u32,
    sections: BTreeMap<u32, u32>,
    figures: BTreeMap<u32, u32>,
    entries: BTreeMap<u32, u32>,
    actions: BTreeMap<u32, u32>,
    responders: BTreeMap<u32, u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// The parts that changed, in reading order, and whether each is new.
    pub changed: Vec<(Place, bool)>,
    pub entries_gone: usize,
    /// How many figures, action items and responders are gone.
    pub others_gone: usize,
}

impl Digests {
    pub fn of(postmortem: &Postmortem) -> Self {
        Self::from_parts(&parts(postmortem))
    }

    fn from_parts(parts: &[(Place, u32)]) -> Self {
        let mut digests = Self::default();
        for (place, digest) in parts {
            *digests.slot(place) = *digest;
        }
        digests
    }

    /// The digests of what readers of a published page see of it.
    pub fn of_published(postmortem: &Postmortem) -> Self {
        Self::of(&published(postmortem))
    }

    /// What is different in `now`.
    pub fn compared(&self, now: &Postmortem) -> Differences {
        let parts = parts(now);
        let present = Self::from_parts(&parts);
        let gone = |then: &BTreeMap<u32, u32>, now: &BTreeMap<u32, u32>| {
            then.keys().filter(|place| !now.contains_key(place)).count()
        };
        let changed = parts.into_iter().filter_map(|(place, digest)| {
            let known = self.known(&place);
            (known != Some(digest)).then(|| (place, known.is_none()))
        });
        Differences {
            changed: changed.collect(),
            entries_gone: gone(&self.entries, &present.entries),
            others_gone: gone(&self.figures, &present.figures)
                + gone(&self.actions, &present.actions)
                + gone(&self.responders, &present.responders),
        }
    }

    /// What is different in what readers of a published page would see of `now`.
    pub fn compared_published(&self, now: &Postmortem) -> Differences {
        self.compared(&published(now))
    }

    /// These digests, with the parts that were not looked at as `before` knew them: they stay different.
    #[must_use]
    pub fn except(mut self, unseen: &[Place], before: &Self) -> Self {
        for place in unseen {
            match (before.known(place), self.items(place)) {
                (Some(digest), _) => *self.slot(place) = digest,
                (None, Some(items)) => drop(items.remove(&hashed(place.to_string().as_bytes()))),
                (None, None) => {}
            }
        }
        self
    }

    fn known(&self, place: &Place) -> Option<u32> {
        let key = hashed(place.to_string().as_bytes());
        let items = match place {
            Place::Details => return Some(self.details),
            Place::Section(_) => &self.sections,
            Place::Figure(_) => &self.figures,
            Place::Entry(_) => &self.entries,
            Place::Action(_) => &self.actions,
            Place::Responder(_) => &self.responders,
        };
        items.get(&key).copied()
    }

    fn items(&mut self, place: &Place) -> Option<&mut BTreeMap<u32, u32>> {
        match place {
            Place::Details => None,
            Place::Section(_) => Some(&mut self.sections),
            Place::Figure(_) => Some(&mut self.figures),
            Place::Entry(_) => Some(&mut self.entries),
            Place::Action(_) => Some(&mut self.actions),
            Place::Responder(_) => Some(&mut self.responders),
        }
    }

    fn slot(&mut self, place: &Place) -> &mut u32 {
        let key = hashed(place.to_string().as_bytes());
        match place {
            Place::Details => &mut self.details,
            Place::Section(_) => self.sections.entry(key).or_default(),
            Place::Figure(_) => self.figures.entry(key).or_default(),
            Place::Entry(_) => self.entries.entry(key).or_default(),
            Place::Action(_) => self.actions.entry(key).or_default(),
            Place::Responder(_) => self.responders.entry(key).or_default(),
        }
    }
}

impl Differences {
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.entries_gone == 0 && self.others_gone == 0
    }

    /// What is different, for a sentence: `3 entries, Overview and 1 action item`.
    pub fn in_words(&self) -> String {
        let count = |wanted: fn(&Place) -> bool| self.changed.iter().filter(|(place, _)| wanted(place)).count();
        let counted = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        };
        let mut parts = Vec::new();
        parts.extend(counted(count(|place| matches!(place, Place::Entry(_))), "entry", "entries"));
        if count(|place| *place == Place::Details) > 0 {
            parts.push("the head".to_owned());
        }
        parts.extend(self.changed.iter().filter_map(|(place, _)| match place {
            Place::Section(key) => Some(format!("“{}”", key.title())),
            _ => None,
        }));
        parts.extend(counted(count(|place| matches!(place, Place::Figure(_))), "figure", "figures"));
        parts.extend(counted(count(|place| matches!(place, Place::Action(_))), "action item", "action items"));
        parts.extend(counted(count(|place| matches!(place, Place::Responder(_))), "responder", "responders"));
        parts.extend(counted(self.entries_gone, "deleted entry", "deleted entries"));
        parts.extend(counted(self.others_gone, "other deletion", "other deletions"));
        match parts.split_last() {
            None => String::new(),
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        }
    }
}

/// Every part in reading order with the digest of what it holds.
fn parts(postmortem: &Postmortem) -> Vec<(Place, u32)> {
    let mut parts = Vec::new();
    let mut take = |place, digest| parts.push((place, digest));
    let mut sections = postmortem.section_keys().into_iter().peekable();
    take(Place::Details, digest(&postmortem.details));
    // The figures and the timeline stand behind what happened.
    while let Some(key) = sections.next_if(|key| key.order() < 2) {
        take(Place::Section(key.clone()), digest(postmortem.section(key.as_str())));
    }
    for figure in &postmortem.impact {
        take(Place::Figure(figure.id.clone()), digest(figure));
    }
    for entry in &postmortem.timeline {
        take(Place::Entry(entry.id.clone()), digest(entry));
    }
    for key in sections {
        take(Place::Section(key.clone()), digest(postmortem.section(key.as_str())));
    }
    for action in &postmortem.actions {
        take(Place::Action(action.id.clone()), digest(action));
    }
    for responder in &postmortem.responders {
        take(Place::Responder(responder.id.clone()), digest(responder));
    }
    parts
}

/// What a published page shows of a post-mortem.
fn published(postmortem: &Postmortem) -> Postmortem {
    let mut seen = postmortem.clone();
    seen.details.owner.clear();
    seen.details.status = crate::Status::Draft;
    seen.details.meeting_at = None;
    seen.details.recording = None;
    seen.sections
        .retain(|key, text| !matches!(key.as_str(), "internal_email" | "external_message") && !text.trim().is_empty());
    seen.impact.retain(|figure| figure.value.is_some());
    for figure in &mut seen.impact {
        figure.checker = None;
    }
    for action in &mut seen.actions {
        action.ticket = None;
    }
    for responder in &mut seen.responders {
        responder.name.clear();
    }
    seen
}

/// The digest of a value's JSON without what is empty in it, so that a field which a later version adds changes no digest
/// while nobody has filled it in.
fn digest<V: Serialize + ?Sized>(value: &V) -> u32 {
    let mut value = serde_json::to_value(value).unwrap_or_default();
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, field| match field {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => true,
        });
    }
    hashed(value.to_string().as_bytes())
}

/// FNV-1a, which is the same on the server and in the browser; the standard library's hash promises neither.
fn hashed(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ActionChange, ActionDraft, ClientId, Command, EntryDraft, FigureChange, ItemKind, Severity, Status, TextChange,
        create,
    };

    fn id(text: &str) -> ItemId {
        text.parse().expect("an id")
    }

    fn written() -> crate::Replica {
        let replica = create::create(ClientId(1), "Checkout failed", Severity::Sev2).expect("made");
        let at = "2018-10-21T22:52:00Z".parse().expect("a time");
        for command in create::template_figures() {
            replica.run(&command).expect("run");
        }
        for entry in ["a", "b"] {
            replica.run(&Command::AddEntry(id(entry), EntryDraft::new(at, entry))).expect("run");
        }
        replica.run(&Command::AddAction(id("todo"), ActionDraft::new("Test it"))).expect("run");
        replica
    }

    fn typed(text: &str, insert: &str) -> Command {
        let change = TextChange { from: 0, to: 0, insert: insert.to_owned() };
        Command::EditText(text.parse().expect("a text"), vec![change])
    }

    #[test]
    fn what_changed_is_named_and_what_did_not_is_not() {
        let replica = written();
        let before = Digests::of(&replica.read().postmortem);
        assert!(before.compared(&replica.read().postmortem).is_empty());
        let at = "2018-10-21T23:00:00Z".parse().expect("a time");
        for command in [
            typed("sections/overview", "It broke."),
            typed("timeline/a/text", "!"),
            Command::AddEntry(id("c"), EntryDraft::new(at, "new")),
            Command::Delete(ItemKind::Entry, id("b")),
            Command::ChangeFigure(id("users_affected"), FigureChange::Value(Some("0".to_owned()))),
        ] {
            replica.run(&command).expect("run");
        }
        let differences = before.compared(&replica.read().postmortem);
        let names: Vec<(String, bool)> =
            differences.changed.iter().map(|(place, is_new)| (place.to_string(), *is_new)).collect();
        let expected = [
            ("sections/overview", false),
            ("impact/users_affected", false),
            ("timeline/a", false),
            ("timeline/c", true),
        ];
        assert_eq!(names, expected.map(|(name, is_new)| (name.to_owned(), is_new)));
        assert_eq!(differences.in_words(), "2 entries, “Overview”, 1 figure and 1 deleted entry");
    }

    #[test]
    fn what_was_not_looked_at_stays_different() {
        let replica = written();
        let before = Digests::of(&replica.read().postmortem);
        replica.run(&typed("timeline/a/text", "!")).expect("run");
        replica.run(&typed("timeline/b/text", "!")).expect("run");
        replica.run(&Command::AddAction(id("more"), ActionDraft::new("Move it"))).expect("run");
        let now = replica.read().postmortem;
        let unseen = [Place::Entry(id("b")), Place::Action(id("more"))];
        let kept = Digests::of(&now).except(&unseen, &before);
        let still: Vec<Place> = kept.compared(&now).changed.into_iter().map(|(place, _)| place).collect();
        assert_eq!(still, unseen);
    }

    #[test]
    fn what_readers_never_see_is_no_change_of_a_published_page() {
        let replica = written();
        let published = Digests::of_published(&replica.read().postmortem);
        for command in [
            typed("sections/internal_email", "Dear all,"),
            Command::ChangeAction(id("todo"), ActionChange::Ticket("https://tickets.example/1".parse().ok())),
        ] {
            replica.run(&command).expect("run");
        }
        let mut now = replica.read().postmortem;
        (now.details.owner, now.details.status) = ("Mara".to_owned(), Status::InReview);
        assert!(published.compared_published(&now).is_empty());
        replica.run(&Command::SetTitle("Checkout failed twice".to_owned())).expect("run");
        let differences = published.compared_published(&replica.read().postmortem);
        assert_eq!(differences.in_words(), "the head");
    }

    #[test]
    fn digests_survive_their_way_through_json() {
        let digests = Digests::of(&written().read().postmortem);
        let text = serde_json::to_string(&digests).expect("JSON");
        assert_eq!(serde_json::from_str::<Digests>(&text).expect("digests"), digests);
    }
}
