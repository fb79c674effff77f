//! The question of the first visit: what others should call this person. Also how the name is changed later.

use crate::client::sessions;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::state::session::{SessionState, use_session};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::person::{LONGEST_NAME, clean_name};

/// The dialog; it opens by itself while nobody has given a name.
#[component]
pub fn NameDialog() -> impl IntoView {
    let session = use_session();
    view! {
        <Dialog open=session.is_introducing title="What should others call you?" required=true>
            <NameForm submit="Continue" />
        </Dialog>
        <Dialog open=session.is_renaming title="Change your name">
            <NameForm submit="Change name" />
        </Dialog>
    }
    .into_any()
}

#[component]
fn NameForm(submit: &'static str) -> impl IntoView {
    let session = use_session();
    let name = RwSignal::new(session.person().map(|person| person.name).unwrap_or_default());
    let error = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let is_change = session.person().is_some();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let cleaned = match clean_name(&name.get_untracked()) {
            Ok(cleaned) => cleaned,
            Err(problem) => {
                error.set(Some(problem.to_string()));
                return;
            }
        };
        is_busy.set(true);
        spawn_local(async move {
            match sessions::create(&cleaned).await {
                // Sockets that are open carry the old name; a fresh page does not.
                Ok(_) if is_change => drop(window().location().reload()),
                Ok(person) => session.take(SessionState::Known(person)),
                Err(problem) => {
                    is_busy.set(false);
                    error.set(Some(problem.to_string()));
                }
            }
        });
    };
    view! {
        <form on:submit=save>
            <div class="body">
                <p>"Your name stands beside what you write and on your caret, for everyone who opens a post-mortem here."</p>
                <div>
                    <label class="label" for="name">
                        "Name"
                    </label>
                    <div class="field" class:bad=move || error.with(Option::is_some)>
                        <input
                            id="name"
                            autofocus
                            autocomplete="name"
                            maxlength=LONGEST_NAME.to_string()
                            aria-invalid=move || error.with(|error| error.is_some().then_some("true"))
                            prop:value=move || name.get()
                            on:input=move |event| name.set(event_target_value(&event))
                        />
                    </div>
                    {move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
                </div>
            </div>
            <footer>
                <span class="grow"></span>
                <button class="btn primary" disabled=move || is_busy.get()>
                    {submit}
                </button>
            </footer>
        </form>
    }.into_any()
}
