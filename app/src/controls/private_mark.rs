//! That nobody finds a post-mortem but those who are named in it.

use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;

#[component]
pub fn PrivateMark(
    /// How many those are, where it is known.
    named: Option<u32>,
) -> impl IntoView {
    view! {
        <span class="priv" data-private>
            <Icon name=IconName::Lock small=true />
            {words(named)}
            <span class="vh">": only those named in it find it"</span>
        </span>
    }
    .into_any()
}

fn words(named: Option<u32>) -> String {
    match named {
        None => "Private".to_owned(),
        Some(1) => "Private, 1 person".to_owned(),
        Some(named) => format!("Private, {named} people"),
    }
}
