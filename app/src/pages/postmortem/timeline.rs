//! The timeline: entries on the rail, each edited where it stands, threads beside them, and the quick line at the foot.

mod entry;
mod entry_details;
mod entry_menu;
mod entry_source;
mod entry_time;
mod quick_line;
mod reveal;
mod rows;

use super::comments::Orphans;
use super::here::HereNote;
use crate::controls::list::{List, Row};
use crate::editor::bridge::nonce;
use crate::reader::rail_measures;
use crate::state::open::{OpenPostmortem, use_open};
use entry::Entry;
use leptos::prelude::*;
use quick_line::QuickLine;
pub use reveal::reveal;
use rows::{DrawnRow, Layout};
use std::sync::Arc;

/// The timeline.
#[component]
pub fn Timeline() -> impl IntoView {
    let open = use_open();
    let layout = Memo::new(move |_| Layout::of(&open.parts.timeline.get(), &open.parts.details.get()));
    let note = Memo::new(move |_| {
        open.parts.timeline.with(|entries| {
            let sourced = entries.iter().filter(|entry| entry.source.is_some()).count();
            let entries = if entries.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", entries.len()) };
            format!("{entries}, {sourced} with a source")
        })
    });
    let keys = Memo::new(move |_| layout.with(|layout| layout.keys.clone()));
    let row: Row = Arc::new(move |key| match layout.with_untracked(|layout| layout.other(&key)) {
        Some(row) => view! { <DrawnRow row /> }.into_any(),
        None => key.parse().ok().map(|id| view! { <Entry id layout /> }.into_any()).into_any(),
    });
    view! {
        <section class="sec" id="timeline" data-section="timeline" tabindex="-1" aria-labelledby="timeline-heading">
            <header>
                <h2 id="timeline-heading">"Timeline"</h2>
                <span class="note">{note}</span>
                <span class="grow"></span>
                <HereNote place="timeline" />
                <span class="note">"Times in UTC"</span>
            </header>
            // Lengths of gaps come from this element, since the page's policy forbids style attributes in markup.
            <style nonce=nonce()>{move || layout.with(|layout| rail_measures(&layout.rows))}</style>
            <ol class="tl">
                <List keys row />
            </ol>
            <QuickLine />
            <Orphans />
        </section>
    }
    .into_any()
}

/// Selects the entry after or before the selected one, and brings it into sight.
pub fn move_selection(open: OpenPostmortem, step: isize) -> bool {
    let ids: Vec<_> =
        open.parts.timeline.with_untracked(|entries| entries.iter().map(|entry| entry.id.clone()).collect());
    let current = open.selected.get_untracked().and_then(|id| ids.iter().position(|other| *other == id));
    let next = match current {
        Some(current) => current.checked_add_signed(step).filter(|next| *next < ids.len()),
        None if step < 0 => ids.len().checked_sub(1),
        None => (!ids.is_empty()).then_some(0),
    };
    if let Some(id) = next.and_then(|next| ids.get(next)) {
        reveal(open, id, |row| drop(row.focus()));
    }
    true
}
