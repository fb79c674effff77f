//! The bar of every page of the client but a post-mortem's, which keeps a bar of its own.

use super::you::YouMenu;
use crate::controls::brand::Brand;
use crate::controls::theme_button::ThemeButton;
use leptos::prelude::*;

#[component]
pub fn MainBar(
    /// Whether the page is the log.
    #[prop(optional)]
    is_log: bool,
) -> impl IntoView {
    view! {
        <div class="bar">
            <Brand />
            <nav aria-label="Main">
                <a href="/" aria-current=is_log.then_some("page")>
                    "Incident log"
                </a>
            </nav>
            <span class="grow"></span>
            <ThemeButton />
            <YouMenu />
        </div>
    }
    .into_any()
}
