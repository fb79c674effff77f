//! What is still to be done before the review: a list of verbs, each a link to the place.

use super::timeline::reveal;
use crate::controls::focus::go_to;
use crate::controls::icon::{Icon, IconName};
use crate::controls::panel::Panel;
use crate::state::open::use_open;
use leptos::prelude::*;
use postmortem::readiness::{self, Material, Thing};

/// The panel; gone once the review is over.
#[component]
pub fn Readiness() -> impl IntoView {
    let open = use_open();
    let is_ahead = Memo::new(move |_| open.parts.details.with(readiness::is_ahead));
    view! {
        <Show when=move || is_ahead.get()>
            <Things />
        </Show>
    }
    .into_any()
}

#[component]
fn Things() -> impl IntoView {
    let open = use_open();
    let things = Memo::new(move |_| {
        let parts = open.parts;
        let (details, responders) = (parts.details.read(), parts.responders.read());
        let (sections, timeline) = (parts.sections.read(), parts.timeline.read());
        let (impact, actions) = (parts.figures.read(), parts.actions.read());
        readiness::things(Material {
            details: &details,
            sections: &sections,
            timeline: &timeline,
            impact: &impact,
            responders: &responders,
            actions: &actions,
        })
    });
    let title = Signal::derive(move || match things.with(Vec::len) {
        0 => "Ready for review".to_owned(),
        1 => "1 thing before review".to_owned(),
        count => format!("{count} things before review"),
    });
    let remark = Signal::derive(move || {
        let meeting = open.parts.details.with(|details| details.meeting_at);
        meeting.map(|at| format!("due {}", at.format("%a %-d %b"))).unwrap_or_default()
    });
    view! {
        <Panel id="readiness" title remark>
            <ul class="ready">
                {move || things.get().into_iter().map(|thing| view! { <Line thing /> }.into_any()).collect_view()}
            </ul>
        </Panel>
    }
    .into_any()
}

#[component]
fn Line(thing: Thing) -> impl IntoView {
    let open = use_open();
    let Thing { anchor, verb, note } = thing;
    let target = anchor.clone();
    let go = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        match target.strip_prefix("entry-").map(str::parse) {
            Some(Ok(id)) => reveal(open, &id, |row| drop(row.focus())),
            _ => go_to(&target),
        }
    };
    view! {
        <li>
            <a href=format!("#{anchor}") on:click=go>
                <Icon name=IconName::Empty small=true />
                <span>
                    <b>{verb}</b>
                    <small>{note}</small>
                </span>
            </a>
        </li>
    }
    .into_any()
}
