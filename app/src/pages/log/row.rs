//! One incident of the log.

use crate::client::postmortems::Summary;
use crate::controls::avatar::NameAvatar;
use crate::reader::{DurationBar, SeverityMark, StatusMark};
use crate::state::presences::names;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::{Person, Status};

/// The row; the whole of it is a link.
#[component]
pub fn Row(summary: Summary) -> impl IntoView {
    let title = summary.title_or_placeholder().to_owned();
    let people = summary.people.clone();
    let open = summary.open_actions;
    view! {
        <li class="row" class:done=summary.status == Status::Closed data-postmortem=summary.id.to_string()>
            <SeverityMark severity=summary.severity />
            <div class="main">
                <h3>
                    <a href=format!("/postmortems/{}", summary.id)>{title}</a>
                </h3>
                <div class="sub">
                    {(!people.is_empty()).then(|| view! { <Here people=people.clone() /> }.into_any())}
                    <span>{summary.services.join(", ")}</span>
                </div>
            </div>
            <DurationBar severity=summary.severity duration=summary.duration() />
            <StatusMark status=summary.status />
            <Owner name=summary.owner.clone() people=summary.people.clone() />
            <Started at=summary.started_at />
            <span class="num thr" class:zero=summary.open_threads == 0>
                {summary.open_threads}
                <span class="vh">" open threads"</span>
                <span class="only-s" aria-hidden="true">
                    {if summary.open_threads == 1 { "\u{a0}thread" } else { "\u{a0}threads" }}
                </span>
            </span>
            <span class="num act" class:zero=open == 0>
                {open}
                <span>{format!(" of {}", summary.actions)}</span>
                <span class="vh">" actions open"</span>
                <span class="only-s" aria-hidden="true">
                    "\u{a0}actions"
                </span>
            </span>
        </li>
    }
    .into_any()
}

#[component]
fn Here(people: Vec<Person>) -> impl IntoView {
    let verb = if people.len() == 1 { "is" } else { "are" };
    let words = format!("{} {verb} here", names(&people));
    view! {
        <span class="live">
            {people.iter().take(5).map(|person| view! { <i class="dot" data-p=person.color.code()></i> }.into_any()).collect_view()}
            {words}
        </span>
    }.into_any()
}

#[component]
fn Owner(name: String, people: Vec<Person>) -> impl IntoView {
    if name.trim().is_empty() {
        return view! { <span class="own q">"No owner"</span> }.into_any();
    }
    let people = Signal::stored(people);
    view! {
        <span class="who own">
            <NameAvatar name=name.clone() people small=true />
            {name}
        </span>
    }
    .into_any()
}

#[component]
fn Started(at: Option<DateTime<Utc>>) -> impl IntoView {
    match at {
        Some(at) => view! {
            <span class="due">
                <time class="date" datetime=at.to_rfc3339()>{at.format("%a %-d %b %Y").to_string()}</time>
                <small>{at.format("%H:%M UTC").to_string()}</small>
            </span>
        }
        .into_any(),
        None => view! { <span class="due q">"Not known yet"</span> }.into_any(),
    }
}
