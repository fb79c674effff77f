//! The button of a passkey: the browser asks its person, and nothing has to be typed.

use super::alert::Alert;
use super::problem::use_returned;
use crate::browser::passkeys::{self as browser, PasskeyFailure};
use crate::client::{passkeys, sessions};
use crate::state::Session;
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::UserId;
use postmortem::api::{NewSession, PasskeyAttempt};

/// What is said where the browser's question was closed: that is no failure.
const CLOSED: &str = "Nobody was signed in: the question of your device was closed, or it has no passkey for this server. What you typed is \
     still here.";

/// Why nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Closed,
    Failed(String),
}

/// Signs in with a passkey, where there is a way to. `person` is who it has to be; whoever it is where that is nobody.
#[component]
pub fn PasskeyDoor(
    /// The origin of the pages in which passkeys can be used.
    at: Option<String>,
    person: Signal<Option<UserId>>,
) -> impl IntoView {
    browser::are_usable_at(at.as_deref()).then(|| view! { <PasskeyButton person /> }.into_any())
}

#[component]
fn PasskeyButton(person: Signal<Option<UserId>>) -> impl IntoView {
    let (session, returned) = (use_session(), use_returned());
    let outcome = RwSignal::new(None::<Outcome>);
    let is_asking = RwSignal::new(false);
    let press = move |_| {
        if is_asking.get_untracked() {
            return;
        }
        returned.forget();
        outcome.set(None);
        is_asking.set(true);
        spawn_local(async move {
            let told = enter(session, person.get_untracked()).await;
            // Whoever is signed in is on another page by now.
            is_asking.try_set(false);
            outcome.try_set(told.err());
        });
    };
    let failure = move || match outcome.get() {
        Some(Outcome::Failed(sentence)) => Some(view! { <Alert sentence /> }.into_any()),
        Some(Outcome::Closed) | None => None,
    };
    view! {
        <div class="doors">
            {failure}
            <button type="button" class="btn wide" aria-disabled=move || is_asking.get().then_some("true") on:click=press>
                {move || if is_asking.get() { "Your device asks you…" } else { "Sign in with a passkey" }}
            </button>
            <p class="hint" role="status">
                {move || (outcome.get() == Some(Outcome::Closed)).then_some(CLOSED)}
            </p>
        </div>
    }
    .into_any()
}

async fn enter(session: Session, person: Option<UserId>) -> Result<(), Outcome> {
    let failed = |error: &dyn ToString| Outcome::Failed(error.to_string());
    let PasskeyAttempt { options } = passkeys::begin_sign_in().await.map_err(|error| failed(&error))?;
    let passkey = browser::get(&options).await.map_err(outcome)?;
    let begun = sessions::create(&NewSession::Passkey { passkey, person }).await.map_err(|error| failed(&error))?;
    session.begin(begun).await.map_err(Outcome::Failed)
}

fn outcome(failure: PasskeyFailure) -> Outcome {
    let sentence = match failure {
        PasskeyFailure::Closed => return Outcome::Closed,
        PasskeyFailure::NotHere => {
            "This browser uses no passkeys in this page. Open Debrief under its own address, or sign in in another way."
        }
        PasskeyFailure::AlreadyThere | PasskeyFailure::Failed => {
            "Your browser could not ask your device. Try again, or sign in in another way."
        }
    };
    Outcome::Failed(sentence.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_was_closed_is_no_failure_and_a_failure_says_what_to_do() {
        assert_eq!(outcome(PasskeyFailure::Closed), Outcome::Closed);
        for failure in [PasskeyFailure::NotHere, PasskeyFailure::AlreadyThere, PasskeyFailure::Failed] {
            let Outcome::Failed(sentence) = outcome(failure) else { panic!("{failure:?}") };
            assert!(sentence.ends_with("sign in in another way."), "{sentence}");
        }
    }
}
