//! Comments that were begun and not sent. They wait in this browser, so that closing a panel, a reload or a crash loses
//! none; a browser that denies storage keeps them as long as the page.

use leptos::prelude::*;
use postmortem::{Passage, PostmortemId, Subject, ThreadId};
use serde::{Deserialize, Serialize};

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
        let kept = storage().and_then(|storage| storage.get_item(&key).ok().flatten());
        let all = kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default();
        Self { key: StoredValue::new(key), all: RwSignal::new(all) }
    }

    /// What was written at a place.
    pub fn text(&self, place: &DraftPlace) -> String {
        let found = self.all.with_untracked(|all| all.iter().find(|draft| draft.place == *place).cloned());
        found.map(|draft| draft.text).unwrap_or_default()
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
        self.all.update(|all| {
            all.retain(|draft| draft.place != *place);
            if !text.is_empty() {
                all.push(Draft { place: place.clone(), passage, text });
            }
        });
        let Some(storage) = storage() else { return };
        let all = self.all.get_untracked();
        // What cannot be stored, because the browser is full, is still in the page.
        let _ = match serde_json::to_string(&all) {
            Ok(json) if !all.is_empty() => self.key.with_value(|key| storage.set_item(key, &json)),
            _ => self.key.with_value(|key| storage.remove_item(key)),
        };
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
