//! Why nobody came in.

use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;

/// What is wrong, and behind it what to do.
#[component]
pub fn Alert(sentence: String) -> impl IntoView {
    let (headline, advice) = sentence.split_once(". ").unwrap_or((sentence.as_str(), ""));
    let headline = format!("{}.", headline.trim_end_matches('.'));
    view! {
        <div class="alert" role="alert">
            <Icon name=IconName::Warning />
            <div>
                <b>{headline}</b>
                <span>{advice.to_owned()}</span>
            </div>
        </div>
    }
    .into_any()
}
