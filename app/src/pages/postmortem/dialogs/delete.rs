//! The question before a whole post-mortem is deleted.

use crate::browser::route::{Route, use_router};
use crate::client::postmortems;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::controls::notices::use_notices;
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::Capability;

#[component]
pub fn DeleteDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Delete this post-mortem?">
            <Question open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Question(open: RwSignal<bool>) -> impl IntoView {
    let postmortem = use_open();
    let notices = use_notices();
    let router = use_router();
    let lock = postmortem.capabilities.lock(Capability::Administer);
    let error = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let title = postmortem.parts.details.with_untracked(|details| details.title_or_placeholder().to_owned());
    let told = title.clone();
    let delete = move |_| {
        let (id, title) = (postmortem.id.get_value(), told.clone());
        is_busy.set(true);
        spawn_local(async move {
            match postmortems::delete(&id).await {
                Ok(()) => {
                    notices.toast(format!("“{title}” deleted"), None);
                    router.go(Route::Log);
                }
                Err(problem) => {
                    is_busy.set(false);
                    error.set(Some(problem.to_string()));
                }
            }
        });
    };
    view! {
        <div class="body">
            <p>
                <b>{title}</b>
                " goes away for everyone, with its timeline, its comments and its published page. This cannot be undone."
            </p>
            {move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
        </div>
        <footer>
            <span class="grow"></span>
            <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                "Keep it"
            </button>
            <button
                type="button"
                class="btn danger"
                disabled=move || is_busy.get() || lock.is_closed()
                title=move || lock.reason()
                on:click=delete
            >
                "Delete post-mortem"
            </button>
        </footer>
    }.into_any()
}
