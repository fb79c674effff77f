//! When a room keeps a version: at moments that it is told of, when the status changed, and after a while of writing. And
//! how it goes back to one.

use super::LiveRoom;
use crate::store::log::LogSequence;
use crate::store::versions::{Latest, NewVersion};
use crate::sync::inbox::Restored;
use chrono::{DateTime, Utc};
use postmortem::ingest::IngestError;
use postmortem::{ClientId, Person, Reason, Replica, UserId};
use std::time::Duration;
use tokio::sync::oneshot;

/// What a room knows of its versions.
#[derive(Debug)]
pub(super) struct Versions {
    /// The newest one, or the post-mortem's beginning.
    pub latest: Latest,
    /// Who wrote since the newest version.
    writers: Vec<Person>,
}

impl Versions {
    pub fn new(latest: Latest) -> Self {
        Self { latest, writers: Vec::new() }
    }

    /// Counts in who wrote.
    pub fn wrote(&mut self, people: Vec<Person>) {
        for person in people {
            add(&mut self.writers, &person);
        }
    }

    /// Whether the newest version is at least so old.
    pub fn have_rested(&self, rest: Duration, now: DateTime<Utc>) -> bool {
        (now - self.latest.made_at).to_std().is_ok_and(|age| age >= rest)
    }

    /// Who wrote since the newest version, where it was one person.
    pub fn writer(&self) -> Option<UserId> {
        only(&self.writers)
    }

    /// A version was kept of everything up to a sequence.
    pub fn kept(&mut self, sequence: LogSequence, made_at: DateTime<Utc>) {
        // One of what was published may come behind one of something newer.
        self.latest = Latest { sequence: sequence.max(self.latest.sequence), made_at };
        self.writers.clear();
    }

    /// How long until a version is due, when something was written after the newest; `None` when nothing was.
    pub fn due_in(&self, sequence: LogSequence, pace: Duration, now: DateTime<Utc>) -> Option<Duration> {
        let age = (now - self.latest.made_at).to_std().unwrap_or_default();
        (sequence > self.latest.sequence).then(|| pace.saturating_sub(age))
    }
}

impl LiveRoom {
    /// A version of what is on disk.
    pub(super) fn version_on_disk(&self, reason: Reason, by: UserId) -> Option<NewVersion> {
        let under_way = i64::try_from(self.under_way.len()).ok()?;
        let state = self.room.replica().diff(&[0]);
        let state = state.inspect_err(|error| tracing::error!(%error, "a version could not be made")).ok()?;
        let (sequence, head) = (self.sequence.back(under_way), self.head.clone());
        Some(NewVersion { sequence, reason, by: Some(by), at: self.time(), head, state })
    }

    /// A version that was read before is kept.
    pub(super) fn version_kept(&mut self, Latest { sequence, made_at }: Latest) {
        self.versions.kept(sequence, made_at);
        self.deadlines.version = None;
        self.expect_version();
    }

    /// Keeps a version where the status has changed. One that follows too soon is left to the version that is due anyway.
    pub(super) fn keep_change_of_status(&mut self, by: Option<UserId>) {
        if self.versions.have_rested(self.setting.pace.status_version, self.time()) {
            self.keep_version_unasked(Reason::StatusChange, by);
        }
    }

    /// Keeps a version of what is being written.
    pub(super) fn keep_activity(&mut self) {
        let by = self.versions.writer();
        self.keep_version_unasked(Reason::Activity, by);
    }

    /// Before the room ends: what its log would not give again stays as a version.
    pub(super) fn keep_what_would_be_lost(&mut self) {
        if self.is_broken() && self.sequence > self.versions.latest.sequence {
            self.keep_activity();
        }
    }

    /// Lets a version come when it is due, where something was written since the last.
    pub(super) fn expect_version(&mut self) {
        self.versions.wrote(self.room.take_writers());
        if self.deadlines.version.is_none() {
            let due = self.versions.due_in(self.sequence, self.setting.pace.version, self.time());
            self.deadlines.version = due.map(|due| self.now() + due.max(self.setting.pace.summary));
        }
    }

    /// Edits the document back to a version, after keeping one of how it is. `client` is an id that nobody has used.
    pub(super) fn restore(
        &mut self,
        client: ClientId,
        version: &Replica,
        by: &Person,
    ) -> Result<Restored, IngestError> {
        let before = self.state();
        if !self.room.restore(client, by, version)? {
            return Ok(Restored { before: None });
        }
        let (kept, number) = oneshot::channel();
        if let Some(before) = before {
            self.keep_version(Reason::BeforeRestore, Some(by.id.clone()), before, kept);
        }
        let effects = self.room.settle();
        self.carry_out(effects);
        Ok(Restored { before: Some(number) })
    }

    /// Everything that was accepted, after handing it to the saver.
    fn state(&mut self) -> Option<Vec<u8>> {
        let effects = self.room.settle();
        self.carry_out(effects);
        self.room.state().inspect_err(|error| tracing::error!(%error, "a version could not be made")).ok()
    }

    /// Keeps a version of everything that was handed to the saver.
    fn keep_version(&mut self, reason: Reason, by: Option<UserId>, state: Vec<u8>, kept: oneshot::Sender<Option<u32>>) {
        let (sequence, at) = (self.sequence, self.time());
        self.versions.kept(sequence, at);
        self.deadlines.version = None;
        let version = NewVersion { sequence, reason, by, at, head: self.head.clone(), state };
        self.setting.saver.keep_version(self.setting.id.clone(), version, kept);
    }

    /// Keeps a version that nobody waits for.
    fn keep_version_unasked(&mut self, reason: Reason, by: Option<UserId>) {
        if let Some(state) = self.state() {
            let (kept, _) = oneshot::channel();
            self.keep_version(reason, by, state, kept);
        }
    }

    pub(super) fn time(&self) -> DateTime<Utc> {
        (self.setting.clock.time)()
    }
}

fn add(people: &mut Vec<Person>, person: &Person) {
    if people.iter().all(|known| known.id != person.id) {
        people.push(person.clone());
    }
}

fn only(people: &[Person]) -> Option<UserId> {
    match people {
        [person] => Some(person.id.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use postmortem::person::PersonColor;

    fn person(name: &str) -> Person {
        Person { id: name.parse().expect("an id"), name: name.to_owned(), color: PersonColor::Violet, initials: None }
    }

    #[test]
    fn a_version_is_due_ten_minutes_after_the_one_before_it_and_only_for_something_new() {
        let began: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("a time");
        let pace = Duration::from_secs(600);
        let mut versions = Versions::new(Latest { sequence: LogSequence(1), made_at: began });
        let due = |versions: &Versions, sequence, minutes| {
            versions.due_in(sequence, pace, began + TimeDelta::minutes(minutes)).map(|due| due.as_secs())
        };
        assert_eq!(due(&versions, LogSequence(1), 60), None, "nothing was written");
        assert_eq!(due(&versions, LogSequence(2), 4), Some(360));
        assert_eq!(due(&versions, LogSequence(2), 60), Some(0));
        versions.kept(LogSequence(2), began + TimeDelta::minutes(60));
        assert_eq!(due(&versions, LogSequence(2), 80), None);
        assert_eq!(due(&versions, LogSequence(3), 61), Some(540));
        assert_eq!(
            due(&versions, LogSequence(3), 0),
            Some(600),
            "a clock that was set back delays by no more than the pace"
        );
    }

    #[test]
    fn a_version_names_a_person_only_when_it_was_one() {
        let began: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().expect("a time");
        let mut versions = Versions::new(Latest { sequence: LogSequence(1), made_at: began });
        versions.wrote(vec![person("mara")]);
        versions.wrote(vec![person("jonah")]);
        assert_eq!(versions.writer(), None);
        versions.kept(LogSequence(9), began);
        versions.wrote(vec![person("mara"), person("mara")]);
        assert_eq!(versions.writer(), Some("mara".parse().expect("an id")));
    }
}
