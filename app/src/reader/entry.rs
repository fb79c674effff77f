//! One entry of the timeline on the rail: the frame that the reader and the editor share, and what fills its columns.

use crate::reader::icon::{Icon, IconName};
use crate::reader::time::{Clock, day_and_clock, iso};
use chrono::{DateTime, TimeDelta, Utc};
use leptos::attr::AttributeValue;
use leptos::prelude::*;
use postmortem::{EntryKind, KeyTime, Link, OtherReading, Precision, Severity, Zone, duration};

/// The frame of an entry: its columns in the order in which they are read. The phases and the precision may be values
/// or closures, so that the editor keeps a row while the rail around it changes; `children` follow the line (a thread).
#[component]
pub fn EntryFrame<From, To, About>(
    /// The row's own id in the page, which links to the entry use.
    id: String,
    from: From,
    to: To,
    precision: About,
    when: AnyView,
    tick: AnyView,
    kind: AnyView,
    what: AnyView,
    source: AnyView,
    #[prop(optional)] side: Option<AnyView>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView
where
    From: AttributeValue + Send + 'static,
    To: AttributeValue + Send + 'static,
    About: AttributeValue + Send + 'static,
{
    view! {
        <li class="ev" id=id data-from=from data-to=to data-precision=precision>
            <div class="line">
                <div class="when">{when}</div>
                <div class="rail">{tick}</div>
                <div class="kind">{kind}</div>
                <div class="what">{what}</div>
                <div class="from">{source}</div>
                {side.map(|side| view! { <div class="side">{side}</div> })}
            </div>
            {children.map(|children| children())}
        </li>
    }
}

/// When an entry happened, how exactly that is known, what other sources say, and how long after the start.
#[component]
pub fn When(
    #[prop(optional_no_strip)] at: Option<DateTime<Utc>>,
    #[prop(optional_no_strip)] until: Option<DateTime<Utc>>,
    precision: Precision,
    #[prop(optional_no_strip)] elapsed: Option<TimeDelta>,
    #[prop(optional)] repeats: bool,
    #[prop(optional)] readings: Vec<OtherReading>,
    #[prop(optional)] clock: String,
    zone: Zone,
) -> impl IntoView {
    let Some(at) = at else {
        return view! { <small>"no time"</small> }.into_any();
    };
    let about = (precision == Precision::About).then(|| view! { <em>"about"</em> });
    let until = until.map(|end| {
        view! { <span class="until">"to "<time datetime=iso(end)>{day_and_clock(end, Some(at), zone)}</time></span> }
    });
    let others: Vec<_> = readings
        .into_iter()
        .map(|reading| {
            let shown = day_and_clock(reading.at, Some(at), zone);
            let read = (!reading.clock.is_empty()).then_some(reading.clock);
            view! { <span class="or" title=read>"or "<time datetime=iso(reading.at)>{shown}</time></span> }
        })
        .collect();
    let read = (!clock.is_empty()).then(|| view! { <span class="vh">{format!(", read from {clock}")}</span> });
    let elapsed = elapsed.map(|elapsed| view! { <small>{duration::elapsed(elapsed)}</small> });
    view! { {about}<Clock at=at precision=precision repeats=repeats zone=zone/>{read}{others}{until}{elapsed} }
        .into_any()
}

/// The kind of an entry as an icon, in words for screen readers.
#[component]
pub fn KindIcon(kind: EntryKind) -> impl IntoView {
    view! { <span title=kind.label()><Icon name=IconName::from(kind)/><span class="vh">{kind.label()}": "</span></span> }
}

/// The words of the turning points that an entry stands for: "Incident starts", "SEV-2 begins", "Resolved".
#[component]
pub fn Turns(marks: Vec<KeyTime>, #[prop(optional_no_strip)] begins: Option<Severity>) -> impl IntoView {
    let severity = begins.map(|severity| (format!("sev{}", severity.number()), format!("{} begins", severity.label())));
    let words: Vec<_> = marks
        .into_iter()
        .map(|mark| {
            let (code, words) = turn(mark);
            (code.to_owned(), words.to_owned())
        })
        .chain(severity)
        .map(|(code, words)| view! { <strong class="turn" data-turn=code>{words}<span class="vh">". "</span></strong> })
        .collect();
    (!words.is_empty()).then(|| view! { <span class="turns">{words}</span> })
}

fn turn(mark: KeyTime) -> (&'static str, &'static str) {
    match mark {
        KeyTime::Started => ("start", "Incident starts"),
        KeyTime::Resolved => ("end", "Resolved"),
        other => (other.code(), other.label()),
    }
}

/// Where an entry's facts came from, named by its host.
#[component]
pub fn Source(#[prop(optional_no_strip)] link: Option<Link>) -> impl IntoView {
    let Some(link) = link else {
        return view! { <span>"No source"</span> }.into_any();
    };
    let host = link.host().to_owned();
    let address = link.as_str().to_owned();
    view! {
        <a class="src" href=address.clone() rel="noopener noreferrer nofollow" title=address>
            <Icon name=IconName::Link small=true/>
            <span class="vh">"Source: "</span>
            <span>{host}</span>
        </a>
    }
    .into_any()
}
