//! A shared text in an editor: what is typed goes into the replica as it is typed, what others type appears, with
//! their carets. Undo takes back one's own edits only.

use super::bridge::{Caret, Editor, EditorEvents, EditorOptions, MountedEditor};
use super::toolbar::Toolbar;
use crate::controls::icon::{Icon, IconName};
use crate::controls::list::{is_arranging, is_focus_lost};
use crate::controls::lock::use_lock;
use crate::state::anchors::anchors;
use crate::state::notices::use_notices;
use crate::state::open::{OpenPostmortem, use_open};
use crate::state::presences::place_of;
use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use postmortem::{Subject, TextId};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The editor of one shared text.
#[component]
pub fn TextEditor(
    /// Which text.
    text: TextId,
    /// The accessible name.
    #[prop(into)]
    label: String,
    /// What an empty editor says.
    #[prop(optional, into)]
    placeholder: String,
    /// Whether it takes the keyboard as soon as it is there.
    #[prop(optional)]
    autofocus: bool,
    /// Told when writing is done: Ctrl and Enter, or Escape.
    #[prop(optional)]
    done: Option<Callback<()>>,
    /// Told when the keyboard goes elsewhere in the page.
    #[prop(optional)]
    left: Option<Callback<()>>,
) -> impl IntoView {
    let open = use_open();
    let lock = use_lock();
    let node = NodeRef::<html::Div>::new();
    let mounted = StoredValue::new_local(None::<MountedEditor>);
    let editor = RwSignal::new_local(None::<Editor>);
    let refusal = RwSignal::new(None::<(String, String)>);
    let is_missing = RwSignal::new(false);
    let id = StoredValue::new(text.clone());
    let subject = Subject::of(&text);
    let name = label.clone();
    let comment = Callback::new(move |()| {
        if let Some(editor) = editor.get_untracked() {
            comment_on(open, &id.get_value(), &editor);
        }
    });
    let leave = leaving(open, text.clone(), left, editor);

    Effect::new(move |_| {
        let Some(parent) = node.get() else { return };
        if mounted.with_value(Option::is_some) {
            return;
        }
        let text = id.get_value();
        let options = EditorOptions {
            text: open.read(|replica| replica.text(&text)).flatten().unwrap_or_default(),
            label: label.clone(),
            placeholder: placeholder.clone(),
            multiline: true,
            limit: text.limit(),
            locked: untrack(|| lock.is_closed()),
        };
        let events = events(open, &text, refusal, Told { done, left: leave, comment, node, editor });
        let Some(made) = MountedEditor::create(&parent, options, events) else {
            is_missing.set(true);
            return;
        };
        if let Some(gate) = open.gate() {
            gate.mount(&text, made.editor.clone());
        }
        if autofocus {
            made.editor.select_end();
            made.editor.focus();
        }
        editor.set(Some(made.editor.clone()));
        mounted.set_value(Some(made));
    });
    Effect::new(move |was: Option<bool>| {
        let is_locked = lock.is_closed();
        if let Some(editor) = editor.get()
            && was.is_some_and(|was| was != is_locked)
        {
            editor.lock(is_locked);
        }
        is_locked
    });
    Effect::new(move |_| {
        let text = id.get_value();
        open.presences.words_arrived.track();
        let carets = others_in(open, &text);
        if let Some(editor) = editor.get() {
            editor.carets(&carets);
        }
    });
    on_cleanup(move || {
        let made = mounted.try_update_value(Option::take).flatten();
        if let (Some(made), Some(text), Some(gate)) = (made, id.try_get_value(), open.gate()) {
            gate.unmount(&text, &made.editor);
        }
    });
    let searched = Memo::new(move |_| {
        open.found.get().filter(|(text, ..)| id.with_value(|id| id == text)).map(|(_, from, to)| (from, to))
    });
    Effect::new(move |was: Option<bool>| {
        let place = searched.get();
        if let Some(editor) = editor.get()
            && (place.is_some() || was == Some(true))
        {
            let (from, to) = place.unwrap_or_default();
            editor.found(from, to);
        }
        place.is_some()
    });
    if let Some(subject) = Subject::of(&text) {
        let written = open.follow_text(subject.clone());
        let found = Memo::new(move |_| {
            written();
            anchors(open, &subject)
        });
        Effect::new(move |_| {
            if let Some(editor) = editor.get() {
                editor.passages(&found.get());
            }
        });
    }
    view! {
        <div class="writing" data-writing="" title=move || lock.reason()>
            <Toolbar editor label=name comment=subject.map(|_| comment) left=leave />
            <div class="editor" node_ref=node></div>
        </div>
        {move || {
            is_missing
                .get()
                .then(|| view! { <p class="err" role="alert">"The editor did not load. Reload the page to write here."</p> }.into_any())
        }}
        {move || {
            refusal
                .get()
                .map(|(headline, advice)| {
                    view! {
                        <div class="alert" role="alert">
                            <Icon name=IconName::Warning />
                            <div>
                                <b>{headline}</b>
                                {advice}
                            </div>
                        </div>
                    }.into_any()
                })
        }}
    }.into_any()
}

/// Who is told when the editor is left.
#[derive(Clone, Copy)]
struct Told {
    done: Option<Callback<()>>,
    left: Callback<()>,
    comment: Callback<()>,
    node: NodeRef<html::Div>,
    editor: RwSignal<Option<Editor>, LocalStorage>,
}

/// What happens when the keyboard has gone elsewhere.
fn leaving(
    open: OpenPostmortem,
    text: TextId,
    left: Option<Callback<()>>,
    editor: RwSignal<Option<Editor>, LocalStorage>,
) -> Callback<()> {
    Callback::new(move |()| {
        // The window lost the focus, not the editor: the person comes back to where they were.
        if !document().has_focus().unwrap_or(true) {
            return;
        }
        if is_arranging() {
            take_focus_back(editor);
            return;
        }
        if let Some(gate) = open.gate() {
            gate.left(&text);
        }
        if let Some(left) = left {
            left.try_run(());
        }
    })
}

/// Begins a comment on the selected words of an editor, or on the whole where none are selected.
fn comment_on(open: OpenPostmortem, text: &TextId, editor: &Editor) {
    let Some(subject) = Subject::of(text) else { return };
    let (anchor, head) = editor.selection();
    let passage = open.read(|replica| replica.passage(text, anchor.min(head), anchor.max(head))).flatten();
    match passage {
        Some(passage) => open.discussion.begin(subject, Some(passage)),
        None => open.discussion.open(&subject),
    }
}

fn events(
    open: OpenPostmortem,
    text: &TextId,
    refusal: RwSignal<Option<(String, String)>>,
    told: Told,
) -> EditorEvents {
    let notices = use_notices();
    let tell = |whom: Option<Callback<()>>| {
        move || {
            if let Some(callback) = whom {
                callback.try_run(());
            }
        }
    };
    let placed = |text: TextId| {
        move || {
            if let Some(gate) = open.gate() {
                gate.placed(&text);
            }
        }
    };
    let (typed_in, undone, redone) = (text.clone(), text.clone(), text.clone());
    let noun = text.noun();
    let limit = text.limit();
    EditorEvents {
        changed: Box::new(move |changes| {
            let typed: String = changes.iter().map(|change| change.insert.as_str()).collect();
            match open.typed(&typed_in, changes) {
                Ok(()) => {
                    if refusal.try_with_untracked(Option::is_some).unwrap_or(false) {
                        refusal.set(None);
                    }
                }
                Err(error) => {
                    notices.refuse_sentence(&error.to_string(), Some(typed));
                    show_replica_again(open, typed_in.clone());
                }
            }
        }),
        selected: Box::new(placed(text.clone())),
        focused: Box::new(placed(text.clone())),
        blurred: Box::new(move || {
            if is_arranging() {
                take_focus_back(told.editor);
            }
        }),
        left: Box::new(tell(Some(told.left))),
        undo: Box::new(move || {
            if let Some(gate) = open.gate() {
                gate.undo(&undone);
            }
        }),
        redo: Box::new(move || {
            if let Some(gate) = open.gate() {
                gate.redo(&redone);
            }
        }),
        submit: Box::new(tell(told.done)),
        cancel: Box::new(tell(told.done)),
        passage: Box::new(move |id| {
            if let Ok(id) = id.parse() {
                open.discussion.open_id(&id);
            }
        }),
        comment: Box::new(tell(Some(told.comment))),
        tools: Box::new(move || focus_tools(told.node)),
        refused: Box::new(move |reason, length| {
            refusal.set(Some(if reason == "too_long" {
                (format!("This {noun} is too long to save."), too_long(limit, length))
            } else {
                ("Pictures are not taken yet; paste a link to it.".to_owned(), String::new())
            }));
        }),
    }
}

/// Puts the keyboard on the first of an editor's tools.
fn focus_tools(node: NodeRef<html::Div>) {
    let around = node.get_untracked().and_then(|node| node.parent_element());
    let tool = around.and_then(|around| around.query_selector(".tool").ok().flatten());
    if let Some(tool) = tool.and_then(|tool| tool.dyn_into::<HtmlElement>().ok()) {
        let _ = tool.focus();
    }
}

/// The row of the editor moved because of somebody else's edit: whoever writes here goes on writing.
fn take_focus_back(editor: RwSignal<Option<Editor>, LocalStorage>) {
    Timeout::new(0, move || {
        // An editor that went away with its row is gone from its signal too.
        if is_focus_lost()
            && let Some(editor) = editor.try_get_untracked().flatten()
        {
            editor.focus();
        }
    })
    .forget();
}

/// After a refused edit the editor shows what the replica holds; not from inside of the editor's own update.
fn show_replica_again(open: OpenPostmortem, text: TextId) {
    Timeout::new(0, move || {
        if let Some(gate) = open.gate() {
            gate.show_again(&text);
        }
    })
    .forget();
}

fn others_in(open: OpenPostmortem, text: &TextId) -> Vec<Caret> {
    let place = place_of(text);
    open.presences.others.with(|others| {
        others
            .iter()
            .filter(|(_, presence)| presence.place.as_deref() == Some(place.as_str()))
            .filter_map(|(client, presence)| {
                let cursor = presence.cursor.as_ref()?;
                let (anchor, head) = open.read(|replica| {
                    let anchor = replica.resolve(text, &cursor.anchor.to_string())?;
                    Some((anchor, replica.resolve(text, &cursor.head.to_string())?))
                })??;
                Some(Caret {
                    id: client.to_string(),
                    name: presence.person.first_name().to_owned(),
                    person: presence.person.color.code(),
                    anchor,
                    head,
                })
            })
            .collect()
    })
}

fn too_long(limit: u32, length: u32) -> String {
    format!(
        "{} characters is the limit, it would have {}. Your text is kept; shorten it or move the log to a source.",
        grouped(limit),
        grouped(length)
    )
}

/// A count with its thousands apart: 21,340.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_refused_with_both_numbers() {
        let sentence = too_long(20_000, 21_340);
        assert!(sentence.starts_with("20,000 characters is the limit, it would have 21,340."));
    }
}
