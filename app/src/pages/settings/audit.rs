//! The audit log: who did what, and from where, for whoever looks after the team.

mod record;
mod words;

use super::PartHead;
use crate::browser::clock;
use crate::browser::route::SettingsPart;
use crate::client::audit;
use crate::controls::field::ErrorLine;
use crate::reader::icon::{Icon, IconName};
use crate::reader::{Avatar, time};
use crate::state::capabilities::use_server_capabilities;
use leptos::prelude::*;
use postmortem::api::{AuditActor, AuditEntry};
use postmortem::{AuditTopic, Capability, Precision};
use record::AuditRecord;

#[component]
pub fn AuditPart() -> impl IntoView {
    let capabilities = use_server_capabilities();
    view! {
        <Show when=move || capabilities.may(Capability::Manage) fallback=NotTheirs>
            <Log />
        </Show>
    }
    .into_any()
}

#[component]
fn NotTheirs() -> impl IntoView {
    let sentence = Signal::stored("Who did what in this team. Its admins read it.".to_owned());
    view! { <PartHead part=SettingsPart::Audit sentence /> }.into_any()
}

#[component]
fn Log() -> impl IntoView {
    let record = AuditRecord::open();
    let sentence = Signal::derive(move || record.log.with(|log| words::introduction(log.as_ref())));
    let count = move || {
        let total = record.log.with(|log| log.as_ref().map_or(0, |log| log.total));
        words::count(total, &clock::zone().label(clock::now()))
    };
    view! {
        <PartHead part=SettingsPart::Audit sentence />
        <Finder record />
        {move || {
            record
                .failure
                .get()
                .map(|sentence| {
                    view! {
                        <div class="nil">
                            <ErrorLine sentence />
                            <button type="button" class="btn" on:click=move |_| record.ask()>
                                "Try again"
                            </button>
                        </div>
                    }
                        .into_any()
                })
        }}
        <Show
            when=move || record.log.with(Option::is_some)
            fallback=move || {
                view! {
                    <Show when=move || record.failure.with(Option::is_none)>
                        <div class="skel" role="img" aria-label="The log is opening"></div>
                    </Show>
                }
            }
        >
            <p class="q" role="status">
                {count}
            </p>
            <Entries record />
        </Show>
    }
    .into_any()
}

#[component]
fn Finder(record: AuditRecord) -> impl IntoView {
    let choose_topic = move |event| {
        record.topic.set(event_target_value(&event).parse().ok());
        record.narrowed();
    };
    let choose_days = move |event| {
        record.days.set(event_target_value(&event).parse().unwrap_or(words::USUAL_SPAN));
        record.narrowed();
    };
    let chosen = move || record.topic.get().map(AuditTopic::code).unwrap_or_default();
    let topic = |topic: &AuditTopic| view! { <option value=topic.code()>{topic.label()}</option> }.into_any();
    let span =
        |(days, label): (u32, &'static str)| view! { <option value=days.to_string()>{label}</option> }.into_any();
    view! {
        <div class="finder" role="search">
            <div class="field">
                <Icon name=IconName::Search />
                <input
                    type="search"
                    aria-label="Search the audit log"
                    placeholder="Person, post-mortem, address"
                    autocomplete="off"
                    prop:value=move || record.search.get()
                    on:input=move |event| record.search_for(event_target_value(&event))
                />
            </div>
            <select
                class="inplace"
                class:set=move || record.topic.get().is_some()
                aria-label="What"
                prop:value=chosen
                on:change=choose_topic
            >
                <option value="">"Everything"</option>
                {AuditTopic::ALL.iter().map(topic).collect_view()}
            </select>
            <select
                class="inplace"
                class:set=move || record.days.get() != words::USUAL_SPAN
                aria-label="When"
                prop:value=move || record.days.get().to_string()
                on:change=choose_days
            >
                {words::SPANS.map(span).collect_view()}
            </select>
            <a class="btn small" href=move || audit::lines(&record.question()) download="audit-log.jsonl">
                "Save as JSON lines"
            </a>
        </div>
    }
    .into_any()
}

#[component]
fn Entries(record: AuditRecord) -> impl IntoView {
    let entries = move || record.log.with(|log| log.as_ref().map(|log| log.entries.clone()).unwrap_or_default());
    let is_empty = Memo::new(move |_| entries().is_empty());
    let has_more = Memo::new(move |_| record.log.with(|log| log.as_ref().is_some_and(|log| log.next.is_some())));
    view! {
        <Show when=move || !is_empty.get() fallback=move || view! { <Nothing record /> }>
            <table class="t aud">
                <thead>
                    <tr>
                        <th scope="col">"Time"</th>
                        <th scope="col">"Who did what"</th>
                        <th scope="col">"To what"</th>
                        <th scope="col">"From where"</th>
                    </tr>
                </thead>
                {move || words::by_day(&entries(), clock::zone()).into_iter().map(day).collect_view()}
            </table>
        </Show>
        <Show when=move || has_more.get()>
            <button type="button" class="btn bare small" on:click=move |_| record.show_more()>
                "Show 100 older"
            </button>
        </Show>
    }
    .into_any()
}

/// Nothing that fits; the wider choice, where there is one.
#[component]
fn Nothing(record: AuditRecord) -> impl IntoView {
    let wider = move |_| {
        record.days.set(0);
        record.narrowed();
    };
    view! {
        <p class="nil q">"Nothing here fits. "</p>
        <Show when=move || record.days.get() != 0>
            <button type="button" class="btn small" on:click=wider>
                "Look as far back as it is kept"
            </button>
        </Show>
    }
    .into_any()
}

fn day((date, at, entries): words::AuditDay) -> AnyView {
    view! {
        <tbody>
            <tr class="dayrow">
                <th colspan="4" scope="rowgroup">
                    {time::day_heading(date, at, clock::zone())}
                </th>
            </tr>
            {entries.into_iter().map(|entry| view! { <Row entry /> }.into_any()).collect_view()}
        </tbody>
    }
    .into_any()
}

#[component]
fn Row(entry: AuditEntry) -> impl IntoView {
    let (deed, detail) = (words::deed(&entry), words::detail(&entry));
    let target = words::target(&entry).map(|(title, path)| match path {
        Some(path) => view! { <a class="lnk" href=path>{title}</a> }.into_any(),
        None => title.into_any(),
    });
    let key = entry.sequence.to_string();
    view! {
        <tr data-audit=key>
            <td>
                <time datetime=time::iso(entry.at)>{time::clock(entry.at, Precision::Exact, clock::zone())}</time>
            </td>
            <td class="did">
                <Actor actor=entry.actor />
                " "
                <span>
                    {deed}
                    {(!entry.subject.is_empty()).then(|| view! { " "<b>{entry.subject}</b> }.into_any())}
                    {detail}
                </span>
            </td>
            <td class="s">{target}</td>
            <td class="from">
                <span class="mono">{entry.address}</span>
                <small>{entry.device}</small>
            </td>
        </tr>
    }
    .into_any()
}

/// Who did it; the server itself has no initials.
#[component]
fn Actor(actor: AuditActor) -> impl IntoView {
    let name = words::actor(&actor);
    view! {
        <span class="who">
            {match actor {
                AuditActor::Person(person) => view! { <span aria-hidden="true"><Avatar person small=true /></span> }.into_any(),
                AuditActor::Operator | AuditActor::Debrief => view! { <Icon name=IconName::Settings small=true /> }.into_any(),
            }}
            <b>{name}</b>
        </span>
    }
    .into_any()
}
