//! What an editor tells, and what becomes of it: edits of the replica, the place of the person, and who else is told.

use super::editing::Editing;
use super::keyboard::{focus_tools, take_focus_back};
use super::refused::RefusedInput;
use crate::browser::bridge::EditorEvents;
use crate::controls::list::is_arranging;
use crate::controls::notices::use_notices;
use crate::state::OpenPostmortem;
use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use postmortem::{TextChange, TextId};

/// Who is told of what happens in an editor.
#[derive(Clone, Copy)]
pub struct Listeners {
    pub done: Option<Callback<()>>,
    pub left: Callback<()>,
    pub comment: Callback<()>,
    /// The element of the editor, beside which its tools are.
    pub node: NodeRef<html::Div>,
    pub refused: RwSignal<Option<RefusedInput>>,
}

pub fn events(editing: Editing, listeners: Listeners) -> EditorEvents {
    let Editing { open, .. } = editing;
    let text = editing.text.get_value();
    let tell = |whom: Option<Callback<()>>| {
        move || {
            if let Some(callback) = whom {
                callback.try_run(());
            }
        }
    };
    let placed = |text: TextId| {
        move || {
            if let Some(replica) = open.replica() {
                replica.placed(&text);
            }
        }
    };
    let (undone, redone) = (text.clone(), text.clone());
    let (noun, limit) = (text.noun(), text.limit());
    EditorEvents {
        changed: typed(open, text.clone(), listeners.refused),
        selected: Box::new(placed(text.clone())),
        focused: Box::new(placed(text)),
        blurred: Box::new(move || {
            if is_arranging() {
                take_focus_back(editing.editor);
            }
        }),
        left: Box::new(tell(Some(listeners.left))),
        undo: Box::new(move || {
            if let Some(replica) = open.replica() {
                replica.undo(&undone);
            }
        }),
        redo: Box::new(move || {
            if let Some(replica) = open.replica() {
                replica.redo(&redone);
            }
        }),
        submit: Box::new(tell(listeners.done)),
        cancel: Box::new(tell(listeners.done)),
        passage: Box::new(move |id| {
            if let Ok(id) = id.parse() {
                open.discussion.open_id(&id);
            }
        }),
        comment: Box::new(tell(Some(listeners.comment))),
        tools: Box::new(move || focus_tools(listeners.node)),
        refused: Box::new(move |reason, length| {
            listeners.refused.set(Some(RefusedInput::new(&reason, noun, limit, length)));
        }),
    }
}

/// Takes what was typed into the replica. When it is refused, its person gets it back, and the editor shows the replica.
fn typed(
    open: OpenPostmortem,
    text: TextId,
    refused: RwSignal<Option<RefusedInput>>,
) -> Box<dyn FnMut(Vec<TextChange>)> {
    let notices = use_notices();
    let place = format!("{text:?}");
    Box::new(move |changes| {
        let typed: String = changes.iter().map(|change| change.insert.as_str()).collect();
        match open.typed(&text, changes) {
            Ok(()) => {
                if refused.try_with_untracked(Option::is_some).unwrap_or(false) {
                    refused.set(None);
                }
                notices.taken_at(&place);
            }
            Err(error) => {
                notices.refuse_at(&place, &error.to_string(), typed);
                show_replica_again(open, text.clone());
            }
        }
    })
}

/// After a refused edit the editor shows what the replica holds; not from inside of the editor's own update.
fn show_replica_again(open: OpenPostmortem, text: TextId) {
    Timeout::new(0, move || {
        if let Some(replica) = open.replica() {
            replica.show_again(&text);
        }
    })
    .forget();
}
