//! Somebody who is only a name in the document as a small disc; the reader's `Avatar` draws those with a session.

use crate::reader::crowded;
use leptos::prelude::*;
use postmortem::Person;
use postmortem::person::initials;

/// The disc of somebody who is only a name in the text. `people` are those who are here: a name among them gets its
/// colour and initials, and a ring where `live` is asked for.
#[component]
pub fn NameAvatar(
    name: String,
    people: Signal<Vec<Person>>,
    #[prop(optional)] live: bool,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    let wanted = name.to_lowercase();
    let known = Memo::new(move |_| {
        people.with(|people| people.iter().find(|person| person.name.to_lowercase() == wanted).cloned())
    });
    let is_known = Memo::new(move |_| known.with(Option::is_some));
    let letters = move || known.with(|known| known.as_ref().map_or_else(|| initials(&name), Person::initials));
    let shown = Memo::new(move |_| letters());
    view! {
        <span
            class="av"
            class:three=move || shown.with(|letters| !crowded(letters).is_empty())
            class:sm=small
            class:live=move || live && is_known.get()
            data-p=move || known.with(|known| known.as_ref().map(|person| person.color.code()))
            aria-hidden="true"
        >
            {shown}
        </span>
    }
    .into_any()
}
