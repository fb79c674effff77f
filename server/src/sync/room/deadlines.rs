//! What a room does because it is time: summaries, versions, signs of life, presence, folding, and its end.

use super::effects::cost;
use super::{LiveRoom, Turned};
use crate::sync::Pace;
use crate::sync::outgoing::Outgoing;
use chrono::{DateTime, Utc};
use postmortem::api::Summary;
use std::time::Duration;
use tokio::time::Instant;

/// How many times longer than making a summary took the next one waits at least: a summary reads the whole document, and
/// typing in a long one must not cost more than in a short one.
const SUMMARY_REST: u32 = 200;

/// How soon a room looks again whether there is room for the answer that somebody waits for.
const NEXT_ANSWER: Duration = Duration::from_millis(50);

/// Where a room reads the time: what deadlines are counted by, and what people read.
#[derive(Debug, Clone, Copy)]
pub struct RoomClock {
    pub instant: fn() -> Instant,
    pub time: fn() -> DateTime<Utc>,
}

/// What a room's clock waits for.
#[derive(Debug)]
pub(super) struct Deadlines {
    /// When the summary is due; absent when it is up to date.
    summary: Option<Instant>,
    /// How long making the last one took.
    summary_cost: Duration,
    keep_alive: Instant,
    /// Until when nobody is told who moved.
    presence: Instant,
    /// When a version of what is being written is due; absent when nothing was written since the last.
    pub version: Option<Instant>,
    /// When the room has been empty for long enough; absent while somebody is in it.
    idle: Option<Instant>,
}

impl Deadlines {
    pub fn new(now: Instant, pace: Pace) -> Self {
        Self {
            summary: None,
            summary_cost: Duration::ZERO,
            keep_alive: now + pace.keep_alive,
            presence: now,
            version: None,
            idle: Some(now + pace.idle),
        }
    }
}

impl LiveRoom {
    /// When the next turn is due, whatever arrives until then.
    pub fn next_deadline(&self) -> Instant {
        let presence = self.room.has_presence_to_tell().then_some(self.deadlines.presence);
        let answer = self.room.is_awaited().then(|| self.now() + NEXT_ANSWER);
        let deadlines = [self.deadlines.summary, self.deadlines.version, self.deadlines.idle, presence, answer];
        deadlines.into_iter().flatten().fold(self.deadlines.keep_alive, Instant::min)
    }

    /// Does what is due at the end of a turn.
    pub(super) fn keep_time(&mut self) -> Turned {
        let now = self.now();
        let is_settled = self.room.is_settled();
        if let Some(stopped) = self.stopping.take_if(|_| is_settled) {
            self.summarize();
            self.keep_what_would_be_lost();
            let _ = stopped.send(());
            return Turned::Ends;
        }
        if self.deadlines.summary.is_some_and(|due| due <= now) {
            self.summarize();
        }
        if self.deadlines.version.take_if(|due| *due <= now).is_some() {
            self.keep_activity();
        }
        if self.deadlines.keep_alive <= now {
            self.deadlines.keep_alive = now + self.setting.pace.keep_alive;
            self.outgoing.values().for_each(Outgoing::forgive);
            self.last_read.forget();
            let effects = self.room.keep_alive();
            self.carry_out(effects);
        }
        if self.deadlines.presence <= now {
            let effects = self.room.tell_presence();
            self.deadlines.presence = now + cost(&effects);
            self.carry_out(effects);
        }
        if self.since_snapshot >= self.setting.pace.fold_after && is_settled {
            self.fold();
        }
        if self.outgoing.is_empty() {
            return self.keep_idle(now, is_settled);
        }
        self.deadlines.idle = None;
        Turned::Lives
    }

    /// Nobody is here: after a while the log is left folded, and a room with anything unsaved stays.
    fn keep_idle(&mut self, now: Instant, is_settled: bool) -> Turned {
        let idle = *self.deadlines.idle.get_or_insert(now + self.setting.pace.idle);
        if idle > now {
            return Turned::Lives;
        }
        self.deadlines.idle = Some(now + self.setting.pace.idle);
        if is_settled && self.since_snapshot > 1 {
            self.fold();
        }
        if !is_settled || self.is_folding() || self.stopping.is_some() {
            return Turned::Lives;
        }
        self.summarize();
        self.keep_what_would_be_lost();
        Turned::Rests
    }

    /// An empty room need not wait any longer.
    pub(super) fn rest_soon(&mut self) {
        let now = self.now();
        self.deadlines.idle = self.deadlines.idle.map(|_| now);
    }

    /// Something became durable that the summary does not tell.
    pub(super) fn expect_summary(&mut self) {
        let due = self.now() + self.setting.pace.summary.max(self.deadlines.summary_cost * SUMMARY_REST);
        self.deadlines.summary.get_or_insert(due);
    }

    /// Renews the summary, where something became durable since the last.
    pub(super) fn summarize(&mut self) {
        if self.deadlines.summary.take().is_some() {
            let began = self.now();
            let summary = Summary::of(self.room.replica());
            self.deadlines.summary_cost = self.now() - began;
            self.setting.saver.summarize(self.setting.id.clone(), (self.setting.clock.time)(), summary);
        }
    }
}
