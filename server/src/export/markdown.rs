//! A post-mortem as Markdown, for a repository or a wiki. What people wrote as Markdown stays Markdown, but can neither
//! break out of its place nor carry HTML or a link that runs something; plain values are escaped.

use chrono::{DateTime, Utc};
use postmortem::{
    ActionItem, ActionState, ImpactFigure, KeyTime, Link, Postmortem, Precision, Responder, SectionKey, TimelineEntry,
};
use std::fmt::Write;

/// Schemes that a link of the export may have.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// The whole document.
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

fn entry(entry: &TimelineEntry) -> String {
    let at = entry.at.map_or_else(|| "time not known".to_owned(), time);
    let about = if entry.precision == Precision::About { "about " } else { "" };
    let until = entry.until.map(|until| format!(" to {}", time(until))).unwrap_or_default();
    let mut line = format!("- **{about}{at}{until}** {}", indented(&contained(&entry.text)));
    if !entry.clock.is_empty() {
        let _ = write!(line, "\n  Time read from: {}", escaped(&entry.clock));
    }
    for reading in &entry.readings {
        let _ = write!(line, "\n  Or {}", time(reading.at));
        if !reading.clock.is_empty() {
            let _ = write!(line, ", read from: {}", escaped(&reading.clock));
        }
    }
    if let Some(source) = &entry.source {
        let _ = write!(line, "\n  Source: {}", link(source));
    }
    if !entry.note.is_empty() {
        let _ = write!(line, "\n  Note: {}", escaped(&entry.note));
    }
    line
}

fn responder(responder: &Responder) -> String {
    format!("- {}: {}", escaped(&responder.name), responder.role.label())
}

fn action(action: &ActionItem) -> String {
    let mut line = format!("- {} {}", action.priority.label(), indented(&contained(&action.text)));
    let owner = if action.owner.is_empty() { "nobody yet".to_owned() } else { escaped(&action.owner) };
    let _ = write!(line, "\n  {}; {}; owner: {owner}", action.kind.label(), action.state.label());
    if let Some(due) = action.due {
        let _ = write!(line, "; due {due}");
    }
    if action.state == ActionState::Declined && !action.reason.is_empty() {
        let _ = write!(line, "; why: {}", escaped(&action.reason));
    }
    if let Some(ticket) = &action.ticket {
        let _ = write!(line, "; ticket: {}", link(ticket));
    }
    line
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
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

/// Continues a list item: every further line is indented below its first.
fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

/// Markdown that stays in its place: an open code fence is closed, HTML becomes text, and a link that is not of the
/// web or mail loses its power.
fn contained(markdown: &str) -> String {
    let mut fence: Option<String> = None;
    let mut lines = Vec::new();
    for line in markdown.trim_end().lines() {
        let mark = fence_mark(line);
        match (&fence, mark) {
            (Some(open), Some(mark)) if mark.starts_with(open.as_str()) && line.trim() == mark => {
                fence = None;
                lines.push(line.to_owned());
            }
            (Some(_), _) => lines.push(line.to_owned()),
            (None, Some(mark)) => {
                fence = Some(mark.to_owned());
                lines.push(line.to_owned());
            }
            (None, None) => lines.push(harmless(line)),
        }
    }
    lines.extend(fence);
    lines.join("\n")
}

/// The run of backticks or tildes that opens or closes a code block.
fn fence_mark(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let mark = text.chars().next().filter(|character| matches!(character, '`' | '~'))?;
    let run = text.get(..text.len() - text.trim_start_matches(mark).len())?;
    (run.len() >= 3).then_some(run)
}

fn harmless(line: &str) -> String {
    let is_allowed = |target: &str| {
        let target = target.to_ascii_lowercase();
        SCHEMES.iter().any(|scheme| target.starts_with(scheme))
    };
    let mut text = String::with_capacity(line.len());
    for (index, character) in line.char_indices() {
        let rest = line.get(index + character.len_utf8()..).unwrap_or_default();
        let opens_html = character == '<'
            && rest.starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
            && !is_allowed(rest);
        let opens_target =
            character == '(' && text.ends_with(']') && !is_allowed(rest.trim_start().trim_start_matches('<'));
        let defines_target =
            character == ':' && text.ends_with(']') && !is_allowed(rest.trim_start().trim_start_matches('<'));
        if opens_html || opens_target || defines_target {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_become_markup() {
        assert_eq!(escaped("# a\n[x](javascript:y) <b>"), "\\# a \\[x\\]\\(javascript\\:y\\) \\<b\\>");
    }

    #[test]
    fn an_open_code_block_ends_with_its_section() {
        assert_eq!(contained("```sql\nselect '<b>'"), "```sql\nselect '<b>'\n```");
        assert_eq!(contained("~~~\n```\n~~~\n<b>"), "~~~\n```\n~~~\n\\<b>");
    }

    #[test]
    fn only_links_of_the_web_and_mail_work() {
        assert_eq!(
            contained("[a](https://a.example) <https://b.example>"),
            "[a](https://a.example) <https://b.example>"
        );
        for (text, safe) in [
            ("[a](javascript:alert(1))", "[a]\\(javascript:alert(1))"),
            ("[a]( <JaVaScRiPt:x>)", "[a]\\( \\<JaVaScRiPt:x>)"),
            ("[a](&#106;avascript:x)", "[a]\\(&#106;avascript:x)"),
            ("[a]: javascript:x", "[a]\\: javascript:x"),
            ("<javascript:x>", "\\<javascript:x>"),
            ("<!-- gone", "\\<!-- gone"),
        ] {
            assert_eq!(contained(text), safe);
        }
    }
}
