//! Telling that an entry was added, and what was guessed of it.

use crate::controls::notices::{Correction, Notices, Undo};
use crate::pages::postmortem::timeline::guess::{self, Guess};
use crate::reader::time;
use crate::state::OpenPostmortem;
use postmortem::quick_entry::TimeFound;
use postmortem::{Command, EntryChange, EntryDraft, ItemId, ItemKind, Zone};
use std::sync::Arc;

pub fn tell_added(
    open: OpenPostmortem,
    notices: Notices,
    id: &ItemId,
    entry: &EntryDraft,
    found: TimeFound,
    zone: Zone,
) {
    let undo: Undo = {
        let id = id.clone();
        Arc::new(move || open.edit(&Command::Delete(ItemKind::Entry, id.clone())))
    };
    match (found, entry.at) {
        (TimeFound::Guessed(others), Some(at)) => {
            let times = std::iter::once(at).chain(others).collect();
            let guess = Guess { id: id.clone(), times, until: entry.until, key_times: Vec::new(), zone };
            guess::tell(open, notices, &guess, "Entry of", undo);
        }
        (TimeFound::Now, Some(at)) => {
            let id = id.clone();
            let correction = Correction {
                label: "Time unknown".to_owned(),
                run: Arc::new(move || {
                    open.edit(&Command::ChangeEntry(id.clone(), EntryChange::Undated));
                    notices.speak("The entry has no time now");
                }),
            };
            notices.toast_with(format!("Taken as now: {}", time::whole(at, zone)), Some(undo), Some(correction));
        }
        _ => notices.speak("Entry added"),
    }
}
