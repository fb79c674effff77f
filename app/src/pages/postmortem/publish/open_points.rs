//! What is open when this is published, and how far it is. Readers take what they read as final.

use crate::browser::clock;
use crate::reader::StatusMark;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::deadline;
use postmortem::open_points::open_points;
use postmortem::readiness::Thing;
use postmortem::{Postmortem, Status};

#[component]
pub fn OpenPoints(postmortem: Memo<Postmortem>) -> impl IntoView {
    let open = use_open();
    let status = Memo::new(move |_| postmortem.with(|postmortem| postmortem.details.status));
    let points = Memo::new(move |_| {
        let open_threads = open.discussion.count_unresolved();
        postmortem.with(|postmortem| open_points(postmortem, open_threads, clock::today()))
    });
    view! {
        <div data-open-points>
            <h3>"Status"</h3>
            <p class="status">
                {move || view! { <StatusMark status=status.get() /> }.into_any()}
                <small>{move || note(status.get())}</small>
            </p>
            <h3>{move || title(points.with(Vec::len))}</h3>
            <Show when=move || points.with(|points| !points.is_empty())>
                <ul class="see">
                    {move || points.get().into_iter().map(|point| view! { <Point point /> }.into_any()).collect_view()}
                </ul>
            </Show>
        </div>
    }
    .into_any()
}

fn note(status: Status) -> &'static str {
    if deadline::is_ahead(status) {
        "The review has not taken place. Readers are not told, and take the page as final."
    } else {
        "Readers are not told the status."
    }
}

fn title(open: usize) -> String {
    match open {
        0 => "Nothing is open".to_owned(),
        1 => "1 thing is still open".to_owned(),
        count => format!("{count} things are still open"),
    }
}

#[component]
fn Point(point: Thing) -> impl IntoView {
    let Thing { verb, note, .. } = point;
    view! {
        <li class="no">
            <Icon name=IconName::Empty small=true />
            <span>{verb} {(!note.is_empty()).then(|| view! { <small>{note}</small> }.into_any())}</span>
        </li>
    }
    .into_any()
}
