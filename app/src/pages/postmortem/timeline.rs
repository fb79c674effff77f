//! The timeline: entries on the rail, each edited where it stands, threads beside them, the strip above and the quick
//! line at the foot.

mod as_text;
mod entry;
mod guess;
mod look;
mod quick_line;
mod reveal;
mod rows;
mod tools;
mod window;

use super::comments::Orphans;
use super::here::HereNote;
use crate::browser::bridge::nonce;
use crate::controls::list::DrawRow;
use crate::controls::steady_list;
use crate::reader::{StripFigure, rail_measures};
use crate::state::postmortem::open::{DrawnTimeline, OpenPostmortem, use_open};
use as_text::{AsText, kept_rewriting};
use entry::Entry;
use leptos::prelude::*;
use look::{Filter, Kept, Look};
use postmortem::{ItemId, strip};
use quick_line::QuickLine;
use reveal::follow_address;
pub use reveal::reveal;
use rows::{DrawnRow, Layout};
use std::sync::Arc;
use tools::{Tools, count};
use window::{Space, Window};

#[component]
pub fn Timeline() -> impl IntoView {
    let open = use_open();
    let look = Look::new();
    // Whoever was rewriting it when the page went away is there again.
    look.is_text.set(kept_rewriting(open).kept().is_some());
    provide_context(look);
    let note = Memo::new(move |_| {
        open.parts.timeline.with(|entries| {
            let sourced = entries.iter().filter(|entry| entry.source.is_some()).count();
            let entries = if entries.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", entries.len()) };
            format!("{entries}, {sourced} with a source")
        })
    });
    view! {
        <section class="sec" id="timeline" data-section="timeline" tabindex="-1" aria-labelledby="timeline-heading">
            <header>
                <h2 id="timeline-heading">"Timeline"</h2>
                <span class="note">{note}</span>
                <span class="grow"></span>
                <HereNote place="timeline" />
                <Tools />
            </header>
            <Strip />
            {move || if look.is_text.get() { view! { <AsText /> }.into_any() } else { view! { <Rows /> }.into_any() }}
            <Orphans />
        </section>
    }
    .into_any()
}

/// The whole incident in linear scale.
#[component]
fn Strip() -> impl IntoView {
    let open = use_open();
    let zone = look::use_look().zone;
    let strip = Memo::new(move |_| strip::strip(&open.parts.timeline.get(), &open.parts.details.get(), zone.get()));
    view! { {move || strip.get().map(|strip| view! { <StripFigure strip zone=zone.get() /> }.into_any())} }.into_any()
}

/// The rows, and the line that adds one.
#[component]
fn Rows() -> impl IntoView {
    let open = use_open();
    let look = look::use_look();
    let kept = Kept::follow(open, look.filter);
    let layout = Memo::new(move |_| {
        let (entries, details) = (open.parts.timeline.get(), open.parts.details.get());
        kept.with(|kept| Layout::of(&entries, &details, look.zone.get(), |entry| kept.shows(entry)))
    });
    let measures = Memo::new(move |_| layout.with(|layout| rail_measures(&layout.rows)));
    let window = Window::new(open, layout);
    let drawn = window.drawn();
    let bring_near = Callback::new(move |id: ItemId| {
        window.scroll_near(&id);
    });
    let shown = Callback::new(move |()| layout.with_untracked(|layout| layout.shown().cloned().collect()));
    let as_text = Callback::new(move |()| look.is_text.set(true));
    open.timeline.set_value(Some(DrawnTimeline { bring_near, shown, as_text }));
    on_cleanup(move || {
        // Gone with the whole page it is no longer asked for.
        let _ = open.timeline.try_set_value(None);
    });
    follow_address(open);
    let keys = Signal::derive(move || drawn.with(|drawn| drawn.keys.clone()));
    let row: DrawRow = Arc::new(move |key| {
        let Some(index) = drawn.with_untracked(|drawn| drawn.row(&key)) else {
            return view! { <Space name=key drawn /> }.into_any();
        };
        match layout.with_untracked(|layout| (layout.id(index).cloned(), layout.rows.get(index).cloned())) {
            (Some(id), _) => view! { <Entry id layout /> }.into_any(),
            (None, Some(row)) => {
                view! { {move || view! { <DrawnRow row=row.clone() zone=look.zone.get() /> }.into_any()} }.into_any()
            }
            (None, None) => ().into_any(),
        }
    });
    steady_list::fill(window.list, keys, row);
    view! {
        // Lengths of gaps come from this element, since the page's policy forbids style attributes in markup.
        <style nonce=nonce()>{measures}</style>
        <Narrowed />
        <ol class="tl" node_ref=window.list></ol>
        <QuickLine />
    }
    .into_any()
}

/// What a filter leaves out, and the way back.
#[component]
fn Narrowed() -> impl IntoView {
    let open = use_open();
    let filter = look::use_look().filter;
    view! {
        {move || {
            (filter.get() != Filter::All)
                .then(|| {
                    let fitting = count(open, filter.get());
                    let all = open.parts.timeline.with(|entries| entries.len());
                    view! {
                        <p class="narrowed" role="status">
                            {format!("{}: {fitting} of {all} entries. ", filter.get().label())}
                            <button type="button" class="btn bare small" on:click=move |_| filter.set(Filter::All)>
                                "Show all"
                            </button>
                        </p>
                    }
                        .into_any()
                })
        }}
    }
    .into_any()
}

/// Selects the entry after or before the selected one, among those that are shown, and brings it into sight.
pub fn move_selection(open: OpenPostmortem, step: isize) -> bool {
    let Some(timeline) = open.timeline.get_value() else { return true };
    let ids = timeline.shown.run(());
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
