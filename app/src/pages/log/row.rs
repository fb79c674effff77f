//! One incident of the log.

use crate::client::postmortems::Summary;
use crate::controls::avatar::NameAvatar;
use crate::state::presences::names;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::duration::in_words;
use postmortem::{Person, Status};

/// The row; the whole of it is a link.
#[component]
pub fn Row(summary: Summary) -> impl IntoView {
    let severity = summary.severity.number().to_string();
    let title = summary.title_or_placeholder().to_owned();
    let people = summary.people.clone();
    let open = summary.actions_open;
    view! {
        <li class="row" class:done=summary.status == Status::Closed data-postmortem=summary.id.to_string()>
            <span class="sev" data-sev=severity.clone()>
                {summary.severity.label()}
            </span>
            <div class="main">
                <h3>
                    <a href=format!("/postmortems/{}", summary.id)>{title}</a>
                </h3>
                <div class="sub">
                    {(!people.is_empty()).then(|| view! { <Here people=people.clone() /> })}
                    <span>{summary.services.join(", ")}</span>
                </div>
            </div>
            <span class="dur" data-sev=severity>
                {match summary.duration() {
                    Some(duration) => {
                        let length = bar_length(duration.num_minutes());
                        view! {
                            <b>{in_words(duration)}</b>
                            <i data-len=length.to_string()></i>
                        }
                            .into_any()
                    }
                    None => view! { <b class="q">"Not known yet"</b> }.into_any(),
                }}
            </span>
            <StatusPips status=summary.status />
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
                <span>{format!(" of {}", summary.actions_total)}</span>
                <span class="vh">" actions open"</span>
                <span class="only-s" aria-hidden="true">
                    "\u{a0}actions"
                </span>
            </span>
        </li>
    }
}

#[component]
fn Here(people: Vec<Person>) -> impl IntoView {
    let verb = if people.len() == 1 { "is" } else { "are" };
    let words = format!("{} {verb} here", names(&people));
    view! {
        <span class="live">
            {people.iter().take(5).map(|person| view! { <i class="dot" data-p=person.color.code()></i> }).collect_view()}
            {words}
        </span>
    }
}

/// The status as four pips and a word.
#[component]
fn StatusPips(status: Status) -> impl IntoView {
    let filled = Status::ALL.iter().position(|known| *known == status).unwrap_or(0);
    view! {
        <span class="st">
            <span class="pips" aria-hidden="true">
                {(0..Status::ALL.len()).map(|pip| view! { <i class:f=pip <= filled></i> }).collect_view()}
            </span>
            {status.label()}
        </span>
    }
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
                <time datetime=at.to_rfc3339()>{at.format("%a %-d %b %Y").to_string()}</time>
                <small>{at.format("%H:%M UTC").to_string()}</small>
            </span>
        }
        .into_any(),
        None => view! { <span class="due q">"Not known yet"</span> }.into_any(),
    }
}

/// The bar of a duration in per cent, in steps of five: two days fill it, on a logarithmic scale from one minute.
fn bar_length(minutes: i64) -> u32 {
    let share = (minutes.max(1) as f64).ln() / (48.0 * 60.0_f64).ln();
    let steps = (share * 20.0).round().clamp(1.0, 20.0);
    steps as u32 * 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_logarithmic() {
        assert_eq!([1, 11, 41, 186, 1_451, 100_000].map(bar_length), [5, 30, 45, 65, 90, 100]);
    }
}
