//! Reads an incident from JSON: title, severity, times, prose, figures, timeline and actions. A file is read whole and held
//! against every limit before anything is made of it, and an error names the field. Fields of other names are told.

mod own;
mod unknown;

use crate::command::{ActionDraft, Command, EntryDraft, FigureDraft};
use crate::section::REFERENCES;
use crate::text::{TextChange, TextId, utf16_length, without_blank_ends};
use crate::{
    EntryKind, HeadRow, ItemId, KeyTime, Link, OtherReading, Postmortem, Precision, SectionKey, Severity, create,
    limits, moment, schema,
};
use chrono::{DateTime, Timelike, Utc};
use serde_json::{Map, Value};

/// Bytes of a time in a file: a weekday, a date, a clock with its fraction and the name of a zone take fewer.
const LONGEST_TIME: usize = 64;

/// Why a file is not an incident.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct ImportError {
    /// The field, as `timeline[3].at`; `file` for the whole.
    pub field: String,
    /// What is wrong and what to write, as a sentence.
    pub problem: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    title: String,
    severity: Severity,
    key_times: Vec<(KeyTime, DateTime<Utc>)>,
    sections: Vec<(&'static str, String)>,
    figures: Vec<FigureDraft>,
    entries: Vec<EntryDraft>,
    actions: Vec<String>,
    unknown: Vec<String>,
    /// Our own export, which holds everything.
    own: Option<Box<Postmortem>>,
}

/// What is said of the fields that nothing was made of; nothing where there are none.
pub fn not_taken(unknown: &[String]) -> Option<String> {
    let sentence =
        || format!("No field of these names is known, and they were not taken over: {}.", unknown.join(", "));
    (!unknown.is_empty()).then(sentence)
}

/// The text of a file: UTF-8, or UTF-16 as some editors and shells write it, with or without a mark in front.
///
/// # Errors
/// Says what is needed.
pub fn decode(bytes: &[u8]) -> Result<String, ImportError> {
    let failed = || ImportError {
        field: "file".into(),
        problem: "it is neither UTF-8 nor UTF-16 text. Save it as UTF-8 and try again.".into(),
    };
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        if rest.is_empty() { String::from_utf16(&units).map_err(|_| failed()) } else { Err(failed()) }
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, text @ ..] => std::str::from_utf8(text).map(str::to_owned).map_err(|_| failed()),
        [0xFF, 0xFE, text @ ..] => units(text, u16::from_le_bytes),
        [0xFE, 0xFF, text @ ..] => units(text, u16::from_be_bytes),
        // JSON begins with a character of one byte.
        [_, 0, ..] => units(bytes, u16::from_le_bytes),
        [0, _, ..] => units(bytes, u16::from_be_bytes),
        text => std::str::from_utf8(text).map(str::to_owned).map_err(|_| failed()),
    }
}

/// Reads the JSON of one incident.
///
/// # Errors
/// Names the first field that is missing, has another type, cannot be read, or is more than a post-mortem holds.
pub fn parse(json: &str) -> Result<Incident, ImportError> {
    let value: Value = serde_json::from_str(json.trim_start_matches('\u{feff}'))
        .map_err(|error| ImportError { field: "file".into(), problem: format!("this is not JSON: {error}.") })?;
    let Value::Object(object) = value else {
        return Err(ImportError { field: "file".into(), problem: "one incident as a JSON object is expected.".into() });
    };
    if own::is(&object) {
        let given = object.clone();
        let own = own::read(object)?;
        let unknown = unknown::of_own(given, &own);
        check_bytes(own::text_bytes(&own))?;
        return Ok(Incident {
            title: own.details.title.clone(),
            severity: own.details.severity,
            key_times: Vec::new(),
            sections: Vec::new(),
            figures: Vec::new(),
            entries: Vec::new(),
            actions: Vec::new(),
            unknown,
            own: Some(Box::new(own)),
        });
    }
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
        sections.push((section, file.prose(field)?.unwrap_or_default(), field));
    }
    for (field, section) in [("went_well", "went_well"), ("went_poorly", "went_poorly")] {
        sections.push((section, bullets(&file.texts(field)?), field));
    }
    sections.push((REFERENCES, references(&file)?, "sources"));
    for (_, text, field) in &sections {
        file.check_length(field, "a section", text, limits::SECTION)?;
    }
    let entries = file.objects("timeline", entry)?;
    let title = file.required_text("title")?;
    file.check_value("title", &title)?;
    let incident = Incident {
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
        unknown: unknown::of_file(&object),
        own: None,
    };
    check_bytes(incident.text_bytes())?;
    Ok(incident)
}

fn check_bytes(bytes: usize) -> Result<(), ImportError> {
    if bytes <= limits::DOCUMENT {
        return Ok(());
    }
    let problem = format!(
        "its texts have {} MiB together, and a post-mortem holds at most {} MiB. Move logs to sources, or make two \
         files of it.",
        bytes.div_ceil(1 << 20),
        limits::DOCUMENT >> 20
    );
    Err(ImportError { field: "file".into(), problem })
}

impl Incident {
    pub fn title(&self) -> &str {
        &self.title
    }

    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// How far it is and whose it is, as an export of ours says it by name.
    pub fn head(&self) -> HeadRow {
        self.own
            .as_ref()
            .map(|own| HeadRow { owner_id: None, is_owned: false, ..own.details.head() })
            .unwrap_or_default()
    }

    /// The fields that nothing was made of, since none of that name is known, as `timeline[3].colour`.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// Bytes of the texts and notes that grow with the file.
    fn text_bytes(&self) -> usize {
        let sections = self.sections.iter().map(|(_, text)| text.len());
        let figures = self
            .figures
            .iter()
            .map(|figure| figure.label.len() + figure.value.as_deref().map_or(0, str::len) + figure.note.len());
        let entries = self.entries.iter().map(|entry| {
            let readings: usize = entry.readings.iter().map(|reading| reading.clock.len()).sum();
            entry.text.len() + entry.note.len() + entry.clock.len() + readings
        });
        sections.chain(figures).chain(entries).chain(self.actions.iter().map(String::len)).sum()
    }

    /// The commands that fill a new post-mortem. A figure that the template asks for is filled in; the rest of the
    /// template's follow the file's own, as far as there is room.
    pub fn commands(&self, new_id: &mut dyn FnMut() -> ItemId) -> Vec<Command> {
        if let Some(own) = &self.own {
            return own::commands(own, new_id);
        }
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
        let mut filled = Vec::new();
        for figure in &self.figures {
            match own::template_figure(&figure.label).filter(|(id, _)| !filled.contains(id)) {
                Some((id, label)) => {
                    filled.push(id.clone());
                    commands.push(Command::AddFigure(id, FigureDraft { label: label.to_owned(), ..figure.clone() }));
                }
                None => commands.push(Command::AddFigure(new_id(), figure.clone())),
            }
        }
        let asked = create::template_figures().into_iter().filter(|command| match command {
            Command::AddFigure(id, _) => !filled.contains(id),
            _ => false,
        });
        commands.extend(asked.take(limits::ITEMS.saturating_sub(self.figures.len())));
        commands
            .extend(entry_ids.into_iter().zip(&self.entries).map(|(id, entry)| Command::AddEntry(id, entry.clone())));
        commands.extend(self.actions.iter().map(|text| Command::AddAction(new_id(), ActionDraft::new(text))));
        commands
    }
}

fn entry(fields: &Fields<'_>) -> Result<EntryDraft, ImportError> {
    let at = fields.time("at")?.ok_or_else(|| fields.error("at", "this field is missing.".into()))?;
    fields.required_text("what")?;
    let text = fields.prose("what")?.unwrap_or_default();
    fields.check_length("what", "an entry", &text, limits::ENTRY)?;
    let source = match fields.text("source_url")?.filter(|source| !source.is_empty()) {
        Some(source) => Some(source.parse::<Link>().map_err(|error| fields.error("source_url", error.to_string()))?),
        None => None,
    };
    let about = fields.flag("approx")?;
    Ok(EntryDraft {
        at: Some(at),
        until: fields.time("until")?,
        precision: match (about, at.second() > 0 || at.nanosecond() > 0) {
            (true, _) => Precision::About,
            (false, true) => Precision::Exact,
            (false, false) => Precision::Minute,
        },
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
    fields.check_value("metric", &label)?;
    let value = Some(fields.short_text("value")?).filter(|value| !value.is_empty());
    Ok(FigureDraft { label, value, note: fields.short_text("note")?, checked_by: None })
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
    parts.extend(file.prose("notes")?.filter(|notes| !notes.is_empty()));
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

    /// A short value.
    fn text(&self, field: &str) -> Result<Option<String>, ImportError> {
        Ok(self.prose(field)?.map(|text| text.trim_start().to_owned()))
    }

    /// Markdown, whose indentation says what it is.
    fn prose(&self, field: &str) -> Result<Option<String>, ImportError> {
        match self.object.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(without_blank_ends(text).to_owned())),
            Some(_) => Err(self.error(field, "text in quotation marks is expected.".into())),
        }
    }

    fn short_text(&self, field: &str) -> Result<String, ImportError> {
        let text = self.text(field)?.unwrap_or_default();
        self.check_value(field, &text)?;
        Ok(text)
    }

    fn check_value(&self, field: &str, value: &str) -> Result<(), ImportError> {
        if value.len() <= limits::VALUE {
            return Ok(());
        }
        let problem = format!("a short value has at most {} bytes, and this has {}.", limits::VALUE, value.len());
        Err(self.error(field, problem))
    }

    fn check_length(&self, field: &str, noun: &str, text: &str, limit: u32) -> Result<(), ImportError> {
        let length = utf16_length(text);
        if length <= limit {
            return Ok(());
        }
        let problem = format!("{noun} holds at most {limit} characters, and this has {length}. Move logs to a source.");
        Err(self.error(field, problem))
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
        let at = Some(&text).filter(|text| text.len() <= LONGEST_TIME).and_then(|text| moment::whole(text));
        let at = at.ok_or_else(|| self.error(field, problem()))?;
        if schema::is_possible(at) { Ok(Some(at)) } else { Err(self.error(field, problem())) }
    }

    fn list(&self, field: &str) -> Result<&[Value], ImportError> {
        match self.object.get(field) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(values)) if values.len() > limits::ITEMS => {
                let (count, most) = (values.len(), limits::ITEMS);
                let problem = format!("these are {count}, and a post-mortem holds at most {most} of one kind.");
                Err(self.error(field, problem))
            }
            Some(Value::Array(values)) => Ok(values),
            Some(_) => Err(self.error(field, "a list in square brackets is expected.".into())),
        }
    }

    fn texts(&self, field: &str) -> Result<Vec<String>, ImportError> {
        let texts = self.list(field)?.iter().enumerate().map(|(index, value)| match value {
            Value::String(text) => {
                self.check_length(&format!("{field}[{index}]"), "one of these", text, limits::ENTRY)?;
                Ok(without_blank_ends(text).to_owned())
            }
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
mod tests;
