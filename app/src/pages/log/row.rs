//! One incident of the log.

use crate::browser::clock;
use crate::controls::avatar::NameAvatar;
use crate::controls::private_mark::PrivateMark;
use crate::reader::icon::{Icon, IconName};
use crate::reader::{DurationBar, SeverityMark, StatusMark};
use crate::state::postmortem::presences::names;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::api::LogRow;
use postmortem::{Openness, Person, Status};

/// The row; the whole of it is a link.
#[component]
pub fn Row(
    /// The line as it is now.
    known: LogRow,
    /// The whole log, as it is read again.
    rows: Memo<Vec<LogRow>>,
) -> impl IntoView {
    let id = known.id.clone();
    let own = id.clone();
    // A row that is gone shows what it said last until it goes too.
    let row = Memo::new(move |old: Option<&LogRow>| {
        let found = rows.with(|rows| rows.iter().find(|row| row.id == own).cloned());
        found.unwrap_or_else(|| old.unwrap_or(&known).clone())
    });
    // The link stays the same element, so that it keeps the focus.
    let title = move || row.with(|row| row.title_or_placeholder().to_owned());
    view! {
        <li
            class="row"
            class:done=move || row.with(|row| row.head.status == Status::Closed)
            data-postmortem=id.to_string()
        >
            {move || view! { <SeverityMark severity=row.with(|row| row.summary.severity) /> }.into_any()}
            <div class="main">
                <h3>
                    <a href=format!("/postmortems/{id}")>{title}</a>
                </h3>
                <div class="sub">
                    {move || {
                        let people = row.with(|row| row.people.clone());
                        (!people.is_empty()).then(|| view! { <Here people /> }.into_any())
                    }}
                    {move || {
                        let private = row.with(|row| (row.access == Openness::Private).then_some(row.named));
                        private.map(|named| view! { <PrivateMark named /> }.into_any())
                    }}
                    {move || {
                        let due = row.with(|row| row.due(clock::today()));
                        due.into_iter()
                            .map(|due| view! { <span class="due" class:late=due.is_late>{due.words}</span> }.into_any())
                            .collect_view()
                    }}
                    {move || row.with(published).map(|published| view! { <PublishedLink published /> }.into_any())}
                    <span>{move || row.with(|row| row.summary.services.join(", "))}</span>
                </div>
            </div>
            {move || view! { <Numbers row=row.get() /> }.into_any()}
        </li>
    }
    .into_any()
}

/// The last part of the link to the published page, and its version.
fn published(row: &LogRow) -> Option<(String, Option<u32>)> {
    row.publication.clone().map(|slug| (slug, row.revision))
}

#[component]
fn PublishedLink(published: (String, Option<u32>)) -> impl IntoView {
    let (slug, revision) = published;
    let words = revision.map_or_else(|| "Published".to_owned(), |revision| format!("Published, version {revision}"));
    view! {
        <a class="out" href=format!("/p/{slug}")>
            <Icon name=IconName::Link small=true />
            {words}
        </a>
    }
    .into_any()
}

/// What stands behind the title.
#[component]
fn Numbers(row: LogRow) -> impl IntoView {
    let open = row.summary.open_actions;
    view! {
        <DurationBar severity=row.summary.severity duration=row.duration() />
        <StatusMark status=row.head.status />
        <Owner name=row.head.owner.clone() people=row.owned_by.clone().into_iter().chain(row.people.clone()).collect() />
        <Started at=row.summary.started_at />
        <span class="num thr" class:zero=row.open_threads == 0>
            {row.open_threads}
            <span class="vh">" open threads"</span>
            <span class="only-s" aria-hidden="true">
                {if row.open_threads == 1 { "\u{a0}thread" } else { "\u{a0}threads" }}
            </span>
        </span>
        <span class="num act" class:zero=open == 0>
            {open}
            <span>{format!(" of {}", row.summary.actions)}</span>
            <span class="vh">" actions open"</span>
            <span class="only-s" aria-hidden="true">
                "\u{a0}actions"
            </span>
        </span>
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

/// `people` are those whose colour and initials are known.
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
