//! What is still open: a list of verbs, each a link to the place. Before the review what that needs, afterwards what is left.

use super::comments::go_to_unresolved;
use super::timeline::reveal;
use crate::browser::clock;
use crate::controls::focus::go_to;
use crate::controls::panel::Panel;
use crate::reader::icon::{Icon, IconName};
use crate::state::OpenPostmortem;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::Status;
use postmortem::deadline::{self, Distance};
use postmortem::readiness::{self, Material, Thing};

/// What this asks of the post-mortem as it is now; followed by whoever calls it.
pub fn ask_material<V>(open: OpenPostmortem, ask: impl FnOnce(Material) -> V) -> V {
    let parts = open.parts;
    let (details, responders) = (parts.details.read(), parts.responders.read());
    let (sections, timeline) = (parts.sections.read(), parts.timeline.read());
    let (impact, actions) = (parts.figures.read(), parts.actions.read());
    ask(Material {
        details: &details,
        sections: &sections,
        timeline: &timeline,
        impact: &impact,
        responders: &responders,
        actions: &actions,
        open_threads: open.discussion.count_unresolved(),
        today: clock::today(),
    })
}

/// The panel; once the review is over it is there for as long as something is open.
#[component]
pub fn Readiness() -> impl IntoView {
    let open = use_open();
    let things = Memo::new(move |_| ask_material(open, readiness::things));
    let status = Memo::new(move |_| open.parts.details.with(|details| details.status));
    let is_shown = Memo::new(move |_| deadline::is_ahead(status.get()) || things.with(|things| !things.is_empty()));
    view! {
        <Show when=move || is_shown.get()>
            <Things things status />
        </Show>
    }
    .into_any()
}

#[component]
fn Things(things: Memo<Vec<Thing>>, status: Memo<Status>) -> impl IntoView {
    let open = use_open();
    let title = Signal::derive(move || title(status.get(), things.with(Vec::len)));
    let due = Memo::new(move |_| {
        let today = clock::today();
        let due = open.parts.details.with(|details| deadline::review_due(details, today))?;
        Some((due, Distance::of(due, today)))
    });
    let is_late = Signal::derive(move || due.with(|due| due.as_ref().is_some_and(|(_, distance)| distance.is_late)));
    let remark = Signal::derive(move || match due.get() {
        Some((_, distance)) if distance.is_late => distance.words,
        Some((due, _)) => format!("due {}", due.format("%a %-d %b")),
        None => String::new(),
    });
    view! {
        <Panel id="readiness" title remark is_late>
            <ul class="ready">
                {move || things.get().into_iter().map(|thing| view! { <Line thing /> }.into_any()).collect_view()}
            </ul>
        </Panel>
    }
    .into_any()
}

/// `3 things before review`.
fn title(status: Status, count: usize) -> String {
    let things = if count == 1 { "1 thing".to_owned() } else { format!("{count} things") };
    match (status, count) {
        (Status::Draft | Status::InReview, 0) => "Ready for review".to_owned(),
        (Status::Draft | Status::InReview, _) => format!("{things} before review"),
        (Status::Reviewed, _) => format!("{things} before closing"),
        (Status::Closed, _) => format!("{things} still open"),
    }
}

/// Goes to where a thing is done.
pub fn go_to_thing(open: OpenPostmortem, anchor: &str) {
    match anchor.strip_prefix("entry-").map(str::parse) {
        Some(Ok(id)) => reveal(open, &id, |row| drop(row.focus())),
        _ if anchor == readiness::THREADS => {
            go_to_unresolved(open, 1);
        }
        _ => go_to(anchor),
    }
}

/// A thing, which leads to its place.
#[component]
pub fn Line(
    thing: Thing,
    /// Told before it leads there.
    #[prop(optional)]
    leave: Option<Callback<()>>,
) -> impl IntoView {
    let open = use_open();
    let Thing { anchor, verb, note, is_late } = thing;
    let target = anchor.clone();
    let go = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        if let Some(leave) = leave {
            leave.run(());
        }
        go_to_thing(open, &target);
    };
    view! {
        <li class:late=is_late>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_says_what_the_things_are_before() {
        assert_eq!(title(Status::Draft, 0), "Ready for review");
        assert_eq!(title(Status::InReview, 1), "1 thing before review");
        assert_eq!(title(Status::Reviewed, 2), "2 things before closing");
        assert_eq!(title(Status::Closed, 1), "1 thing still open");
    }
}
