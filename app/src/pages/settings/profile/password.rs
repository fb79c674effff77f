//! Choosing another password.

use crate::client::{RequestError, sessions};
use crate::controls::focus::focus_id;
use crate::controls::form_field::{FieldKind, PasswordField};
use crate::controls::notices::{Notices, use_notices};
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{ErrorCode, PasswordChange};

const OLD: &str = "old-password";
const NEW: &str = "new-password";

#[derive(Clone, Copy)]
struct Change {
    old: RwSignal<String>,
    new: RwSignal<String>,
    old_error: RwSignal<Option<String>>,
    new_error: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
    notices: Notices,
}

impl Change {
    fn new() -> Self {
        Self {
            old: RwSignal::new(String::new()),
            new: RwSignal::new(String::new()),
            old_error: RwSignal::new(None),
            new_error: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            notices: use_notices(),
        }
    }

    fn save(self) {
        let change = PasswordChange { old: self.old.get_untracked(), new: self.new.get_untracked() };
        if change.old.is_empty() {
            return self.tell(true, "Write the password that holds now.".to_owned());
        }
        if change.new.is_empty() {
            return self.tell(false, "Choose a password. Four words are good.".to_owned());
        }
        self.is_busy.set(true);
        spawn_local(async move {
            let told = sessions::change_password(&change).await;
            if self.is_busy.try_set(false).is_some() {
                // The page was left.
                return;
            }
            match told {
                Ok(()) => {
                    self.old.set(String::new());
                    self.new.set(String::new());
                    self.notices.toast("The new password holds. Your other browsers are signed out.", None);
                }
                Err(error) => self.tell(is_about_old(&error), sentence(&error)),
            }
        });
    }

    /// Says what is wrong with the old one, or with the new one.
    fn tell(self, is_old: bool, sentence: String) {
        let (error, id) = if is_old { (self.old_error, OLD) } else { (self.new_error, NEW) };
        error.set(Some(sentence));
        focus_id(id);
    }
}

/// Whether a refusal is about the password that holds now.
fn is_about_old(error: &RequestError) -> bool {
    error.code() != Some(ErrorCode::WeakPassword)
}

/// What is said of a refusal. Here the mail address is none of the question.
fn sentence(error: &RequestError) -> String {
    match error.code() {
        Some(ErrorCode::SignInFailed) => "This is not the password that holds now.".to_owned(),
        _ => error.to_string(),
    }
}

#[component]
pub fn PasswordForm() -> impl IntoView {
    let session = use_session();
    let form = Change::new();
    // Nothing is offered to an account that signs in otherwise: a password of it is set by a link alone, which proves who asks.
    let has_password = RwSignal::new(false);
    spawn_local(async move {
        let signed_in = sessions::current().await.ok().flatten();
        let _ = has_password.try_set(signed_in.is_some_and(|signed_in| signed_in.has_password));
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.save();
    };
    let old = FieldKind { id: OLD, label: "Password now", autocomplete: "current-password", ..FieldKind::default() };
    let new = FieldKind { id: NEW, label: "New password", autocomplete: "new-password", ..FieldKind::default() };
    view! {
        <Show when=move || has_password.get()>
        <section aria-labelledby="password-change">
            <h2 id="password-change">"Password"</h2>
            <form class="form" novalidate on:submit=submit>
                // For whoever keeps the password: whose it is.
                <input type="email" autocomplete="username" hidden readonly value=move || session.mail() />
                <PasswordField field=old value=form.old error=form.old_error />
                <PasswordField
                    field=new
                    value=form.new
                    error=form.new_error
                    hint="At least 12 characters; four words are good. Your other browsers are signed out by it."
                />
                <div class="end">
                    <button class="btn" disabled=move || form.is_busy.get()>
                        "Change password"
                    </button>
                </div>
            </form>
        </section>
        </Show>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_password_is_told_at_the_new_one_and_all_else_at_the_old_one() {
        let refused = |code| RequestError::Refused { status: 422, code, message: String::new() };
        assert!(!is_about_old(&refused(ErrorCode::WeakPassword)));
        assert!(is_about_old(&refused(ErrorCode::SignInFailed)));
        assert!(is_about_old(&RequestError::Unreachable));
    }
}
