//! Oneself: what others see, the zone in which one reads times, the password, and passkeys.

mod appearance;
mod passkeys;
mod password;
mod time_zone;

use super::PartHead;
use crate::browser::route::SettingsPart;
use appearance::AppearanceForm;
use leptos::prelude::*;
use passkeys::PasskeysSection;
use password::PasswordForm;
use time_zone::TimeZoneForm;

#[component]
pub fn ProfilePart() -> impl IntoView {
    view! {
        <PartHead part=SettingsPart::Profile sentence="Who you are to the others of the team." />
        <AppearanceForm />
        <TimeZoneForm />
        <PasswordForm />
        <PasskeysSection />
    }
    .into_any()
}
