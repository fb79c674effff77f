//! What the rest of the server tells a room and asks of it, one by one.

use super::{LiveRoom, STOPPING};
use crate::store::head_rows::Head;
use crate::sync::inbox::{self, Control, Placement, PlacementError};
use crate::sync::threads::ThreadNews;
use postmortem::api::close_code;
use postmortem::{Event, Passage, Replica, Subject};
use std::ops::ControlFlow;

impl LiveRoom {
    /// Breaks where the room ends at once.
    pub(super) fn apply(&mut self, control: Control) -> ControlFlow<()> {
        match control {
            Control::Committed { ticket } => {
                self.since_snapshot += 1;
                self.expect_summary();
                self.committed = Some(ticket);
            }
            Control::Drained { connection } => self.catch_up(connection),
            Control::Told { connection } => self.tell_more(connection),
            Control::Folded { sequence, result } => self.folded(sequence, result),
            Control::Rest => self.rest_soon(),
            Control::Announce(event) => self.announce(&event),
            Control::Head(head) => self.set_head(*head),
            Control::Permit { user, capabilities, told } => {
                let effects = self.room.permit(&user, capabilities);
                self.carry_out(effects);
                inbox::answer(told, || ());
            }
            Control::Thread(news) => {
                let ThreadNews { id, now, event } = *news;
                match now {
                    Some(now) => self.threads.put(now),
                    None => self.threads.remove(&id),
                }
                let effects = self.room.announce(&event);
                self.carry_out(effects);
            }
            Control::Read(asker) => {
                inbox::answer(asker, || self.last_read.of(&self.setting.id, &self.room, &self.head))
            }
            Control::Place(subject, passage, asker) => {
                inbox::answer(asker, || placed(self.room.replica(), &subject, passage.as_ref()));
            }
            Control::People(asker) => inbox::answer(asker, || self.room.people()),
            Control::Visit(asker) => inbox::answer(asker, || {
                self.summarize();
                self.room.people()
            }),
            Control::ReadToKeep { reason, by, answer } => inbox::answer(answer, || {
                let whole = self.last_read.of(&self.setting.id, &self.room, &self.head);
                (whole, self.version_on_disk(reason, by))
            }),
            Control::VersionKept(latest) => self.version_kept(latest),
            Control::Restore { client, version, by, answer } => {
                drop(answer.send(self.restore(client, &version, &by)));
            }
            Control::Delete => {
                let effects = self.room.announce(&Event::Deleted);
                self.carry_out(effects);
                self.parting = (close_code::DELETED, "deleted");
                for outgoing in std::mem::take(&mut self.outgoing).into_values() {
                    outgoing.close(close_code::DELETED, "deleted");
                }
                return ControlFlow::Break(());
            }
            Control::Stop(stopped) => {
                for (connection, outgoing) in std::mem::take(&mut self.outgoing) {
                    self.room.leave(connection);
                    self.send_away(outgoing);
                }
                self.parting = (close_code::RESTARTING, STOPPING);
                self.stopping = Some(stopped);
            }
        }
        ControlFlow::Continue(())
    }

    /// Everybody is told, and a version is kept where the status is another.
    fn set_head(&mut self, Head { row, by }: Head) {
        if self.head == row {
            return;
        }
        let before = std::mem::replace(&mut self.head, row);
        self.last_read.forget();
        if before.status != self.head.status {
            self.keep_change_of_status(by);
        }
        let effects = self.room.announce(&Event::Head { row: self.head.clone() });
        self.carry_out(effects);
    }

    fn announce(&mut self, event: &Event) {
        // What later connections are greeted with.
        if matches!(event, Event::Publication { .. }) {
            self.publication = event.clone();
        }
        if matches!(event, Event::Audience { .. }) {
            self.audience = event.clone();
        }
        if let Event::Renamed { person } = event {
            self.room.rename(person);
            self.head.rename(person);
            self.last_read.forget();
        }
        let effects = self.room.announce(event);
        self.carry_out(effects);
    }
}

/// Whether a comment has a place in what is on disk. An entry that is deleted has none for a new thread.
fn placed(replica: &Replica, subject: &Subject, passage: Option<&Passage>) -> Placement {
    let text = subject.text();
    let is_there = match subject {
        Subject::Section(key) => replica.section_keys().contains(key),
        Subject::Entry(id) => replica.entry(id).is_some(),
    };
    if !is_there {
        return Err(PlacementError::Missing(text.noun()));
    }
    Ok(passage.map(|passage| replica.checked_passage(&text, passage)).transpose()?)
}
