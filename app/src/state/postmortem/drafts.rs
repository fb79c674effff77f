//! What was begun and not sent: comments, an entry's line, the timeline as text. It waits in this browser, so that closing
//! a panel, a reload or a crash loses none; a browser that denies storage keeps comments as long as the page.

use leptos::prelude::*;
use postmortem::{Passage, PostmortemId, Subject, ThreadId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// Where a comment is written: beside its subject, in a thread once there is one.
pub type DraftPlace = (Subject, Option<ThreadId>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Draft {
    place: DraftPlace,
    /// The words that the thread will be about, while it is not begun.
    passage: Option<Passage>,
    text: String,
}

/// The drafts of one post-mortem.
#[derive(Clone, Copy)]
pub struct Drafts {
    key: StoredValue<String>,
    all: RwSignal<Vec<Draft>>,
}

impl Drafts {
    /// Those that this browser keeps.
    pub fn of(postmortem: &PostmortemId) -> Self {
        let key = format!("debrief.drafts.{postmortem}");
        let all = kept(&key);
        Self { key: StoredValue::new(key), all: RwSignal::new(all) }
    }

    /// What was written at a place.
    pub fn text(&self, place: &DraftPlace) -> String {
        let found = self.all.with_untracked(|all| all.iter().find(|draft| draft.place == *place).cloned());
        found.map(|draft| draft.text).unwrap_or_default()
    }

    /// The same for who follows what becomes of it.
    pub fn follow(&self, place: &DraftPlace) -> String {
        self.all.track();
        self.text(place)
    }

    /// Puts words that were sent and not taken before what was written at their place since.
    pub fn give_back(&self, place: &DraftPlace, passage: Option<Passage>, text: &str) {
        let since = self.text(place);
        let text = if since.is_empty() { text.to_owned() } else { format!("{text}\n\n{since}") };
        self.keep(place, passage, text);
    }

    /// Whether a new thread on a subject was begun, and the words that it is to be about.
    pub fn begun(&self, subject: &Subject) -> Option<Option<Passage>> {
        self.all.with(|all| {
            let draft = all.iter().find(|draft| draft.place.0 == *subject && draft.place.1.is_none());
            draft.map(|draft| draft.passage.clone())
        })
    }

    /// Keeps what is written at a place until it is sent; the field itself comes and goes.
    pub fn keep(&self, place: &DraftPlace, passage: Option<Passage>, text: String) {
        self.all.update(|all| put(all, place, passage.clone(), &text));
        // What other tabs have written since stays: only this place is this page's to change.
        self.key.with_value(|key| {
            let mut kept = kept(key);
            put(&mut kept, place, passage, &text);
            store(key, (!kept.is_empty()).then_some(&kept));
        });
    }
}

/// The drafts of a post-mortem in this browser, by their key.
fn kept(key: &str) -> Vec<Draft> {
    let kept = storage().and_then(|storage| storage.get_item(key).ok().flatten());
    kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
}

/// Puts the draft of a place among the others, or takes it away where nothing is written.
fn put(drafts: &mut Vec<Draft>, place: &DraftPlace, passage: Option<Passage>, text: &str) {
    drafts.retain(|draft| draft.place != *place);
    if !text.is_empty() {
        drafts.push(Draft { place: place.clone(), passage, text: text.to_owned() });
    }
}

/// One field that is no comment: what is written in it until it is handed over.
pub struct FieldDraft<T> {
    key: StoredValue<String>,
    value: PhantomData<fn(T)>,
}

impl<T> Clone for FieldDraft<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for FieldDraft<T> {}

impl<T: Serialize + DeserializeOwned> FieldDraft<T> {
    /// The draft of a field, by its name.
    pub fn of(postmortem: &PostmortemId, field: &str) -> Self {
        Self { key: StoredValue::new(format!("debrief.draft.{field}.{postmortem}")), value: PhantomData }
    }

    /// What this browser keeps.
    pub fn kept(&self) -> Option<T> {
        let kept = self.key.with_value(|key| storage()?.get_item(key).ok().flatten());
        kept.and_then(|kept| serde_json::from_str(&kept).ok())
    }

    /// Keeps what is written, or nothing any more.
    pub fn keep(&self, value: Option<&T>) {
        self.key.with_value(|key| store(key, value));
    }
}

/// What cannot be stored, because the browser is full, is still in the page.
fn store<T: Serialize>(key: &str, value: Option<&T>) {
    let Some(storage) = storage() else { return };
    let _ = match value.and_then(|value| serde_json::to_string(value).ok()) {
        Some(json) => storage.set_item(key, &json),
        None => storage.remove_item(key),
    };
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
