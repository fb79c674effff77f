//! The title, edited where it stands.

use crate::controls::edit_in_place::EditInPlace;
use crate::controls::private_mark::PrivateMark;
use crate::pages::postmortem::changes::ChangeMark;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::{Command, Openness};

#[component]
pub fn Title(is_open: RwSignal<bool>) -> impl IntoView {
    let open = use_open();
    let title = Signal::derive(move || open.parts.details.with(|details| details.title.clone()));
    let shown = Signal::derive(move || Some(title.get()).filter(|title| !title.trim().is_empty()));
    let commit = Callback::new(move |text: String| {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        open.try_edit(&Command::SetTitle(text))
    });
    view! {
        <div class="titled">
            <h1 id="title">
                <EditInPlace label="Title" shown placeholder="Untitled incident" typed=title commit is_open />
                <ChangeMark place="details" />
            </h1>
            {move || {
                let audience = open.audience.get();
                (audience.access == Openness::Private)
                    .then(|| view! { <PrivateMark named=Some(audience.named) /> }.into_any())
            }}
        </div>
    }
    .into_any()
}
