//! What readers of the published page will see, and what they will not.

use crate::controls::icon::{Icon, IconName};
use crate::state::open::use_open;
use leptos::prelude::*;
use postmortem::{Postmortem, Thread};

/// The two lists.
#[component]
pub fn Reach() -> impl IntoView {
    let open = use_open();
    let (seen, unseen) = lists(&open.postmortem(), &open.discussion.all());
    view! {
        <div>
            <h3>"Readers will see"</h3>
            <ul class="see">
                {seen.into_iter().map(|(what, note)| view! { <Line class="yes" name=IconName::Check what note /> }.into_any()).collect_view()}
            </ul>
            <h3>"They will not see"</h3>
            <ul class="see">
                {unseen
                    .into_iter()
                    .map(|what| view! { <Line class="no" name=IconName::Hidden what note=String::new() /> }.into_any())
                    .collect_view()}
            </ul>
        </div>
    }.into_any()
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
    let prose: Vec<String> = postmortem
        .section_keys()
        .into_iter()
        .filter(|key| !matches!(key.as_str(), "internal_email" | "external_message"))
        .filter(|key| !postmortem.section(key.as_str()).trim().is_empty())
        .map(|key| key.title())
        .collect();
    let mut seen = Vec::new();
    if !prose.is_empty() {
        seen.push((prose.join(", "), String::new()));
    }
    let entries = postmortem.timeline.len();
    let sourced = postmortem.timeline.iter().filter(|entry| entry.source.is_some()).count();
    seen.push((
        "Timeline".to_owned(),
        format!("{} in UTC, {sourced} with a source", counted(entries, "entry", "entries")),
    ));
    let known = postmortem.impact.iter().filter(|figure| figure.value.is_some()).count();
    let unknown = match postmortem.impact.len() - known {
        0 => String::new(),
        1 => "; 1 not known yet is left out".to_owned(),
        count => format!("; {count} not known yet are left out"),
    };
    seen.push(("Impact".to_owned(), format!("{}{unknown}", counted(known, "figure", "figures"))));
    seen.push((counted(postmortem.actions.len(), "action item", "action items"), String::new()));
    let comments: usize = threads.iter().map(|thread| thread.comments.len()).sum();
    let threads = counted(threads.len(), "thread", "threads");
    let unseen = vec![
        format!("{} in {threads}", counted(comments, "comment", "comments")),
        "Names: responders and owners appear by role".to_owned(),
        "Call recording and ticket links".to_owned(),
        "Internal email, external message".to_owned(),
    ];
    (seen, unseen)
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_postmortem_shows_its_timeline_and_figures_by_number() {
        let (seen, unseen) = lists(&Postmortem::default(), &[]);
        assert_eq!(seen[0].1, "0 entries in UTC, 0 with a source");
        assert_eq!(unseen[0], "0 comments in 0 threads");
    }
}
