//! One line of the incident log: what it shows of the document, and of the rows beside it.

use crate::deadline::{self, Distance, Today};
use crate::{ActionState, HeadRow, ItemKind, Openness, Person, PostmortemId, Replica, Severity, Thread, contradiction};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What the incident log shows of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// May be empty.
    pub title: String,
    pub severity: Severity,
    #[serde(default)]
    pub services: Vec<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub resolved_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub meeting_at: Option<DateTime<Utc>>,
    /// The first day by which an open action is due; one that cannot be true is passed over.
    #[serde(default)]
    pub next_due: Option<NaiveDate>,
    #[serde(default)]
    pub entries: u32,
    #[serde(default)]
    pub open_actions: u32,
    /// Open or not.
    #[serde(default)]
    pub actions: u32,
}

impl Summary {
    pub fn of(replica: &Replica) -> Self {
        let (details, actions) = (replica.details(), replica.actions());
        let open = || actions.iter().filter(|action| action.state == ActionState::Open);
        let due = open().filter_map(|action| action.due);
        Self {
            next_due: due.filter(|due| contradiction::of_due(*due, &details).is_none()).min(),
            entries: number(replica.count(ItemKind::Entry)),
            open_actions: number(open().count()),
            actions: number(actions.len()),
            title: details.title,
            severity: details.severity,
            services: details.services,
            started_at: details.started_at,
            resolved_at: details.resolved_at,
            meeting_at: details.meeting_at,
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// One line of the incident log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    pub id: PostmortemId,
    #[serde(flatten)]
    pub summary: Summary,
    #[serde(flatten)]
    pub head: HeadRow,
    /// Whether it came as a file, and was reviewed elsewhere.
    #[serde(default)]
    pub imported: bool,
    /// The last part of the link to the published page, while it is published.
    #[serde(default)]
    pub publication: Option<String>,
    /// The newest revision of the published page.
    #[serde(default)]
    pub revision: Option<u32>,
    /// When somebody last wrote.
    pub updated_at: DateTime<Utc>,
    /// By which it stands in the server's log: its start, else when it was created.
    #[serde(default)]
    pub listed_at: Option<DateTime<Utc>>,
    /// Threads that are not resolved.
    #[serde(default)]
    pub open_threads: u32,
    /// Who finds it without being named in it. A server of an older release says nothing of it: there everybody does.
    #[serde(default = "open_to_the_team")]
    pub access: Openness,
    /// How many people find it, where it is private.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<u32>,
    /// Who has it open now, each once, by name.
    #[serde(default)]
    pub people: Vec<Person>,
    /// The owner as they are shown, where it is an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<Person>,
}

fn open_to_the_team() -> Openness {
    Openness::Team
}

impl LogRow {
    /// The line of a copy that a browser keeps.
    pub fn of_copy(
        id: &PostmortemId,
        replica: &Replica,
        head: Option<&HeadRow>,
        threads: &[Thread],
        updated_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: id.clone(),
            summary: Summary::of(replica),
            // One that an earlier release kept has it in the document.
            head: head.cloned().unwrap_or_else(|| replica.details().head()),
            imported: false,
            publication: None,
            revision: None,
            updated_at,
            listed_at: None,
            access: Openness::Team,
            named: None,
            open_threads: number(threads.iter().filter(|thread| thread.resolved.is_none()).count()),
            people: Vec::new(),
            owned_by: None,
        }
    }

    /// With who has it open, in whatever order and from however many windows.
    pub fn with_people(self, mut people: Vec<Person>) -> Self {
        people.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        people.dedup_by(|one, other| one.id == other.id);
        Self { people, ..self }
    }

    /// The title, or what stands in its place.
    pub fn title_or_placeholder(&self) -> &str {
        if self.summary.title.trim().is_empty() { "Untitled incident" } else { &self.summary.title }
    }

    /// The time by which it stands in the log: its start, else when it was last written in.
    pub fn moment(&self) -> DateTime<Utc> {
        self.summary.started_at.unwrap_or(self.updated_at)
    }

    /// The day on which the review is due while it is ahead. An incident that came as a file has one only when somebody set
    /// a meeting.
    fn review_due(&self, today: Today) -> Option<NaiveDate> {
        let summary = &self.summary;
        if !deadline::is_ahead(self.head.status) {
            return None;
        }
        let last = || deadline::review(summary.started_at, summary.resolved_at).filter(|_| !self.imported);
        summary.meeting_at.map(|at| today.day_of(at)).or_else(last)
    }

    /// What is due: the review, and an action once it is late.
    pub fn due(&self, today: Today) -> Vec<Distance> {
        let review = self.review_due(today).map(|due| named("Review", Distance::of(due, today)));
        let action = self.summary.next_due.map(|due| named("Action", Distance::of(due, today)));
        review.into_iter().chain(action.filter(|action| action.is_late)).collect()
    }

    /// How long the incident lasted.
    pub fn duration(&self) -> Option<TimeDelta> {
        let duration = self.summary.resolved_at? - self.summary.started_at?;
        (duration >= TimeDelta::zero()).then_some(duration)
    }
}

/// `Review in 2 days`, `Action overdue by 4 days`.
fn named(what: &str, distance: Distance) -> Distance {
    Distance { words: format!("{what} {}", distance.words), ..distance }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActionChange, ActionDraft, ClientId, Command, KeyTime, Status, Zone, create};

    #[test]
    fn what_is_late_says_by_how_much() {
        let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let id: crate::ItemId = "a1".parse().expect("an id");
        let resolved: DateTime<Utc> = "2018-10-22T23:03:00Z".parse().expect("a time");
        let due = "2018-10-31".parse().ok();
        for command in [
            Command::SetKeyTime(KeyTime::Resolved, Some(resolved)),
            Command::AddAction(id.clone(), ActionDraft { due, ..ActionDraft::new("Test it") }),
        ] {
            replica.run(&command).expect("run");
        }
        let postmortem = PostmortemId::new(1, [0; 10]);
        let told = |row: &LogRow, today: &str| -> Vec<(String, bool)> {
            let due = row.due(Today::at(format!("{today}T12:00:00Z").parse().expect("a time"), Zone::UTC)).into_iter();
            due.map(|distance| (distance.words, distance.is_late)).collect()
        };
        let row = LogRow::of_copy(&postmortem, &replica, None, &[], resolved);
        assert_eq!(told(&row, "2018-10-27"), [("Review in 2 days".to_owned(), false)]);
        let late = [("Review overdue by 4 days".to_owned(), true), ("Action overdue by 2 days".to_owned(), true)];
        assert_eq!(told(&row, "2018-11-02"), late);
        let with = |row: &LogRow, change: &dyn Fn(&mut Summary)| {
            let mut changed = row.clone();
            change(&mut changed.summary);
            changed
        };
        let imported = LogRow { imported: true, ..row.clone() };
        assert_eq!(told(&imported, "2018-11-02"), late[1..]);
        let meeting_at = Some("2018-10-30T15:00:00Z".parse().expect("a time"));
        assert_eq!(
            told(&with(&imported, &|summary| summary.meeting_at = meeting_at), "2018-11-01")[0].0,
            "Review overdue by 2 days"
        );
        let closed = LogRow { head: HeadRow { status: Status::Closed, ..HeadRow::default() }, ..row.clone() };
        assert_eq!(told(&closed, "2018-11-02"), late[1..], "an action that is open stays in sight");
        let done = Command::ChangeAction(id, ActionChange::State(ActionState::Done));
        replica.run(&done).expect("run");
        assert_eq!(Summary::of(&replica).next_due, None);
    }

    #[test]
    fn a_line_is_flat_and_one_of_an_older_server_is_read() {
        let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let row = LogRow::of_copy(&PostmortemId::new(1, [0; 10]), &replica, None, &[], DateTime::default());
        let mut json = serde_json::to_value(&row).expect("JSON");
        assert_eq!(json["title"], "x");
        assert_eq!(serde_json::from_value::<LogRow>(json.clone()).expect("a line"), row);
        let fields = json.as_object_mut().expect("fields");
        for newer in ["owner", "services", "meeting_at", "next_due", "entries", "imported", "revision", "people"] {
            assert!(fields.remove(newer).is_some(), "{newer}");
        }
        assert_eq!(serde_json::from_value::<LogRow>(json).expect("a line"), row);
    }
}
