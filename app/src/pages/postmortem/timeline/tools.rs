//! The tools in the head of the timeline: as text, which kinds, and in which zone.

use super::look::{Filter, Look, use_look};
use crate::browser::clock;
use crate::controls::focus::focus_id;
use crate::controls::menu::{Menu, MenuItem};
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use leptos::prelude::*;
use postmortem::{EntryKind, Zone};

#[component]
pub fn Tools() -> impl IntoView {
    let look = use_look();
    view! {
        <div class="tools">
            <button
                type="button"
                class="btn bare small"
                aria-pressed=move || look.is_text.get().to_string()
                // What was written in the text is not thrown away by the button that opened it.
                on:click=move |_| {
                    if look.is_text.get_untracked() {
                        focus_id("timeline-text");
                    } else {
                        look.is_text.set(true);
                    }
                }
            >
                <Icon name=IconName::Lines small=true />
                "As text"
            </button>
            <Kinds />
            <Zones />
        </div>
    }
    .into_any()
}

pub fn count(open: OpenPostmortem, filter: Filter) -> usize {
    open.parts.timeline.with(|entries| entries.iter().filter(|entry| filter.shows(entry)).count())
}

#[component]
fn Kinds() -> impl IntoView {
    let (open, look) = (use_open(), use_look());
    let words = Signal::derive(move || look.filter.get().label().to_owned());
    let label = Signal::derive(move || format!("Show entries: {}", look.filter.get().label()));
    view! {
        <Menu label words icon=IconName::Filter class="btn bare small">
            {choice(look, Filter::All, IconName::Lines, count(open, Filter::All))}
            <hr />
            {EntryKind::ALL
                .iter()
                .map(|kind| (Filter::Kind(*kind), IconName::from(*kind), count(open, Filter::Kind(*kind))))
                .filter(|(_, _, count)| *count > 0)
                .map(|(filter, icon, count)| choice(look, filter, icon, count))
                .collect_view()}
            <hr />
            {choice(look, Filter::WithoutSource, IconName::Link, count(open, Filter::WithoutSource))}
        </Menu>
    }
    .into_any()
}

fn choice(look: Look, filter: Filter, icon: IconName, count: usize) -> AnyView {
    view! {
        <MenuItem
            label=format!("{} {count}", filter.label())
            icon
            run=Callback::new(move |()| look.filter.set(filter))
        />
    }
    .into_any()
}

/// UTC or the zone of the browser, where that is another one.
#[component]
fn Zones() -> impl IntoView {
    let (open, look) = (use_open(), use_look());
    let local = clock::zone();
    let at = Memo::new(move |_| {
        let first = open.parts.timeline.with(|entries| entries.iter().find_map(|entry| entry.at));
        first.or_else(|| open.parts.details.with(|details| details.started_at)).unwrap_or_else(clock::now)
    });
    let button = move |zone: Zone| {
        view! {
            <button
                type="button"
                aria-pressed=move || (look.zone.get() == zone).to_string()
                on:click=move |_| look.read_in(zone)
            >
                {move || zone.label(at.get())}
            </button>
        }
        .into_any()
    };
    if local.local(clock::now()).offset().local_minus_utc() == 0
        && local.local(at.get_untracked()).naive_local() == at.get_untracked().naive_utc()
    {
        return view! { <span class="note">"Times in UTC"</span> }.into_any();
    }
    view! {
        <div class="seg" role="group" aria-label="Time zone">
            {button(Zone::UTC)}
            {button(local)}
        </div>
    }
    .into_any()
}
