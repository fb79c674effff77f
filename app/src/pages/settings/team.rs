//! What holds for the whole team.

use super::PartHead;
use crate::browser::route::SettingsPart;
use leptos::prelude::*;

#[component]
pub fn TeamPart() -> impl IntoView {
    view! { <PartHead part=SettingsPart::Team sentence="What holds for the whole team." /> }.into_any()
}
