//! What one copy of a post-mortem says and another does not, as text for the person who wrote it. It is made where a
//! copy has to be given up: a refused change, or a document that was made anew.

use crate::{Postmortem, TimelineEntry};
use std::fmt::Write;

/// The parts of `held` that `saved` does not say in the same words, as Markdown; `None` when there are none.
pub fn leftover(held: &Postmortem, saved: &Postmortem) -> Option<String> {
    let mut parts = Vec::new();
    for key in held.section_keys() {
        let text = held.section(key.as_str());
        if text != saved.section(key.as_str()) {
            parts.push((key.title(), text.to_owned()));
        }
    }
    for entry in &held.timeline {
        if saved.timeline.iter().all(|other| content(other) != content(entry)) {
            parts.push((heading(entry), content(entry)));
        }
    }
    for action in &held.actions {
        if saved.actions.iter().all(|other| other.text != action.text) {
            parts.push(("Action item".to_owned(), action.text.clone()));
        }
    }
    for figure in &held.impact {
        if !saved.impact.contains(figure) {
            let value = figure.value.as_deref().unwrap_or("not known yet");
            parts.push(("Impact".to_owned(), format!("{}: {value} {}", figure.label, figure.note)));
        }
    }
    for responder in &held.responders {
        if saved.responders.iter().all(|other| other.name != responder.name) {
            parts.push(("Responder".to_owned(), responder.name.clone()));
        }
    }
    if held.details.title != saved.details.title {
        parts.push(("Title".to_owned(), held.details.title.clone()));
    }
    parts.retain(|(_, text)| !text.trim().is_empty());
    if parts.is_empty() {
        return None;
    }
    let mut text = format!("# {}\n", held.details.title_or_placeholder());
    for (heading, words) in parts {
        // Writing into a string cannot fail.
        let _ = write!(text, "\n## {heading}\n\n{}\n", words.trim_end());
    }
    Some(text)
}

fn heading(entry: &TimelineEntry) -> String {
    entry.at.map_or_else(|| "Entry without a time".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// What a person wrote in an entry.
fn content(entry: &TimelineEntry) -> String {
    let parts = [Some(entry.text.as_str()), entry.source.as_ref().map(|source| source.as_str()), Some(&*entry.note)];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientId, Command, EntryDraft, Replica, Severity, TextChange, create};

    #[test]
    fn only_what_differs_is_left_over() {
        let server = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made");
        let page = Replica::new(ClientId(2));
        page.apply(&server.diff(&[0]).expect("encoded")).expect("applied");
        let value = |replica: &Replica| replica.read().postmortem;
        assert_eq!(leftover(&value(&page), &value(&server)), None);

        let insert = "Typed on a train.".to_owned();
        let overview = "sections/overview".parse().expect("a text");
        page.run(&Command::EditText(overview, vec![TextChange { from: 0, to: 0, insert }])).expect("typed");
        let at = "2018-10-21T23:07:00Z".parse().expect("a time");
        let draft = EntryDraft::new(at, "deploys locked");
        page.run(&Command::AddEntry("e1".parse().expect("an id"), draft)).expect("added");
        let text = leftover(&value(&page), &value(&server)).expect("something");
        assert_eq!(
            text,
            "# Disk full\n\n## Overview\n\nTyped on a train.\n\n## 2018-10-21 23:07 UTC\n\ndeploys locked\n"
        );
    }
}
