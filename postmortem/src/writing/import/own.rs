//! A whole post-mortem as our own export writes it, read back with everything that people wrote: head, sections, entries,
//! figures, responders and action items, in their order and with their ids.

use super::ImportError;
use crate::impact::TEMPLATE_FIGURES;
use crate::text::{TextChange, TextId};
use crate::{
    ActionChange, ActionDraft, ActionState, Command, FigureDraft, ItemId, KeyTime, Postmortem, ResponderDraft,
    SectionKey, limits, timeline_text,
};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Whether a file is such an export: it has its sections under their keys.
pub fn is(object: &Map<String, Value>) -> bool {
    object.get("sections").is_some_and(Value::is_object) && object.contains_key("timeline")
}

/// Reads it.
///
/// # Errors
/// Names the field that is missing, has another type, or holds too many.
pub fn read(object: Map<String, Value>) -> Result<Postmortem, ImportError> {
    for field in ["timeline", "impact", "responders", "actions"] {
        let count = object.get(field).and_then(Value::as_array).map_or(0, Vec::len);
        if count > limits::ITEMS {
            return Err(ImportError { field: field.into(), problem: format!("at most {} are taken.", limits::ITEMS) });
        }
        for (index, item) in object.get(field).and_then(Value::as_array).into_iter().flatten().enumerate() {
            let problem = match field {
                "timeline" => serde_json::from_value::<crate::TimelineEntry>(item.clone()).err(),
                "impact" => serde_json::from_value::<crate::ImpactFigure>(item.clone()).err(),
                "responders" => serde_json::from_value::<crate::Responder>(item.clone()).err(),
                _ => serde_json::from_value::<crate::ActionItem>(item.clone()).err(),
            };
            if let Some(problem) = problem {
                return Err(ImportError { field: format!("{field}[{index}]"), problem: format!("{problem}.") });
            }
        }
    }
    let postmortem: Postmortem = serde_json::from_value(Value::Object(object))
        .map_err(|error| ImportError { field: "file".into(), problem: format!("{error}.") })?;
    for (field, value) in [("title", &postmortem.details.title), ("owner", &postmortem.details.owner)] {
        if value.len() > limits::VALUE {
            let problem = format!("this has at most {} characters.", limits::VALUE);
            return Err(ImportError { field: field.into(), problem });
        }
    }
    Ok(postmortem)
}

/// Bytes of its texts.
pub fn text_bytes(postmortem: &Postmortem) -> usize {
    let entries = postmortem.timeline.iter().map(|entry| entry.text.len() + entry.note.len());
    let actions = postmortem.actions.iter().map(|action| action.text.len());
    postmortem.sections.values().map(String::len).chain(entries).chain(actions).sum()
}

/// The commands that fill a new post-mortem with it.
pub fn commands(postmortem: &Postmortem, new_id: &mut dyn FnMut() -> ItemId) -> Vec<Command> {
    let details = &postmortem.details;
    let mut commands = vec![
        Command::SetServices(details.services.clone()),
        Command::SetMeeting(details.meeting_at),
        Command::SetRecording(details.recording.clone()),
    ];
    let times = KeyTime::ALL.iter().map(|key| (*key, details.key_time(*key)));
    commands.extend(times.filter(|(_, at)| at.is_some()).map(|(key, at)| Command::SetKeyTime(key, at)));
    let known: Vec<SectionKey> = SectionKey::known().collect();
    for (key, text) in postmortem.sections.iter().filter(|(key, text)| !text.is_empty() || !known.contains(key)) {
        if known.contains(key) {
            let change = TextChange { from: 0, to: 0, insert: text.clone() };
            commands.push(Command::EditText(TextId::Section(key.clone()), vec![change]));
        } else {
            commands.push(Command::AddSection(key.clone(), text.clone()));
        }
    }
    // An id that comes twice would make one item of two.
    let mut taken = HashSet::new();
    let mut id = |wanted: &ItemId| if taken.insert(wanted.clone()) { wanted.clone() } else { new_id() };
    for figure in &postmortem.impact {
        let draft = FigureDraft {
            label: figure.label.clone(),
            value: figure.value.clone(),
            note: figure.note.clone(),
            checked_by: figure.checked_by.clone(),
        };
        commands.push(Command::AddFigure(id(&figure.id), draft));
    }
    for entry in &postmortem.timeline {
        commands.push(Command::AddEntry(id(&entry.id), timeline_text::draft(entry)));
    }
    for responder in &postmortem.responders {
        let draft = ResponderDraft { name: responder.name.clone(), role: responder.role };
        commands.push(Command::AddResponder(id(&responder.id), draft));
    }
    for action in &postmortem.actions {
        let id = id(&action.id);
        let draft = ActionDraft {
            text: action.text.clone(),
            owner: action.owner.clone(),
            due: action.due,
            priority: action.priority,
            kind: action.kind,
            ticket: action.ticket.clone(),
        };
        commands.push(Command::AddAction(id.clone(), draft));
        if action.state != ActionState::Open {
            commands.push(Command::ChangeAction(id.clone(), ActionChange::State(action.state)));
        }
        if !action.reason.is_empty() {
            commands.push(Command::ChangeAction(id, ActionChange::Reason(action.reason.clone())));
        }
    }
    commands
}

/// The id of the template's figure with this label.
pub fn template_figure(label: &str) -> Option<(ItemId, &'static str)> {
    let (key, label) = TEMPLATE_FIGURES.iter().find(|(_, known)| known.eq_ignore_ascii_case(label.trim()))?;
    Some((key.parse().ok()?, label))
}
