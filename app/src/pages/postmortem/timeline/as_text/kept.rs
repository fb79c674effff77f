//! What this browser keeps of a rewriting that was not taken over.

use crate::state::OpenPostmortem;
use crate::state::postmortem::drafts::FieldDraft;
use leptos::prelude::*;

/// The text as it was, and as it is written. On a timeline that was the same text it goes on; on another one its lines
/// could take away what others wrote.
pub type KeptRewriting = FieldDraft<(String, String)>;

pub fn kept_rewriting(open: OpenPostmortem) -> KeptRewriting {
    FieldDraft::of(&open.id.get_value(), "timeline")
}

/// The text to begin with: what was written here and not taken over, while the timeline is as it was then. Else that
/// becomes a file.
pub fn begun(open: OpenPostmortem, kept: KeptRewriting, written: &str) -> String {
    match kept.kept() {
        Some((before, words)) if before == written => words,
        Some((_, words)) => {
            if let Some(replica) = open.replica() {
                kept.keep(None);
                replica.keep_text("The timeline has changed since you began to write it as text.", words);
            }
            written.to_owned()
        }
        None => written.to_owned(),
    }
}
