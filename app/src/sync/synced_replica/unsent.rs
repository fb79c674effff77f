//! Which parts of the document hold edits that the server may not have: what is theirs to take along of a post-mortem that a
//! person may not read any more.

use postmortem::leftover::leftover;
use postmortem::{Part, Postmortem};
use std::collections::BTreeSet;

/// Parts with edits that are not acknowledged.
#[derive(Debug)]
pub(super) enum Unsent {
    In(BTreeSet<Part>),
    /// An earlier page kept edits, and nobody knows of what: one of a release that did not say so.
    Anywhere,
}

impl Default for Unsent {
    fn default() -> Self {
        Self::In(BTreeSet::new())
    }
}

impl Unsent {
    /// There is an edit of these. With `is_first`, everything before it is on the server.
    pub(super) fn edited(&mut self, parts: &BTreeSet<Part>, is_first: bool) {
        if is_first {
            *self = Self::default();
        }
        if let Self::In(known) = self {
            known.extend(parts.iter().cloned());
        }
    }

    pub(super) fn parts(&self) -> Option<&BTreeSet<Part>> {
        match self {
            Self::In(parts) => Some(parts),
            Self::Anywhere => None,
        }
    }

    /// What these parts say, as text.
    pub(super) fn words(&self, held: &Postmortem) -> Option<String> {
        match self {
            Self::In(parts) => leftover(held, &without(held, parts)),
            Self::Anywhere => leftover(held, &Postmortem::default()),
        }
    }
}

/// The value without these parts.
fn without(held: &Postmortem, parts: &BTreeSet<Part>) -> Postmortem {
    let mut rest = held.clone();
    for part in parts {
        match part {
            Part::Details => rest.details.title.clear(),
            Part::Section(key) => drop(rest.sections.remove(key)),
            Part::Entry(id) => rest.timeline.retain(|entry| entry.id != *id),
            Part::Figures => rest.impact.clear(),
            Part::Responders => rest.responders.clear(),
            Part::Actions => rest.actions.clear(),
        }
    }
    rest
}
