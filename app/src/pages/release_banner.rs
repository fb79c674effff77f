//! That a newer release is ready. The page changes when its person asks for it, never under their hands.

use crate::browser::release;
use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;

#[component]
pub fn ReleaseBanner(news: RwSignal<bool>) -> impl IntoView {
    view! {
        <Show when=move || news.get()>
            <div class="banner" role="status" data-release="ready">
                <Icon name=IconName::Saving />
                <span>
                    <b>"A new version of Debrief is ready."</b>
                    <span class="hide-s">" Nothing that you typed is lost."</span>
                </span>
                <span class="grow"></span>
                <button type="button" class="btn small" on:click=move |_| release::reload()>
                    "Reload"
                </button>
            </div>
        </Show>
    }
    .into_any()
}
