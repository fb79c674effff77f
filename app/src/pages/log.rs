//! The incident log: every post-mortem, by the time of its incident, or the first steps while there is none.

mod first_steps;
mod import;
mod months;
mod new_dialog;
mod row;
mod start;

use super::failure::FailurePage;
use crate::client::RequestError;
use crate::client::listener::Listener;
use crate::client::postmortems::{self, Summary};
use crate::controls::brand::Brand;
use crate::controls::icon::{Icon, IconName};
use crate::controls::shortcuts::use_shortcuts;
use crate::controls::theme_button::ThemeButton;
use crate::reader::Avatar;
use crate::state::clock;
use crate::state::session::use_session;
use first_steps::FirstSteps;
use gloo_timers::callback::Interval;
use import::{Import, ImportArea};
use leptos::prelude::*;
use leptos::task::spawn_local;
use months::Group;
use new_dialog::NewDialog;
use postmortem::Status;
use row::Row;
pub use start::take_beginning;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// How often the log looks for changes while it is on screen: who is where is the fastest of them.
const REFRESH_MILLISECONDS: u32 = 15_000;

/// The page at `/`.
#[component]
pub fn LogPage() -> impl IntoView {
    let listed = RwSignal::new(None::<Result<Vec<Summary>, RequestError>>);
    let refresh = move || {
        spawn_local(async move {
            let answer = postmortems::list().await;
            // A log on screen is worth more than the news that the server is away for a moment.
            let keeps_old =
                answer.is_err() && listed.try_with_untracked(|listed| matches!(listed, Some(Ok(_)))).unwrap_or(true);
            if !keeps_old {
                listed.set(Some(answer));
            }
        });
    };
    refresh();
    let refreshing = StoredValue::new_local((
        Interval::new(REFRESH_MILLISECONDS, refresh),
        Listener::new(&window(), "focus", move |_| refresh()),
    ));
    on_cleanup(move || refreshing.dispose());
    let import = Import::new();
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
    view! {
        <ImportArea import>
            {move || match listed.get() {
                None => view! { <Opening /> }.into_any(),
                Some(Err(error)) => {
                    view! {
                        <FailurePage
                            title="The incident log did not open"
                            sentence=error.to_string()
                            retry=Callback::new(move |()| refresh())
                        />
                    }
                        .into_any()
                }
                Some(Ok(rows)) if rows.is_empty() => {
                    view! {
                        <LogBar />
                        <FirstSteps import is_starting />
                    }
                        .into_any()
                }
                Some(Ok(rows)) => {
                    view! {
                        <a class="skip" href="#rows">
                            "Go to the incidents"
                        </a>
                        <LogBar />
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

#[component]
fn LogBar() -> impl IntoView {
    let session = use_session();
    view! {
        <div class="bar">
            <Brand />
            <nav aria-label="Main">
                <a href="/" aria-current="page">
                    "Incident log"
                </a>
            </nav>
            <span class="grow"></span>
            <ThemeButton />
            {move || {
                session
                    .person()
                    .map(|person| {
                        view! {
                            <button
                                type="button"
                                class="btn bare"
                                title="Change name"
                                on:click=move |_| session.is_renaming.set(true)
                            >
                                <span class="vh">"Change name: "</span>
                                <Avatar person=person.clone() />
                                <span class="hide-s">{person.name.clone()}</span>
                            </button>
                        }.into_any()
                    })
            }}
        </div>
    }
    .into_any()
}

#[component]
fn Opening() -> impl IntoView {
    view! {
        <LogBar />
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

#[component]
fn Rows(rows: Vec<Summary>, is_starting: RwSignal<bool>) -> impl IntoView {
    let sentence = sentence(&rows);
    let groups = months::groups(rows, clock::now());
    view! {
        <main class="log">
            <div class="log-head">
                <div class="grow">
                    <h1>"Incident log"</h1>
                    <p>{sentence}</p>
                </div>
                <button type="button" class="btn primary" on:click=move |_| is_starting.set(true)>
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
                {groups
                    .into_iter()
                    .map(|Group { title, rows }| {
                        view! {
                            <div class="month">
                                <h2>{title}</h2>
                                <span class="mono">{rows.len()}</span>
                            </div>
                            <ul>{rows.into_iter().map(|summary| view! { <Row summary /> }.into_any()).collect_view()}</ul>
                        }.into_any()
                    })
                    .collect_view()}
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
    }.into_any()
}

/// The log in one line, with counts.
fn sentence(rows: &[Summary]) -> String {
    let incidents = if rows.len() == 1 { "1 incident.".to_owned() } else { format!("{} incidents.", rows.len()) };
    let written = rows.iter().filter(|row| matches!(row.status, Status::Draft | Status::InReview)).count();
    let written = match written {
        0 => String::new(),
        1 => " 1 is being written or reviewed.".to_owned(),
        count => format!(" {count} are being written or reviewed."),
    };
    let actions: u32 = rows.iter().map(|row| row.open_actions).sum();
    let actions = match actions {
        0 => " No action is open.".to_owned(),
        1 => " 1 action is open.".to_owned(),
        count => format!(" {count} actions are open."),
    };
    format!("{incidents}{written}{actions}")
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
