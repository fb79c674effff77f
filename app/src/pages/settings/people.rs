//! Everybody of the team, and how others come in.

use super::PartHead;
use crate::browser::route::SettingsPart;
use leptos::prelude::*;

#[component]
pub fn PeoplePart() -> impl IntoView {
    view! { <PartHead part=SettingsPart::People sentence="Everybody of the team, and how others come in." /> }
        .into_any()
}
