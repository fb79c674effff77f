//! The incident log as the page shows it: asked for once, and then followed, also over a connection that breaks. Where it
//! cannot be followed it is asked for again and again, and it is tried to follow it.

use super::capabilities::CapabilitySignals;
use crate::browser::storage::{self, Visited};
use crate::client::RequestError;
use crate::client::feed::{self, FeedConnection, FeedEvents};
use crate::client::{people, person, postmortems};
use crate::state::postmortem::replicas;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::PostmortemId;
use postmortem::api::{FeedMessage, IncidentLog, LogRow};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// How soon a feed that ended is followed again: spread, since the server may have ended all of them.
const SOONEST_MILLISECONDS: f64 = 500.0;
const LATEST_MILLISECONDS: f64 = 4_000.0;

/// How often in a row a feed may fail to open before it is tried more seldom, and how seldom then: something in between lets
/// no sockets through.
const FAILURES: u32 = 3;
const SELDOM: u32 = 20;

/// The log.
#[derive(Clone, Copy)]
pub struct FollowedLog {
    /// Its lines, the newest incident first; nothing before the server has answered.
    pub listed: RwSignal<Option<Result<Vec<LogRow>, RequestError>>>,
    /// Whether the server cannot be reached.
    pub is_offline: RwSignal<bool>,
    capabilities: CapabilitySignals,
    following: StoredValue<Following, LocalStorage>,
}

#[derive(Default)]
struct Following {
    feed: Option<FeedConnection>,
    again: Option<Timeout>,
    /// How often in a row it failed to open.
    failures: u32,
    /// Up to where the log is known; nothing where it has to be asked for.
    position: Option<String>,
    /// Whether the feed goes on from there, with nothing asked for in between.
    is_resumed: bool,
    /// Whether copies of what is not in the log were looked after.
    has_tidied: bool,
}

impl FollowedLog {
    /// Asks for the log and follows it, until the owner of the calling component goes.
    pub fn open(capabilities: CapabilitySignals) -> Self {
        let log = Self {
            listed: RwSignal::new(None),
            is_offline: RwSignal::new(false),
            capabilities,
            following: StoredValue::new_local(Following::default()),
        };
        on_cleanup(move || log.following.dispose());
        log.ask();
        log
    }

    /// Asks for it, unless what changes is told anyway.
    pub fn ask_unless_followed(self) {
        if self.following.try_with_value(|following| following.feed.is_none()) == Some(true) {
            self.ask();
        }
    }

    /// Asks for the whole log.
    pub fn ask(self) {
        spawn_local(async move {
            let answer = postmortems::list(None).await;
            // What changes while the rest comes is told from where the first page was read.
            let position = answer.as_ref().ok().and_then(|listed| listed.position.clone());
            let mut answer = match answer {
                Ok(first) => self.read_on(first).await,
                Err(error) => Err(error),
            };
            let is_away = answer.as_ref().is_err_and(|error| *error == RequestError::Unreachable);
            if let Ok(listed) = &answer {
                self.forget_lost(listed);
            }
            let is_without_server = is_away || answer.as_ref().is_err_and(RequestError::is_signed_out);
            if is_without_server && self.listed.try_with_untracked(Option::is_none).unwrap_or(false) {
                let copies = copies().await;
                if !copies.is_empty() {
                    answer = Ok(copies);
                }
            }
            self.is_offline.try_set(is_away);
            // A part of the log is not followed as if it were all of it: it is asked for again.
            let is_whole = answer.is_ok();
            self.show(answer);
            if let Some(position) = position.filter(|_| is_whole) {
                self.following.try_update_value(|following| following.is_resumed = false);
                self.follow(position);
            }
        });
    }

    /// Reads the pages that follow on the first, and shows what is there meanwhile.
    async fn read_on(self, first: IncidentLog) -> Result<Vec<LogRow>, RequestError> {
        let IncidentLog { postmortems: mut listed, mut next, .. } = first;
        while let Some(after) = next {
            if self.listed.try_with_untracked(|known| matches!(known, Some(Ok(_)))) == Some(false) {
                self.show(Ok(listed.clone()));
            }
            let page = postmortems::list(Some(&after)).await?;
            // One that moved meanwhile stands where it was read last.
            listed.retain(|row| page.postmortems.iter().all(|newer| newer.id != row.id));
            listed.extend(page.postmortems);
            next = page.next;
        }
        Ok(listed)
    }

    /// Looks once after the copies that are not in the log.
    fn forget_lost(self, listed: &[LogRow]) {
        let is_first = self.following.try_update_value(|following| !std::mem::replace(&mut following.has_tidied, true));
        if is_first == Some(true) {
            spawn_local(forget_lost(listed.iter().map(|row| row.id.clone()).collect()));
        }
    }

    /// Follows it again from where it is known.
    fn resume(self) {
        let known = self.following.try_update_value(|following| {
            following.is_resumed = following.position.is_some();
            following.position.clone()
        });
        match known.flatten() {
            Some(position) => self.follow(position),
            None => self.ask(),
        }
    }

    fn show(self, answer: Result<Vec<LogRow>, RequestError>) {
        // A log on screen is worth more than the news that the server is away for a moment.
        let keeps_old =
            answer.is_err() && self.listed.try_with_untracked(|listed| matches!(listed, Some(Ok(_)))).unwrap_or(true);
        let answer = Some(answer);
        if !keeps_old && self.listed.try_with_untracked(|listed| *listed != answer).unwrap_or(false) {
            self.listed.set(answer);
        }
    }

    fn follow(self, position: String) {
        let is_wanted = self.following.try_update_value(|following| {
            let is_due = following.failures < FAILURES || following.failures.is_multiple_of(SELDOM);
            if !is_due {
                following.failures += 1;
            }
            following.feed.is_none() && is_due
        });
        if is_wanted != Some(true) {
            return;
        }
        let told = Box::new(move |message| self.take(message));
        let ended = Box::new(move |had_opened| self.ended(had_opened));
        let feed = feed::follow(&position, FeedEvents { told, ended });
        self.following.try_update_value(|following| {
            following.feed = feed;
            following.position = Some(position);
        });
    }

    fn take(self, message: FeedMessage) {
        match message {
            FeedMessage::Welcome { capabilities } => {
                self.following.try_update_value(|following| following.failures = 0);
                self.is_offline.try_set(false);
                self.capabilities.set(capabilities);
            }
            FeedMessage::Changed { position, lines, gone } => {
                self.following.try_update_value(|following| following.position = Some(position));
                let known = self.listed.try_with_untracked(|listed| match listed {
                    Some(Ok(rows)) => Some(rows.clone()),
                    _ => None,
                });
                if let Some(rows) = known.flatten() {
                    self.show(Ok(changed(rows, lines, &gone)));
                }
            }
            // The socket ends by itself.
            FeedMessage::Anew => drop(self.following.try_update_value(|following| following.position = None)),
            FeedMessage::Still => {}
        }
    }

    /// The feed is over. One that had opened is followed again soon, and one that does not open again is not the only thing
    /// that does not; otherwise the log is asked for as often as ever.
    fn ended(self, had_opened: bool) {
        // The feed calls this, and goes only when it is done.
        let after = Timeout::new(0, move || {
            let was_resumed = self.following.try_update_value(|following| {
                following.feed = None;
                if had_opened {
                    let span = (LATEST_MILLISECONDS - SOONEST_MILLISECONDS) * js_sys::Math::random();
                    let wait = (SOONEST_MILLISECONDS + span) as u32;
                    following.again = Some(Timeout::new(wait, move || self.resume()));
                    return false;
                }
                following.failures += 1;
                std::mem::take(&mut following.is_resumed)
            });
            if was_resumed == Some(true) {
                self.ask();
            }
        });
        after.forget();
    }
}

/// The log with lines that are new or changed, and without those that are gone, in the server's order.
fn changed(mut rows: Vec<LogRow>, lines: Vec<LogRow>, gone: &[PostmortemId]) -> Vec<LogRow> {
    rows.retain(|row| !gone.contains(&row.id) && lines.iter().all(|line| line.id != row.id));
    rows.extend(lines);
    rows.sort_by_cached_key(|row| Reverse((row.listed_at.unwrap_or_else(|| row.moment()), row.id.to_string())));
    rows
}

/// Of what this person may not read any more, or what was deleted while they were away, no copy stays in the browser. What waits
/// to be sent connects by itself, and goes into a file.
async fn forget_lost(listed: BTreeSet<PostmortemId>) {
    let person = person::current();
    for Visited { id, is_waiting, of, receipt, .. } in storage::visited().await {
        let is_settled = !is_waiting && of == person && !listed.contains(&id) && !replicas::was_opened(&id);
        if let Some(receipt) = receipt.filter(|_| is_settled)
            && people::has_lost(&id, &receipt).await
        {
            storage::forget(&id).await;
        }
    }
}

/// The lines of the copies that this browser keeps of this person, the latest incident first.
async fn copies() -> Vec<LogRow> {
    let (visited, person) = (storage::visited().await, person::current());
    let is_own = |visited: &&Visited| visited.of.is_none() || person.is_none() || visited.of == person;
    let mut rows: Vec<LogRow> =
        visited.iter().filter(is_own).filter_map(|visited| serde_json::from_str(&visited.summary).ok()).collect();
    rows.sort_by_key(|row| Reverse(row.moment()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{ClientId, Severity, create};

    fn row(id: &str, at: &str, title: &str) -> LogRow {
        let replica = create::create(ClientId(1), title, Severity::Sev2).expect("made");
        let at = format!("2018-10-{at}T00:00:00Z").parse().expect("a time");
        let id = id.parse().expect("an id");
        LogRow { listed_at: Some(at), ..LogRow::of_copy(&id, &replica, None, &[], at) }
    }

    fn titles(rows: &[LogRow]) -> Vec<&str> {
        rows.iter().map(|row| row.summary.title.as_str()).collect()
    }

    #[test]
    fn what_the_feed_tells_takes_its_place_in_the_log() {
        let rows = vec![row("c", "23", "third"), row("b", "22", "second"), row("a", "21", "first")];
        let lines = vec![row("b", "22", "renamed"), row("d", "22", "new")];
        let rows = changed(rows, lines, &["c".parse().expect("an id")]);
        assert_eq!(titles(&rows), ["new", "renamed", "first"]);
        let moved = changed(rows, vec![row("a", "24", "began later")], &[]);
        assert_eq!(titles(&moved), ["began later", "new", "renamed"]);
    }
}
