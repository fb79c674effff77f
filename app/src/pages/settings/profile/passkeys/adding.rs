//! The dialog that adds a passkey: its name, the password where it is asked for, and then the question of the browser.

use super::naming::{NAME, NAMELESS};
use super::own::OwnPasskeys;
use crate::browser::passkeys::{self as browser, PasskeyFailure};
use crate::client::{RequestError, passkeys};
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::controls::focus::focus_id;
use crate::controls::form_field::{FieldKind, FormField, PasswordField};
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{ErrorCode, NewPasskey, NewPasskeyAttempt, PasskeyAttempt, PasskeyProof};

const PASSWORD: FieldKind = FieldKind {
    id: "passkey-password",
    label: "Your password",
    kind: "",
    autocomplete: "current-password",
    longest: None,
    autofocus: false,
};

/// What is said where the browser's question was closed: that is no failure.
const CLOSED: &str = "None was made: the question of your device was closed. Ask again when you like.";

/// A passkey that is being added.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    password: RwSignal<String>,
    name_error: RwSignal<Option<String>>,
    password_error: RwSignal<Option<String>>,
    error: RwSignal<Option<String>>,
    was_closed: RwSignal<bool>,
    is_busy: RwSignal<bool>,
    own: OwnPasskeys,
    open: RwSignal<bool>,
}

/// Where a sentence belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    Closed,
    Password(String),
    Whole(String),
}

impl Draft {
    fn new(own: OwnPasskeys, open: RwSignal<bool>) -> Self {
        let suggested = untrack(|| own.found()).map(|found| found.suggested_name).unwrap_or_default();
        Self {
            name: RwSignal::new(suggested),
            password: RwSignal::new(String::new()),
            name_error: RwSignal::new(None),
            password_error: RwSignal::new(None),
            error: RwSignal::new(None),
            was_closed: RwSignal::new(false),
            is_busy: RwSignal::new(false),
            own,
            open,
        }
    }

    fn asks_password(self) -> bool {
        self.own.found().is_some_and(|found| found.proof == PasskeyProof::Password)
    }

    fn add(self) {
        self.error.set(None);
        self.was_closed.set(false);
        let name = self.name.get_untracked().trim().to_owned();
        if name.is_empty() {
            self.name_error.set(Some(NAMELESS.to_owned()));
            return focus_id(NAME.id);
        }
        let password = untrack(|| self.asks_password()).then(|| self.password.get_untracked());
        if password.as_deref() == Some("") {
            return self.tell(Refusal::Password("Write the password that holds now.".to_owned()));
        }
        self.is_busy.set(true);
        spawn_local(async move {
            let told = make(&name, NewPasskeyAttempt { password }).await;
            self.is_busy.try_set(false);
            match told {
                Ok(()) => {
                    self.open.try_set(false);
                    self.own.tell(format!("{name} is added. You can sign in with it from now on."));
                }
                Err(refusal) => self.tell(refusal),
            }
        });
    }

    fn tell(self, refusal: Refusal) {
        match refusal {
            Refusal::Closed => {
                self.was_closed.try_set(true);
            }
            Refusal::Password(sentence) => {
                self.password_error.try_set(Some(sentence));
                focus_id(PASSWORD.id);
            }
            Refusal::Whole(sentence) => {
                self.error.try_set(Some(sentence));
                // What is asked for may be something else since the dialog was opened.
                self.own.ask();
            }
        }
    }
}

async fn make(name: &str, proof: NewPasskeyAttempt) -> Result<(), Refusal> {
    let PasskeyAttempt { options } = passkeys::begin(&proof).await.map_err(|error| refusal(&error))?;
    let credential = browser::create(&options).await.map_err(closed)?;
    let kept = passkeys::create(&NewPasskey { name: name.to_owned(), credential }).await;
    kept.map(drop).map_err(|error| {
        let orphan = "Your device may keep one all the same, which opens nothing: delete it there.";
        Refusal::Whole(format!("{error} {orphan}"))
    })
}

/// What is said before anything was made.
fn refusal(error: &RequestError) -> Refusal {
    match error.code() {
        Some(ErrorCode::SignInFailed) => Refusal::Password("This is not the password that holds now.".to_owned()),
        _ => Refusal::Whole(error.to_string()),
    }
}

fn closed(failure: PasskeyFailure) -> Refusal {
    let sentence = match failure {
        PasskeyFailure::Closed => return Refusal::Closed,
        PasskeyFailure::AlreadyThere => {
            "This device has one of your passkeys already. Use that one, or another device."
        }
        PasskeyFailure::NotHere => "This browser makes no passkeys in this page. Open Debrief under its own address.",
        PasskeyFailure::Failed => "Your browser could not ask your device. Try again, or use another device.",
    };
    Refusal::Whole(sentence.to_owned())
}

#[component]
pub fn AddDialog(open: RwSignal<bool>, own: OwnPasskeys) -> impl IntoView {
    view! {
        <Dialog open title="Add a passkey">
            <Form open own />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(open: RwSignal<bool>, own: OwnPasskeys) -> impl IntoView {
    let session = use_session();
    let draft = Draft::new(own, open);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        draft.add();
    };
    view! {
        <form novalidate on:submit=submit>
            <div class="body">
                <FormField
                    field=NAME
                    value=draft.name
                    error=draft.name_error
                    hint="Where it is kept, such as the phone or the browser. Your browser asks you about that next."
                />
                <Show when=move || draft.asks_password()>
                    // For whoever keeps the password: whose it is.
                    <input type="email" autocomplete="username" hidden readonly value=move || session.mail() />
                    <PasswordField field=PASSWORD value=draft.password error=draft.password_error />
                </Show>
                {move || draft.error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
                <p class="hint" role="status">
                    {move || draft.was_closed.get().then_some(CLOSED)}
                </p>
            </div>
            <footer>
                <span class="grow"></span>
                <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button class="btn primary" disabled=move || draft.is_busy.get()>
                    "Make the passkey"
                </button>
            </footer>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_password_is_told_at_its_field_and_a_closed_question_is_no_failure() {
        let refused = |code| RequestError::Refused { status: 401, code, message: "Why.".to_owned() };
        assert!(matches!(refusal(&refused(ErrorCode::SignInFailed)), Refusal::Password(_)));
        assert_eq!(refusal(&refused(ErrorCode::ProofNeeded)), Refusal::Whole("Why.".to_owned()));
        assert_eq!(closed(PasskeyFailure::Closed), Refusal::Closed);
        assert!(matches!(closed(PasskeyFailure::AlreadyThere), Refusal::Whole(_)));
    }
}
