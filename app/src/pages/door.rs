//! The door: everything that is shown to whoever is not signed in, and to whoever comes with a one-time link.

mod account;
mod alert;
pub mod ended;
mod enter;
mod errors;
mod join;
pub mod link;
mod passkey;
pub mod problem;
mod providers;
mod setup;
pub mod sign_in;

use crate::browser::clock;
use crate::controls::brand::Brand;
use crate::controls::theme_button::ThemeButton;
use crate::reader::time;
use chrono::{DateTime, Timelike, Utc};
use leptos::prelude::*;

/// A page of the door: one column for what is to be done, and beside it what helps whoever is stuck.
#[component]
fn DoorPage(
    /// What the page is called on its tab.
    #[prop(into)]
    title: String,
    /// What helps: the content of the second column.
    aside: ViewFn,
    children: Children,
) -> impl IntoView {
    document().set_title(&format!("{title} · Debrief"));
    view! {
        <div class="bar">
            <Brand />
            <span class="grow"></span>
            <ThemeButton />
        </div>
        <main class="door">
            <div class="grid">
                <div>{children()}</div>
                <aside>{aside.run()}</aside>
            </div>
        </main>
    }
    .into_any()
}

/// While the server is asked what there is.
#[component]
fn Opening() -> impl IntoView {
    view! {
        <main class="door" aria-busy="true">
            <div class="skels" role="img" aria-label="The page is opening">
                <div class="skel short"></div>
                <div class="skel"></div>
            </div>
        </main>
    }
    .into_any()
}

/// `Wed 24 Oct 2018, 12:00 UTC`: until when a link holds.
fn until(at: DateTime<Utc>) -> String {
    time::whole(at.with_second(0).unwrap_or(at), clock::zone())
}
