//! Who typed and who deleted each character. Every character typed in a run is another one, so its whole life can be
//! followed without asking the CRDT.

use crate::page::EditId;
use crate::{Checked, Violation};
use postmortem::{ClientId, ItemId, TextId};
use std::collections::{BTreeMap, BTreeSet};

/// The first of the characters that are typed: ideographs, which neither Markdown nor the tests use otherwise.
const FIRST: u32 = 0x4E00;

/// The first of those beyond the basic plane, which count as two in UTF-16.
const FIRST_ASTRAL: u32 = 0x20000;

/// The history of every character.
#[derive(Debug, Default)]
pub struct Ledger {
    next: u32,
    typed: BTreeMap<char, (TextId, EditId)>,
    deleted: BTreeMap<char, Vec<EditId>>,
    /// Brought back by an undo, after which a character may stand there again, and twice when two people did.
    restored: BTreeSet<char>,
    /// The life of the page that added an entry.
    entries: BTreeMap<ItemId, ClientId>,
}

/// Whether an edit has to be in the document at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Kept,
    /// Its browser died before the edit was stored or acknowledged.
    Open,
}

impl Ledger {
    /// Characters that nobody has typed.
    pub fn fresh(&mut self, count: usize) -> String {
        let character = |number| {
            let first = if number % 5 == 4 { FIRST_ASTRAL } else { FIRST };
            char::from_u32(first + number).expect("an assigned plane")
        };
        let from = self.next;
        self.next += count as u32;
        (from..self.next).map(character).collect()
    }

    /// Notes who added an entry.
    pub fn note_entry(&mut self, entry: &ItemId, life: ClientId) {
        self.entries.insert(entry.clone(), life);
    }

    /// The life of the page that added an entry.
    pub fn author(&self, entry: &ItemId) -> Option<ClientId> {
        self.entries.get(entry).copied()
    }

    /// Notes what an edit of a person changed in a text.
    pub fn note(&mut self, edit: EditId, text: &TextId, before: &str, after: &str) {
        let (before, after) = (characters(before), characters(after));
        for typed in after.difference(&before) {
            if self.typed.contains_key(typed) {
                self.restored.insert(*typed);
            } else {
                self.typed.insert(*typed, (text.clone(), edit));
            }
        }
        for deleted in before.difference(&after) {
            self.deleted.entry(*deleted).or_default().push(edit);
        }
    }

    /// Notes what an undo or redo changed; it may only take away what this life of the page typed or had deleted, and
    /// only bring back the same.
    pub fn note_undo(&mut self, edit: EditId, text: &TextId, before: &str, after: &str) -> Checked {
        let is_own = |character: &char| {
            let typed = self.typed.get(character).is_some_and(|(_, (life, _))| *life == edit.0);
            typed || self.deleted.get(character).is_some_and(|by| by.iter().any(|(life, _)| *life == edit.0))
        };
        let (was, is) = (characters(before), characters(after));
        if let Some(foreign) = was.symmetric_difference(&is).find(|character| !is_own(character)) {
            return Err(Violation(format!("an undo of page {} touched {foreign}, which is another's", edit.0)));
        }
        self.note(edit, text, before, after);
        Ok(())
    }

    /// Holds the texts at the end, and the files that people were given for what a refused copy had, against all that happened.
    pub fn check(
        &self,
        fate: impl Fn(EditId) -> Fate,
        files: &str,
        text: impl Fn(&TextId) -> Option<String>,
    ) -> Checked {
        let mut counts: BTreeMap<&TextId, BTreeMap<char, usize>> = BTreeMap::new();
        for (id, _) in self.typed.values() {
            counts.entry(id).or_insert_with(|| count(&text(id).unwrap_or_default()));
        }
        for (character, (id, edit)) in &self.typed {
            let found = counts[id].get(character).copied().unwrap_or(0);
            if self.restored.contains(character) {
                continue;
            }
            let deleted = self.deleted.get(character);
            if found > 1 {
                return Err(Violation(format!("{character} was typed once and stands there {found} times")));
            }
            let is_filed = files.contains(*character);
            if found == 0 && deleted.is_none() && !is_filed && fate(*edit) == Fate::Kept {
                return Err(Violation(format!("{character} of edit {edit:?} is lost")));
            }
            let is_gone = deleted.is_some_and(|by| by.iter().any(|edit| fate(*edit) == Fate::Kept));
            if found == 1 && is_gone {
                return Err(Violation(format!("{character} of edit {edit:?} was deleted and is back")));
            }
        }
        Ok(())
    }

    /// Holds what a person saw when their copy was replaced against what is there, what was deleted, and what they were given
    /// as files.
    pub fn check_seen<'a>(
        &self,
        seen: impl Iterator<Item = &'a char>,
        files: &str,
        text: impl Fn(&TextId) -> Option<String>,
    ) -> Checked {
        for character in seen.filter(|character| !self.deleted.contains_key(character)) {
            let Some((id, edit)) = self.typed.get(character) else { continue };
            if !text(id).unwrap_or_default().contains(*character) && !files.contains(*character) {
                return Err(Violation(format!("{character} of edit {edit:?} was on screen, and is in no file")));
            }
        }
        Ok(())
    }
}

fn characters(text: &str) -> BTreeSet<char> {
    text.chars().filter(|character| u32::from(*character) >= FIRST).collect()
}

fn count(text: &str) -> BTreeMap<char, usize> {
    let mut counts = BTreeMap::new();
    for character in text.chars() {
        *counts.entry(character).or_default() += 1;
    }
    counts
}
