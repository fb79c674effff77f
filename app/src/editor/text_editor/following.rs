//! What an editor follows beside its text: whether it may be written in, the carets of others, words that a search found, and what threads are about.

use super::editing::Editing;
use crate::browser::bridge::Caret;
use crate::controls::lock::Lock;
use crate::state::OpenPostmortem;
use crate::state::postmortem::anchors::anchors;
use crate::sync::place_of;
use leptos::prelude::*;
use postmortem::{Subject, TextId};

pub fn follow_lock(editing: Editing, lock: Lock) {
    let Editing { editor, .. } = editing;
    Effect::new(move |was: Option<bool>| {
        let is_locked = lock.is_closed();
        if let Some(editor) = editor.get()
            && was.is_some_and(|was| was != is_locked)
        {
            editor.lock(is_locked);
        }
        is_locked
    });
}

pub fn follow_carets(editing: Editing) {
    let Editing { open, text, editor, .. } = editing;
    Effect::new(move |_| {
        open.presences.words_arrived.track();
        let carets = text.with_value(|text| others_in(open, text));
        if let Some(editor) = editor.get() {
            editor.carets(&carets);
        }
    });
}

pub fn follow_search(editing: Editing) {
    let Editing { open, text, editor, .. } = editing;
    let searched = Memo::new(move |_| {
        open.found.get().filter(|(found, ..)| text.with_value(|text| text == found)).map(|(_, from, to)| (from, to))
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
}

pub fn follow_passages(editing: Editing, subject: Subject) {
    let Editing { open, editor, .. } = editing;
    let written = open.follow_text(subject.clone());
    let found = Memo::new(move |_| {
        written();
        anchors(open, &subject)
    });
    Effect::new(move |_| {
        // Words that were deleted and are there again, both in one change, took the line under them along.
        open.presences.words_arrived.track();
        if let Some(editor) = editor.get() {
            editor.passages(&found.get());
        }
    });
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
