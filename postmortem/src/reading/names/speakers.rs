//! Who speaks in entries that were pasted from a chat: `Mara Lindqvist: queue stops`, `<mara> queue stops`.

use crate::name_shape::is_full_name;
use crate::{EntryKind, Postmortem, Role};

/// What stands before a colon and names nobody. One of these words is enough.
const LABELS: [&str; 96] = [
    "action",
    "actions",
    "alert",
    "alerts",
    "answer",
    "api",
    "app",
    "attempt",
    "background",
    "before",
    "after",
    "bot",
    "cause",
    "causes",
    "caused",
    "client",
    "command",
    "context",
    "cpu",
    "customer",
    "customers",
    "data",
    "database",
    "day",
    "db",
    "decision",
    "deploy",
    "deployment",
    "detected",
    "detection",
    "dns",
    "edit",
    "end",
    "ended",
    "error",
    "errors",
    "eta",
    "example",
    "expected",
    "fact",
    "failed",
    "failure",
    "finding",
    "findings",
    "first",
    "fix",
    "fixed",
    "fyi",
    "http",
    "https",
    "hypothesis",
    "impact",
    "important",
    "incident",
    "info",
    "issue",
    "later",
    "lesson",
    "link",
    "log",
    "mitigation",
    "next",
    "note",
    "output",
    "page",
    "plan",
    "problem",
    "ps",
    "question",
    "reason",
    "recovery",
    "reminder",
    "resolution",
    "resolved",
    "result",
    "root",
    "second",
    "server",
    "service",
    "sev",
    "severity",
    "source",
    "sql",
    "start",
    "started",
    "status",
    "step",
    "steps",
    "summary",
    "symptom",
    "time",
    "todo",
    "update",
    "utc",
    "warning",
    "workaround",
];

/// The longest name of a single word in a chat, in characters.
const LONGEST_HANDLE: usize = 30;

/// Who speaks at the beginnings of the lines of an entry.
pub(super) fn speakers<'a>(text: &'a str, postmortem: &Postmortem) -> Vec<&'a str> {
    let is_label = |name: &str| is_label(name, postmortem);
    text.lines().filter_map(speaker).filter(|name| !is_label(name)).collect()
}

fn speaker(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some((name, words)) = line.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        return (is_handle(name) && words.starts_with(' ')).then_some(name);
    }
    let (name, words) = line.split_once(':')?;
    let name = name.trim_matches(['*', '_']);
    let is_said = words.trim_start_matches(['*', '_']).starts_with(char::is_whitespace);
    (is_said && (is_handle(name) || is_full_name(name))).then_some(name)
}

/// One word of letters, as chats show people.
fn is_handle(name: &str) -> bool {
    let name = name.trim_start_matches('@');
    let is_of_a_name = |next: char| next.is_alphanumeric() || "._-'’".contains(next);
    (2..=LONGEST_HANDLE).contains(&name.chars().count())
        && name.starts_with(char::is_alphabetic)
        && name.chars().all(is_of_a_name)
}

fn is_label(name: &str, postmortem: &Postmortem) -> bool {
    let lowered = name.to_lowercase();
    let kinds = EntryKind::ALL.iter().map(|kind| kind.label());
    let mut known = Role::ALL.iter().map(|role| role.label()).chain(kinds);
    let mut services = postmortem.details.services.iter();
    let is_word = |word: &str| LABELS.contains(&word) || word.chars().any(|next| next.is_ascii_digit());
    lowered.split([' ', '-', '_', '.']).any(is_word)
        || known.any(|label| label.to_lowercase() == lowered)
        || services.any(|service| service.to_lowercase() == lowered)
}
