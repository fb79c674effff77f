//! Signing in with a provider, with a passkey, or with mail address and password, in the place of any page that needs a person.

use super::alert::Alert;
use super::errors::{FormErrors, FormPlace, check_mail, check_password};
use super::passkey::PasskeyDoor;
use super::problem::use_returned;
use super::providers::ProviderDoors;
use super::{DoorPage, Opening};
use crate::browser::passkeys::are_usable_at;
use crate::client::sessions;
use crate::controls::focus::focus_id;
use crate::controls::form_field::{FieldKind, FormField, PasswordField};
use crate::state::Session;
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{Door, NewSession};

/// What the server says of itself to whoever comes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Doorplate {
    Open(Door),
    /// Nobody has an account yet.
    NotSetUp,
    /// It could not be asked.
    Unknown,
}

/// Who signs in.
#[derive(Clone, Copy)]
pub struct SignInForm {
    pub mail: RwSignal<String>,
    pub password: RwSignal<String>,
    pub errors: FormErrors,
    pub is_busy: RwSignal<bool>,
    session: Session,
}

impl SignInForm {
    pub fn new(mail: Option<String>) -> Self {
        Self {
            mail: RwSignal::new(mail.unwrap_or_default()),
            password: RwSignal::new(String::new()),
            errors: FormErrors::default(),
            is_busy: RwSignal::new(false),
            session: use_session(),
        }
    }

    /// Signs in, or says what stands in the way. The mail address stays, and the password is typed again.
    pub fn submit(self) {
        self.errors.clear();
        let (mail, password) = (self.mail.get_untracked(), self.password.get_untracked());
        if let Err((place, sentence)) = check_mail(&mail).and_then(|()| check_password(&password)) {
            return self.errors.tell(place, sentence);
        }
        self.is_busy.set(true);
        spawn_local(async move {
            let given = NewSession::Password { mail: mail.trim().to_owned(), password };
            let begun = match sessions::create(&given).await {
                Ok(begun) => self.session.begin(begun).await,
                Err(error) => Err(error.to_string()),
            };
            // Whoever is signed in is on another page by now.
            self.is_busy.try_set(false);
            if let Err(sentence) = begun {
                self.password.try_set(String::new());
                self.errors.tell(FormPlace::Form, sentence);
                focus_id(FormPlace::Password.id());
            }
        });
    }
}

/// What stands in the place of a page while nobody is signed in.
#[component]
pub fn SignInPage() -> impl IntoView {
    let plate = RwSignal::new(None::<Doorplate>);
    let ask = move || {
        spawn_local(async move {
            let told = match sessions::door().await {
                Ok(Door { team: None, .. }) => Doorplate::NotSetUp,
                Ok(door) => Doorplate::Open(door),
                Err(_) => Doorplate::Unknown,
            };
            plate.try_set(Some(told));
        });
    };
    ask();
    let form = SignInForm::new(None);
    move || match plate.get() {
        None => view! { <Opening /> }.into_any(),
        Some(Doorplate::NotSetUp) => view! { <NotSetUp again=Callback::new(move |()| ask()) /> }.into_any(),
        Some(Doorplate::Open(door)) => view! { <Doors door form /> }.into_any(),
        Some(Doorplate::Unknown) => view! { <Doors door=Door::default() form /> }.into_any(),
    }
}

/// First the providers, then the passkey, then the password.
#[component]
fn Doors(door: Door, form: SignInForm) -> impl IntoView {
    let returned = use_returned();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        returned.forget();
        form.submit();
    };
    let has_providers = !door.providers.is_empty();
    let team = door.team.clone().unwrap_or_else(|| "Debrief".to_owned());
    let (providers, asked, at) = (door.providers.clone(), door.clone(), door.passkeys_at.clone());
    let has_others = has_providers || are_usable_at(at.as_deref());
    view! {
        <DoorPage title="Sign in" aside=ViewFn::from(move || help(&door, form.mail))>
            <h1>"Sign in to " {team}</h1>
            <div class="narrow">
                {move || returned.sentence(Some(&asked)).map(|sentence| view! { <Alert sentence /> }.into_any())}
                {has_providers.then(|| view! { <ProviderDoors providers /> }.into_any())}
                <PasskeyDoor at person=Signal::stored(None) />
                {has_others
                    .then(|| {
                        view! {
                            <p class="or">
                                <span>"or with a password"</span>
                            </p>
                        }
                            .into_any()
                    })}
                <form class="form" novalidate on:submit=submit>
                    <WholeError form />
                    <MailField form autofocus=!has_providers />
                    <CurrentPasswordField form />
                    <div class="end">
                        <button class="btn" class:primary=!has_providers disabled=move || form.is_busy.get()>
                            "Sign in"
                        </button>
                    </div>
                </form>
            </div>
        </DoorPage>
    }
    .into_any()
}

/// Why nobody was signed in, over the fields: it does not say which of them is wrong.
#[component]
pub fn WholeError(form: SignInForm) -> impl IntoView {
    move || form.errors.form.get().map(|sentence| view! { <Alert sentence /> }.into_any())
}

#[component]
pub fn MailField(
    form: SignInForm,
    /// Whether it takes the keyboard as soon as it is there.
    autofocus: bool,
) -> impl IntoView {
    let field = FieldKind {
        id: FormPlace::Mail.id(),
        label: "Mail address",
        kind: "email",
        autocomplete: "username",
        autofocus,
        ..FieldKind::default()
    };
    view! { <FormField field value=form.mail error=form.errors.mail /> }.into_any()
}

#[component]
pub fn CurrentPasswordField(form: SignInForm) -> impl IntoView {
    let field = FieldKind {
        id: FormPlace::Password.id(),
        label: "Password",
        autocomplete: "current-password",
        ..FieldKind::default()
    };
    view! { <PasswordField field value=form.password error=form.errors.password /> }.into_any()
}

/// Nobody has an account yet: whoever may make the first one has a link.
#[component]
fn NotSetUp(again: Callback<()>) -> impl IntoView {
    let help = || {
        view! {
            <h2>"Link lost or ended?"</h2>
            <p>"Whoever runs the server makes another one:"</p>
            <code>"debrief invite --data DIR"</code>
        }
        .into_any()
    };
    view! {
        <DoorPage title="Not set up yet" aside=ViewFn::from(help)>
            <h1>"This Debrief is not set up yet"</h1>
            <p class="lead">
                "The server printed a one-time link when it started. Whoever opens it makes the first account, and invites the others."
            </p>
            <button type="button" class="btn" on:click=move |_| again.run(())>
                "Look again"
            </button>
        </DoorPage>
    }
    .into_any()
}

fn help(door: &Door, mail: RwSignal<String>) -> AnyView {
    let link = move || view! { <code>{move || command(&mail.read())}</code> }.into_any();
    let (stuck, way) = match door.providers.is_empty() {
        true => (
            "Password forgotten?",
            "An admin of the team can send you a link to choose a new one. Whoever runs the server can make one too:",
        ),
        false => (
            "When single sign-on is down",
            "A browser that is signed in goes on working. In another one, sign in with a passkey or your password; if you \
             have neither, or forgot it, ask whoever runs the server for a one-time link:",
        ),
    };
    view! {
        <h2>{stuck}</h2>
        <p>{way}</p>
        {link()}
        <h2>"Not a member yet?"</h2>
        <p>{joining(door)}</p>
    }
    .into_any()
}

/// How somebody comes in who has no account.
fn joining(door: &Door) -> String {
    let invitation = "an invitation: a link that an admin makes in the settings, under People.";
    match (door.domains.as_slice(), door.providers.as_slice()) {
        ([], _) | (_, []) => format!("You need {invitation}"),
        (domains, providers) => {
            let names: Vec<&str> = providers.iter().map(|provider| provider.name.as_str()).collect();
            let (domains, names) = (domains.join(" or "), names.join(" or "));
            format!("With an address at {domains} you join by continuing with {names}. Others need {invitation}")
        }
    }
}

/// The command that makes a link for whoever is signing in.
fn command(mail: &str) -> String {
    let mail = if check_mail(mail).is_ok() { mail.trim() } else { "you@example.org" };
    format!("debrief invite --data DIR --for {mail}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::api::ProviderDoor;

    #[test]
    fn the_command_names_whoever_is_signing_in() {
        assert_eq!(command("mara@harbour.example "), "debrief invite --data DIR --for mara@harbour.example");
        assert_eq!(command("mara"), "debrief invite --data DIR --for you@example.org");
    }

    #[test]
    fn who_may_join_by_themselves_is_told_where_there_is_a_way_to() {
        let provider = |name: &str| ProviderDoor { id: "x".parse().expect("an id"), name: name.to_owned() };
        let door = |domains: &[&str], providers| Door {
            team: None,
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            providers,
            passkeys_at: None,
        };
        assert!(joining(&door(&["harbour.example"], Vec::new())).starts_with("You need an invitation"));
        assert!(joining(&door(&[], vec![provider("Harbour ID")])).starts_with("You need an invitation"));
        let said = joining(&door(&["harbour.example"], vec![provider("Harbour ID"), provider("Pier")]));
        assert!(said.starts_with("With an address at harbour.example you join by continuing with Harbour ID or Pier."));
    }
}
