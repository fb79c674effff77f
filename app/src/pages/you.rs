//! Oneself on the bar: who is signed in here, the way to the settings, and out.

use super::sign_out::use_sign_out;
use crate::browser::route::{Route, SettingsPart};
use crate::controls::menu::{Menu, MenuItem, MenuLink};
use crate::reader::Avatar;
use crate::reader::icon::IconName;
use crate::state::session::use_session;
use leptos::prelude::*;
use postmortem::Person;

/// The menu behind one's own disc.
#[component]
pub fn YouMenu() -> impl IntoView {
    let session = use_session();
    let person = Memo::new(move |_| session.person());
    view! { {move || person.get().map(|person| view! { <PersonMenu person /> }.into_any())} }.into_any()
}

#[component]
fn PersonMenu(person: Person) -> impl IntoView {
    let session = use_session();
    let name = person.name.clone();
    let face = {
        let person = person.clone();
        ViewFn::from(move || view! { <Avatar person=person.clone() /> }.into_any())
    };
    view! {
        <Menu label=format!("You: {name}") class="btn bare icon you" face>
            <p class="who">
                <b>{name.clone()}</b>
                {move || session.mail().map(|mail| view! { <small>{mail}</small> }.into_any())}
            </p>
            <hr />
            <YouItems />
        </Menu>
    }
    .into_any()
}

/// What a menu offers of oneself.
#[component]
pub fn YouItems() -> impl IntoView {
    let sign_out = use_sign_out();
    view! {
        <MenuLink label="Settings" icon=IconName::Settings route=Route::Settings(SettingsPart::Profile) />
        <MenuItem label="Sign out" icon=IconName::Leave run=Callback::new(move |()| sign_out.press()) />
    }
    .into_any()
}
