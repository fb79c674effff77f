//! The head over a list that the team keeps: what it is, who keeps it, and the button that makes another one.

use crate::reader::icon::{Icon, IconName};
use crate::state::capabilities::use_server_capabilities;
use leptos::prelude::*;
use postmortem::Capability;

/// What such a head says beside its sentence.
#[derive(Clone, Copy)]
pub struct HeadWords {
    pub title: &'static str,
    /// Who keeps it, for who does not.
    pub kept_by: &'static str,
    /// What it takes to keep it.
    pub needs: Capability,
    /// The words of the button that makes another one, and its id.
    pub new: &'static str,
    pub new_id: &'static str,
}

#[component]
pub fn ListHead(words: HeadWords, #[prop(into)] sentence: Signal<String>, make: Callback<()>) -> impl IntoView {
    let capabilities = use_server_capabilities();
    let HeadWords { title, kept_by, needs, new, new_id } = words;
    view! {
        <div class="log-head">
            <div class="grow">
                <h1>{title}</h1>
                <p>{move || sentence.get()}</p>
                <Show when=move || !capabilities.may(needs)>
                    <p class="q">{kept_by}</p>
                </Show>
            </div>
            <Show when=move || capabilities.may(needs)>
                <button type="button" id=new_id class="btn primary" on:click=move |_| make.run(())>
                    <Icon name=IconName::Plus small=true />
                    {new}
                </button>
            </Show>
        </div>
    }
    .into_any()
}
