//! The list of keys.

use crate::controls::dialog::Dialog;
use leptos::prelude::*;

const KEYS: &[(&[&str], &str)] = &[
    (&["N"], "New entry"),
    (&["J", "K"], "Next, previous entry"),
    (&["↵"], "Write in the selected entry"),
    (&["T", "S", "E"], "Time, source, details of the selected entry"),
    (&["X"], "The timeline as text"),
    (&["C"], "Comment on the selected words or entry"),
    (&["U"], "Next unresolved thread; with Shift the previous"),
    (&["Ctrl", "Alt", "M"], "Comment on the selected words while writing"),
    (&["Ctrl", "B"], "Bold; I italic, E code, K link"),
    (&["Alt", "F10"], "The tools of the editor"),
    (&["Alt", "↵"], "Open the link at the caret"),
    (&["D"], "Next change since your last visit"),
    (&["Esc"], "Stop writing, close comments"),
    (&["Ctrl", "↵"], "Send a comment, finish an entry"),
    (&["Ctrl", "Z"], "Take back your own last edit of a text"),
    (&["Z"], "Undo a deletion while its message shows"),
    (&["Ctrl", "F"], "Find anywhere in the post-mortem; again for the browser's search"),
    (&["?"], "This list"),
];

#[component]
pub fn KeysDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Keyboard shortcuts">
            <div class="body">
                <dl class="keys">
                    {KEYS
                        .iter()
                        .map(|(keys, meaning)| {
                            view! {
                                <div>
                                    <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> " " }.into_any()).collect_view()}</dt>
                                    <dd>{*meaning}</dd>
                                </div>
                            }.into_any()
                        })
                        .collect_view()}
                </dl>
                <p class="hint">"Single keys work while you are not typing. Everything can also be reached with Tab."</p>
            </div>
        </Dialog>
    }.into_any()
}
