//! The incident log and the life of a post-mortem as a whole: create, import, delete.

use super::http::{self, RequestError};
use chrono::{DateTime, NaiveDate, Utc};
use postmortem::deadline::{self, Distance, Today};
use postmortem::{ActionState, Person, Postmortem, PostmortemId, Replica, Severity, Status, Thread};
use serde::{Deserialize, Serialize};

/// One line of the incident log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The post-mortem.
    pub id: PostmortemId,
    /// Its title; may be empty.
    pub title: String,
    /// How bad it was.
    pub severity: Severity,
    /// Where the post-mortem stands.
    pub status: Status,
    /// Who is responsible; may be empty.
    #[serde(default)]
    pub owner: String,
    /// What was affected.
    #[serde(default)]
    pub services: Vec<String>,
    /// When it started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When the review meeting is held.
    #[serde(default)]
    pub meeting_at: Option<DateTime<Utc>>,
    /// The first day by which an open action is due.
    #[serde(default)]
    pub next_due: Option<NaiveDate>,
    /// Whether it came as a file, and was reviewed elsewhere.
    #[serde(default)]
    pub imported: bool,
    /// The last part of the link to the published page, while it is published.
    #[serde(default)]
    pub publication: Option<String>,
    /// The version of the published page.
    #[serde(default)]
    pub revision: Option<u32>,
    /// When somebody last wrote.
    pub updated_at: DateTime<Utc>,
    /// Actions that are to be done.
    #[serde(default)]
    pub open_actions: u32,
    /// All actions.
    #[serde(default)]
    pub actions: u32,
    /// Threads that are not resolved.
    #[serde(default)]
    pub open_threads: u32,
    /// Who has it open now.
    #[serde(default)]
    pub people: Vec<Person>,
}

impl Summary {
    /// The line of a copy that this browser keeps.
    pub fn of(id: &PostmortemId, replica: &Replica, threads: &[Thread], updated_at: DateTime<Utc>) -> Self {
        let (details, actions) = (replica.details(), replica.actions());
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let open = || actions.iter().filter(|action| action.state == ActionState::Open);
        Self {
            id: id.clone(),
            title: details.title,
            severity: details.severity,
            status: details.status,
            owner: details.owner,
            services: details.services,
            started_at: details.started_at,
            resolved_at: details.resolved_at,
            meeting_at: details.meeting_at,
            next_due: open().filter_map(|action| action.due).min(),
            imported: false,
            publication: None,
            revision: None,
            updated_at,
            open_actions: count(open().count()),
            actions: count(actions.len()),
            open_threads: count(threads.iter().filter(|thread| thread.resolved.is_none()).count()),
            people: Vec::new(),
        }
    }

    /// The title, or what stands in its place.
    pub fn title_or_placeholder(&self) -> &str {
        if self.title.trim().is_empty() { "Untitled incident" } else { &self.title }
    }

    /// The time by which it stands in the log: its start, else when it was last written in.
    pub fn moment(&self) -> DateTime<Utc> {
        self.started_at.unwrap_or(self.updated_at)
    }

    /// The day on which the review is due while it is ahead. An incident that came as a file has one only when somebody set
    /// a meeting.
    fn review_due(&self, today: Today) -> Option<NaiveDate> {
        if !deadline::is_ahead(self.status) {
            return None;
        }
        let last = || deadline::review(self.started_at, self.resolved_at).filter(|_| !self.imported);
        self.meeting_at.map(|at| today.day_of(at)).or_else(last)
    }

    /// What is due: the review, and an action once it is late.
    pub fn due(&self, today: Today) -> Vec<Distance> {
        let review = self.review_due(today).map(|due| named("Review", Distance::of(due, today)));
        let action = self.next_due.map(|due| named("Action", Distance::of(due, today))).filter(|action| action.is_late);
        review.into_iter().chain(action).collect()
    }

    /// How long the incident lasted.
    pub fn duration(&self) -> Option<chrono::TimeDelta> {
        let duration = self.resolved_at? - self.started_at?;
        (duration >= chrono::TimeDelta::zero()).then_some(duration)
    }
}

/// `Review in 2 days`, `Action overdue by 4 days`.
fn named(what: &str, distance: Distance) -> Distance {
    Distance { words: format!("{what} {}", distance.words), ..distance }
}

#[derive(Serialize)]
struct NewPostmortem<'a> {
    title: &'a str,
    severity: Severity,
}

#[derive(Serialize)]
struct Example<'a> {
    name: &'a str,
}

#[derive(Deserialize)]
struct Log {
    postmortems: Vec<Summary>,
}

#[derive(Deserialize)]
struct Created {
    id: PostmortemId,
}

/// What was made of a file.
#[derive(Debug, Clone, Deserialize)]
pub struct Imported {
    /// The post-mortem.
    pub id: PostmortemId,
    /// The fields that nothing was made of.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// The whole log.
pub async fn list() -> Result<Vec<Summary>, RequestError> {
    let log: Log = http::get("/api/postmortems").await?;
    Ok(log.postmortems)
}

/// Starts a post-mortem with all sections and nothing filled in.
pub async fn create(title: &str, severity: Severity) -> Result<PostmortemId, RequestError> {
    let created: Created = http::post("/api/postmortems", &NewPostmortem { title, severity }).await?;
    Ok(created.id)
}

/// Starts one from a file.
pub async fn import(json: String) -> Result<Imported, RequestError> {
    http::post_text("/api/imports", json).await
}

/// Starts one from the example that comes with Debrief.
pub async fn open_example() -> Result<PostmortemId, RequestError> {
    let created: Created = http::post("/api/examples", &Example { name: "github-2018-10-21" }).await?;
    Ok(created.id)
}

/// The whole value, as it stands on the server's disk.
pub async fn show(id: &PostmortemId) -> Result<Postmortem, RequestError> {
    http::get_soon(&format!("/api/postmortems/{id}")).await
}

/// Deletes one for everyone.
pub async fn delete(id: &PostmortemId) -> Result<(), RequestError> {
    http::delete(&format!("/api/postmortems/{id}")).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{ActionChange, ActionDraft, Command, KeyTime, Zone, create};

    #[test]
    fn what_is_late_says_by_how_much() {
        let replica = create::create(1, "x", Severity::Sev2).expect("made");
        let id: postmortem::ItemId = "a1".parse().expect("an id");
        let resolved: DateTime<Utc> = "2018-10-22T23:03:00Z".parse().expect("a time");
        let due = "2018-10-31".parse().ok();
        for command in [
            Command::SetKeyTime(KeyTime::Resolved, Some(resolved)),
            Command::AddAction(id.clone(), ActionDraft { due, ..ActionDraft::new("Test it") }),
        ] {
            replica.run(&command).expect("run");
        }
        let postmortem = PostmortemId::new(1, [0; 10]);
        let told = |summary: &Summary, today: &str| -> Vec<(String, bool)> {
            let due =
                summary.due(Today::at(format!("{today}T12:00:00Z").parse().expect("a time"), Zone::UTC)).into_iter();
            due.map(|distance| (distance.words, distance.is_late)).collect()
        };
        let summary = Summary::of(&postmortem, &replica, &[], resolved);
        assert_eq!(told(&summary, "2018-10-27"), [("Review in 2 days".to_owned(), false)]);
        let late = [("Review overdue by 4 days".to_owned(), true), ("Action overdue by 2 days".to_owned(), true)];
        assert_eq!(told(&summary, "2018-11-02"), late);
        let imported = Summary { imported: true, ..summary.clone() };
        assert_eq!(told(&imported, "2018-11-02"), late[1..]);
        let meeting_at = Some("2018-10-30T15:00:00Z".parse().expect("a time"));
        assert_eq!(told(&Summary { meeting_at, ..imported }, "2018-11-01")[0].0, "Review overdue by 2 days");
        let closed = Summary { status: Status::Closed, ..summary };
        assert_eq!(told(&closed, "2018-11-02"), late[1..], "an action that is open stays in sight");
        let done = Command::ChangeAction(id, ActionChange::State(ActionState::Done));
        replica.run(&done).expect("run");
        assert_eq!(Summary::of(&postmortem, &replica, &[], resolved).next_due, None);
    }
}
