//! The entries of the audit log that are shown, and by what they are narrowed: the address of the page says it as well.

use super::words::USUAL_SPAN;
use crate::browser::clock;
use crate::browser::listener::Listener;
use crate::browser::route::{put_query, query};
use crate::client::audit::{self, AuditQuestion};
use chrono::TimeDelta;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::AuditTopic;
use postmortem::api::{AuditEntry, AuditLog};

/// How many entries are shown at first, and how many more with each press.
const PAGE: u32 = 100;

/// How long somebody who types a search rests before it is made.
const REST_MILLISECONDS: u32 = 200;

#[derive(Clone, Copy)]
pub struct AuditRecord {
    /// Nothing before the server has answered.
    pub log: RwSignal<Option<AuditLog>>,
    /// Why there is no list, or why it is not the newest.
    pub failure: RwSignal<Option<String>>,
    pub search: RwSignal<String>,
    pub topic: RwSignal<Option<AuditTopic>>,
    /// How many days back; all that is kept where it is none.
    pub days: RwSignal<u32>,
    /// Which question was asked last: only its answer is shown.
    asked: StoredValue<u32>,
    resting: StoredValue<Option<Timeout>, LocalStorage>,
}

impl AuditRecord {
    /// As the address of the page says, until the owner of the calling component goes.
    pub fn open() -> Self {
        let said = query();
        let record = Self {
            log: RwSignal::new(None),
            failure: RwSignal::new(None),
            search: RwSignal::new(said("search").unwrap_or_default()),
            topic: RwSignal::new(said("topic").and_then(|topic| topic.parse().ok())),
            days: RwSignal::new(said("days").and_then(|days| days.parse().ok()).unwrap_or(USUAL_SPAN)),
            asked: StoredValue::new(0),
            resting: StoredValue::new_local(None),
        };
        let back = StoredValue::new_local(Listener::new(&window(), "online", move |_| record.ask()));
        on_cleanup(move || {
            back.dispose();
            record.resting.dispose();
        });
        record.ask();
        record
    }

    /// What is asked for now.
    pub fn question(self) -> AuditQuestion {
        let days = self.days.get();
        let since = (days > 0).then(|| clock::now() - TimeDelta::days(days.into()));
        AuditQuestion { search: self.search.get(), topic: self.topic.get(), since }
    }

    /// Asks for the newest.
    pub fn ask(self) {
        self.ask_before(None);
    }

    /// Asks for those behind what is shown.
    pub fn show_more(self) {
        let next = self.log.with_untracked(|log| log.as_ref().and_then(|log| log.next));
        self.ask_before(next);
    }

    fn ask_before(self, before: Option<i64>) {
        let question = untrack(|| self.question());
        let Some(number) = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        }) else {
            return;
        };
        spawn_local(async move {
            let answer = audit::list(&question, before, PAGE).await;
            // Somebody may have typed on, or gone elsewhere.
            if self.asked.try_get_value() != Some(number) {
                return;
            }
            match answer {
                Ok(mut log) => {
                    self.failure.set(None);
                    if before.is_some() {
                        let shown = self.log.with_untracked(|log| log.as_ref().map(|log| log.entries.clone()));
                        log.entries = shown.into_iter().flatten().chain(log.entries).collect::<Vec<AuditEntry>>();
                    }
                    self.log.set(Some(log));
                }
                Err(problem) => self.failure.set(Some(problem.to_string())),
            }
        });
    }

    /// Narrows it by letters, once whoever types rests.
    pub fn search_for(self, text: String) {
        self.search.set(text);
        self.resting.set_value(Some(Timeout::new(REST_MILLISECONDS, move || self.narrowed())));
    }

    /// What it is narrowed by is another.
    pub fn narrowed(self) {
        let mut said = Vec::new();
        if let Some(topic) = self.topic.get_untracked() {
            said.push(("topic", topic.code().to_owned()));
        }
        if self.days.get_untracked() != USUAL_SPAN {
            said.push(("days", self.days.get_untracked().to_string()));
        }
        let search = self.search.get_untracked().trim().to_owned();
        if !search.is_empty() {
            said.push(("search", search));
        }
        put_query(&said);
        self.ask();
    }
}
