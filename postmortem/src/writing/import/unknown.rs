//! The fields of a file that nothing is made of, since none of that name is known. They are told and never dropped in
//! silence.

use crate::{KeyTime, Postmortem};
use serde_json::{Map, Value};

/// How many are named.
const NAMED: usize = 50;

const FILE: [&str; 14] = [
    "title",
    "severity",
    "summary",
    "what_happened",
    "root_cause",
    "resolution",
    "went_well",
    "went_poorly",
    "sources",
    "notes",
    "timeline",
    "impact",
    "actions",
    "$schema",
];

const ENTRY: [&str; 10] =
    ["at", "what", "until", "source_url", "approx", "clock", "readings", "kind", "note", "severity"];

const READING: [&str; 2] = ["at", "clock"];

const FIGURE: [&str; 3] = ["metric", "value", "note"];

/// What our own exports hold beside what people wrote.
const OWN: [&str; 4] = ["id", "defects", "author", "stamp"];

/// Those of an incident file.
pub fn of_file(file: &Map<String, Value>) -> Vec<String> {
    let mut unknown = Vec::new();
    let is_key_time = |key: &str| KeyTime::ALL.iter().any(|known| known.code() == key);
    let others = file.iter().filter(|(key, value)| !FILE.contains(&key.as_str()) && !is_key_time(key) && says(value));
    unknown.extend(others.map(|(key, _)| key.clone()));
    for (path, entry) in objects(file, "timeline") {
        add(&mut unknown, &path, entry, &ENTRY);
        for (inside, reading) in objects(entry, "readings") {
            add(&mut unknown, &format!("{path}.{inside}"), reading, &READING);
        }
    }
    for (path, figure) in objects(file, "impact") {
        add(&mut unknown, &path, figure, &FIGURE);
    }
    named(unknown)
}

/// Those of our own export: what is not there any more once it was read.
pub fn of_own(file: Map<String, Value>, read: &Postmortem) -> Vec<String> {
    let mut unknown = Vec::new();
    if let Ok(read) = serde_json::to_value(read) {
        compare(&Value::Object(file), &read, "", &mut unknown);
    }
    named(unknown)
}

fn compare(given: &Value, read: &Value, path: &str, unknown: &mut Vec<String>) {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => {
            for (key, value) in given.iter().filter(|(key, value)| !OWN.contains(&key.as_str()) && says(value)) {
                let inside = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match read.get(key) {
                    Some(read) => compare(value, read, &inside, unknown),
                    None => unknown.push(inside),
                }
            }
        }
        (Value::Array(given), Value::Array(read)) => {
            for (number, (given, read)) in given.iter().zip(read).enumerate() {
                compare(given, read, &format!("{path}[{number}]"), unknown);
            }
        }
        _ => {}
    }
}

fn objects<'a>(
    file: &'a Map<String, Value>,
    field: &'static str,
) -> impl Iterator<Item = (String, &'a Map<String, Value>)> {
    let values = file.get(field).and_then(Value::as_array).into_iter().flatten().enumerate();
    values.filter_map(move |(number, value)| Some((format!("{field}[{number}]"), value.as_object()?)))
}

fn add(unknown: &mut Vec<String>, path: &str, object: &Map<String, Value>, known: &[&str]) {
    let others = object.iter().filter(|(key, value)| !known.contains(&key.as_str()) && says(value));
    unknown.extend(others.map(|(key, _)| format!("{path}.{key}")));
}

/// Whether a value holds anything.
pub fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(values) => !values.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => !text.trim().is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// The first ones, and how many more there are.
fn named(mut unknown: Vec<String>) -> Vec<String> {
    let more = unknown.len().saturating_sub(NAMED);
    unknown.truncate(NAMED);
    if more > 0 {
        unknown.push(format!("{more} more"));
    }
    unknown
}
