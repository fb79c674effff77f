//! What is wrong with what was typed, beside what it is wrong with.

use crate::client::RequestError;
use crate::controls::focus::focus_id;
use leptos::prelude::*;
use postmortem::api::ErrorCode;

/// What a sentence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormPlace {
    Name,
    Mail,
    Password,
    Team,
    /// The form as a whole.
    Form,
}

impl FormPlace {
    /// Where a refusal of the server belongs.
    pub fn of(error: &RequestError) -> Self {
        match error {
            RequestError::Refused { code: ErrorCode::WeakPassword, .. } => Self::Password,
            RequestError::Refused { code: ErrorCode::MailTaken | ErrorCode::Invalid, .. } => Self::Mail,
            RequestError::Refused { .. } | RequestError::Unreachable | RequestError::Unreadable => Self::Form,
        }
    }

    /// The id of the field.
    pub fn id(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Mail => "mail",
            Self::Password => "password",
            Self::Team => "team",
            Self::Form => "form-error",
        }
    }
}

/// A sentence, or none, for every place of a form.
#[derive(Clone, Copy, Default)]
pub struct FormErrors {
    pub name: RwSignal<Option<String>>,
    pub mail: RwSignal<Option<String>>,
    pub password: RwSignal<Option<String>>,
    pub team: RwSignal<Option<String>>,
    pub form: RwSignal<Option<String>>,
}

impl FormErrors {
    /// Nothing is wrong as far as is known.
    pub fn clear(&self) {
        for error in [self.name, self.mail, self.password, self.team, self.form] {
            error.set(None);
        }
    }

    /// Says what is wrong at its place, and takes the keyboard there.
    pub fn tell(&self, place: FormPlace, sentence: String) {
        let error = match place {
            FormPlace::Name => self.name,
            FormPlace::Mail => self.mail,
            FormPlace::Password => self.password,
            FormPlace::Team => self.team,
            FormPlace::Form => self.form,
        };
        error.set(Some(sentence));
        focus_id(place.id());
    }
}

/// Whether a mail address could be one; which are, the server knows.
pub fn check_mail(mail: &str) -> Result<(), (FormPlace, String)> {
    let is_address = mail.trim().split_once('@').is_some_and(|(who, whereto)| !who.is_empty() && !whereto.is_empty());
    is_address.then_some(()).ok_or((FormPlace::Mail, "Write a mail address, with an @ in it.".to_owned()))
}

/// Whether there is a password at all; which are good, the server knows.
pub fn check_password(password: &str) -> Result<(), (FormPlace, String)> {
    (!password.is_empty()).then_some(()).ok_or((FormPlace::Password, "Write the password.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_rule_stands_under_its_field() {
        let refused = |code| RequestError::Refused { status: 422, code, message: String::new() };
        assert_eq!(FormPlace::of(&refused(ErrorCode::WeakPassword)), FormPlace::Password);
        assert_eq!(FormPlace::of(&refused(ErrorCode::MailTaken)), FormPlace::Mail);
        assert_eq!(FormPlace::of(&refused(ErrorCode::Invalid)), FormPlace::Mail);
        assert_eq!(FormPlace::of(&refused(ErrorCode::TooOften)), FormPlace::Form);
        assert_eq!(FormPlace::of(&RequestError::Unreachable), FormPlace::Form);
    }

    #[test]
    fn what_is_no_address_is_told_before_the_server_is_asked() {
        assert!(check_mail(" mara@harbour.example ").is_ok());
        for wrong in ["", "mara", "@harbour.example", "mara@"] {
            assert!(matches!(check_mail(wrong), Err((FormPlace::Mail, _))), "{wrong}");
        }
        assert!(check_password(" ").is_ok(), "a space is a character");
    }
}
