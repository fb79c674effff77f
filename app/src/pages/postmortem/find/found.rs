//! Where words stand in the values of a post-mortem, in the order in which the page shows them.

use crate::pages::postmortem::part::SheetPart;
use crate::state::postmortem::parts::Parts;
use leptos::prelude::*;
use postmortem::digest::Place;
use postmortem::{TextId, search};

/// A place where the words stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundPlace {
    /// In a shared text, in UTF-16 units.
    Words(TextId, u32, u32),
    /// In short values of a row, which counts once however often they have the words.
    Row(Place),
}

/// Every place of the words, in reading order of the parts of the page.
pub fn places(parts: Parts, order: Vec<SheetPart>, words: &str) -> Vec<FoundPlace> {
    let mut found = Found { words, places: Vec::new() };
    parts.details.with(|details| found.look_in_row(Place::Details, &[&details.title]));
    for responder in parts.responders.get() {
        found.look_in_row(Place::Responder(responder.id), &[&responder.name]);
    }
    for part in order {
        match part {
            SheetPart::Section(key) => parts.sections.with(|sections| {
                let text = sections.get(&key).map_or("", String::as_str);
                found.look_in_text(TextId::Section(key.clone()), text);
            }),
            SheetPart::Impact => {
                for figure in parts.figures.get() {
                    let value = figure.value.unwrap_or_default();
                    found.look_in_row(Place::Figure(figure.id), &[&value, &figure.label, &figure.note]);
                }
            }
            SheetPart::Timeline => found.look_in_timeline(parts),
            SheetPart::Actions => {
                for action in parts.actions.get() {
                    found.look_in_text(TextId::Action(action.id.clone()), &action.text);
                    found.look_in_row(Place::Action(action.id), &[&action.owner]);
                }
            }
        }
    }
    found.places
}

struct Found<'a> {
    words: &'a str,
    places: Vec<FoundPlace>,
}

impl Found<'_> {
    fn look_in_text(&mut self, id: TextId, text: &str) {
        let places = search::places(text, self.words).into_iter();
        self.places.extend(places.map(|(from, to)| FoundPlace::Words(id.clone(), from, to)));
    }

    fn look_in_row(&mut self, row: Place, values: &[&str]) {
        if values.iter().any(|value| !search::places(value, self.words).is_empty()) {
            self.places.push(FoundPlace::Row(row));
        }
    }

    fn look_in_timeline(&mut self, parts: Parts) {
        let ids: Vec<_> = parts.timeline.with(|entries| entries.iter().map(|entry| entry.id.clone()).collect());
        for id in ids {
            let Some(entry) = parts.entry(&id) else { continue };
            entry.with(|entry| {
                self.look_in_text(TextId::Entry(id.clone()), &entry.text);
                let source = entry.source.as_ref().map_or("", |source| source.as_str());
                self.look_in_row(Place::Entry(id.clone()), &[&entry.note, source]);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{ClientId, Command, EntryDraft, FigureDraft, ItemId, SectionKey, Severity, TextChange, create};

    #[test]
    fn words_are_found_in_the_order_of_the_page_and_a_row_counts_once() {
        let owner = Owner::new();
        owner.set();
        let replica = create::create(ClientId(1), "Locked out", Severity::Sev2).expect("made");
        let id = |text: &str| text.parse::<ItemId>().expect("an id");
        let key = SectionKey::known().next().expect("a section");
        let section = TextId::Section(key.clone());
        let typed = TextChange { from: 0, to: 0, insert: "Locked, then LOCKED".to_owned() };
        let figure = FigureDraft { label: "locked accounts, locked users".to_owned(), ..FigureDraft::default() };
        for command in [
            Command::EditText(section.clone(), vec![typed]),
            Command::AddEntry(id("e1"), EntryDraft::undated("deploys locked", "locked for an hour")),
            Command::AddFigure(id("f1"), figure),
        ] {
            replica.run(&command).expect("run");
        }
        let parts = Parts::new();
        parts.refresh_all(&replica);
        let order = vec![SheetPart::Section(key), SheetPart::Impact, SheetPart::Timeline, SheetPart::Actions];
        let expected = [
            FoundPlace::Row(Place::Details),
            FoundPlace::Words(section.clone(), 0, 6),
            FoundPlace::Words(section, 13, 19),
            FoundPlace::Row(Place::Figure(id("f1"))),
            FoundPlace::Words(TextId::Entry(id("e1")), 8, 14),
            FoundPlace::Row(Place::Entry(id("e1"))),
        ];
        assert_eq!(places(parts, order.clone(), "locked"), expected);
        assert_eq!(places(parts, order, " "), []);
    }
}
