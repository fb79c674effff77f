//! The foot of a published page: which version it is, who took part, and which addresses the timeline draws on.

use crate::reader::time::{iso, moment};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::{Link, Responder, Role, TimelineEntry};

/// The roles that responded, without names: `Incident commander, scribe, 2 subject-matter experts`.
pub fn roles_in_words(responders: &[Responder]) -> Option<String> {
    let counted = Role::ALL.iter().filter_map(|role| {
        let count = responders.iter().filter(|responder| responder.role == *role).count();
        let name = lowered(role.label());
        match (count, role) {
            (0, _) => None,
            (1, _) => Some(name),
            (_, Role::Deputy) => Some(format!("{count} deputies")),
            _ => Some(format!("{count} {name}s")),
        }
    });
    let words = counted.collect::<Vec<_>>().join(", ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect())
}

/// `Incident commander` in the middle of a sentence.
pub fn lowered(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

/// Each address that an entry names as its source, once, in the order of the timeline.
pub fn sources(entries: &[TimelineEntry]) -> Vec<Link> {
    let mut seen = Vec::new();
    for link in entries.iter().filter_map(|entry| entry.source.as_ref()) {
        if !seen.contains(link) {
            seen.push(link.clone());
        }
    }
    seen
}

#[component]
pub fn Colophon(
    revision: u32,
    published_at: DateTime<Utc>,
    /// The publisher's role, in the middle of a sentence.
    #[prop(optional_no_strip)]
    published_by: Option<String>,
    #[prop(optional_no_strip)] roles: Option<String>,
    sources: Vec<Link>,
) -> impl IntoView {
    let by = published_by.map(|role| format!(" by the {role}")).unwrap_or_default();
    let rest = format!("{by}. A frozen copy; later edits appear as a new version.");
    let sources = (!sources.is_empty()).then(|| {
        let links: Vec<_> = sources
            .into_iter()
            .map(|link| {
                let address = link.as_str().to_owned();
                view! { <li><a class="lnk" href=address.clone() rel="noopener noreferrer nofollow">{address.clone()}</a></li> }
            })
            .collect();
        view! { <div class="sources"><p>"Sources of the timeline:"</p><ul>{links}</ul></div> }
    });
    view! {
        <footer class="colophon">
            <p>
                {format!("Version {revision}, published ")}
                <time class="date" datetime=iso(published_at)>{moment(published_at)}</time>
                {rest}
            </p>
            {roles.map(|roles| view! { <p>"Responders: "{roles}"."</p> })}
            {sources}
            <p>"Made with Debrief."</p>
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn responder(role: Role) -> Responder {
        Responder { id: "r".parse().unwrap(), name: "Mara Lindqvist".into(), role }
    }

    #[test]
    fn roles_are_counted_and_nobody_is_named() {
        let responders = [Role::Scribe, Role::SubjectMatterExpert, Role::IncidentCommander, Role::SubjectMatterExpert];
        let words = roles_in_words(&responders.map(responder)).unwrap();
        assert_eq!(words, "Incident commander, scribe, 2 subject-matter experts");
        assert_eq!(roles_in_words(&[]), None);
    }
}
