//! The incident log: every post-mortem, by the time of its incident, or the first steps while there is none.

mod first_steps;
mod import;
mod months;
mod new_dialog;
mod row;
mod rows;
mod start;

use super::failure::Failure;
use super::main_bar::MainBar;
use crate::browser::listener::Listener;
use crate::client::RequestError;
use crate::controls::shortcuts::use_shortcuts;
use crate::reader::icon::{Icon, IconName};
use crate::state::capabilities::use_server_capabilities;
use crate::state::log::FollowedLog;
use crate::state::session::{SessionState, use_session};
use first_steps::{FirstSteps, NothingYet};
use gloo_timers::callback::Interval;
pub use import::read_carried;
use import::{ImportArea, ImportFlow};
use leptos::prelude::*;
use new_dialog::NewDialog;
use postmortem::Capability;
use postmortem::api::LogRow;
use rows::Rows;
pub use start::take_beginning;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// How often the log is asked for while it is on screen and cannot be followed: who is where is the fastest of what changes.
const REFRESH_MILLISECONDS: u32 = 15_000;

/// What the page shows; new rows alone do not change it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    Opening,
    Failure(String),
    FirstSteps,
    Rows,
}

impl Shown {
    fn of(listed: &Option<Result<Vec<LogRow>, RequestError>>) -> Self {
        match listed {
            None => Self::Opening,
            // A dialog over the page asks for the person, and the log is asked for again once it has been answered.
            Some(Err(error)) if error.is_signed_out() => Self::Opening,
            Some(Err(error)) => Self::Failure(error.to_string()),
            Some(Ok(rows)) if rows.is_empty() => Self::FirstSteps,
            Some(Ok(_)) => Self::Rows,
        }
    }
}

/// The page at `/`.
#[component]
pub fn LogPage() -> impl IntoView {
    let capabilities = use_server_capabilities();
    let log = FollowedLog::open(capabilities);
    let (listed, is_offline) = (log.listed, log.is_offline);
    let refreshing = StoredValue::new_local((
        Interval::new(REFRESH_MILLISECONDS, move || log.ask_unless_followed()),
        Listener::new(&window(), "focus", move |_| log.ask_unless_followed()),
    ));
    on_cleanup(move || refreshing.dispose());
    follow_session(log);
    let import = ImportFlow::new();
    let is_starting = RwSignal::new(false);
    use_shortcuts(move |key| match key {
        "n" | "N" => {
            is_starting.set(true);
            true
        }
        "j" | "J" => move_focus(1),
        "k" | "K" => move_focus(-1),
        _ => false,
    });
    document().set_title("Incident log · Debrief");
    let shown = Memo::new(move |_| listed.with(Shown::of));
    let rows = Memo::new(move |_| {
        listed.with(|listed| listed.as_ref().and_then(|rows| rows.as_ref().ok()).cloned().unwrap_or_default())
    });
    let is_listed = Memo::new(move |_| shown.with(|shown| *shown == Shown::Rows));
    // The bar is one through all of it: a menu that somebody opens while the log is on its way stays open.
    view! {
        <ImportArea import>
            <Show when=move || is_listed.get()>
                <a class="skip" href="#rows">
                    "Go to the incidents"
                </a>
            </Show>
            <MainBar is_log=true />
            {move || match shown.get() {
                Shown::Opening => view! { <Opening /> }.into_any(),
                Shown::Failure(sentence) => {
                    view! {
                        <Failure
                            title="The incident log did not open"
                            sentence
                            retry=Callback::new(move |()| log.ask())
                        />
                    }
                        .into_any()
                }
                Shown::FirstSteps => {
                    view! {
                        <Show when=move || capabilities.may(Capability::Create) fallback=NothingYet>
                            <FirstSteps import is_starting />
                        </Show>
                    }
                        .into_any()
                }
                Shown::Rows => {
                    view! {
                        <Show when=move || is_offline.get()>
                            <OfflineLog />
                        </Show>
                        <Rows rows is_starting />
                    }
                        .into_any()
                }
            }}
            <NewDialog open=is_starting import />
        </ImportArea>
    }
    .into_any()
}

/// Asks for the log again once somebody has signed in after a session that ended.
fn follow_session(log: FollowedLog) {
    let session = use_session();
    Effect::new(move |had_ended: Option<bool>| {
        let has_ended = session.state.with(|state| matches!(state, SessionState::Ended(_)));
        if had_ended == Some(true) && !has_ended {
            log.ask();
        }
        has_ended
    });
}

#[component]
fn Opening() -> impl IntoView {
    view! {
        <main class="log" aria-busy="true">
            <div class="skels" role="img" aria-label="The log is opening">
                <div class="skel short"></div>
                <div class="skel"></div>
                <div class="skel"></div>
            </div>
        </main>
    }
    .into_any()
}

/// What the log is without the server.
#[component]
fn OfflineLog() -> impl IntoView {
    view! {
        <div class="banner" role="status">
            <Icon name=IconName::Offline />
            <span>
                <b>"Offline. "</b>
                "The post-mortems that were opened in this browser can be read and written; changes are sent later."
            </span>
        </div>
    }
    .into_any()
}

/// Puts the focus on the row before or after the one that has it.
fn move_focus(step: isize) -> bool {
    let Ok(links) = document().query_selector_all(".rows .row h3 a") else { return false };
    let links: Vec<HtmlElement> =
        (0..links.length()).filter_map(|index| links.get(index)?.dyn_into::<HtmlElement>().ok()).collect();
    let active = document().active_element();
    let current = links.iter().position(|link| active.as_ref().is_some_and(|active| link.is_same_node(Some(active))));
    let next = match current {
        Some(current) => current.checked_add_signed(step),
        None => Some(0),
    };
    if let Some(link) = next.and_then(|next| links.get(next)) {
        let _ = link.focus();
    }
    true
}
