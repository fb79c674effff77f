//! The log while there is something in it: its sentence, and the incidents under their months.

use super::months::{self, Group};
use super::row::Row;
use crate::browser::clock;
use crate::controls::list::{self, List, by_id};
use crate::reader::icon::{Icon, IconName};
use crate::state::capabilities::use_server_capabilities;
use leptos::prelude::*;
use postmortem::api::LogRow;
use postmortem::deadline::{self, Today};
use postmortem::{Capability, PostmortemId};
use std::sync::Arc;

/// The incidents; each row stays while its incident is in the log.
#[component]
pub fn Rows(rows: Memo<Vec<LogRow>>, is_starting: RwSignal<bool>) -> impl IntoView {
    let lock = use_server_capabilities().lock(Capability::Create);
    let groups = Memo::new(move |_| months::groups(rows.get(), clock::now()));
    let titles =
        Memo::new(move |_| groups.with(|groups| groups.iter().map(|group| group.title.clone()).collect::<Vec<_>>()));
    let month: list::DrawRow = Arc::new(move |title| view! { <Month title groups rows /> }.into_any());
    view! {
        <main class="log">
            <div class="log-head">
                <div class="grow">
                    <h1>"Incident log"</h1>
                    <p>{move || rows.with(|rows| sentence(rows, clock::today()))}</p>
                </div>
                <button
                    type="button"
                    class="btn primary"
                    disabled=move || lock.is_closed()
                    title=move || lock.reason()
                    on:click=move |_| is_starting.set(true)
                >
                    <Icon name=IconName::Plus small=true />
                    "New post-mortem "
                    <kbd class="hide-s">"N"</kbd>
                </button>
            </div>
            <div class="row-head" aria-hidden="true">
                <span>"Severity"</span>
                <span>"Incident"</span>
                <span class="dur">"Duration, log scale"</span>
                <span>"Status"</span>
                <span class="own">"Owner"</span>
                <span>"Started"</span>
                <span class="thr">"Threads"</span>
                <span>"Open actions"</span>
            </div>
            <div class="rows" id="rows" tabindex="-1">
                <List keys=titles row=month />
            </div>
            <div class="log-foot hide-s">
                <span>
                    <kbd>"J"</kbd>
                    " "
                    <kbd>"K"</kbd>
                    " move"
                </span>
                <span>
                    <kbd>"↵"</kbd>
                    " open"
                </span>
                <span>
                    <kbd>"N"</kbd>
                    " new"
                </span>
                <span class="grow"></span>
                <span>"Times in UTC"</span>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Month(title: String, groups: Memo<Vec<Group>>, rows: Memo<Vec<LogRow>>) -> impl IntoView {
    let own = title.clone();
    let ids = Memo::new(move |_| {
        groups.with(|groups| {
            let group = groups.iter().find(|group| group.title == own);
            group.map(|group| group.rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>()).unwrap_or_default()
        })
    });
    let row = by_id(move |id: PostmortemId| {
        let known = rows.with_untracked(|rows| rows.iter().find(|row| row.id == id).cloned());
        known.map(|known| view! { <Row known rows /> }.into_any()).into_any()
    });
    view! {
        <div class="month">
            <h2>{title}</h2>
            <span class="mono">{move || ids.with(Vec::len)}</span>
        </div>
        <ul>
            <List keys=ids row />
        </ul>
    }
    .into_any()
}

/// The log in one line, with counts.
fn sentence(rows: &[LogRow], today: Today) -> String {
    let incidents = if rows.len() == 1 { "1 incident.".to_owned() } else { format!("{} incidents.", rows.len()) };
    let written = rows.iter().filter(|row| deadline::is_ahead(row.head.status)).count();
    let written = counted(written, "is being written or reviewed", "are being written or reviewed");
    let late = rows.iter().filter(|row| row.due(today).iter().any(|due| due.is_late)).count();
    let late = counted(late, "is late", "are late");
    let actions: usize = rows.iter().map(|row| row.summary.open_actions as usize).sum();
    let actions =
        counted(actions, "action is open", "actions are open").or_else(|| Some(" No action is open.".to_owned()));
    let threads: usize = rows.iter().map(|row| row.open_threads as usize).sum();
    let threads = counted(threads, "thread is open", "threads are open");
    [written, late, actions, threads].into_iter().flatten().fold(incidents, |sentence, part| sentence + &part)
}

/// ` 3 are late.`
fn counted(count: usize, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!(" 1 {one}.")),
        count => Some(format!(" {count} {many}.")),
    }
}
