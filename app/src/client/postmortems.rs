//! The incident log and the life of a post-mortem as a whole: create, import, delete.

use super::http::{self, RequestError};
use chrono::{DateTime, Utc};
use postmortem::{ActionState, Person, PostmortemId, Replica, Severity, Status, Thread};
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
        Self {
            id: id.clone(),
            title: details.title,
            severity: details.severity,
            status: details.status,
            owner: details.owner,
            services: details.services,
            started_at: details.started_at,
            resolved_at: details.resolved_at,
            updated_at,
            open_actions: count(actions.iter().filter(|action| action.state == ActionState::Open).count()),
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

    /// How long the incident lasted.
    pub fn duration(&self) -> Option<chrono::TimeDelta> {
        let duration = self.resolved_at? - self.started_at?;
        (duration >= chrono::TimeDelta::zero()).then_some(duration)
    }
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
pub async fn import(json: String) -> Result<PostmortemId, RequestError> {
    let created: Created = http::post_text("/api/imports", json).await?;
    Ok(created.id)
}

/// Starts one from the example that comes with Debrief.
pub async fn open_example() -> Result<PostmortemId, RequestError> {
    let created: Created = http::post("/api/examples", &Example { name: "github-2018-10-21" }).await?;
    Ok(created.id)
}

/// Whether the server has such a post-mortem to show, and why not.
pub async fn check(id: &PostmortemId) -> Result<(), RequestError> {
    http::check(&format!("/api/postmortems/{id}")).await
}

/// Deletes one for everyone.
pub async fn delete(id: &PostmortemId) -> Result<(), RequestError> {
    http::delete(&format!("/api/postmortems/{id}")).await
}
