//! The documents under load: the incident of 2018 as it is, or with many times its text.

use crate::Outcome;
use serde_json::{Value, json};

const INCIDENT: &str = include_str!("../incidents/github-2018-10-21-mysql-failover.json");

/// The incident with `times` its text: as many times the words in each section, and as many times the entries.
pub fn incident(times: usize) -> Outcome<String> {
    let mut incident: Value = serde_json::from_str(INCIDENT)?;
    let fields = incident.as_object_mut().ok_or("the incident is an object")?;
    for key in ["summary", "root_cause", "resolution"] {
        let text = fields.get(key).and_then(Value::as_str).unwrap_or_default();
        let text = vec![text; times].join("\n\n");
        fields.insert(key.to_owned(), json!(text));
    }
    let entries = fields.get("timeline").and_then(Value::as_array).cloned().unwrap_or_default();
    fields.insert("timeline".to_owned(), json!(vec![entries; times].concat()));
    Ok(incident.to_string())
}
