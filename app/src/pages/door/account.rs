//! What makes an account with a one-time link: the fields of whoever comes in, and handing them over.

use super::errors::{FormErrors, FormPlace, check_mail};
use crate::browser::route::{Route, Router, use_router};
use crate::client::sessions;
use crate::controls::form_field::{FieldKind, FormField, PasswordField};
use crate::state::Session;
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{ErrorCode, NewAccount};
use postmortem::person::{LONGEST_NAME, clean_name};

/// An account that is being written.
#[derive(Clone, Copy)]
pub struct AccountForm {
    pub name: RwSignal<String>,
    pub mail: RwSignal<String>,
    pub password: RwSignal<String>,
    /// What the team is called, where the account is its first.
    pub team: Option<RwSignal<String>>,
    pub errors: FormErrors,
    pub is_busy: RwSignal<bool>,
    token: StoredValue<String>,
    has_ended: RwSignal<bool>,
    session: Session,
    router: Router,
}

impl AccountForm {
    /// For a link; `has_ended` is told when it turns out to have ended meanwhile.
    pub fn new(token: StoredValue<String>, mail: Option<String>, names_team: bool, has_ended: RwSignal<bool>) -> Self {
        Self {
            name: RwSignal::new(String::new()),
            mail: RwSignal::new(mail.unwrap_or_default()),
            password: RwSignal::new(String::new()),
            team: names_team.then(|| RwSignal::new(String::new())),
            errors: FormErrors::default(),
            is_busy: RwSignal::new(false),
            token,
            has_ended,
            session: use_session(),
            router: use_router(),
        }
    }

    /// Makes the account, or says under its field what is missing.
    pub fn submit(self) {
        self.errors.clear();
        let written = written(
            &self.name.get_untracked(),
            &self.mail.get_untracked(),
            &self.password.get_untracked(),
            self.team.map(|team| team.get_untracked()).as_deref(),
        );
        let account = match written {
            Ok(account) => NewAccount { token: self.token.get_value(), ..account },
            Err((place, sentence)) => return self.errors.tell(place, sentence),
        };
        self.is_busy.set(true);
        spawn_local(async move {
            let begun = match sessions::create_account(&account).await {
                Ok(begun) => self.session.begin(begun).await.map_err(|sentence| (FormPlace::Form, sentence)),
                Err(error) if error.code() == Some(ErrorCode::LinkEnded) => return self.has_ended.set(true),
                Err(error) => Err((FormPlace::of(&error), error.to_string())),
            };
            self.is_busy.set(false);
            match begun {
                Ok(()) => self.router.replace(Route::Log),
                Err((place, sentence)) => self.errors.tell(place, sentence),
            }
        });
    }
}

/// The account as it is written, without the secret of its link; where something is missing, what and where.
fn written(name: &str, mail: &str, password: &str, team: Option<&str>) -> Result<NewAccount, (FormPlace, String)> {
    let name = clean_name(name).map_err(|error| (FormPlace::Name, error.to_string()))?;
    check_mail(mail)?;
    if password.is_empty() {
        return Err((FormPlace::Password, "Choose a password. Four words are good.".to_owned()));
    }
    let team = team.map(|team| team.trim().to_owned());
    if team.as_deref() == Some("") {
        return Err((FormPlace::Team, "Write what the team is called.".to_owned()));
    }
    Ok(NewAccount { token: String::new(), name, mail: mail.trim().to_owned(), password: password.to_owned(), team })
}

/// Name, mail address and password.
#[component]
pub fn YouFields(form: AccountForm, is_mail_fixed: bool) -> impl IntoView {
    let errors = form.errors;
    let name = FieldKind {
        id: FormPlace::Name.id(),
        label: "Name",
        autocomplete: "name",
        longest: Some(LONGEST_NAME),
        autofocus: true,
        ..FieldKind::default()
    };
    let mail = FieldKind {
        id: FormPlace::Mail.id(),
        label: "Mail address",
        kind: "email",
        autocomplete: "username",
        ..FieldKind::default()
    };
    let password = FieldKind {
        id: FormPlace::Password.id(),
        label: "Password",
        autocomplete: "new-password",
        ..FieldKind::default()
    };
    view! {
        <div class="pair">
            <FormField field=name value=form.name error=errors.name />
            <FormField field=mail value=form.mail error=errors.mail is_fixed=is_mail_fixed />
        </div>
        <PasswordField
            field=password
            value=form.password
            error=errors.password
            hint="At least 12 characters; four words are good."
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_at_its_place_from_above() {
        let place = |name, mail, password, team| written(name, mail, password, team).map_err(|(place, _)| place);
        let mail = "mara@harbour.example";
        assert_eq!(place(" ", "", "", None), Err(FormPlace::Name));
        assert_eq!(place("Mara", "mara", "", None), Err(FormPlace::Mail));
        assert_eq!(place("Mara", mail, "", None), Err(FormPlace::Password));
        assert_eq!(place("Mara", mail, "x", Some(" ")), Err(FormPlace::Team));
        let account = place(" Mara  Lindqvist ", " mara@harbour.example ", " four words ", Some(" Harbour ")).unwrap();
        assert_eq!((account.name.as_str(), account.mail.as_str()), ("Mara Lindqvist", mail));
        assert_eq!(account.password, " four words ", "every character of a password counts");
        assert_eq!(account.team.as_deref(), Some("Harbour"));
    }
}
