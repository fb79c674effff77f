//! The way through what nobody has resolved yet, in reading order.

use super::super::part::{SheetPart, parts_in_order};
use super::super::timeline::reveal;
use crate::reader::icon::{Icon, IconName};
use crate::state::OpenPostmortem;
use crate::state::postmortem::anchors::anchors;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{Subject, Thread};

/// The unresolved threads in reading order; those whose entry is gone are last.
pub fn unresolved(open: OpenPostmortem) -> Vec<Thread> {
    let mut threads = open.discussion.all();
    threads.retain(|thread| thread.resolved.is_none());
    if threads.is_empty() {
        return threads;
    }
    let parts = parts_in_order(open);
    let part = |wanted: &SheetPart| parts.iter().position(|part| part == wanted).unwrap_or(parts.len());
    let timeline = open.parts.timeline.get();
    threads.sort_by_cached_key(|thread| match &thread.subject {
        Subject::Section(key) => {
            let anchors = untrack(|| anchors(open, &thread.subject));
            let anchor = anchors.iter().find(|anchor| anchor.thread.as_ref() == Some(&thread.id));
            (part(&SheetPart::Section(key.clone())), anchor.map_or(0, |anchor| anchor.from as usize))
        }
        Subject::Entry(id) => match timeline.iter().position(|entry| entry.id == *id) {
            Some(place) => (part(&SheetPart::Timeline), place),
            None => (usize::MAX, 0),
        },
    });
    threads
}

/// Opens the unresolved thread after or before the one that is open, and brings it into sight; around at the ends.
pub fn go_to_unresolved(open: OpenPostmortem, step: isize) -> bool {
    let threads = untrack(|| unresolved(open));
    let Ok(count) = isize::try_from(threads.len()) else { return true };
    let shown = open.discussion.shown.get_untracked().and_then(|shown| shown.thread);
    let current = threads.iter().position(|thread| Some(&thread.id) == shown.as_ref());
    let next = match current {
        Some(current) => (current.cast_signed() + step).rem_euclid(count.max(1)),
        None if step < 0 => count - 1,
        None => 0,
    };
    let Some(thread) = usize::try_from(next).ok().and_then(|next| threads.get(next)) else { return true };
    open.discussion.open_thread(thread);
    match &thread.subject {
        Subject::Entry(id) => reveal(open, id, |_| ()),
        Subject::Section(key) => {
            if let Some(section) = document().get_element_by_id(key.as_str()) {
                section.scroll_into_view();
            }
        }
    }
    true
}

/// How many threads wait, in the bar: it leads to the next one.
#[component]
pub fn UnresolvedButton() -> impl IntoView {
    let open = use_open();
    let count = Memo::new(move |_| open.discussion.count_unresolved());
    let label = move || match count.get() {
        1 => "1 unresolved thread. Go to it".to_owned(),
        count => format!("{count} unresolved threads. Go to the next"),
    };
    view! {
        <button
            type="button"
            class="btn bare small waiting"
            hidden=move || count.get() == 0
            aria-label=label
            title="Next unresolved thread (U)"
            on:click=move |_| {
                go_to_unresolved(open, 1);
            }
        >
            <Icon name=IconName::Comment small=true />
            {count}
        </button>
    }
    .into_any()
}

/// Which of them is open, in its panel: it leads to the next one.
#[component]
pub fn TourButton() -> impl IntoView {
    let open = use_open();
    let place = Memo::new(move |_| {
        let shown = open.discussion.shown.get().and_then(|shown| shown.thread);
        let threads = unresolved(open);
        let index = threads.iter().position(|thread| Some(&thread.id) == shown.as_ref());
        (index, threads.len())
    });
    view! {
        {move || match place.get() {
            (Some(index), count) if count > 1 => {
                let label = format!("Next unresolved thread, this is {} of {count}", index + 1);
                view! {
                    <button
                        type="button"
                        class="btn bare small tour"
                        aria-label=label
                        title="Next unresolved thread (U)"
                        on:click=move |_| {
                            go_to_unresolved(open, 1);
                        }
                    >
                        <span class="q">{format!("{} of {count}", index + 1)}</span>
                        <Icon name=IconName::ChevronRight small=true />
                    </button>
                }
                    .into_any()
            }
            _ => ().into_any(),
        }}
    }
    .into_any()
}
