//! What is still to be done before the next status, as far as it can be counted (R56): a list of verbs, each with the
//! place where it is done. No percentage: two of the things may be a minute's work and the third a week's.

use crate::deadline::{self, Distance, Today};
use crate::{
    ActionItem, ActionState, Details, ImpactFigure, KeyTime, Postmortem, Responder, Role, SectionKey, Severity, Status,
    TimelineEntry, contradiction, impact, markdown,
};
use chrono::NaiveDate;
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
    /// Whether the day for it has passed.
    pub is_late: bool,
}

/// The anchor of what is done in the threads of comments, wherever they stand.
pub const THREADS: &str = "threads";

/// What is looked at: the parts of a post-mortem, borrowed from wherever they are kept.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    pub details: &'a Details,
    pub sections: &'a BTreeMap<SectionKey, String>,
    /// The timeline; its texts do not matter.
    pub timeline: &'a [TimelineEntry],
    pub impact: &'a [ImpactFigure],
    pub responders: &'a [Responder],
    pub actions: &'a [ActionItem],
    /// How many threads nobody has resolved.
    pub open_threads: usize,
    /// The day on which it is asked.
    pub today: Today,
}

impl<'a> Material<'a> {
    pub fn of(postmortem: &'a Postmortem, open_threads: usize, today: Today) -> Self {
        let Postmortem { details, sections, timeline, impact, responders, actions, .. } = postmortem;
        Self { details, sections, timeline, impact, responders, actions, open_threads, today }
    }

    fn section(&self, key: &str) -> &str {
        self.sections.iter().find(|(section, _)| section.as_str() == key).map_or("", |(_, text)| text)
    }
}

/// The most sentences of an overview (R60).
const OVERVIEW_SENTENCES: usize = 2;

/// How many figures are named in a note.
const NAMED: usize = 3;

/// What is open while a post-mortem stands at its status, in reading order: until the review what it needs, and from then
/// on also the actions that are to be done.
pub fn things(material: Material) -> Vec<Thing> {
    let next = match material.details.status {
        Status::Draft | Status::InReview => Status::Reviewed,
        Status::Reviewed | Status::Closed => Status::Closed,
    };
    open_before(material, next)
}

/// What a later status would skip, in reading order; nothing for the one that it has, or had.
pub fn skipped(material: Material, to: Status) -> Vec<Thing> {
    if to <= material.details.status { Vec::new() } else { open_before(material, to) }
}

fn contradictions(material: &Material) -> usize {
    let Material { details, timeline, actions, .. } = material;
    let is_wrong = |key: &&KeyTime| contradiction::of_key_time(**key, details, timeline).is_some();
    KeyTime::ALL.iter().filter(is_wrong).count()
        + timeline.iter().filter(|entry| contradiction::of_end(entry).is_some()).count()
        + actions.iter().filter_map(|action| contradiction::of_due(action.due?, details)).count()
}

/// What is to be done before a post-mortem stands at a status.
fn open_before(material: Material, to: Status) -> Vec<Thing> {
    let mut things = Vec::new();
    let mut add = |thing: Thing| things.push(thing);
    let details = material.details;
    if details.owner.trim().is_empty() {
        add(thing("owner", "Choose an owner", "One person sees that the page is completed"));
    }
    // Responders may read before there is a day for the meeting.
    if deadline::is_ahead(details.status) && to > Status::InReview {
        review(details, material.today, &mut add);
    }
    if details.started_at.is_none() || details.resolved_at.is_none() {
        let verb = match (details.started_at, details.resolved_at) {
            (None, None) => "Say when it started and ended",
            (None, Some(_)) => "Say when it started",
            _ => "Say when it was resolved",
        };
        add(thing("key-times", verb, "The timeline is drawn between the two"));
    }
    match contradictions(&material) {
        0 => {}
        1 => add(thing("key-times", "Correct 1 time that cannot be true", "It is left out of the page")),
        count => {
            let verb = format!("Correct {count} times that cannot be true");
            add(thing("key-times", verb, "They are left out of the page"));
        }
    }
    overview(material.section("overview"), &mut add);
    for (key, verb, note) in [
        ("what_happened", "Describe what happened", "A short course of events"),
        ("contributing_factors", "Name the contributing factors", "What led to it and what made it worse"),
        ("resolution", "Say what resolved it", "The temporary fix and the long-term one"),
    ] {
        if material.section(key).trim().is_empty() {
            add(thing(key, verb, note));
        }
    }
    figures(material.impact, &mut add);
    timeline(material.timeline, &mut add);
    responders(material.responders, &mut add);
    actions(material.actions, &mut add);
    if to == Status::Closed {
        unfinished(material.actions, material.today, &mut add);
    }
    if details.severity != Severity::Sev3 && material.section("external_message").trim().is_empty() {
        let liaison = material.responders.iter().find(|responder| responder.role == Role::CustomerLiaison);
        let note = liaison.map_or_else(
            || "Reviewed in the meeting before it is sent".to_owned(),
            |liaison| format!("{}, as customer liaison", liaison.name),
        );
        add(thing("external_message", "Write the external message", note));
    }
    // Comments are what a review is for.
    if material.open_threads > 0 && to > Status::InReview {
        let verb = format!("Resolve {}", counted(material.open_threads, "thread", "threads"));
        add(thing(THREADS, verb, "Comments that nobody has settled"));
    }
    things
}

fn thing(anchor: &str, verb: impl Into<String>, note: impl Into<String>) -> Thing {
    Thing { anchor: anchor.to_owned(), verb: verb.into(), note: note.into(), is_late: false }
}

type Add<'a> = &'a mut dyn FnMut(Thing);

fn review(details: &Details, today: Today, add: Add) {
    let last = deadline::review(details.started_at, details.resolved_at);
    let Some(meeting) = details.meeting_at.map(|at| today.day_of(at)) else {
        let by = last.map(|day| (day, Distance::of(day, today)));
        let note = match &by {
            None => "Within five business days of the incident".to_owned(),
            Some((day, distance)) => {
                format!("Five business days after the incident: {}, {}", in_words(*day), distance.words)
            }
        };
        let is_late = by.is_some_and(|(_, distance)| distance.is_late);
        add(Thing { is_late, ..thing("meeting", "Set the review meeting", note) });
        return;
    };
    let distance = Distance::of(meeting, today);
    let later = last.map_or(0, |last| deadline::business_days_between(last, meeting));
    if distance.is_late {
        let note = format!("It was set for {}, {}", in_words(meeting), distance.words);
        add(Thing { is_late: true, ..thing("meeting", "Hold the review meeting", note) });
    } else if let (1.., Some(last)) = (later, last) {
        let days = if later == 1 { "1 business day".to_owned() } else { format!("{later} business days") };
        let note = format!("{} is {days} later than the five after the incident", in_words(meeting));
        let is_late = last < today.date;
        add(Thing { is_late, ..thing("meeting", "Hold the review meeting sooner", note) });
    }
}

/// `Mon 29 Oct 2018`.
fn in_words(day: NaiveDate) -> String {
    day.format("%a %-d %b %Y").to_string()
}

fn unfinished(actions: &[ActionItem], today: Today, add: Add) {
    let open = || actions.iter().filter(|action| action.state == ActionState::Open);
    let Some(first) = open().next() else { return };
    let due = open().filter_map(|action| action.due).min().map(|due| Distance::of(due, today));
    let late = open().filter(|action| action.due.is_some_and(|due| due < today.date)).count();
    let note = match (due.filter(|due| due.is_late), late) {
        (Some(due), 1) => format!("1 is {}", due.words),
        (Some(due), late) => format!("{late} are late, the first {}", due.words),
        (None, _) => shortened(&markdown::to_text(&first.text)),
    };
    let verb = format!("Finish or decline {}", counted(open().count(), "action", "actions"));
    add(Thing { is_late: late > 0, ..thing("actions", verb, note) });
}

fn overview(text: &str, add: Add) {
    let sentences = sentences(&markdown::to_text(text));
    let asked = "One or two short sentences: cause, course, impact";
    match sentences {
        0 => add(thing("overview", "Write the overview", asked)),
        1..=OVERVIEW_SENTENCES => {}
        count => add(thing("overview", "Shorten the overview", format!("{count} sentences; one or two are asked for"))),
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
    add(thing(
        "impact",
        format!("Fill in {}", counted(unknown.len(), "impact figure", "impact figures")),
        format!("Not known yet: {named}{rest}"),
    ));
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
        (true, ..) => add(thing("timeline", "Start the timeline", "The largest part of the page")),
        (_, None, _) => {}
        (_, Some(entry), 0) => {
            let clock = entry.at.map_or_else(|| "one entry".to_owned(), |at| at.format("%H:%M").to_string());
            add(thing(&format!("entry-{}", entry.id), format!("Give {clock} a source"), note()));
        }
        (_, Some(entry), others) => {
            add(thing(&format!("entry-{}", entry.id), format!("Give {} entries a source", others + 1), note()));
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
    add(thing("responders", verb, note));
}

fn actions(actions: &[ActionItem], add: Add) {
    if actions.is_empty() {
        add(thing("actions", "List the action items", "What keeps it from coming back, or makes it less bad"));
        return;
    }
    let open = || actions.iter().filter(|action| action.state == ActionState::Open);
    let first = |text: &str| shortened(&markdown::to_text(text));
    let count_first = |wanted: &dyn Fn(&ActionItem) -> bool| {
        let mut found = open().filter(|action| wanted(action));
        found.next().map(|action| (1 + found.count(), first(&action.text)))
    };
    if let Some((count, text)) = count_first(&|action| action.owner.trim().is_empty()) {
        add(thing("actions", format!("Find an owner for {}", counted(count, "action", "actions")), text));
    }
    if let Some((count, text)) = count_first(&|action| action.due.is_none()) {
        add(thing("actions", format!("Set a date for {}", counted(count, "action", "actions")), text));
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
        add(thing("actions", verb, "A declined action stays on record with its reason"));
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
    use crate::{ActionChange, ActionDraft, ClientId, Command, EntryDraft, ResponderDraft, TextChange, Zone, create};

    fn typed(text: &str, insert: &str) -> Command {
        let change = TextChange { from: 0, to: 0, insert: insert.to_owned() };
        Command::EditText(text.parse().expect("a text"), vec![change])
    }

    fn today(day: &str) -> Today {
        Today::at(format!("{day}T12:00:00Z").parse().expect("a time"), Zone::UTC)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// All of a post-mortem, as it is asked for the day after the incident.
    fn material(postmortem: &Postmortem) -> Material<'_> {
        Material::of(postmortem, 0, today("2018-10-22"))
    }

    fn verbs(replica: &crate::Replica) -> Vec<String> {
        things(material(&replica.read().postmortem)).into_iter().map(|thing| thing.verb).collect()
    }

    #[test]
    fn a_new_post_mortem_says_everything_that_is_missing() {
        let replica = create::create(ClientId(1), "x", Severity::Sev1).expect("made");
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
        let replica = create::create(ClientId(1), "x", Severity::Sev3).expect("made");
        let at = "2018-10-21T23:11:00Z".parse().expect("a time");
        let id = |text: &str| text.parse().expect("an id");
        for command in [
            Command::SetMeeting(Some("2018-10-24T15:00:00Z".parse().expect("a time"))),
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
        let owned = || {
            let mut postmortem = replica.read().postmortem;
            postmortem.details.owner = "Mara".into();
            postmortem
        };
        let postmortem = owned();
        let things = things(material(&postmortem));
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
        assert_eq!(super::things(material(&owned())).len(), 5);
    }

    fn at(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
        Some(text.parse().expect("a time"))
    }

    fn review_of(details: &Details, day: &str) -> Option<Thing> {
        let postmortem = Postmortem { details: details.clone(), ..Postmortem::default() };
        let material = Material { today: today(day), ..material(&postmortem) };
        things(material).into_iter().find(|thing| thing.anchor == "meeting")
    }

    #[test]
    fn r24_r54_five_business_days_are_computed_and_late_says_by_how_much() {
        let details = Details { resolved_at: at("2018-10-22T23:03:00Z"), ..Details::default() };
        let unset = |today| review_of(&details, today).map(|thing| (thing.note, thing.is_late)).expect("no meeting");
        let five = |words: &str| format!("Five business days after the incident: Mon 29 Oct 2018, {words}");
        assert_eq!(unset("2018-10-27"), (five("in 2 days"), false));
        assert_eq!(unset("2018-11-02"), (five("overdue by 4 days"), true));
        assert_eq!(
            review_of(&Details::default(), "2018-10-22").map(|thing| thing.note),
            Some("Within five business days of the incident".to_owned())
        );
        let set = Details { meeting_at: at("2018-10-25T15:00:00Z"), ..details.clone() };
        assert_eq!(review_of(&set, "2018-10-25"), None);
        let missed = review_of(&set, "2018-10-28").expect("it was not held");
        assert_eq!(missed.note, "It was set for Thu 25 Oct 2018, overdue by 3 days");
        assert!(missed.is_late);
        let late = Details { meeting_at: at("2018-10-31T15:00:00Z"), ..details };
        let sooner = review_of(&late, "2018-10-25").expect("it is later than it should be");
        assert_eq!(sooner.note, "Wed 31 Oct 2018 is 2 business days later than the five after the incident");
        assert_eq!(review_of(&Details { status: Status::Reviewed, ..late }, "2019-01-01"), None, "it was held");
    }

    #[test]
    fn a_status_skips_what_is_open_and_closing_also_what_is_to_be_done() {
        let replica = create::create(ClientId(1), "x", Severity::Sev3).expect("made");
        let id = |text: &str| text.parse().expect("an id");
        let due = Some(day("2018-10-18"));
        for command in [
            Command::AddAction(id("a1"), ActionDraft { due, owner: "Mara".into(), ..ActionDraft::new("Test it") }),
            Command::AddAction(id("a2"), ActionDraft { due: None, ..ActionDraft::new("Move it") }),
        ] {
            replica.run(&command).expect("run");
        }
        let mut postmortem = replica.read().postmortem;
        let to = |postmortem: &Postmortem, status| -> Vec<Thing> {
            skipped(Material { open_threads: 2, ..material(postmortem) }, status)
        };
        let has = |things: &[Thing], verb: &str| things.iter().any(|thing| thing.verb == verb);
        let review = to(&postmortem, Status::InReview);
        assert!(has(&review, "Write the overview") && !has(&review, "Set the review meeting"));
        assert!(!has(&review, "Resolve 2 threads"), "comments are what it is for");
        let reviewed = to(&postmortem, Status::Reviewed);
        assert!(has(&reviewed, "Set the review meeting") && has(&reviewed, "Resolve 2 threads"));
        assert!(!has(&reviewed, "Finish or decline 2 actions"));
        let closed = to(&postmortem, Status::Closed);
        let unfinished = closed.iter().find(|thing| thing.verb == "Finish or decline 2 actions").expect("it is open");
        assert_eq!((unfinished.note.as_str(), unfinished.is_late), ("1 is overdue by 4 days", true));
        assert_eq!(to(&postmortem, Status::Draft), []);
        postmortem.details.status = Status::Closed;
        assert_eq!(to(&postmortem, Status::Reviewed), [], "nothing is skipped on the way back");
        let left = things(material(&postmortem));
        assert!(has(&left, "Finish or decline 2 actions"), "it stays in sight");
        assert!(!has(&left, "Set the review meeting"));
    }

    #[test]
    fn a_sentence_ends_before_a_capital_letter() {
        assert_eq!(sentences(""), 0);
        assert_eq!(sentences("Version 1.2 was rolled out, e.g. to Europe"), 1);
        assert_eq!(sentences("It broke (badly.) Then it healed."), 2);
    }
}
