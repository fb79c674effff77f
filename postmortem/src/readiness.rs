//! What is still to be done before the review meeting, as far as it can be counted (R56): a list of verbs, each with the
//! place where it is done. No percentage: two of the things may be a minute's work and the third a week's.

use crate::{
    ActionItem, ActionState, Details, ImpactFigure, Postmortem, Responder, Role, SectionKey, Severity, Status,
    TimelineEntry, impact, markdown,
};
use std::collections::BTreeMap;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// The id of the element in the page where it is done.
    pub anchor: String,
    /// What to do, beginning with a verb.
    pub verb: String,
    /// Why, or how far it is.
    pub note: String,
}

/// What is looked at: the parts of a post-mortem, borrowed from wherever they are kept.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The head.
    pub details: &'a Details,
    /// The prose.
    pub sections: &'a BTreeMap<SectionKey, String>,
    /// The timeline; its texts do not matter.
    pub timeline: &'a [TimelineEntry],
    /// The figures.
    pub impact: &'a [ImpactFigure],
    /// The responders.
    pub responders: &'a [Responder],
    /// The action items.
    pub actions: &'a [ActionItem],
}

impl<'a> From<&'a Postmortem> for Material<'a> {
    fn from(postmortem: &'a Postmortem) -> Self {
        Self {
            details: &postmortem.details,
            sections: &postmortem.sections,
            timeline: &postmortem.timeline,
            impact: &postmortem.impact,
            responders: &postmortem.responders,
            actions: &postmortem.actions,
        }
    }
}

impl Material<'_> {
    fn section(&self, key: &str) -> &str {
        self.sections.iter().find(|(section, _)| section.as_str() == key).map_or("", |(_, text)| text)
    }
}

/// The most sentences of an overview (R60).
const OVERVIEW_SENTENCES: usize = 2;

/// How many figures are named in a note.
const NAMED: usize = 3;

/// Whether a review is still ahead: afterwards nothing is due before it.
pub fn is_ahead(details: &Details) -> bool {
    matches!(details.status, Status::Draft | Status::InReview)
}

/// What is to be done before the review, in reading order.
pub fn things(postmortem: Material) -> Vec<Thing> {
    let mut things = Vec::new();
    let mut add = |anchor: &str, verb: String, note: String| {
        things.push(Thing { anchor: anchor.to_owned(), verb, note });
    };
    let details = postmortem.details;
    if details.owner.trim().is_empty() {
        add("owner", "Choose an owner".into(), "One person sees that the page is completed".into());
    }
    if details.meeting_at.is_none() {
        add("meeting", "Set the review meeting".into(), "Within five business days of the incident".into());
    }
    if details.started_at.is_none() || details.resolved_at.is_none() {
        let verb = match (details.started_at, details.resolved_at) {
            (None, None) => "Say when it started and ended",
            (None, Some(_)) => "Say when it started",
            _ => "Say when it was resolved",
        };
        add("key-times", verb.into(), "The timeline is drawn between the two".into());
    }
    overview(postmortem.section("overview"), &mut add);
    for (key, verb, note) in [
        ("what_happened", "Describe what happened", "A short course of events"),
        ("contributing_factors", "Name the contributing factors", "What led to it and what made it worse"),
        ("resolution", "Say what resolved it", "The temporary fix and the long-term one"),
    ] {
        if postmortem.section(key).trim().is_empty() {
            add(key, verb.into(), note.into());
        }
    }
    figures(postmortem.impact, &mut add);
    timeline(postmortem.timeline, &mut add);
    responders(postmortem.responders, &mut add);
    actions(postmortem.actions, &mut add);
    if details.severity != Severity::Sev3 && postmortem.section("external_message").trim().is_empty() {
        let liaison = postmortem.responders.iter().find(|responder| responder.role == Role::CustomerLiaison);
        let note = liaison.map_or_else(
            || "Reviewed in the meeting before it is sent".to_owned(),
            |liaison| format!("{}, as customer liaison", liaison.name),
        );
        add("external_message", "Write the external message".into(), note);
    }
    things
}

/// Takes a thing: anchor, verb, note.
type Add<'a> = &'a mut dyn FnMut(&str, String, String);

fn overview(text: &str, add: Add) {
    let sentences = sentences(&markdown::to_text(text));
    let asked = "One or two short sentences: cause, course, impact";
    match sentences {
        0 => add("overview", "Write the overview".into(), asked.into()),
        1..=OVERVIEW_SENTENCES => {}
        count => add("overview", "Shorten the overview".into(), format!("{count} sentences; one or two are asked for")),
    }
}

fn figures(figures: &[ImpactFigure], add: Add) {
    let unknown: Vec<&str> = impact::unknown(figures).map(|figure| figure.label.as_str()).collect();
    if unknown.is_empty() {
        return;
    }
    let named = unknown.iter().take(NAMED).copied().collect::<Vec<_>>().join("; ");
    let rest = match unknown.len().saturating_sub(NAMED) {
        0 => String::new(),
        rest => format!("; {rest} more"),
    };
    add(
        "impact",
        format!("Fill in {}", counted(unknown.len(), "impact figure", "impact figures")),
        format!("Not known yet: {named}{rest}"),
    );
}

fn timeline(entries: &[TimelineEntry], add: Add) {
    let mut without = entries.iter().filter(|entry| entry.source.is_none());
    let note = || {
        let sourced = entries.iter().filter(|entry| entry.source.is_some()).count();
        match entries.len() {
            1 => "The only entry has none".to_owned(),
            all => format!("{sourced} of {all} entries have one"),
        }
    };
    match (entries.is_empty(), without.next(), without.count()) {
        (true, ..) => add("timeline", "Start the timeline".into(), "The largest part of the page".into()),
        (_, None, _) => {}
        (_, Some(entry), 0) => {
            let clock = entry.at.map_or_else(|| "one entry".to_owned(), |at| at.format("%H:%M").to_string());
            add(&format!("entry-{}", entry.id), format!("Give {clock} a source"), note());
        }
        (_, Some(entry), others) => {
            add(&format!("entry-{}", entry.id), format!("Give {} entries a source", others + 1), note());
        }
    }
}

fn responders(responders: &[Responder], add: Add) {
    let has = |role| responders.iter().any(|responder| responder.role == role);
    let (verb, note) = match (has(Role::IncidentCommander), has(Role::Scribe)) {
        (true, true) => return,
        (false, false) => ("Name the commander and the scribe", "Who led the response, who kept the timeline"),
        (false, true) => ("Name the incident commander", "Who led the response"),
        (true, false) => ("Name the scribe", "Who kept the timeline"),
    };
    add("responders", verb.into(), note.into());
}

fn actions(actions: &[ActionItem], add: Add) {
    if actions.is_empty() {
        add("actions", "List the action items".into(), "What keeps it from coming back, or makes it less bad".into());
        return;
    }
    let open = || actions.iter().filter(|action| action.state == ActionState::Open);
    let first = |text: &str| shortened(&markdown::to_text(text));
    let count_first = |wanted: &dyn Fn(&ActionItem) -> bool| {
        let mut found = open().filter(|action| wanted(action));
        found.next().map(|action| (1 + found.count(), first(&action.text)))
    };
    if let Some((count, text)) = count_first(&|action| action.owner.trim().is_empty()) {
        add("actions", format!("Find an owner for {}", counted(count, "action", "actions")), text);
    }
    if let Some((count, text)) = count_first(&|action| action.due.is_none()) {
        add("actions", format!("Set a date for {}", counted(count, "action", "actions")), text);
    }
    let unsaid = actions
        .iter()
        .filter(|action| action.state == ActionState::Declined && action.reason.trim().is_empty())
        .count();
    if unsaid > 0 {
        let verb = if unsaid == 1 {
            "Say why 1 action is declined".to_owned()
        } else {
            format!("Say why {unsaid} actions are declined")
        };
        add("actions", verb, "A declined action stays on record with its reason".into());
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// The first words of a text, for a note.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

/// How many sentences a text has: what ends with a full stop, a question or an exclamation mark before a space and a
/// capital letter, and the last one however it ends. Good enough to say "three sentences", not to judge them.
fn sentences(text: &str) -> usize {
    let words: Vec<&str> = text.split_whitespace().collect();
    let ends = |word: &str| word.trim_end_matches(['"', '”', ')', '\'']).ends_with(['.', '!', '?']);
    let begins =
        |word: &str| word.chars().find(|letter| letter.is_alphanumeric()).is_some_and(|letter| !letter.is_lowercase());
    let inner = words.windows(2).filter(|pair| matches!(pair, [word, next] if ends(word) && begins(next))).count();
    if words.is_empty() { 0 } else { inner + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActionChange, ActionDraft, Command, EntryDraft, ResponderDraft, TextChange, create};

    fn typed(text: &str, insert: &str) -> Command {
        let change = TextChange { from: 0, to: 0, insert: insert.to_owned() };
        Command::EditText(text.parse().expect("a text"), vec![change])
    }

    fn verbs(replica: &crate::Replica) -> Vec<String> {
        things(Material::from(&replica.read().postmortem)).into_iter().map(|thing| thing.verb).collect()
    }

    #[test]
    fn a_new_post_mortem_says_everything_that_is_missing() {
        let replica = create::create(1, "x", Severity::Sev1).expect("made");
        for command in create::template_figures() {
            replica.run(&command).expect("run");
        }
        assert_eq!(
            verbs(&replica),
            [
                "Choose an owner",
                "Set the review meeting",
                "Say when it started and ended",
                "Write the overview",
                "Describe what happened",
                "Name the contributing factors",
                "Say what resolved it",
                "Fill in 5 impact figures",
                "Start the timeline",
                "Name the commander and the scribe",
                "List the action items",
                "Write the external message",
            ]
        );
    }

    #[test]
    fn r36_r38_r46_one_thing_is_named_and_linked_and_several_are_counted() {
        let replica = create::create(1, "x", Severity::Sev3).expect("made");
        let at = "2018-10-21T23:11:00Z".parse().expect("a time");
        let id = |text: &str| text.parse().expect("an id");
        for command in [
            Command::SetOwner("Mara".into()),
            Command::SetMeeting(Some(at)),
            Command::SetKeyTime(crate::KeyTime::Started, Some(at)),
            Command::SetKeyTime(crate::KeyTime::Resolved, Some(at)),
            typed("sections/overview", "One. Two, e.g. this. Three!"),
            typed("sections/what_happened", "It broke."),
            typed("sections/contributing_factors", "Load."),
            typed("sections/resolution", "More load."),
            Command::AddEntry(id("e1"), EntryDraft::new(at, "joined")),
            Command::AddResponder(id("r1"), ResponderDraft { name: "Mara".into(), role: Role::IncidentCommander }),
            Command::AddAction(id("a1"), ActionDraft::new("Test it")),
            Command::AddAction(id("a2"), ActionDraft { owner: "Mara".into(), ..ActionDraft::new("Move it") }),
            Command::AddAction(id("a3"), ActionDraft::new("Rewrite it")),
            Command::ChangeAction(id("a3"), ActionChange::State(ActionState::Declined)),
        ] {
            replica.run(&command).expect("run");
        }
        let postmortem = replica.read().postmortem;
        let things = things(Material::from(&postmortem));
        let verbs: Vec<&str> = things.iter().map(|thing| thing.verb.as_str()).collect();
        assert_eq!(
            verbs,
            [
                "Shorten the overview",
                "Give 23:11 a source",
                "Name the scribe",
                "Find an owner for 1 action",
                "Set a date for 2 actions",
                "Say why 1 action is declined",
            ]
        );
        assert_eq!(things[0].note, "3 sentences; one or two are asked for");
        assert_eq!((things[1].anchor.as_str(), things[1].note.as_str()), ("entry-e1", "The only entry has none"));
        assert_eq!(things[3].note, "Test it");
        replica.run(&Command::ChangeAction(id("a3"), ActionChange::Reason("Too dear".into()))).expect("run");
        assert_eq!(super::things(Material::from(&replica.read().postmortem)).len(), 5);
    }

    #[test]
    fn a_sentence_ends_before_a_capital_letter() {
        assert_eq!(sentences(""), 0);
        assert_eq!(sentences("Version 1.2 was rolled out, e.g. to Europe"), 1);
        assert_eq!(sentences("It broke (badly.) Then it healed."), 2);
    }
}
