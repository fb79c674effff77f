//! Who is here: discs in the bar, dots in the outline, a line at a section.

use crate::reader::Avatar;
use crate::state::postmortem::open::use_open;
use crate::state::postmortem::presences::names;
use leptos::prelude::*;
use postmortem::Person;

/// How many discs fit beside the others on a wide page.
const SHOWN: usize = 5;

/// How many fit on a phone.
const SHOWN_SMALL: usize = 2;

/// How many fit on the narrowest of them.
const SHOWN_NARROW: usize = 1;

/// Everyone who has this post-mortem open.
#[component]
pub fn People() -> impl IntoView {
    let open = use_open();
    let people = Memo::new(move |_| open.presences.people());
    view! {
        <span class="avs" role="group" aria-label=move || format!("Here now: {}", names(&people.get()))>
            {move || {
                let people = people.get();
                let more = people.len().saturating_sub(SHOWN);
                let more_small = people.len().saturating_sub(SHOWN_SMALL);
                let more_narrow = people.len().saturating_sub(SHOWN_NARROW);
                view! {
                    {people
                        .into_iter()
                        .take(SHOWN)
                        .enumerate()
                        .map(|(index, person)| {
                            view! {
                                <span class="avs" class:hide-s=(index >= SHOWN_SMALL) class:hide-xs=(index >= SHOWN_NARROW)>
                                    <Avatar person live=true />
                                </span>
                            }.into_any()
                        })
                        .collect_view()}
                    {(more > 0).then(|| view! { <span class="q hide-s">{format!("+{more}")}</span> }.into_any())}
                    {(more_small > 0).then(|| view! { <span class="q only-s hide-xs">{format!("+{more_small}")}</span> }.into_any())}
                    {(more_narrow > 0).then(|| view! { <span class="q only-xs">{format!("+{more_narrow}")}</span> }.into_any())}
                }.into_any()
            }}
        </span>
    }.into_any()
}

/// "Mara and Jonah are here", at the heading of the part of the page where they are.
#[component]
pub fn HereNote(#[prop(into)] place: String) -> impl IntoView {
    let open = use_open();
    let people = Memo::new(move |_| open.presences.at(&place));
    view! {
        {move || {
            let people = people.get();
            (!people.is_empty())
                .then(|| {
                    view! {
                        <span class="note">
                            {people.iter().map(|person| view! { <i class="dot" data-p=person.color.code()></i> }.into_any()).collect_view()}
                            {is_here(&people)}
                        </span>
                    }.into_any()
                })
        }}
    }.into_any()
}

/// "Mara and Jonah are here".
fn is_here(people: &[Person]) -> String {
    let verb = if people.len() == 1 { "is" } else { "are" };
    format!("{} {verb} here", names(people))
}

/// Dots of those who are at a place, for the outline.
#[component]
pub fn HereDots(#[prop(into)] place: String) -> impl IntoView {
    let open = use_open();
    let people = Memo::new(move |_| open.presences.at(&place));
    view! {
        {move || {
            people
                .get()
                .into_iter()
                .take(4)
                .map(|person| view! { <i class="dot" data-p=person.color.code() title=person.name></i> }.into_any())
                .collect_view()
        }}
        {move || {
            let people = people.get();
            (!people.is_empty()).then(|| view! { <span class="vh">{is_here(&people)}</span> }.into_any())
        }}
    }
    .into_any()
}
