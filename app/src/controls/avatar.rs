//! Somebody who is only a name in the document as a small disc; the reader's `Avatar` draws those with a session.

use leptos::prelude::*;
use postmortem::Person;
use postmortem::person::initials;

/// The disc of somebody who is only a name in the text. `people` are those who are here: a name among them gets its
/// colour, and a ring where `live` is asked for.
#[component]
pub fn NameAvatar(
    name: String,
    people: Signal<Vec<Person>>,
    #[prop(optional)] live: bool,
    #[prop(optional)] small: bool,
) -> impl IntoView {
    let letters = initials(&name);
    let wanted = name.to_lowercase();
    let known = Memo::new(move |_| {
        people
            .with(|people| people.iter().find(|person| person.name.to_lowercase() == wanted).map(|person| person.color))
    });
    view! {
        <span
            class="av"
            class:sm=small
            class:live=move || live && known.get().is_some()
            data-p=move || known.get().map(|color| color.code())
            aria-hidden="true"
        >
            {letters}
        </span>
    }
    .into_any()
}
