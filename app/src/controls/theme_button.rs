//! The button that goes through the colour schemes: as the system, light, dark.

use crate::browser::theme::Theme;
use crate::controls::notices::use_notices;
use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;

#[component]
pub fn ThemeButton() -> impl IntoView {
    let notices = use_notices();
    let theme = RwSignal::new(Theme::remembered());
    let press = move |_| {
        let next = theme.get_untracked().next();
        next.apply();
        theme.set(next);
        notices.speak(format!("Colours: {}", next.label()));
    };
    let label = move || format!("Colours: {}. Change to {}.", theme.get().label(), theme.get().next().label());
    view! {
        <button type="button" class="btn bare icon" aria-label=label title=label on:click=press>
            {move || {
                view! { <Icon name=theme_icon(theme.get()) /> }.into_any()
            }}
        </button>
    }
    .into_any()
}

/// What stands for a scheme.
pub fn theme_icon(theme: Theme) -> IconName {
    match theme {
        Theme::System => IconName::Half,
        Theme::Light => IconName::Light,
        Theme::Dark => IconName::Dark,
    }
}
