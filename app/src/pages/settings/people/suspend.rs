//! The question before somebody is suspended.

use super::directory::Directory;
use crate::controls::dialog::Dialog;
use crate::pages::settings::about::About;
use leptos::prelude::*;
use postmortem::api::{TeamMember, TeamMemberChange};

#[component]
pub fn SuspendDialog(directory: Directory, who: About<TeamMember>) -> impl IntoView {
    let title = move || who.get().map(|member| format!("Suspend {}?", member.person.name)).unwrap_or_default();
    view! {
        <Dialog open=who.open title=Signal::derive(title)>
            {move || who.get().map(|member| view! { <Question directory member open=who.open /> }.into_any())}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Question(directory: Directory, member: TeamMember, open: RwSignal<bool>) -> impl IntoView {
    let lock = directory.lock();
    let owned = remains(member.owned);
    let suspend = move |_| {
        let change = TeamMemberChange { role: None, is_suspended: Some(true) };
        directory.change(&member.person.id, change, format!("{} is suspended", member.person.name));
        open.set(false);
    };
    view! {
        <div class="body">
            <p>
                "They are signed out everywhere at once, and cannot come in until somebody restores them. What they wrote stays, \
                 under their name."
            </p>
            {owned.map(|sentence| view! { <p>{sentence}</p> }.into_any())}
        </div>
        <footer>
            <span class="grow"></span>
            <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                "Cancel"
            </button>
            <button
                type="button"
                class="btn danger"
                disabled=move || lock.is_closed()
                title=move || lock.reason()
                on:click=suspend
            >
                "Suspend"
            </button>
        </footer>
    }
    .into_any()
}

/// What is left to do afterwards.
fn remains(owned: u32) -> Option<String> {
    match owned {
        0 => None,
        1 => Some("1 post-mortem is theirs: hand it over afterwards.".to_owned()),
        count => Some(format!("{count} post-mortems are theirs: hand them over afterwards.")),
    }
}
