//! Oneself: the name and the colour that others see, and the password.

mod appearance;
mod password;

use super::PartHead;
use crate::browser::route::SettingsPart;
use appearance::AppearanceForm;
use leptos::prelude::*;
use password::PasswordForm;

#[component]
pub fn ProfilePart() -> impl IntoView {
    view! {
        <PartHead part=SettingsPart::Profile sentence="Who you are to the others of the team." />
        <AppearanceForm />
        <PasswordForm />
    }
    .into_any()
}
