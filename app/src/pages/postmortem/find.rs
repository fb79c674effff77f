//! Finding words anywhere in the post-mortem. The browser's own search sees only what is drawn, which of a long timeline
//! is little; this one reads the values, and brings the place into sight. A second Ctrl and F asks the browser.

mod found;
mod keys;
mod search;
mod sight;
mod way_back;

use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use gloo_timers::callback::Timeout;
use keys::follow_keys;
use leptos::html;
use leptos::prelude::*;
use search::Search;
use way_back::{Goes, WayBack, selected_words};
use web_sys::KeyboardEvent;

/// The bar; nothing while it is closed.
#[component]
pub fn FindBar(is_open: RwSignal<bool>) -> impl IntoView {
    let open = use_open();
    let field = NodeRef::<html::Input>::new();
    let search = Search::new(open);
    let way_back = WayBack::new();
    let close = move |goes: Goes| {
        is_open.set(false);
        way_back.take(open, goes);
    };
    follow_keys(field, is_open, move || close(Goes::ToTheBrowser));
    Effect::new(move |was_open: Option<bool>| {
        let opens = is_open.get();
        if opens && was_open != Some(true) {
            way_back.remember();
            search.begin(selected_words());
            select_later(field);
        }
        opens
    });
    let keydown = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            search.enter(!event.shift_key());
        }
        "Escape" if !event.is_composing() => {
            event.stop_propagation();
            close(Goes::Back);
        }
        _ => {}
    };
    view! {
        <Show when=move || is_open.get()>
            <div class="find" role="search" aria-label="Find in this post-mortem">
                <input
                    type="search"
                    node_ref=field
                    aria-label="Find in this post-mortem"
                    placeholder="Find in this post-mortem"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || search.words.get()
                    on:input=move |event| search.write(event_target_value(&event))
                    on:keydown=keydown
                />
                <span class="q" role="status">
                    {move || search.told()}
                </span>
                <button type="button" class="btn bare icon small" aria-label="Previous place" on:click=move |_| search.step(false)>
                    <span class="up">
                        <Icon name=IconName::ChevronDown small=true />
                    </span>
                </button>
                <button type="button" class="btn bare icon small" aria-label="Next place" on:click=move |_| search.step(true)>
                    <Icon name=IconName::ChevronDown small=true />
                </button>
                <button type="button" class="btn bare icon small" aria-label="Close the search" on:click=move |_| close(Goes::On)>
                    <Icon name=IconName::Close small=true />
                </button>
            </div>
        </Show>
    }
    .into_any()
}

/// Puts the keyboard into the field once it is in the page.
fn select_later(field: NodeRef<html::Input>) {
    Timeout::new(0, move || {
        if let Some(field) = field.try_get_untracked().flatten() {
            let _ = field.focus();
            field.select();
        }
    })
    .forget();
}
