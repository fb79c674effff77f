//! One prose section: always an editor, since this is where people write at once.

use super::changes::ChangeMark;
use super::here::HereNote;
use crate::editor::text_editor::TextEditor;
use leptos::prelude::*;
use postmortem::{SectionKey, TextId};

/// The section with its heading.
#[component]
pub fn Section(section: SectionKey) -> impl IntoView {
    let heading = format!("{section}-heading");
    let title = section.title();
    let text = TextId::Section(section.clone());
    let place = format!("sections/{section}");
    view! {
        <section
            class="sec"
            id=section.to_string()
            data-section=section.to_string()
            tabindex="-1"
            aria-labelledby=heading.clone()
        >
            <header>
                <h2 id=heading.clone()>{title.clone()}</h2>
                <ChangeMark place=place.clone() />
                <span class="grow"></span>
                <HereNote place />
            </header>
            <div class="prose">
                <TextEditor text label=title placeholder=section.prompt() />
            </div>
        </section>
    }
    .into_any()
}
