//! A session that ends while the page is open: a dialog over the page asks for the password or a passkey of the same
//! person, or for somebody else, and says what becomes of what was typed.

use super::alert::Alert;
use super::passkey::PasskeyDoor;
use super::problem::use_returned;
use super::providers::ProviderTabs;
use super::sign_in::{CurrentPasswordField, MailField, SignInForm, WholeError};
use crate::client::sessions;
use crate::controls::dialog::Dialog;
use crate::state::postmortem::replicas;
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::UserId;
use postmortem::api::Door;

/// Open for as long as the session has ended and nobody has signed in since.
#[component]
pub fn EndedDialog() -> impl IntoView {
    let session = use_session();
    view! {
        <Dialog open=session.is_returning title="Your session has ended" required=true>
            <ReturnForm />
        </Dialog>
    }
    .into_any()
}

#[component]
fn ReturnForm() -> impl IntoView {
    let session = use_session();
    let (mail, person) = untrack(|| (session.mail(), session.person()));
    let is_other = RwSignal::new(mail.is_none());
    let form = SignInForm::new(mail.clone());
    let returned = use_returned();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        returned.forget();
        form.submit();
    };
    let become_other = move |_| {
        is_other.set(true);
        form.mail.set(String::new());
        form.errors.clear();
    };
    let was_asked_for = mail.is_some();
    let own_id = person.as_ref().map(|person| person.id.clone());
    let whose = Signal::derive(move || if is_other.get() { None } else { own_id.clone() });
    let own = mail.clone();
    view! {
        <form novalidate on:submit=submit>
            <div class="body">
                <Kept is_other />
                {move || returned.sentence(None).map(|sentence| view! { <Alert sentence /> }.into_any())}
                <OtherDoors person=whose />
                <WholeError form />
                {move || {
                    if is_other.get() {
                        // Whoever is typing when the question comes types nothing into it.
                        view! { <MailField form autofocus=was_asked_for /> }.into_any()
                    } else {
                        let name = person.as_ref().map(|person| person.name.clone());
                        view! {
                            <p class="whose">
                                <b>{name}</b>
                                <span>{own.clone()}</span>
                            </p>
                            // For whoever keeps the password: whose it is.
                            <input type="email" autocomplete="username" hidden readonly value=own.clone() />
                        }
                            .into_any()
                    }
                }}
                <CurrentPasswordField form />
                <p class="hint">"Forgotten? A link from an admin of your team signs you in as well; what is kept here stays."</p>
            </div>
            <footer>
                <Show when=move || !is_other.get()>
                    <button type="button" class="btn bare" on:click=become_other>
                        "Somebody else"
                    </button>
                </Show>
                <span class="grow"></span>
                <button class="btn primary" disabled=move || form.is_busy.get()>
                    "Sign in"
                </button>
            </footer>
        </form>
    }
    .into_any()
}

/// The ways in beside the password. Without the server there is no way to them either.
#[component]
fn OtherDoors(person: Signal<Option<UserId>>) -> impl IntoView {
    let door = RwSignal::new(Door::default());
    spawn_local(async move {
        if let Ok(found) = sessions::door().await {
            door.try_set(found);
        }
    });
    move || {
        let Door { providers, passkeys_at, .. } = door.get();
        view! {
            <ProviderTabs providers />
            <PasskeyDoor at=passkeys_at person />
        }
        .into_any()
    }
}

/// What becomes of what was typed.
#[component]
fn Kept(is_other: RwSignal<bool>) -> impl IntoView {
    let unsent = replicas::unsent();
    view! { <p>{move || kept(unsent.get(), is_other.get())}</p> }.into_any()
}

fn kept(unsent: usize, is_other: bool) -> String {
    let who = if is_other { "under the name of whoever signs in" } else { "once you have signed in" };
    let what = match unsent {
        0 => return format!("Nothing is lost: what you write from now on is kept here, and sent {who}."),
        1 => "1 change is kept here, and is".to_owned(),
        count => format!("{count} changes are kept here, and are"),
    };
    format!("Nothing you write is sent at the moment. {what} sent {who}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_counted_and_goes_out_under_a_name_that_is_told() {
        assert!(kept(0, false).starts_with("Nothing is lost"));
        assert!(kept(1, false).ends_with("1 change is kept here, and is sent once you have signed in."));
        assert!(kept(3, true).ends_with("3 changes are kept here, and are sent under the name of whoever signs in."));
    }
}
