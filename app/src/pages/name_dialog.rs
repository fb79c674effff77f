//! The question of the first visit: what others should call this person. Also how the name is changed later, and the
//! question of who it is once a session has ended.

use crate::client::sessions;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::state::postmortem::replicas;
use crate::state::session::{Session, SessionState, use_session};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::person::{LONGEST_NAME, clean_name};

/// What a name is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occasion {
    First,
    Return,
    Change,
}

/// The dialogs; the one opens by itself while nobody has given a name, another while a session has ended.
#[component]
pub fn NameDialog() -> impl IntoView {
    let session = use_session();
    view! {
        <Dialog open=session.is_introducing title="What should others call you?" required=true>
            <NameForm occasion=Occasion::First />
        </Dialog>
        <Dialog open=session.is_returning title="Your session has ended. Who are you?" required=true>
            <NameForm occasion=Occasion::Return />
        </Dialog>
        <Dialog open=session.is_renaming title="Change your name">
            <NameForm occasion=Occasion::Change />
        </Dialog>
    }
    .into_any()
}

#[component]
fn NameForm(occasion: Occasion) -> impl IntoView {
    let session = use_session();
    let name = RwSignal::new(untrack(|| session.person()).map(|person| person.name).unwrap_or_default());
    let error = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
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
            if let Err(sentence) = sign_in(session, &cleaned).await {
                is_busy.set(false);
                error.set(Some(sentence));
            } else if occasion == Occasion::Change {
                // Sockets that are open carry the old name; a fresh page does not.
                drop(window().location().reload());
            }
        });
    };
    let submit = if occasion == Occasion::Change { "Change name" } else { "Continue" };
    view! {
        <form on:submit=save>
            <div class="body">
                {match occasion {
                    Occasion::Return => view! { <Kept /> }.into_any(),
                    Occasion::First | Occasion::Change => {
                        view! {
                            <p>
                                "Your name stands beside what you write and on your caret, for everyone who opens a post-mortem here."
                            </p>
                        }
                            .into_any()
                    }
                }}
                <div>
                    <label class="label" for="name">
                        "Name"
                    </label>
                    <div class="field" class:bad=move || error.with(Option::is_some)>
                        <input
                            id="name"
                            // Whoever is typing when the question comes types nothing into their name.
                            autofocus=occasion != Occasion::Return
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

/// What becomes of what was typed.
#[component]
fn Kept() -> impl IntoView {
    let unsent = replicas::unsent();
    view! {
        <p>
            "The server does not know this browser any more, so that nothing you write is sent at the moment. "
            {move || match unsent.get() {
                0 => "Nothing is lost: what you write from now on stands under the name that you give.".to_owned(),
                1 => "1 change is kept here, and is sent under the name that you give.".to_owned(),
                count => format!("{count} changes are kept here, and are sent under the name that you give."),
            }}
        </p>
    }
    .into_any()
}

/// Begins a session; a sentence where that comes to nothing.
async fn sign_in(session: Session, name: &str) -> Result<(), String> {
    let given = sessions::create(name).await.map_err(|error| error.to_string())?;
    // A browser that keeps no cookies is not known by the next request, and would be asked for ever.
    match sessions::current().await {
        Ok(Some(person)) => session.take(SessionState::Known(person)),
        Ok(None) => {
            return Err(
                "This browser keeps no cookies of this address, so that the server cannot know who you are. Allow \
                        them and try again."
                    .into(),
            );
        }
        Err(_) => session.take(SessionState::Known(given)),
    }
    Ok(())
}
