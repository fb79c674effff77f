//! One prose section with its threads beside it: always an editor, since this is where people write at once.

use super::changes::ChangeMark;
use super::comments::{CommentBubble, Commented, SectionThreads};
use super::here::HereNote;
use crate::controls::focus::focus_id;
use crate::editor::text_editor::TextEditor;
use leptos::prelude::*;
use postmortem::{SectionKey, Subject, TextId};

#[component]
pub fn Section(section: SectionKey) -> impl IntoView {
    let heading = format!("{section}-heading");
    let title = section.title();
    let text = TextId::Section(section.clone());
    let place = format!("sections/{section}");
    let (anchor, name) = (section.to_string(), title.clone());
    let commented = Commented {
        subject: StoredValue::new(Subject::Section(section.clone())),
        name: Signal::stored(name),
        refocus: Callback::new(move |()| focus_id(&anchor)),
    };
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
                <CommentBubble commented />
            </header>
            <div class="prose">
                <TextEditor text label=title placeholder=section.prompt() />
            </div>
            <SectionThreads commented />
        </section>
    }
    .into_any()
}
