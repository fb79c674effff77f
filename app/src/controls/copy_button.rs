//! A button that puts a text on the clipboard and says so in its own words.

use crate::controls::notices::use_notices;
use crate::reader::icon::{Icon, IconName};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

/// How long the button says that it worked.
const TOLD_MILLISECONDS: u32 = 2_500;

/// Copies what `text` gives at the moment of the press.
#[component]
pub fn CopyButton(
    #[prop(into)] label: String,
    text: Callback<(), String>,
    /// Classes beside `btn`.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    let notices = use_notices();
    let is_copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.run(());
        spawn_local(async move {
            let done = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            if done.is_ok() {
                is_copied.set(true);
                notices.speak("Copied");
                Timeout::new(TOLD_MILLISECONDS, move || is_copied.set(false)).forget();
            } else {
                notices.toast("The browser does not allow copying here. Select the text and copy it by hand.", None);
            }
        });
    };
    view! {
        <button type="button" class=format!("btn {class}") on:click=copy>
            {move || {
                let name = if is_copied.get() { IconName::Check } else { IconName::Copy };
                view! { <Icon name small=true /> }.into_any()
            }}
            {move || if is_copied.get() { "Copied".to_owned() } else { label.clone() }}
        </button>
    }
    .into_any()
}
