//! The real incidents, written as people write lists and pasted: each line is the entry that it was.

use chrono::{DateTime, Utc};
use postmortem::quick_lines;
use postmortem::{Command, ItemId, Near, Zone};
use serde_json::Value;

/// What a list is written like.
#[derive(Debug, Clone, Copy)]
enum Form {
    Headings,
    Markdown,
    Dated,
    Table,
    Wrapped,
}

const FORMS: [Form; 5] = [Form::Headings, Form::Markdown, Form::Dated, Form::Table, Form::Wrapped];

fn written(entries: &[(DateTime<Utc>, String)], form: Form) -> String {
    let mut text =
        if matches!(form, Form::Table) { "| Day | Time | What |\n|---|---|---|\n".to_owned() } else { String::new() };
    let mut above = None;
    for (at, words) in entries {
        let day = at.date_naive();
        let clock = at.format(if at.timestamp() % 60 == 0 { "%H:%M" } else { "%H:%M:%S" });
        let is_new = above.replace(day) != Some(day);
        text.push_str(&match form {
            Form::Headings if is_new => format!("{day}\n- {clock} {words}\n"),
            Form::Headings => format!("- {clock} {words}\n"),
            Form::Markdown if is_new => format!("\n## {}\n\n* **{clock}** {words}\n", day.format("%A, %-d %B %Y")),
            Form::Markdown => format!("* **{clock}** {words}\n"),
            Form::Dated => format!("{} {clock} UTC: {words}\n", day.format("%-d %b %Y")),
            Form::Table => format!("| {day} | {clock} | {} |\n", words.replace('|', "\\|")),
            Form::Wrapped => wrapped(&format!("{day} {clock}Z {words}")),
        });
    }
    text
}

/// Wrapped at 72 columns, as mail programs do.
fn wrapped(line: &str) -> String {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        match lines.last_mut() {
            Some(last) if last.is_empty() || last.len() + 1 + word.len() <= 72 => {
                last.push_str(if last.is_empty() { "" } else { " " });
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_real_incidents_are_read_back_from_lists() {
    let now = "2026-11-29T12:37:00Z".parse().expect("a time");
    for (name, json) in tests::incidents() {
        let file: Value = serde_json::from_str(&json).expect("JSON");
        let mut entries: Vec<(DateTime<Utc>, String)> = file["timeline"]
            .as_array()
            .expect("entries")
            .iter()
            .map(|entry| {
                let at = entry["at"].as_str().expect("a time").parse().expect("a time");
                let words = entry["what"].as_str().expect("words").split_whitespace().collect::<Vec<_>>().join(" ");
                (at, words)
            })
            .collect();
        entries.sort();
        for is_newest_first in [false, true] {
            for form in FORMS {
                let text = written(&entries, form);
                let list = quick_lines::read(&text, &Near::now(now, Zone::UTC));
                assert_eq!(list.doubt(), None, "{name}, {form:?}: {text}");
                let mut number = 0;
                let taken = list.take(0, &mut || {
                    number += 1;
                    ItemId::new(number, [0; 10])
                });
                let found: Vec<Option<DateTime<Utc>>> = taken
                    .commands
                    .iter()
                    .filter_map(|command| match command {
                        Command::AddEntry(_, entry) => Some(entry.at),
                        _ => None,
                    })
                    .collect();
                let expected: Vec<Option<DateTime<Utc>>> = entries.iter().map(|(at, _)| Some(*at)).collect();
                assert_eq!(found, expected, "{name}, {form:?}, newest first: {is_newest_first}: {text}");
            }
            entries.reverse();
        }
    }
}
