//! A link that is told once: whoever has it is let in, so nothing keeps it.

use super::words;
use crate::browser::clock;
use crate::controls::copy_button::CopyButton;
use crate::controls::dialog::Dialog;
use crate::pages::settings::about::About;
use leptos::prelude::*;
use postmortem::Person;
use postmortem::api::{MadeInvitation, MadeLink};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkOnce {
    pub title: String,
    /// What it does, and to whom it goes.
    pub sentence: String,
    pub url: String,
    /// Until when it holds, in words.
    pub holds: String,
}

impl LinkOnce {
    pub fn for_password(person: &Person, made: MadeLink) -> Self {
        let now = clock::now();
        Self {
            title: format!("A new password for {}", person.name),
            sentence: format!(
                "Send this link to {} and nobody else: whoever opens it chooses a new password and is signed in. \
                 Passkeys of before are removed by it.",
                person.first_name()
            ),
            holds: format!("{}, {}", words::day(made.ends_at, now), words::ahead(made.ends_at, now)),
            url: made.url,
        }
    }

    pub fn for_invitation(made: MadeInvitation) -> Self {
        let (invitation, now) = (made.invitation, clock::now());
        let sentence = match (&invitation.mail, invitation.people) {
            (Some(mail), _) => format!("Send this link to {mail}. It makes one account."),
            (None, 1) => "Send this link to one person: whoever opens it first joins the team.".to_owned(),
            (None, people) => format!("The first {people} people who open this link join the team."),
        };
        Self {
            title: "The invitation is made".to_owned(),
            sentence,
            holds: format!("{}, {}", words::day(invitation.ends_at, now), words::ahead(invitation.ends_at, now)),
            url: made.url,
        }
    }
}

/// The link of somebody else's row.
#[component]
pub fn OnceDialog(link: About<LinkOnce>) -> impl IntoView {
    let title = move || link.get().map(|link| link.title).unwrap_or_default();
    view! {
        <Dialog open=link.open title=Signal::derive(title)>
            {move || link.get().map(|shown| view! { <Once link=shown open=link.open /> }.into_any())}
        </Dialog>
    }
    .into_any()
}

#[component]
pub fn Once(link: LinkOnce, open: RwSignal<bool>) -> impl IntoView {
    let copied = link.url.clone();
    view! {
        <div class="body">
            <p>{link.sentence}</p>
            <div class="field">
                <input readonly aria-label="Link" prop:value=link.url.clone() />
                <CopyButton label="Copy" class="bare small" text=Callback::new(move |()| copied.clone()) />
            </div>
            <p class="hint">{format!("It is shown this once, and holds until {}.", link.holds)}</p>
        </div>
        <footer>
            <span class="grow"></span>
            <button type="button" class="btn primary" on:click=move |_| open.set(false)>
                "Done"
            </button>
        </footer>
    }
    .into_any()
}
