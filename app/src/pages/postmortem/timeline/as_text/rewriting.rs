//! A timeline that is being rewritten as a text: what it was, what it is by now, and taking it over as edits.

use super::kept::{KeptRewriting, begun, kept_rewriting};
use super::told;
use crate::browser::clock;
use crate::controls::notices::Undo;
use crate::state::OpenPostmortem;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::{EntryDraft, ItemId, Near, Replica, Zone, timeline_text};
use std::rc::Rc;
use std::sync::Arc;

#[derive(Clone, Copy)]
pub struct Rewriting {
    pub text: RwSignal<String>,
    /// Why it was not taken over, as sentences.
    pub problems: RwSignal<Vec<String>>,
    open: OpenPostmortem,
    zone: Zone,
    /// The document as it was; nothing where it is not here.
    fork: StoredValue<Option<Rc<Replica>>, LocalStorage>,
    before: StoredValue<Vec<(ItemId, EntryDraft)>>,
    /// The text of that.
    written: StoredValue<String>,
    kept: KeptRewriting,
}

impl Rewriting {
    pub fn begin(open: OpenPostmortem, zone: Zone) -> Self {
        let fork = open.replica().and_then(|replica| replica.fork().ok()).map(Rc::new);
        let before = fork.as_deref().map(drafts).unwrap_or_default();
        let written = timeline_text::write(&before.iter().map(|(_, draft)| draft.clone()).collect::<Vec<_>>(), zone);
        let kept = kept_rewriting(open);
        Self {
            text: RwSignal::new(begun(open, kept, &written)),
            problems: RwSignal::new(Vec::new()),
            open,
            zone,
            fork: StoredValue::new_local(fork),
            before: StoredValue::new(before),
            written: StoredValue::new(written),
            kept,
        }
    }

    pub fn is_missing(&self) -> bool {
        self.fork.with_value(Option::is_none)
    }

    /// A time by which the zone can be named.
    pub fn first_time(&self) -> DateTime<Utc> {
        let first = self.before.with_value(|before| before.iter().find_map(|(_, draft)| draft.at));
        first.unwrap_or_else(clock::now)
    }

    pub fn write(&self, words: String) {
        self.problems.set(Vec::new());
        self.text.set(words);
        self.kept.keep(self.changed().as_ref());
    }

    /// The text as it was and as it is; nothing while they are the same.
    pub fn changed(&self) -> Option<(String, String)> {
        let both = (self.written.get_value(), self.text.get_untracked());
        (both.0 != both.1).then_some(both)
    }

    /// It was taken over or given up: this browser keeps nothing of it.
    pub fn end(&self) {
        self.kept.keep(None);
    }

    /// Makes edits of the text. What they changed, in words, and what takes them back; nothing when they are refused, and
    /// then the text stays with the reasons.
    pub fn take_over(&self) -> Option<(String, Option<Undo>)> {
        let after = match self.text.with_untracked(|text| timeline_text::read(text, &self.near())) {
            Ok(after) => after,
            Err(unread) => return self.refuse(told::problems(&unread)),
        };
        let commands = self.before.with_value(|before| timeline_text::edits(before, &after, &mut clock::new_item_id));
        let (replica, fork) = (self.open.replica()?, self.fork.get_value()?);
        // On a copy of the fork, so that a refusal leaves nothing half done.
        let draft = fork.fork(clock::new_client_id()).ok()?;
        let (_, refused) = draft.run_each(&commands);
        if let Some((_, reason)) = refused.first() {
            return self.refuse(vec![reason.to_string()]);
        }
        if replica.merge(&draft).is_err() {
            return self.refuse(vec!["This did not go in. Copy the text, reload the page, and try again.".to_owned()]);
        }
        if commands.is_empty() {
            return Some(("Nothing was changed".to_owned(), None));
        }
        Some((told::outcome(&commands), Some(undo(self.open, self.before.get_value(), draft))))
    }

    fn refuse<V>(&self, problems: Vec<String>) -> Option<V> {
        self.problems.set(problems);
        None
    }

    fn near(&self) -> Near {
        let reference = self.before.with_value(|before| before.iter().rev().find_map(|(_, draft)| draft.at));
        let details = self.open.parts.details;
        let (started, resolved) = details.with_untracked(|details| (details.started_at, details.resolved_at));
        Near { reference, started, resolved, ..Near::now(clock::now(), self.zone) }
    }
}

fn drafts(replica: &Replica) -> Vec<(ItemId, EntryDraft)> {
    replica.entries().iter().map(|entry| (entry.id.clone(), timeline_text::draft(entry))).collect()
}

/// Takes the whole rewriting back, on the fork where it was made: what others wrote since stays.
fn undo(open: OpenPostmortem, before: Vec<(ItemId, EntryDraft)>, draft: Replica) -> Undo {
    // A toast's undo may be called from anywhere, as far as its type says; it is called from the page.
    let draft = send_wrapper::SendWrapper::new(draft);
    Arc::new(move || {
        draft.run_each(&timeline_text::restoring(&before, &drafts(&draft)));
        if let Some(replica) = open.replica() {
            // A fork that was merged once builds on nothing that is missing.
            let _ = replica.merge(&draft);
        }
    })
}
