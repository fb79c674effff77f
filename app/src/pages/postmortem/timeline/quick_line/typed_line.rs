//! The words in the quick line: kept until they are taken, and made an entry or an action item.

use super::told::tell_added;
use crate::browser::clock;
use crate::controls::notices::Notices;
use crate::state::OpenPostmortem;
use crate::state::postmortem::drafts::FieldDraft;
use leptos::prelude::*;
use postmortem::quick_entry::{self, QuickEntryError, QuickLine as Read, TimeFound};
use postmortem::{Command, Near, Zone, quick_lines};

#[derive(Clone, Copy)]
pub struct TypedLine {
    pub text: RwSignal<String>,
    /// Why the line was not taken.
    pub error: RwSignal<Option<String>>,
    open: OpenPostmortem,
    notices: Notices,
    zone: RwSignal<Zone>,
    draft: FieldDraft<String>,
}

impl TypedLine {
    pub fn new(open: OpenPostmortem, notices: Notices, zone: RwSignal<Zone>) -> Self {
        let draft = FieldDraft::<String>::of(&open.id.get_value(), "quick-line");
        let text = RwSignal::new(draft.kept().unwrap_or_default());
        Self { text, error: RwSignal::new(None), open, notices, zone, draft }
    }

    pub fn type_in(&self, words: String) {
        self.error.set(None);
        self.write(words);
    }

    /// Makes of the line what it says. One that cannot be read, or is refused, stays with the sentence that says why.
    pub fn add(&self) {
        let text = self.text.get_untracked();
        match quick_lines::one(&text, &self.near(), &mut clock::new_item_id) {
            Ok((command, found)) => self.run(&command, found),
            Err(problem) => self.error.set(Some(problem.to_string())),
        }
    }

    /// Puts the time of this moment in front of the line, where none is there yet.
    pub fn put_now(&self) {
        let shown = self.zone.get_untracked().local(clock::now()).format("%H:%M").to_string();
        let words = self.text.get_untracked();
        if !has_time(&words, &self.near()) {
            self.write(format!("{shown} {}", words.trim_start()));
        }
    }

    fn run(&self, command: &Command, found: Option<TimeFound>) {
        if let Err(problem) = self.open.run(command) {
            self.error.set(Some(problem.to_string()));
            return;
        }
        match (command, found) {
            (Command::AddEntry(id, entry), Some(found)) => {
                tell_added(self.open, self.notices, id, entry, found, self.zone.get_untracked());
            }
            _ => self.notices.speak("Action item added"),
        }
        if let Command::AddEntry(id, _) = command {
            self.open.selected.set(Some(id.clone()));
        }
        self.error.set(None);
        self.write(String::new());
    }

    fn write(&self, words: String) {
        self.draft.keep((!words.is_empty()).then_some(&words));
        self.text.set(words);
    }

    fn near(&self) -> Near {
        untrack(|| self.open.near(None, self.zone.get()))
    }
}

/// Whether a line says when: also one that says nothing else, or says it in a way that cannot be read.
fn has_time(line: &str, near: &Near) -> bool {
    match quick_entry::parse(line, near) {
        Ok(Read::Entry(entry)) => entry.found != TimeFound::Now,
        Ok(Read::Action(_)) => false,
        Err(QuickEntryError::NoText | QuickEntryError::Time(_)) => true,
        Err(QuickEntryError::Empty | QuickEntryError::NoTime(_) | QuickEntryError::NotInFront(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_says_when_gets_no_second_time() {
        let now = "2018-10-21T23:19:00Z".parse().expect("a time");
        let near = Near::now(now, Zone::UTC);
        for line in ["23:07 deploys locked", "23:07", "25:71 deploys locked"] {
            assert!(has_time(line, &near), "{line}");
        }
        for line in ["", "deploys locked", "TODO add an alert"] {
            assert!(!has_time(line, &near), "{line}");
        }
    }
}
