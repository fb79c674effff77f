//! The whole post-mortem as JSON, as the API gives it and `debrief export` writes it.

use crate::sync::Whole;
use postmortem::Thread;
use serde_json::{Value, json};

/// The value with the id in front, each entry's author, the threads beside it, and what could not be read as meant.
pub fn whole(whole: &Whole, threads: &[Thread]) -> Value {
    let mut value = json!(whole.reading.postmortem);
    if let Some(entries) = value.get_mut("timeline").and_then(Value::as_array_mut) {
        for (entry, author) in entries.iter_mut().zip(&whole.entry_authors) {
            if let Some(fields) = entry.as_object_mut() {
                fields.insert("author".into(), json!(author));
            }
        }
    }
    if let Some(fields) = value.as_object_mut() {
        fields.insert("id".into(), json!(whole.id));
        fields.insert("threads".into(), json!(threads));
        fields.insert("defects".into(), json!(whole.reading.defects));
    }
    value
}
