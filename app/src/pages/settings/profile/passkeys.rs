//! One's passkeys: the devices by which one signs in beside the password. They are added here, named, and removed.

mod adding;
mod naming;
mod own;

use crate::browser::clock;
use crate::browser::passkeys::are_usable_at;
use crate::controls::field::ErrorLine;
use crate::controls::focus::focus_id_later;
use crate::controls::list::{List, by_id};
use crate::controls::menu::{Menu, MenuItem};
use crate::pages::settings::about::About;
use crate::pages::settings::listing::DeleteDialog;
use crate::reader::icon::IconName;
use crate::reader::time;
use adding::AddDialog;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use naming::RenameDialog;
use own::OwnPasskeys;
use postmortem::PasskeyId;
use postmortem::api::{Passkey, PasskeyProof, Passkeys};

/// The id of the button that adds one.
const ADD: &str = "add-passkey";

/// What the rows open.
#[derive(Clone, Copy)]
struct Asked {
    rename: About<Passkey>,
    remove: About<Passkey>,
}

#[component]
pub fn PasskeysSection() -> impl IntoView {
    let own = OwnPasskeys::open();
    let asked = Asked { rename: About::nothing(), remove: About::nothing() };
    let is_adding = RwSignal::new(false);
    let remove = Callback::new(move |()| {
        let passkey = untrack(|| asked.remove.get());
        let removing = async move {
            let Some(passkey) = passkey else { return Ok(()) };
            own.remove(&passkey).await?;
            // Its row goes away with the menu that asked.
            focus_id_later(ADD.to_owned());
            Ok(())
        };
        Box::pin(removing) as _
    });
    let title = move || asked.remove.get().map(|passkey| format!("Remove {}?", passkey.name)).unwrap_or_default();
    view! {
        <section aria-labelledby="passkeys">
            <h2 id="passkeys">"Passkeys"</h2>
            <p class="about">
                "A passkey signs you in by the fingerprint, the face or the PIN of a device, and nothing has to be typed. The key stays on the device or in your password manager."
            </p>
            <Rows own asked />
            <Way own is_adding />
        </section>
        <AddDialog open=is_adding own />
        <RenameDialog open=asked.rename.open what=asked.rename own />
        <DeleteDialog
            open=asked.remove.open
            title=Signal::derive(title)
            consequence="It signs you in no more, and your other browsers that came in by it are signed out. Your device may go on offering it: delete it there too."
            verb="Remove"
            delete=remove
        />
    }
    .into_any()
}

#[component]
fn Rows(own: OwnPasskeys, asked: Asked) -> impl IntoView {
    let ids = Memo::new(move |_| own.listed().iter().map(|passkey| passkey.id.to_string()).collect::<Vec<_>>());
    let row = by_id(move |id: PasskeyId| view! { <Row own asked id /> }.into_any());
    view! {
        <Show when=move || own.is_looking()>
            <div class="skels" role="img" aria-label="Your passkeys are looked up">
                <div class="skel"></div>
            </div>
        </Show>
        <Show when=move || !ids.with(Vec::is_empty)>
            <ul class="devices">
                <List keys=ids row=row.clone() />
            </ul>
        </Show>
    }
    .into_any()
}

#[component]
fn Row(own: OwnPasskeys, asked: Asked, id: PasskeyId) -> impl IntoView {
    let key = id.to_string();
    let passkey = Memo::new(move |before: Option<&Option<Passkey>>| {
        // One that is on its way out says what it said last.
        let found = own.listed().into_iter().find(|passkey| passkey.id == id);
        found.or_else(|| before.cloned().flatten())
    });
    let name = move || passkey.with(|passkey| passkey.as_ref().map(|passkey| passkey.name.clone()).unwrap_or_default());
    let times = move || passkey.with(|passkey| passkey.as_ref().map(|passkey| times(passkey, clock::now())));
    let open = move |about: About<Passkey>| {
        Callback::new(move |()| {
            if let Some(passkey) = passkey.get_untracked() {
                about.ask(passkey);
            }
        })
    };
    view! {
        <li data-passkey=key>
            <div class="grow">
                <b>{name}</b>
                <small>{times}</small>
            </div>
            <Menu label=Signal::derive(move || format!("More for {}", name())) class="btn bare icon small">
                <MenuItem label="Rename" icon=IconName::Edit run=open(asked.rename) />
                <MenuItem label="Remove" icon=IconName::Delete danger=true run=open(asked.remove) />
            </Menu>
        </li>
    }
    .into_any()
}

/// The button that adds one, or what stands in the way.
#[component]
fn Way(own: OwnPasskeys, is_adding: RwSignal<bool>) -> impl IntoView {
    let obstacle =
        Memo::new(move |_| own.found().and_then(|found| obstacle(&found, are_usable_at(found.at.as_deref()))));
    let is_open = Memo::new(move |_| own.found().is_some() && obstacle.with(Option::is_none));
    view! {
        {move || {
            own.failure()
                .map(|sentence| {
                    view! {
                        <ErrorLine sentence />
                        <div class="end">
                            <button type="button" class="btn" on:click=move |_| own.ask()>
                                "Try again"
                            </button>
                        </div>
                    }
                        .into_any()
                })
        }}
        {move || obstacle.get().map(|sentence| view! { <p class="about">{sentence}</p> }.into_any())}
        <Show when=move || is_open.get()>
            <div class="end">
                <button type="button" id=ADD class="btn" on:click=move |_| is_adding.set(true)>
                    "Add a passkey"
                </button>
            </div>
        </Show>
    }
    .into_any()
}

/// Why none can be added here; `is_usable` says what the browser says.
fn obstacle(found: &Passkeys, is_usable: bool) -> Option<String> {
    match (&found.obstacle, &found.at, found.proof) {
        (Some(sentence), _, _) => Some(sentence.clone()),
        (None, Some(at), _) if !is_usable => Some(format!(
            "None can be added in this page. Passkeys are for {at}: open Debrief there, in a browser that knows them."
        )),
        (None, _, PasskeyProof::NewSession) => Some(
            "To add one, sign out and in again: without a password a passkey is added within ten minutes of signing in."
                .to_owned(),
        ),
        (None, _, PasskeyProof::Nothing | PasskeyProof::Password) => None,
    }
}

/// `Added Mon 22 Oct 09:12 UTC. Last used 11:40 UTC.`
fn times(passkey: &Passkey, now: DateTime<Utc>) -> String {
    let added = time::since_in_words(passkey.created_at, now);
    let used = match passkey.used_at {
        Some(used_at) => format!("Last used {}.", time::since_in_words(used_at, now)),
        None => "Not used yet.".to_owned(),
    };
    let elsewhere = passkey
        .made_for
        .as_ref()
        .map(|name| format!(" It is for {name}, where Debrief was before, and signs nobody in here."));
    format!("Added {added}. {used}{}", elsewhere.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn at(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2018, 10, day, hour, minute, 0).single().unwrap()
    }

    #[test]
    fn a_passkey_says_when_it_was_used_and_where_it_is_for() {
        let passkey = Passkey {
            id: "p1".parse().unwrap(),
            name: "Phone".to_owned(),
            created_at: at(22, 9, 12),
            used_at: None,
            made_for: None,
        };
        assert_eq!(times(&passkey, at(23, 12, 0)), "Added yesterday 09:12 UTC. Not used yet.");
        let passkey =
            Passkey { used_at: Some(at(23, 11, 40)), made_for: Some("old.example.org".to_owned()), ..passkey };
        let words = times(&passkey, at(23, 12, 0));
        assert!(words.contains("Last used 11:40 UTC. It is for old.example.org"), "{words}");
    }

    #[test]
    fn what_stands_in_the_way_is_said_from_the_server_inward() {
        let found = Passkeys {
            passkeys: Vec::new(),
            proof: PasskeyProof::NewSession,
            suggested_name: "Firefox on Linux".to_owned(),
            at: Some("https://debrief.example.org".to_owned()),
            obstacle: None,
        };
        assert!(obstacle(&found, true).is_some_and(|sentence| sentence.starts_with("To add one, sign out")));
        assert!(obstacle(&found, false).is_some_and(|sentence| sentence.contains("https://debrief.example.org")));
        let open = Passkeys { proof: PasskeyProof::Password, ..found.clone() };
        assert_eq!(obstacle(&open, true), None);
        let closed = Passkeys { obstacle: Some("Why.".to_owned()), at: None, ..found };
        assert_eq!(obstacle(&closed, false).as_deref(), Some("Why."));
    }
}
