//! The line at the foot of the timeline where an entry is written as one writes in a chat: time, what, link. What the
//! line will become shows before Enter; several pasted lines become several entries, as one edit.

use super::look::use_look;
use crate::controls::field::ErrorLine;
use crate::controls::icon::{Icon, IconName};
use crate::editor::quick_lines::pasted_lines;
use crate::reader::time;
use crate::state::clock;
use crate::state::drafts::FieldDraft;
use crate::state::notices::{Notices, Refusal, use_notices};
use crate::state::open::{OpenPostmortem, use_open};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::quick_entry::{self, QuickLine as Read};
use postmortem::quick_lines::{self, QuickLines};
use postmortem::{Command, ItemId, ItemKind, Zone};
use std::sync::Arc;

/// Edits that are made as one. A message has its greatest size, and a paste of thousands of lines is larger.
const TOGETHER: usize = 500;

/// The quick line.
#[component]
pub fn QuickLine() -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let zone = use_look().zone;
    let draft = FieldDraft::<String>::of(&open.id.get_value(), "quick-line");
    let line = RwSignal::new(draft.kept().unwrap_or_default());
    let write = move |words: String| {
        draft.keep((!words.is_empty()).then_some(&words));
        line.set(words);
    };
    let error = RwSignal::new(None::<String>);
    let add = move |text: String| match quick_lines::one(
        &text,
        reference(open),
        zone.get_untracked(),
        &mut clock::new_item_id,
    ) {
        Ok(command) => match open.run(&command) {
            Ok(()) => {
                notices.speak(if matches!(command, Command::AddEntry(..)) {
                    "Entry added"
                } else {
                    "Action item added"
                });
                select(open, &command);
                error.set(None);
                write(String::new());
            }
            Err(problem) => error.set(Some(problem.to_string())),
        },
        Err(problem) => error.set(Some(problem.to_string())),
    };
    let becomes = Memo::new(move |_| line.with(|line| preview(line, reference(open), zone.get())));
    view! {
        <form
            class="quick"
            on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                add(line.get_untracked());
            }
        >
            <div class="lead" aria-hidden="true">
                <Icon name=IconName::Plus small=true />
                "New "
                <kbd>"N"</kbd>
            </div>
            <div>
                <div class="field" class:bad=move || error.with(Option::is_some)>
                    <input
                        id="quick-line"
                        aria-label=move || format!("New entry: time in {}, what happened, link", zone.get().label(reference(open)))
                        aria-describedby="quick-becomes"
                        placeholder="23:07 deploys locked https://…"
                        autocomplete="off"
                        aria-invalid=move || error.with(|error| error.is_some().then_some("true"))
                        prop:value=move || line.get()
                        on:input=move |event| {
                            error.set(None);
                            write(event_target_value(&event));
                        }
                        on:keydown=move |event: web_sys::KeyboardEvent| {
                            if event.key() == "Escape" {
                                error.set(None);
                            }
                        }
                        on:paste=move |event: web_sys::ClipboardEvent| {
                            // What is pasted is no part of the line that may be half typed there.
                            if let Some(text) = pasted_lines(&event) {
                                event.prevent_default();
                                paste(open, notices, &text, zone.get_untracked());
                            }
                        }
                    />
                    <span class="zone" aria-hidden="true">{move || zone.get().label(reference(open))}</span>
                    <kbd aria-hidden="true">"↵"</kbd>
                </div>
                <p class="hint">
                    <span id="quick-becomes" class="becomes">
                        {move || becomes.get().unwrap_or_else(|| "Time, what, link.".to_owned())}
                    </span>
                    <span>"Paste fifty lines to make fifty entries."</span>
                    <span>
                        <span class="mono">"TODO"</span>
                        " in front makes an action item."
                    </span>
                </p>
                {move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            </div>
        </form>
    }
    .into_any()
}

/// What a line will become, the inferred date with it; `None` while there is nothing to tell.
fn preview(line: &str, reference: DateTime<Utc>, zone: Zone) -> Option<String> {
    let entry = match quick_entry::parse(line, reference, zone) {
        Ok(Read::Entry(entry)) => entry,
        Ok(Read::Action(_)) => return Some("An action item.".to_owned()),
        Err(quick_entry::QuickEntryError::NoText) => {
            let at = quick_entry::parse_time(line, reference, zone).ok()?;
            return Some(format!("{}.", time::whole(at, zone)));
        }
        Err(_) => return None,
    };
    let until = entry.until.map(|until| format!(" to {}", time::day_and_clock(until, Some(entry.at), zone)));
    let source = entry.source.map(|source| format!(", source {}", source.host()));
    Some(format!("{}{}{}.", time::whole(entry.at, zone), until.unwrap_or_default(), source.unwrap_or_default()))
}

/// Makes entries of pasted lines. What could not be read is an entry without a time, so that no line is lost; all of it
/// is taken back at once.
fn paste(open: OpenPostmortem, notices: Notices, text: &str, zone: Zone) {
    let QuickLines { commands, lines, unread, .. } =
        quick_lines::many(text, reference(open), zone, &mut clock::new_item_id);
    let mut refused = Vec::new();
    for (number, part) in commands.chunks(TOGETHER).enumerate() {
        let answers = open.run_each(part);
        refused.extend(answers.into_iter().map(|(index, error)| (number * TOGETHER + index, error.to_string())));
    }
    if let Some((_, reason)) = refused.first() {
        let kept: Vec<&str> = refused.iter().filter_map(|(index, _)| lines.get(*index)).map(String::as_str).collect();
        notices.refuse(Refusal {
            headline: format!("{} of {} lines were not taken.", refused.len(), lines.len()),
            advice: reason.clone(),
            text: Some(kept.join("\n")),
        });
    }
    let is_taken = |index: &usize| refused.iter().all(|(other, _)| other != index);
    let added: Vec<(ItemKind, ItemId)> = commands
        .iter()
        .enumerate()
        .filter(|(index, _)| is_taken(index))
        .filter_map(|(_, command)| match command {
            Command::AddEntry(id, _) => Some((ItemKind::Entry, id.clone())),
            Command::AddAction(id, _) => Some((ItemKind::Action, id.clone())),
            _ => None,
        })
        .collect();
    if let Some(last) = commands.iter().rev().find(|command| matches!(command, Command::AddEntry(..))) {
        select(open, last);
    }
    let undo: Vec<Command> = added.iter().map(|(kind, id)| Command::Delete(*kind, id.clone())).collect();
    let undo = Arc::new(move || undo.chunks(TOGETHER).for_each(|part| drop(open.run_each(part))));
    notices.toast(outcome(added.len(), unread), Some(undo));
}

fn select(open: OpenPostmortem, command: &Command) {
    if let Command::AddEntry(id, _) = command {
        open.selected.set(Some(id.clone()));
    }
}

/// "50 entries added", "3 of them without a time".
fn outcome(added: usize, unread: usize) -> String {
    let added = if added == 1 { "1 entry added".to_owned() } else { format!("{added} entries added") };
    match unread {
        0 => added,
        1 => format!("{added}, 1 without a time: it stands at the end"),
        many => format!("{added}, {many} without a time: they stand at the end"),
    }
}

/// Where the timeline is: its latest entry, else the start, else now.
fn reference(open: OpenPostmortem) -> DateTime<Utc> {
    let latest = open.parts.timeline.with(|entries| entries.iter().rev().find_map(|entry| entry.at));
    let start = || open.parts.details.with(|details| details.started_at);
    latest.or_else(start).unwrap_or_else(clock::now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inferred_day_shows_before_it_is_taken() {
        let reference = "2018-10-21T23:19:00Z".parse().expect("a time");
        let shown = |line: &str| preview(line, reference, Zone::UTC);
        assert_eq!(shown("00:05").as_deref(), Some("Mon 22 Oct 2018, 00:05 UTC."));
        assert_eq!(
            shown("00:05 plan set https://a.example/1").as_deref(),
            Some("Mon 22 Oct 2018, 00:05 UTC, source a.example.")
        );
        assert_eq!(shown("01:05 CEST plan set").as_deref(), Some("Sun 21 Oct 2018, 23:05 UTC."));
        assert_eq!(shown("TODO add an alert").as_deref(), Some("An action item."));
        assert_eq!(shown("deploys"), None);
    }

    #[test]
    fn lines_that_could_not_be_read_are_told() {
        assert_eq!(outcome(50, 0), "50 entries added");
        assert_eq!(outcome(50, 3), "50 entries added, 3 without a time: they stand at the end");
    }
}
