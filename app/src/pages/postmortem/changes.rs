//! What changed since the last visit: a line that sums it up, a quiet mark at each place, and the way from one to the next.

use super::timeline::reveal;
use crate::browser::clock;
use crate::browser::listener::Listener;
use crate::controls::focus::{go_to, go_to_element};
use crate::controls::notices::use_notices;
use crate::reader::time::since_in_words;
use crate::state::postmortem::open::{OpenPostmortem, use_open};
use crate::sync::Saving;
use leptos::prelude::*;
use postmortem::digest::Place;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, Node};

/// What in the page stands for a place, from the innermost.
const PLACES: [(&str, &str); 5] = [
    ("data-entry", "timeline"),
    ("data-figure", "impact"),
    ("data-action", "actions"),
    ("data-responder", "responders"),
    ("data-section", "sections"),
];

/// Follows the visit for as long as the page lives.
pub fn follow_visit(open: OpenPostmortem) {
    let visit = open.visit;
    // Only what the server has told is compared: what this browser kept may be older.
    let is_told = Memo::new(move |told: Option<&bool>| {
        told == Some(&true) || matches!(open.saving.state.get(), Saving::Saved(_))
    });
    Effect::new(move |_| {
        if is_told.get() {
            arrive(open);
        }
    });
    let hidden = Listener::new(&document(), "visibilitychange", move |_| {
        if document().hidden() {
            leave(open);
        } else if is_told.get_untracked() {
            arrive(open);
        }
    });
    // A hidden page was left when it was hidden: nobody saw what came since.
    let leave_shown = move || {
        if !document().hidden() {
            leave(open);
        }
    };
    let left = Listener::new(&window(), "pagehide", move |_| leave_shown());
    let looked = Listener::new(&document(), "focusout", move |event| {
        if let Some(place) = event.dyn_ref::<FocusEvent>().and_then(place_left) {
            visit.saw(&place);
        }
    });
    let listeners = StoredValue::new_local((hidden, left, looked));
    on_cleanup(move || {
        leave_shown();
        listeners.dispose();
    });
}

fn arrive(open: OpenPostmortem) {
    let now = open.postmortem();
    open.id.try_with_value(|id| open.visit.arrive(id, &now));
}

fn leave(open: OpenPostmortem) {
    open.id.try_with_value(|id| open.visit.leave(id, || open.replica().map(|_| open.postmortem())));
}

/// The place that the focus leaves; nothing while it moves within one.
fn place_left(event: &FocusEvent) -> Option<String> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    let (holder, place) = PLACES.iter().find_map(|(attribute, root)| {
        let holder = element.closest(&format!("[{attribute}]")).ok()??;
        let place = format!("{root}/{}", holder.get_attribute(attribute)?);
        Some((holder, place))
    })?;
    let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
    (!next.is_some_and(|next| holder.contains(Some(&next)))).then_some(place)
}

/// Goes to the next change; `false` while there is none.
pub fn go_to_next_change(open: OpenPostmortem) -> bool {
    let Some(place) = open.visit.next() else { return false };
    match &place {
        Place::Entry(id) => reveal(open, id, |row| drop(row.focus())),
        Place::Section(key) => go_to(key.as_str()),
        Place::Details => {
            go_to("title");
            open.visit.saw(&place.to_string());
        }
        Place::Figure(id) => go_to_marked("data-figure", id.as_str()),
        Place::Action(id) => go_to_marked("data-action", id.as_str()),
        Place::Responder(id) => go_to_marked("data-responder", id.as_str()),
    }
    true
}

fn go_to_marked(attribute: &str, value: &str) {
    // An id has no character that would end the selector.
    if let Some(element) = document().query_selector(&format!("[{attribute}='{value}']")).ok().flatten() {
        go_to_element(element);
    }
}

/// The line under the head that sums the changes up; nothing while there are none.
#[component]
pub fn Changes() -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let visit = open.visit;
    let sentence = Memo::new(move |_| {
        let since = visit.since.get()?;
        visit.differences.with(|differences| {
            (!differences.is_empty())
                .then(|| (differences.in_words(), since_in_words(since, clock::now()), !differences.changed.is_empty()))
        })
    });
    view! {
        <div role="status">
            {move || {
                sentence
                    .get()
                    .map(|(what, since, leads)| {
                        view! {
                            <div class="since">
                                <p>
                                    <b>{what}</b>
                                    {format!(" changed since {since}")}
                                </p>
                                {leads
                                    .then(|| {
                                        view! {
                                            <button
                                                type="button"
                                                class="btn small"
                                                on:click=move |_| {
                                                    go_to_next_change(open);
                                                }
                                            >
                                                "Next change "
                                                <kbd class="hide-s">"D"</kbd>
                                            </button>
                                        }.into_any()
                                    })}
                                <button
                                    type="button"
                                    class="btn bare small"
                                    on:click=move |_| {
                                        visit.saw_all();
                                        notices.speak("No changes are marked any more");
                                    }
                                >
                                    "Mark all as seen"
                                </button>
                            </div>
                        }
                            .into_any()
                    })
            }}
        </div>
    }
    .into_any()
}

/// The mark at a place that is new or changed.
#[component]
pub fn ChangeMark(#[prop(into)] place: String) -> impl IntoView {
    let open = use_open();
    let mark = Memo::new(move |_| open.visit.mark(&place));
    view! {
        {move || {
            mark.get()
                .map(|is_new| {
                    view! { <span class="fresh">{if is_new { "New" } else { "Changed" }}</span> }.into_any()
                })
        }}
    }
    .into_any()
}
