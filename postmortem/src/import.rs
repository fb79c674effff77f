//! Reads an incident from JSON: title, severity, times, prose, figures, timeline and actions. A file is read whole
//! before anything is made of it, and an error names the field.

use crate::command::{ActionDraft, Command, EntryDraft, FigureDraft};
use crate::section::REFERENCES;
use crate::text::{TextChange, TextId, utf16_length};
use crate::{EntryKind, ItemId, KeyTime, Link, OtherReading, Precision, SectionKey, Severity, create, limits, schema};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// Why a file is not an incident.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct ImportError {
    /// The field, as `timeline[3].at`; `file` for the whole.
    pub field: String,
    /// What is wrong and what to write, as a sentence.
    pub problem: String,
}

/// An incident as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    title: String,
    severity: Severity,
    key_times: Vec<(KeyTime, DateTime<Utc>)>,
    sections: Vec<(&'static str, String)>,
    figures: Vec<FigureDraft>,
    entries: Vec<EntryDraft>,
    actions: Vec<String>,
}

/// Reads the JSON of one incident.
///
/// # Errors
/// Names the first field that is missing, has another type, or cannot be read.
pub fn parse(json: &str) -> Result<Incident, ImportError> {
    let value: Value = serde_json::from_str(json)
        .map_err(|error| ImportError { field: "file".into(), problem: format!("this is not JSON: {error}.") })?;
    let Value::Object(object) = value else {
        return Err(ImportError { field: "file".into(), problem: "one incident as a JSON object is expected.".into() });
    };
    let file = Fields { object: &object, path: String::new() };
    let mut key_times = Vec::new();
    for key in KeyTime::ALL {
        if let Some(at) = file.time(key.code())? {
            key_times.push((*key, at));
        }
    }
    let mut sections = Vec::new();
    for (field, section) in [
        ("summary", "overview"),
        ("what_happened", "what_happened"),
        ("root_cause", "contributing_factors"),
        ("resolution", "resolution"),
    ] {
        sections.push((section, file.text(field)?.unwrap_or_default(), field));
    }
    for (field, section) in [("went_well", "went_well"), ("went_poorly", "went_poorly")] {
        sections.push((section, bullets(&file.texts(field)?), field));
    }
    sections.push((REFERENCES, references(&file)?, "sources"));
    for (_, text, field) in &sections {
        if utf16_length(text) > limits::SECTION {
            return Err(file.error(field, format!("a section holds at most {} characters.", limits::SECTION)));
        }
    }
    let entries = file.objects("timeline", entry)?;
    let title = file.required_text("title")?;
    if title.len() > limits::VALUE {
        return Err(file.error("title", format!("a title has at most {} characters.", limits::VALUE)));
    }
    Ok(Incident {
        title,
        severity: file
            .required_text("severity")?
            .parse()
            .map_err(|error| file.error("severity", format!("{error}")))?,
        entries: with_kinds(entries, &key_times),
        key_times,
        sections: sections.into_iter().map(|(section, text, _)| (section, text)).collect(),
        figures: file.objects("impact", figure)?,
        actions: file.texts("actions")?,
    })
}

impl Incident {
    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The severity.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The commands that fill a new post-mortem, the template's figures included.
    pub fn commands(&self, new_id: &mut dyn FnMut() -> ItemId) -> Vec<Command> {
        // Entries of one instant are ordered by id, and have to stand as they do in the file.
        let mut entry_ids: Vec<ItemId> = self.entries.iter().map(|_| new_id()).collect();
        entry_ids.sort();
        let mut commands: Vec<Command> =
            self.key_times.iter().map(|(key, at)| Command::SetKeyTime(*key, Some(*at))).collect();
        for (section, text) in self.sections.iter().filter(|(_, text)| !text.is_empty()) {
            let Ok(key) = section.parse::<SectionKey>() else { continue };
            if *section == REFERENCES {
                commands.push(Command::AddSection(key, text.clone()));
            } else {
                let change = TextChange { from: 0, to: 0, insert: text.clone() };
                commands.push(Command::EditText(TextId::Section(key), vec![change]));
            }
        }
        commands.extend(self.figures.iter().map(|figure| Command::AddFigure(new_id(), figure.clone())));
        commands.extend(create::template_figures());
        commands
            .extend(entry_ids.into_iter().zip(&self.entries).map(|(id, entry)| Command::AddEntry(id, entry.clone())));
        commands.extend(self.actions.iter().map(|text| Command::AddAction(new_id(), ActionDraft::new(text))));
        commands
    }
}

fn entry(fields: &Fields<'_>) -> Result<EntryDraft, ImportError> {
    let at = fields.time("at")?.ok_or_else(|| fields.error("at", "this field is missing.".into()))?;
    let text = fields.required_text("what")?;
    if utf16_length(&text) > limits::ENTRY {
        return Err(fields.error("what", format!("an entry holds at most {} characters.", limits::ENTRY)));
    }
    let source = match fields.text("source_url")?.filter(|source| !source.is_empty()) {
        Some(source) => Some(source.parse::<Link>().map_err(|error| fields.error("source_url", error.to_string()))?),
        None => None,
    };
    let about = fields.flag("approx")?;
    Ok(EntryDraft {
        at: Some(at),
        until: fields.time("until")?,
        precision: if about { Precision::About } else { Precision::Minute },
        clock: fields.short_text("clock")?,
        readings: fields.objects("readings", reading)?,
        kind: fields.named("kind")?.unwrap_or(EntryKind::Observation),
        text,
        source,
        note: fields.short_text("note")?,
        severity: fields.named("severity")?,
    })
}

fn reading(fields: &Fields<'_>) -> Result<OtherReading, ImportError> {
    let at = fields.time("at")?.ok_or_else(|| fields.error("at", "this field is missing.".into()))?;
    Ok(OtherReading { at, clock: fields.short_text("clock")? })
}

fn figure(fields: &Fields<'_>) -> Result<FigureDraft, ImportError> {
    let label = fields.required_text("metric")?;
    if label.len() > limits::VALUE {
        return Err(fields.error("metric", format!("a value has at most {} characters.", limits::VALUE)));
    }
    let value = Some(fields.short_text("value")?).filter(|value| !value.is_empty());
    Ok(FigureDraft { label, value, note: fields.short_text("note")? })
}

/// Where the file tells no kind, the key times tell three of them without guessing.
fn with_kinds(mut entries: Vec<EntryDraft>, key_times: &[(KeyTime, DateTime<Utc>)]) -> Vec<EntryDraft> {
    for (key, kind) in [
        (KeyTime::Started, EntryKind::Trigger),
        (KeyTime::Detected, EntryKind::Detection),
        (KeyTime::Resolved, EntryKind::Recovery),
    ] {
        let Some((_, at)) = key_times.iter().find(|(other, _)| *other == key) else { continue };
        let first = entries.iter_mut().find(|entry| entry.at == Some(*at));
        if let Some(entry) = first.filter(|entry| entry.kind == EntryKind::Observation) {
            entry.kind = kind;
        }
    }
    entries
}

fn bullets(points: &[String]) -> String {
    points.iter().map(|point| format!("- {}", point.replace('\n', " "))).collect::<Vec<_>>().join("\n")
}

fn references(file: &Fields<'_>) -> Result<String, ImportError> {
    let sources = file.texts("sources")?;
    let mut parts = Vec::new();
    if !sources.is_empty() {
        let links: Vec<String> = sources.iter().map(|source| format!("- <{source}>")).collect();
        parts.push(links.join("\n"));
    }
    parts.extend(file.text("notes")?.filter(|notes| !notes.is_empty()));
    Ok(parts.join("\n\n"))
}

/// The fields of one object, with the path to it.
struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: String,
}

impl Fields<'_> {
    fn error(&self, field: &str, problem: String) -> ImportError {
        let field = if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) };
        ImportError { field, problem }
    }

    fn text(&self, field: &str) -> Result<Option<String>, ImportError> {
        match self.object.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
            Some(_) => Err(self.error(field, "text in quotation marks is expected.".into())),
        }
    }

    fn short_text(&self, field: &str) -> Result<String, ImportError> {
        let text = self.text(field)?.unwrap_or_default();
        if text.len() > limits::VALUE {
            return Err(self.error(field, format!("a value has at most {} characters.", limits::VALUE)));
        }
        Ok(text)
    }

    fn required_text(&self, field: &str) -> Result<String, ImportError> {
        match self.text(field)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(self.error(field, "this field is missing.".into())),
        }
    }

    /// A value of a closed list.
    fn named<V: std::str::FromStr<Err: std::fmt::Display>>(&self, field: &str) -> Result<Option<V>, ImportError> {
        match self.text(field)?.filter(|text| !text.is_empty()) {
            Some(text) => text.parse().map(Some).map_err(|error| self.error(field, format!("{error}"))),
            None => Ok(None),
        }
    }

    fn flag(&self, field: &str) -> Result<bool, ImportError> {
        match self.object.get(field) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.error(field, "true or false is expected.".into())),
        }
    }

    fn time(&self, field: &str) -> Result<Option<DateTime<Utc>>, ImportError> {
        let Some(text) = self.text(field)?.filter(|text| !text.is_empty()) else { return Ok(None) };
        let shown: String = text.chars().take(40).collect();
        let problem = || format!("'{shown}' is not a time. Write it as 2018-10-21T22:52:00Z.");
        let at = text.parse::<DateTime<Utc>>().map_err(|_| self.error(field, problem()))?;
        if schema::is_possible(at) { Ok(Some(at)) } else { Err(self.error(field, problem())) }
    }

    fn list(&self, field: &str) -> Result<&[Value], ImportError> {
        match self.object.get(field) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(values)) if values.len() > limits::ITEMS => {
                Err(self.error(field, format!("at most {} are taken.", limits::ITEMS)))
            }
            Some(Value::Array(values)) => Ok(values),
            Some(_) => Err(self.error(field, "a list in square brackets is expected.".into())),
        }
    }

    fn texts(&self, field: &str) -> Result<Vec<String>, ImportError> {
        let texts =
            self.list(field)?.iter().enumerate().map(|(index, value)| match value {
                Value::String(text) if utf16_length(text) <= limits::ENTRY => Ok(text.trim().to_owned()),
                Value::String(_) => Err(self
                    .error(&format!("{field}[{index}]"), format!("at most {} characters are taken.", limits::ENTRY))),
                _ => Err(self.error(&format!("{field}[{index}]"), "text in quotation marks is expected.".into())),
            });
        texts.collect()
    }

    fn objects<V>(
        &self,
        field: &str,
        read: impl Fn(&Fields<'_>) -> Result<V, ImportError>,
    ) -> Result<Vec<V>, ImportError> {
        let values = self.list(field)?.iter().enumerate().map(|(index, value)| match value {
            Value::Object(object) => {
                let path = if self.path.is_empty() { String::new() } else { format!("{}.", self.path) };
                read(&Fields { object, path: format!("{path}{field}[{index}]") })
            }
            _ => Err(self.error(&format!("{field}[{index}]"), "an object in braces is expected.".into())),
        });
        values.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> String {
        parse(json).expect_err("refused").to_string()
    }

    #[test]
    fn an_error_names_the_field() {
        assert!(refused("{").starts_with("file: this is not JSON"));
        assert_eq!(refused("[]"), "file: one incident as a JSON object is expected.");
        assert_eq!(refused(r#"{"severity":"SEV-1"}"#), "title: this field is missing.");
        assert_eq!(
            refused(r#"{"title":"x","severity":"bad"}"#),
            "severity: 'bad' is not a severity; write one of SEV-1, SEV-2, SEV-3."
        );
        assert_eq!(
            refused(r#"{"title":"x","severity":"SEV-1","timeline":[{"at":"25:00","what":"y"}]}"#),
            "timeline[0].at: '25:00' is not a time. Write it as 2018-10-21T22:52:00Z."
        );
        assert_eq!(
            refused(r#"{"title":"x","severity":"SEV-1","timeline":[{"at":"2018-10-21T22:52:00Z"}]}"#),
            "timeline[0].what: this field is missing."
        );
        assert_eq!(
            refused(
                r#"{"title":"x","severity":"SEV-1",
                    "timeline":[{"at":"2018-10-21T22:52:00Z","what":"y","source_url":"javascript:x"}]}"#
            ),
            "timeline[0].source_url: A link starts with https:// or http://."
        );
        assert_eq!(refused(r#"{"title":7,"severity":"SEV-1"}"#), "title: text in quotation marks is expected.");
        assert_eq!(
            refused(r#"{"title":"x","severity":"SEV-1","actions":[{}]}"#),
            "actions[0]: text in quotation marks is expected."
        );
    }

    #[test]
    fn everything_in_a_file_becomes_a_command() {
        let incident = parse(
            r#"{"title":"x","severity":"SEV-1","started_at":"2018-10-21T22:52:00Z","summary":"s",
                "impact":[{"metric":"m","value":"0"}],
                "timeline":[{"at":"2018-10-21T22:52:00Z","what":"w","approx":true}],
                "went_well":["a","b"],"actions":["do"],"sources":["https://s.example"],"notes":"n"}"#,
        )
        .expect("valid");
        let mut count = 0;
        let commands = incident.commands(&mut || {
            count += 1;
            ItemId::new(count, [0; 10])
        });
        let replica = create::create(1, incident.title(), incident.severity()).expect("made");
        for command in &commands {
            replica.run(command).expect("carried out");
        }
        let reading = replica.read();
        assert_eq!(reading.defects, []);
        let postmortem = reading.postmortem;
        assert_eq!(postmortem.section("overview"), "s");
        assert_eq!(postmortem.section("went_well"), "- a\n- b");
        assert_eq!(postmortem.section(REFERENCES), "- <https://s.example>\n\nn");
        assert_eq!(postmortem.timeline[0].precision, Precision::About);
        assert_eq!(postmortem.timeline[0].kind, EntryKind::Trigger);
        assert_eq!(postmortem.impact[0].value.as_deref(), Some("0"));
        assert_eq!(postmortem.impact.len(), 1 + crate::impact::TEMPLATE_FIGURES.len());
        assert_eq!(postmortem.actions[0].text, "do");
    }
}
