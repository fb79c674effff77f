//! What readers of the published page will see, and what they will not.

use crate::reader::contents;
use crate::reader::figures;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;
use postmortem::names::{self, NameFound};
use postmortem::{Postmortem, Thread, impact};

#[component]
pub fn Reach(postmortem: Memo<Postmortem>) -> impl IntoView {
    let open = use_open();
    let lists = Memo::new(move |_| postmortem.with(|postmortem| lists(postmortem, &open.discussion.all())));
    let preview = format!("/api/postmortems/{}/publications/preview?as=page", open.id.get_value());
    view! {
        <div>
            <h3>"Readers will see"</h3>
            <ul class="see">
                {move || {
                    let (seen, _) = lists.get();
                    seen.into_iter().map(|(what, note)| view! { <Line class="yes" name=IconName::Check what note /> }.into_any()).collect_view()
                }}
            </ul>
            <h3>"They will not see"</h3>
            <ul class="see">
                {move || {
                    let (_, unseen) = lists.get();
                    unseen
                        .into_iter()
                        .map(|what| view! { <Line class="no" name=IconName::Hidden what note=String::new() /> }.into_any())
                        .collect_view()
                }}
            </ul>
            <p class="after">
                <a class="btn small" href=preview target="_blank" rel="noopener">
                    "Look at the page first"
                </a>
            </p>
        </div>
    }.into_any()
}

/// The names that stay, each with the places where it stands.
#[component]
pub fn Names(postmortem: Memo<Postmortem>) -> impl IntoView {
    let open = use_open();
    let left = move |postmortem: &Postmortem| names::left_for_readers(postmortem, &open.discussion.writers());
    let names = Memo::new(move |_| by_name(postmortem.with(left)));
    view! {
        <h3>"Names found that readers will see"</h3>
        <Show when=move || names.with(|names| !names.is_empty())>
            <ul class="see" data-names>
                {move || {
                    names
                        .get()
                        .into_iter()
                        .map(|(what, places)| {
                            view! { <Line class="name" name=IconName::Responder what note=places.join("; ") /> }.into_any()
                        })
                        .collect_view()
                }}
            </ul>
        </Show>
        <p class="q after">
            {move || if names.with(Vec::is_empty) { "None is found. " } else { "" }}
            "Looked for is who wrote here, responds, owns, speaks in a chat or stands behind @. Other names stay as they are \
             written; write @ before a responder's, and readers get the role."
        </p>
    }
    .into_any()
}

fn by_name(found: Vec<NameFound>) -> Vec<(String, Vec<String>)> {
    let mut places: Vec<(String, Vec<String>)> = Vec::new();
    for NameFound { place, name } in found {
        match places.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.push(place),
            None => places.push((name, vec![place])),
        }
    }
    places
}

#[component]
fn Line(class: &'static str, name: IconName, what: String, note: String) -> impl IntoView {
    view! {
        <li class=class>
            <Icon name />
            <span>{what} {(!note.is_empty()).then(|| view! { <small>{note}</small> }.into_any())}</span>
        </li>
    }
    .into_any()
}

/// What is seen, with a remark, and what is not.
fn lists(postmortem: &Postmortem, threads: &[Thread]) -> (Vec<(String, String)>, Vec<String>) {
    let shown = contents::for_readers(postmortem);
    let mut seen = vec![("Title and severity".to_owned(), facts(&shown))];
    let overview = (!shown.section("overview").trim().is_empty()).then(|| "Overview".to_owned());
    let is_prose = |anchor: &str| !matches!(anchor, "timeline" | "actions");
    let parts = contents::parts(&shown).into_iter().filter(|(anchor, _)| is_prose(anchor)).map(|(_, title)| title);
    let prose: Vec<String> = overview.into_iter().chain(parts).collect();
    if !prose.is_empty() {
        seen.push((prose.join(", "), String::new()));
    }
    if contents::has_timeline(&shown) {
        let sourced = shown.timeline.iter().filter(|entry| entry.source.is_some()).count();
        let entries = counted(shown.timeline.len(), "entry", "entries");
        seen.push(("Timeline".to_owned(), format!("{entries} in UTC, {sourced} with a source")));
    }
    let figures: Vec<String> =
        figures::known(&shown, |_| String::new()).into_iter().map(|reading| reading.label).collect();
    if !figures.is_empty() {
        let note = format!("{}: {}", counted(figures.len(), "figure", "figures"), figures.join("; "));
        seen.push(("Impact".to_owned(), note));
    }
    if !shown.actions.is_empty() {
        seen.push((counted(shown.actions.len(), "action item", "action items"), String::new()));
    }
    let comments: usize = threads.iter().map(|thread| thread.count()).sum();
    let threads = counted(threads.len(), "thread", "threads");
    let mut unseen = vec![format!("{} in {threads}", counted(comments, "comment", "comments"))];
    let unknown: Vec<&str> = impact::unknown(&shown.impact).map(|figure| figure.label.as_str()).collect();
    if !unknown.is_empty() {
        let figures = counted(unknown.len(), "figure", "figures");
        unseen.push(format!("{figures} not known yet: {}", unknown.join("; ")));
    }
    unseen.extend([
        "Names of responders and owners, also behind @: they appear by role".to_owned(),
        "Call recording and ticket links".to_owned(),
        "Internal email, external message".to_owned(),
        "The status of this post-mortem and what is still open".to_owned(),
    ]);
    (seen, unseen)
}

/// What stands around the title.
fn facts(shown: &Postmortem) -> String {
    let details = &shown.details;
    let known = [
        (details.duration().is_some(), "duration"),
        (details.started_at.is_some(), "start"),
        (details.resolved_at.is_some(), "end"),
        (!details.services.is_empty(), "services"),
    ];
    known.into_iter().filter_map(|(is_known, what)| is_known.then_some(what)).collect::<Vec<_>>().join(", ")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::ImpactFigure;

    #[test]
    fn an_empty_postmortem_shows_its_title_and_nothing_that_is_not_there() {
        let (seen, unseen) = lists(&Postmortem::default(), &[]);
        assert_eq!(seen, [("Title and severity".to_owned(), String::new())]);
        assert_eq!(unseen[0], "0 comments in 0 threads");
    }

    #[test]
    fn what_is_listed_is_what_the_page_holds() {
        let figure = |label: &str, value: Option<&str>| ImpactFigure {
            id: "f".parse().expect("an id"),
            label: label.into(),
            value: value.map(str::to_owned),
            note: String::new(),
            checked_by: None,
            checker: None,
        };
        let mut postmortem = Postmortem::default();
        postmortem.details.started_at = "2018-10-21T22:52:00Z".parse().ok();
        postmortem.details.resolved_at = "2018-10-21T23:52:00Z".parse().ok();
        for (key, text) in
            [("overview", "It broke."), ("resolution", " "), ("lessons", "Some."), ("internal_email", "Hi")]
        {
            postmortem.sections.insert(key.parse().expect("a key"), text.into());
        }
        postmortem.impact = vec![
            figure("Users affected", Some("0")),
            figure("Degraded service", Some("1 h")),
            figure("Orders lost", None),
            figure("Refunds", Some(" ")),
        ];
        let (seen, unseen) = lists(&postmortem, &[]);
        let seen: Vec<(&str, &str)> = seen.iter().map(|(what, note)| (what.as_str(), note.as_str())).collect();
        // The duration stands at the title; a blank is no figure.
        let expected = [
            ("Title and severity", "duration, start, end"),
            ("Overview, Lessons", ""),
            ("Impact", "2 figures: Time in SEV-2; Users affected"),
        ];
        assert_eq!(seen, expected);
        assert_eq!(unseen[1], "1 figure not known yet: Orders lost");
    }
}
