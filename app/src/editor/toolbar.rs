//! The tools of an editor, for those who do not know Markdown's marks. They are there while one writes; one stop for the
//! Tab key, and arrows between them.

use crate::browser::bridge::Editor;
use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlElement, KeyboardEvent, Node};

/// What each does: the format's name, what it is called, its face, and its key.
const TOOLS: [(&str, &str, &str, &str); 8] = [
    ("strong", "Bold", "B", "Ctrl+B"),
    ("emphasis", "Italic", "I", "Ctrl+I"),
    ("code", "Code", "<>", "Ctrl+E"),
    ("link", "Link", "", "Ctrl+K"),
    ("heading", "Heading", "H", ""),
    ("bullets", "Bulleted list", "•", "Ctrl+Shift+8"),
    ("numbers", "Numbered list", "1.", "Ctrl+Shift+7"),
    ("block", "Code block", "{ }", ""),
];

#[component]
pub fn Toolbar(
    editor: RwSignal<Option<Editor>, LocalStorage>,
    /// The name of its text.
    label: String,
    /// Begins a comment on what is selected; absent where nothing is commented on.
    comment: Option<Callback<()>>,
    /// Told when the keyboard goes elsewhere from here.
    left: Callback<()>,
) -> impl IntoView {
    let with_editor = move |act: &dyn Fn(&Editor)| {
        if let Some(editor) = editor.get_untracked() {
            act(&editor);
        }
    };
    let keydown = move |event: KeyboardEvent| {
        let focused = document().active_element();
        let next = match event.key().as_str() {
            "ArrowRight" => focused.and_then(|button| button.next_element_sibling()),
            "ArrowLeft" => focused.and_then(|button| button.previous_element_sibling()),
            "Escape" => {
                event.stop_propagation();
                with_editor(&Editor::focus);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            let _ = next.focus();
        }
    };
    let focusout = move |event: FocusEvent| {
        if !stays(&event) {
            // A tool that goes with its text tells of it when nobody listens any more.
            left.try_run(());
        }
    };
    view! {
        <div class="tools-of" role="toolbar" aria-label=format!("Format {label}") on:keydown=keydown on:focusout=focusout>
            {TOOLS
                .into_iter()
                .enumerate()
                .map(|(index, (name, label, face, key))| {
                    let title = if key.is_empty() { label.to_owned() } else { format!("{label} ({key})") };
                    view! {
                        <button
                            type="button"
                            class="tool"
                            data-tool=name
                            // Drawn by the style sheet: a face is no word.
                            data-face=face
                            tabindex=if index == 0 { "0" } else { "-1" }
                            aria-label=label
                            title=title
                            // The selection stays where it is.
                            on:mousedown=|event| event.prevent_default()
                            on:click=move |_| with_editor(&|editor| {
                                editor.format(name);
                                editor.focus();
                            })
                        >
                            {face.is_empty().then(|| view! { <Icon name=IconName::Link small=true /> }.into_any())}
                        </button>
                    }
                        .into_any()
                })
                .collect_view()}
            {comment
                .map(|comment| {
                    view! {
                        <button
                            type="button"
                            class="tool"
                            tabindex="-1"
                            aria-label="Comment"
                            title="Comment on the selected words (Ctrl+Alt+M)"
                            on:mousedown=|event| event.prevent_default()
                            on:click=move |_| {
                                comment.try_run(());
                            }
                        >
                            <Icon name=IconName::Comment small=true />
                        </button>
                    }
                        .into_any()
                })}
        </div>
    }
    .into_any()
}

/// Whether the focus goes to something that is written in together with what it leaves.
fn stays(event: &FocusEvent) -> bool {
    let around = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| target.closest("[data-writing]").ok().flatten());
    let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
    around.is_some_and(|around| around.contains(next.as_ref()) && next.is_some())
}
