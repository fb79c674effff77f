//! Giving everything to somebody else that a suspended person owns.

use super::directory::Directory;
use crate::client::people;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::controls::notices::use_notices;
use crate::controls::person_field::{PersonField, meant};
use crate::pages::settings::about::About;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::TeamMember;

#[component]
pub fn HandOverDialog(directory: Directory, who: About<TeamMember>) -> impl IntoView {
    let title = move || who.get().map(|member| format!("What {} owns", member.person.name)).unwrap_or_default();
    view! {
        <Dialog open=who.open title=Signal::derive(title)>
            {move || who.get().map(|member| view! { <Form directory member open=who.open /> }.into_any())}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(directory: Directory, member: TeamMember, open: RwSignal<bool>) -> impl IntoView {
    let notices = use_notices();
    let (chosen, typed) = (RwSignal::new(None::<TeamMember>), RwSignal::new(String::new()));
    let error = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let hand_over = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (from, words, new) = (member.person.clone(), typed.get_untracked(), chosen.get_untracked());
        is_busy.set(true);
        error.set(None);
        spawn_local(async move {
            let new = match new {
                Some(new) => Ok(new),
                None => meant(&words, &[]).await.and_then(|new| new.map_err(|problem| problem.sentence(&words))),
            };
            let handed = match new {
                Ok(new) => match people::hand_over(&from.id, new.person.id.clone()).await {
                    Ok(()) => Ok(new.person.name),
                    Err(problem) => Err(problem.to_string()),
                },
                Err(sentence) => Err(sentence),
            };
            match handed {
                Ok(name) => {
                    notices.toast(format!("What {} owned is {name}’s now", from.name), None);
                    let _ = open.try_set(false);
                    directory.ask();
                }
                Err(sentence) => {
                    let _ = is_busy.try_set(false);
                    let _ = error.try_set(Some(sentence));
                }
            }
        });
    };
    view! {
        <form on:submit=hand_over>
            <div class="body">
                <p>
                    "Every post-mortem that is theirs gets this owner, who decides who may do what in it. Private ones are among \
                     them, which nobody counts here."
                </p>
                <PersonField id="new-owner" label="New owner" placeholder="New owner" chosen without=Vec::new() typed />
                {move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            </div>
            <footer>
                <span class="grow"></span>
                <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button class="btn primary" disabled=move || is_busy.get()>
                    "Hand over"
                </button>
            </footer>
        </form>
    }
    .into_any()
}
