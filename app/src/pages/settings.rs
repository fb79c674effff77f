//! The settings: what they consist of at the left, and the part that the address names.

mod about;
mod audit;
mod devices;
mod domains;
mod groups;
mod list_head;
mod listing;
mod outline;
mod people;
mod profile;
mod services;
mod sign_in;
mod team;

use super::main_bar::MainBar;
use crate::browser::route::{Route, SettingsPart, use_router};
use audit::AuditPart;
use devices::DevicesPart;
use groups::GroupsPart;
use leptos::prelude::*;
use outline::SettingsOutline;
use people::PeoplePart;
use profile::ProfilePart;
use services::ServicesPart;
use sign_in::SignInPart;
use team::TeamPart;

/// The page at `/settings` and below.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let router = use_router();
    let part = Memo::new(move |_| match router.route.get() {
        Route::Settings(part) => part,
        Route::Log | Route::Postmortem(_) | Route::Link | Route::Nowhere => SettingsPart::Profile,
    });
    Effect::new(move |_| document().set_title(&format!("{} · Settings · Debrief", outline::title(part.get()))));
    view! {
        <a class="skip" href="#part">
            "Go to the settings"
        </a>
        <MainBar />
        <div class="desk settings">
            <SettingsOutline part />
            <main class="sheet" id="part" tabindex="-1">
                {move || match part.get() {
                    SettingsPart::Profile => view! { <ProfilePart /> }.into_any(),
                    SettingsPart::Devices => view! { <DevicesPart /> }.into_any(),
                    SettingsPart::Team => view! { <TeamPart /> }.into_any(),
                    SettingsPart::People => view! { <PeoplePart /> }.into_any(),
                    SettingsPart::Groups => view! { <GroupsPart /> }.into_any(),
                    SettingsPart::Services => view! { <ServicesPart /> }.into_any(),
                    SettingsPart::SignIn => view! { <SignInPart /> }.into_any(),
                    SettingsPart::Audit => view! { <AuditPart /> }.into_any(),
                }}
            </main>
        </div>
    }
    .into_any()
}

/// The head of a part: its name, and a sentence on what it is.
#[component]
fn PartHead(part: SettingsPart, #[prop(into)] sentence: Signal<String>) -> impl IntoView {
    view! {
        <div class="log-head">
            <div class="grow">
                <h1>{outline::title(part)}</h1>
                <p>{sentence}</p>
            </div>
        </div>
    }
    .into_any()
}
