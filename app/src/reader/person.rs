//! A person as a small disc of initials in their colour.

use leptos::prelude::*;
use postmortem::Person;

/// The initials of a person; `live` draws the ring that says "here now". Always beside a name, or named itself.
#[component]
pub fn Avatar(person: Person, #[prop(optional)] live: bool, #[prop(optional)] small: bool) -> impl IntoView {
    let class = match (live, small) {
        (true, true) => "av live sm",
        (true, false) => "av live",
        (false, true) => "av sm",
        (false, false) => "av",
    };
    let initials = person.initials();
    let class = format!("{class}{}", crowded(&initials));
    view! {
        <span class=class data-p=person.color.code() role="img" aria-label=person.name.clone() title=person.name>
            {initials}
        </span>
    }
}

/// The class of a disc whose initials need smaller letters, behind its others.
pub fn crowded(initials: &str) -> &'static str {
    if initials.chars().count() > 2 { " three" } else { "" }
}
