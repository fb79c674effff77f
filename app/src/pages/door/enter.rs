//! A one-time link of somebody who has an account: it signs them in, or lets them choose a new password first.

use super::errors::{FormErrors, FormPlace};
use super::{DoorPage, until};
use crate::browser::route::{Route, use_router};
use crate::client::sessions;
use crate::controls::field::ErrorLine;
use crate::controls::form_field::{FieldKind, PasswordField};
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{ErrorCode, LinkKind, LinkShown, NewSession};

#[component]
pub fn EnterPage(link: LinkShown, token: StoredValue<String>, has_ended: RwSignal<bool>) -> impl IntoView {
    let (session, router) = (use_session(), use_router());
    let asks_password = link.kind == LinkKind::NewPassword;
    let password = RwSignal::new(String::new());
    let errors = FormErrors::default();
    let is_busy = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.clear();
        let new_password = asks_password.then(|| password.get_untracked());
        if new_password.as_deref() == Some("") {
            return errors.tell(FormPlace::Password, "Choose a password. Four words are good.".to_owned());
        }
        is_busy.set(true);
        spawn_local(async move {
            let begun = match sessions::create(&NewSession::Link { token: token.get_value(), new_password }).await {
                Ok(begun) => session.begin(begun).await.map_err(|sentence| (FormPlace::Form, sentence)),
                Err(error) if error.code() == Some(ErrorCode::LinkEnded) => return has_ended.set(true),
                Err(error) => Err((FormPlace::of(&error), error.to_string())),
            };
            is_busy.set(false);
            match begun {
                Ok(()) => router.replace(Route::Log),
                Err((place, sentence)) => errors.tell(place, sentence),
            }
        });
    };
    let name = link.name.clone().unwrap_or_else(|| "yourself".to_owned());
    let mail = link.mail.clone();
    let (title, button) = if asks_password {
        ("Choose a new password".to_owned(), "Save it and sign in".to_owned())
    } else {
        (
            format!("Sign in to {}", link.team.clone().unwrap_or_else(|| "Debrief".to_owned())),
            format!("Sign in as {name}"),
        )
    };
    view! {
        <DoorPage title=title.clone() aside=ViewFn::from(move || help(asks_password))>
            <h1>{title}</h1>
            <p class="lead">{lead(&link)}</p>
            <form class="form narrow" novalidate on:submit=submit>
                // For whoever keeps the password: whose it is.
                <input type="email" autocomplete="username" hidden readonly value=mail />
                {asks_password.then(|| view! { <NewPasswordField password errors /> }.into_any())}
                {move || errors.form.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
                <div class="end">
                    <button class="btn primary" id="form-error" disabled=move || is_busy.get()>
                        {button}
                    </button>
                    <span class="hint">"The link ends on " {until(link.ends_at)} "."</span>
                </div>
            </form>
        </DoorPage>
    }
    .into_any()
}

#[component]
fn NewPasswordField(password: RwSignal<String>, errors: FormErrors) -> impl IntoView {
    let field = FieldKind {
        id: FormPlace::Password.id(),
        label: "New password",
        autocomplete: "new-password",
        autofocus: true,
        ..FieldKind::default()
    };
    view! {
        <PasswordField
            field
            value=password
            error=errors.password
            hint="At least 12 characters; four words are good."
        />
    }
    .into_any()
}

/// For whom the link is, and what it does.
fn lead(link: &LinkShown) -> String {
    let whose = match (&link.name, &link.mail) {
        (Some(name), Some(mail)) => format!("{name}, {mail}"),
        (Some(known), None) | (None, Some(known)) => known.clone(),
        (None, None) => "one person".to_owned(),
    };
    match link.kind {
        LinkKind::NewPassword => {
            format!("This link is for {whose}. The old password holds until you press the button.")
        }
        LinkKind::SignIn | LinkKind::Setup | LinkKind::Invitation => {
            format!("This link signs you in as {whose}, once.")
        }
    }
}

fn help(asks_password: bool) -> AnyView {
    view! {
        {asks_password
            .then(|| {
                view! {
                    <h2>"Other browsers"</h2>
                    <p>"Wherever else you are signed in, you are signed out, and sign in there with the new password. Your passkeys are removed; you add them anew in the settings."</p>
                }
                    .into_any()
            })}
        <h2>"Is this not you?"</h2>
        <p>"Then the link is not for you. Close this page, and tell whoever sent it."</p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use postmortem::TeamRole;

    #[test]
    fn a_link_says_whose_it_is() {
        let link = LinkShown {
            kind: LinkKind::SignIn,
            team: None,
            role: TeamRole::Member,
            mail: Some("mara@harbour.example".to_owned()),
            name: Some("Mara".to_owned()),
            ends_at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(lead(&link), "This link signs you in as Mara, mara@harbour.example, once.");
        let link = LinkShown { kind: LinkKind::NewPassword, mail: None, ..link };
        assert!(lead(&link).starts_with("This link is for Mara. The old password holds"));
    }
}
