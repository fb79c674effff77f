//! A post-mortem as Markdown, for a repository or a wiki. What people wrote as Markdown stays Markdown, but can neither
//! break out of its place nor carry HTML or a link that runs something; plain values are escaped.

use chrono::{DateTime, Utc};
use postmortem::markdown::{contained, fence_mark};
use postmortem::moment::clock_as_typed;
use postmortem::{
    ActionItem, ActionState, EntryKind, ImpactFigure, KeyTime, Link, Postmortem, Precision, Responder, SectionKey,
    TimelineEntry, Zone, quick_lines,
};
use std::fmt::Write;

pub fn document(postmortem: &Postmortem) -> String {
    let details = &postmortem.details;
    let mut blocks = vec![format!("# {}", escaped(details.title_or_placeholder())), facts(postmortem)];
    let (messages, prose): (Vec<&SectionKey>, Vec<&SectionKey>) = postmortem
        .section_keys()
        .into_iter()
        .partition(|key| matches!(key.as_str(), "internal_email" | "external_message"));
    let section = |key: &SectionKey| {
        let text = contained(postmortem.section(key.as_str()));
        (!text.is_empty()).then(|| format!("## {}\n\n{text}", key.title()))
    };
    blocks.extend(prose.into_iter().filter_map(section));
    blocks.extend(list("Impact", &postmortem.impact, figure));
    blocks.extend(list("Timeline", &postmortem.timeline, entry));
    blocks.extend(list("Responders", &postmortem.responders, responder));
    blocks.extend(list("Action items", &postmortem.actions, action));
    blocks.extend(messages.into_iter().filter_map(section));
    blocks.join("\n\n") + "\n"
}

fn list<T>(title: &str, items: &[T], line: fn(&T) -> String) -> Option<String> {
    let lines: Vec<String> = items.iter().map(line).collect();
    (!lines.is_empty()).then(|| format!("## {title}\n\n{}", lines.join("\n")))
}

fn facts(postmortem: &Postmortem) -> String {
    let details = &postmortem.details;
    let mut facts =
        vec![format!("- Severity: {}", details.severity.label()), format!("- Status: {}", details.status.label())];
    if !details.owner.is_empty() {
        facts.push(format!("- Owner: {}", escaped(&details.owner)));
    }
    if !details.services.is_empty() {
        facts.push(format!("- Services: {}", escaped(&details.services.join(", "))));
    }
    for key in KeyTime::ALL {
        if let Some(at) = details.key_time(*key) {
            facts.push(format!("- {}: {}", key.label(), time(at)));
        }
    }
    if let Some(recording) = &details.recording {
        facts.push(format!("- Recording: {}", link(recording)));
    }
    facts.join("\n")
}

fn figure(figure: &ImpactFigure) -> String {
    let value = figure.value.as_deref().unwrap_or("not known yet");
    let mut line = format!("- {}: {}", escaped(&figure.label), escaped(value));
    if !figure.note.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(line, " ({})", escaped(&figure.note));
    }
    line
}

/// An entry as an item of the list: what the quick line reads back when it is pasted (`postmortem::quick_lines`).
fn entry(entry: &TimelineEntry) -> String {
    let at = entry.at.map_or_else(|| "time not known".to_owned(), |at| time_of(at, entry.precision));
    let about = if entry.precision == Precision::About { "about " } else { "" };
    let until = entry.until.map(|until| format!(" to {}", time(until))).unwrap_or_default();
    let mut head = format!("- **{about}{at}{until}**");
    if entry.kind != EntryKind::Observation {
        let _ = write!(head, " [{}]", entry.kind.code());
    }
    if let Some(severity) = entry.severity {
        let _ = write!(head, " [{}]", severity.code());
    }
    let mut values = Vec::new();
    if !entry.clock.is_empty() {
        values.push(format!("Time read from: {}", escaped(&entry.clock)));
    }
    for reading in &entry.readings {
        let mut other = format!("Or {}", time(reading.at));
        if !reading.clock.is_empty() {
            let _ = write!(other, ", read from: {}", escaped(&reading.clock));
        }
        values.push(other);
    }
    if let Some(source) = &entry.source {
        values.push(format!("Source: {}", link(source)));
    }
    if !entry.note.is_empty() {
        values.push(format!("Note: {}", escaped(&entry.note)));
    }
    let text = quick_lines::apart_from_values(&entry.text);
    if quick_lines::stays_behind_a_time(&text) { item(&head, &text, &values) } else { block(&head, &text, &values) }
}

/// An item of a list: its head, a text of Markdown that stays whole inside of it, and its values on lines of their own.
fn item(head: &str, text: &str, values: &[String]) -> String {
    if begins_block(text) {
        return block(head, text, values);
    }
    let text = contained(text);
    let mut lines = text.lines();
    let first = lines.next().map_or_else(|| head.to_owned(), |first| format!("{head} {first}"));
    indented(std::iter::once(first).chain(lines.map(str::to_owned)).collect(), text.contains('\n'), values)
}

/// The same with the text on lines of its own, as a block has to begin.
fn block(head: &str, text: &str, values: &[String]) -> String {
    let text = contained(text);
    let lines = [head, ""].into_iter().chain(text.lines()).map(str::to_owned);
    indented(lines.collect(), true, values)
}

fn indented(mut lines: Vec<String>, is_block: bool, values: &[String]) -> String {
    // A line right behind a block would be taken for a part of it.
    if is_block && !values.is_empty() {
        lines.push(String::new());
    }
    lines.extend(values.iter().cloned());
    let indented = lines.iter().enumerate().map(|(index, line)| match (index, line.is_empty()) {
        (0, _) | (_, true) => line.clone(),
        _ => format!("  {line}"),
    });
    indented.collect::<Vec<_>>().join("\n")
}

/// Whether a text begins with a code block, a table, a list, a heading or a quotation.
fn begins_block(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let word = first.split_whitespace().next().unwrap_or_default();
    let is_numbered = word
        .strip_suffix(['.', ')'])
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    let is_table = text
        .lines()
        .nth(1)
        .is_some_and(|rule| rule.contains('-') && rule.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ')));
    fence_mark(first).is_some()
        || first.starts_with("    ")
        || matches!(word, "-" | "*" | "+" | ">" | "|")
        || first.starts_with(['>', '|', '#'])
        || is_numbered
        || is_table
}

fn responder(responder: &Responder) -> String {
    format!("- {}: {}", escaped(&responder.name), responder.role.label())
}

fn action(action: &ActionItem) -> String {
    let owner = if action.owner.is_empty() { "nobody yet".to_owned() } else { escaped(&action.owner) };
    let mut values = format!("{}; {}; owner: {owner}", action.kind.label(), action.state.label());
    if let Some(due) = action.due {
        let _ = write!(values, "; due {due}");
    }
    if action.state == ActionState::Declined && !action.reason.is_empty() {
        let _ = write!(values, "; why: {}", escaped(&action.reason));
    }
    if let Some(ticket) = &action.ticket {
        let _ = write!(values, "; ticket: {}", link(ticket));
    }
    item(&format!("- {}", action.priority.label()), &action.text, &[values])
}

/// With the seconds where there are some.
fn time(at: DateTime<Utc>) -> String {
    time_of(at, Precision::Minute)
}

/// With the seconds where they were given, a full minute to the second too.
fn time_of(at: DateTime<Utc>, precision: Precision) -> String {
    format!("{} {} UTC", at.format("%Y-%m-%d"), clock_as_typed(at, precision, Zone::UTC))
}

fn link(link: &Link) -> String {
    format!("<{}>", link.as_str().replace('<', "%3C").replace('>', "%3E"))
}

/// A plain value on one line, with everything that Markdown would read escaped.
fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        for character in word.chars() {
            if character.is_ascii_punctuation() {
                line.push('\\');
            }
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{ClientId, Command, EntryDraft, ItemId, Near, OtherReading, Severity, create, quick_lines};

    fn exported(drafts: &[EntryDraft]) -> String {
        let replica = create::create(ClientId(1), "x", Severity::Sev1).expect("made");
        for (number, draft) in drafts.iter().enumerate() {
            let id = ItemId::new(number as u64, [0; 10]);
            replica.run(&Command::AddEntry(id, draft.clone())).expect("added");
        }
        let markdown = document(&replica.read().postmortem);
        let timeline = markdown.split("## Timeline\n\n").nth(1).expect("a timeline");
        timeline.split("\n\n## ").next().expect("entries").to_owned()
    }

    /// The entries that a paste makes.
    fn pasted(markdown: &str) -> Vec<EntryDraft> {
        let now = "2026-11-29T12:37:00Z".parse().expect("a time");
        let list = quick_lines::read(markdown, &Near::now(now, Zone::UTC));
        assert_eq!(list.doubt(), None, "{markdown}");
        let mut number = 0;
        let taken = list.take(0, &mut || {
            number += 1;
            ItemId::new(number, [0; 10])
        });
        let entries = taken.commands.into_iter().filter_map(|command| match command {
            Command::AddEntry(_, draft) => Some(draft),
            _ => None,
        });
        entries.collect()
    }

    #[test]
    fn a_text_comes_back_whatever_it_begins_with() {
        let mut texts: Vec<String> = [
            "[decision] x",
            "[SEV-1]: x",
            "Note: x",
            "one\nNote: x",
            "one\n\nSource: <https://a.example/1>\nNote: y",
            "Or 2018-10-21 22:54 UTC, read from: chat",
            "one\nOr 2018-10-21 22:54 UTC, read from: chat",
            "one\n| two",
            "-3 nodes left",
            "12:10 inside",
            "UTC is meant",
            "to 23:10",
            "until noon",
            "(UTC) x",
            "(yesterday) x",
            "yesterday x",
            "**bold** x",
            "TODO x",
            "Mara: 12:10 x",
            "  indented",
            "**time not known** x",
            "~5~10 <b>x</b> [a](javascript:x) C:\\temp \\* \\_",
            "one  \ntwo",
        ]
        .map(str::to_owned)
        .to_vec();
        for mark in (33_u8..127).map(char::from).filter(char::is_ascii_punctuation) {
            texts.extend(
                ["@x", "@ x", "@@ x", "@3 nodes", "x @y", "@x@", "@", "x@"]
                    .map(|form| form.replace('@', &mark.to_string())),
            );
        }
        let time = "2018-10-21T22:52:00Z".parse().expect("a time");
        for text in texts {
            let plain = EntryDraft::new(time, text.clone());
            let drafts = [
                EntryDraft { note: "* seen ~ (late)".into(), kind: EntryKind::Decision, ..plain.clone() },
                plain,
                EntryDraft::undated(text.clone(), ""),
                EntryDraft::undated(text, "- asked"),
            ];
            let markdown = exported(&drafts);
            let mut back = pasted(&markdown);
            let mut expected = drafts.to_vec();
            back.sort_by_key(|draft| (draft.at, draft.note.clone()));
            expected.sort_by_key(|draft| (draft.at, draft.note.clone()));
            assert_eq!(back, expected, "{markdown}");
        }
    }

    #[test]
    fn the_timeline_comes_back_when_it_is_pasted() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let drafts = [
            EntryDraft {
                kind: EntryKind::Decision,
                severity: Some(Severity::Sev2),
                source: "https://a.example/a_(b)".parse().ok(),
                note: "two minutes late (status page)".into(),
                clock: "log of db-1".into(),
                readings: vec![OtherReading { at: at("2018-10-21T22:54:00.25Z"), clock: "chat".into() }],
                until: Some(at("2018-10-22T01:00:07.5Z")),
                ..EntryDraft::new(at("2018-10-21T22:52:00Z"), "Deploys locked")
            },
            EntryDraft { precision: Precision::Exact, ..EntryDraft::new(at("2018-10-21T22:53:00Z"), "to the second") },
            EntryDraft {
                precision: Precision::Exact,
                ..EntryDraft::new(at("2018-10-21T22:53:07Z"), "```\n23:07 log\n\n| a |\n```")
            },
            EntryDraft {
                precision: Precision::About,
                ..EntryDraft::new(at("2018-10-21T22:55:00Z"), "One\n\n- 23:10 a\n- b")
            },
            EntryDraft {
                source: "https://a.example/1".parse().ok(),
                ..EntryDraft::new(at("2018-10-21T22:56:00Z"), "| a | b |\n|---|---|\n| 1 | 2 |")
            },
            EntryDraft::new(at("2018-10-21T22:57:00Z"), "see [graph](https://g.example) and https://b.example"),
            EntryDraft::undated("somebody restarts", ""),
        ];
        let markdown = exported(&drafts);
        let back = pasted(&markdown);
        for (back, draft) in back.iter().zip(&drafts) {
            // A link in the words is a source as well, which nobody had written apart.
            let source = draft.source.clone().or_else(|| back.source.clone());
            assert_eq!(*back, EntryDraft { source, ..draft.clone() }, "{markdown}");
        }
        assert_eq!(back.len(), drafts.len(), "{markdown}");
    }

    #[test]
    fn blocks_stay_blocks_inside_of_an_item() {
        assert_eq!(item("- P1", "do it", &["open".into()]), "- P1 do it\n  open");
        assert_eq!(
            item("- **t**", "```sql\nselect\n```", &["Note: x".into()]),
            "- **t**\n\n  ```sql\n  select\n  ```\n\n  Note: x"
        );
        assert_eq!(item("- P2", "One\n\n1. a\n2. b", &[]), "- P2 One\n\n  1. a\n  2. b");
        assert_eq!(
            item("- P2", "| a |\n|---|\n| 1 |", &["open".into()]),
            "- P2\n\n  | a |\n  |---|\n  | 1 |\n\n  open"
        );
    }

    #[test]
    fn a_value_cannot_become_markup() {
        assert_eq!(escaped("# a\n[x](javascript:y) <b>"), "\\# a \\[x\\]\\(javascript\\:y\\) \\<b\\>");
    }
}
