//! The line at the foot of the timeline where an entry is written as one writes in a chat: time, what, link. What the
//! line will become shows before Enter; several pasted lines become several entries, as one edit. Every guess is told,
//! with one key that corrects it, and a list that may be read in two ways is asked about first.

use super::guess::{self, Guess};
use super::look::use_look;
use crate::controls::field::ErrorLine;
use crate::controls::icon::{Icon, IconName};
use crate::controls::lock::use_lock;
use crate::editor::quick_lines::pasted_lines;
use crate::pages::becomes::preview;
use crate::pages::doubtful_list::DoubtfulList;
use crate::reader::time;
use crate::state::clock;
use crate::state::drafts::FieldDraft;
use crate::state::notices::{Correction, Notices, RefusalNotice, Undo, use_notices};
use crate::state::open::{OpenPostmortem, use_open};
use chrono::{DateTime, Utc};
use leptos::html;
use leptos::prelude::*;
use postmortem::quick_entry::{self, QuickEntryError, QuickLine as Read, TimeFound};
use postmortem::quick_lines::{self, List, QuickLines};
use postmortem::{Command, EntryChange, EntryDraft, ItemId, ItemKind, Zone};
use std::sync::Arc;

/// Edits that are made as one. A message has its greatest size, and a paste of thousands of lines is larger.
const TOGETHER: usize = 500;

/// The quick line.
#[component]
pub fn QuickLine() -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let lock = use_lock();
    let zone = use_look().zone;
    let draft = FieldDraft::<String>::of(&open.id.get_value(), "quick-line");
    let line = RwSignal::new(draft.kept().unwrap_or_default());
    let field = NodeRef::<html::Input>::new();
    let doubtful = RwSignal::new(None::<Arc<List>>);
    let write = move |words: String| {
        draft.keep((!words.is_empty()).then_some(&words));
        line.set(words);
    };
    let error = RwSignal::new(None::<String>);
    let add = move |text: String| {
        let near = open.near(None, zone.get_untracked());
        let (command, found) = match quick_lines::one(&text, &near, &mut clock::new_item_id) {
            Ok(read) => read,
            Err(problem) => return error.set(Some(problem.to_string())),
        };
        match open.run(&command) {
            Ok(()) => {
                match (&command, found) {
                    (Command::AddEntry(id, entry), Some(found)) => {
                        tell(open, notices, id, entry, found, zone.get_untracked());
                    }
                    _ => notices.speak("Action item added"),
                }
                select(open, &command);
                error.set(None);
                write(String::new());
            }
            Err(problem) => error.set(Some(problem.to_string())),
        }
    };
    // The time of this moment in front of the line, where none is there yet.
    let now = move |_| {
        let shown = zone.get_untracked().local(clock::now()).format("%H:%M").to_string();
        let words = line.get_untracked();
        let near = open.near(None, zone.get_untracked());
        let has_time =
            matches!(
                quick_entry::parse(&words, &near),
                Ok(Read::Entry(ref entry)) if entry.found != TimeFound::Now
            ) || matches!(quick_entry::parse(&words, &near), Err(QuickEntryError::NoText | QuickEntryError::Time(_)));
        if !has_time {
            write(format!("{shown} {}", words.trim_start()));
        }
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
        }
    };
    let becomes = Memo::new(move |_| line.with(|line| preview(line, &open.near(None, zone.get()))));
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
                        disabled=move || lock.is_closed()
                        title=move || lock.reason()
                        node_ref=field
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
                            if event.key() == "ArrowUp" && line.with_untracked(String::is_empty) && notices.correct() {
                                event.prevent_default();
                            }
                        }
                        on:paste=move |event: web_sys::ClipboardEvent| {
                            // What is pasted is no part of the line that may be half typed there.
                            let Some(text) = pasted_lines(&event) else { return };
                            event.prevent_default();
                            if text.trim().lines().count() == 1 {
                                insert(&event, text.trim());
                                return;
                            }
                            let list = quick_lines::read(&text, &open.near(None, zone.get_untracked()));
                            if list.doubt().is_some() {
                                doubtful.set(Some(Arc::new(list)));
                            } else {
                                take(open, notices, &list, 0);
                            }
                        }
                    />
                    <span class="zone" aria-hidden="true">{move || zone.get().label(reference(open))}</span>
                    <button
                        type="button"
                        class="btn bare small now"
                        disabled=move || lock.is_closed()
                        title=move || lock.reason()
                        on:click=now
                    >
                        "Now"
                    </button>
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
        <DoubtfulList
            list=doubtful
            zone=zone
            take=Callback::new(move |(list, way): (Arc<List>, usize)| take(open, notices, &list, way))
        />
    }
    .into_any()
}

/// Tells that an entry was added and what was guessed of it.
fn tell(open: OpenPostmortem, notices: Notices, id: &ItemId, entry: &EntryDraft, found: TimeFound, zone: Zone) {
    let undo: Undo = {
        let id = id.clone();
        Arc::new(move || open.edit(&Command::Delete(ItemKind::Entry, id.clone())))
    };
    match (found, entry.at) {
        (TimeFound::Guessed(others), Some(at)) => {
            let times = std::iter::once(at).chain(others).collect();
            let guess = Guess { id: id.clone(), times, until: entry.until, key_times: Vec::new(), zone };
            guess::tell(open, notices, &guess, "Entry of", undo);
        }
        (TimeFound::Now, Some(at)) => {
            let id = id.clone();
            let correction = Correction {
                label: "Time unknown".to_owned(),
                run: Arc::new(move || {
                    open.edit(&Command::ChangeEntry(id.clone(), EntryChange::Undated));
                    notices.speak("The entry has no time now");
                }),
            };
            notices.toast_with(format!("Taken as now: {}", time::whole(at, zone)), Some(undo), Some(correction));
        }
        _ => notices.speak("Entry added"),
    }
}

/// Puts text where the cursor is, as the browser's own paste would.
fn insert(event: &web_sys::ClipboardEvent, text: &str) {
    use wasm_bindgen::JsCast;
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
    let Some(input) = target else { return };
    let length = u32::try_from(input.value().encode_utf16().count()).unwrap_or(u32::MAX);
    let start = input.selection_start().ok().flatten().unwrap_or(length);
    let end = input.selection_end().ok().flatten().unwrap_or(length);
    if input.set_range_text_with_start_and_end(text, start, end).is_ok() {
        let at = start + u32::try_from(text.encode_utf16().count()).unwrap_or(0);
        let _ = input.set_selection_range(at, at);
        // The field follows its own event.
        if let Ok(typed) = web_sys::Event::new("input") {
            let _ = input.dispatch_event(&typed);
        }
    }
}

/// Makes entries of a list in one of its ways. What could not be read is an entry without a time, so that no line is
/// lost; all of it is taken back at once.
fn take(open: OpenPostmortem, notices: Notices, list: &List, way: usize) {
    let QuickLines { commands, lines, unread, first_at } = list.take(way, &mut clock::new_item_id);
    let mut refused = Vec::new();
    for (number, part) in commands.chunks(TOGETHER).enumerate() {
        let answers = open.run_each(part);
        refused.extend(answers.into_iter().map(|(index, error)| (number * TOGETHER + index, error.to_string())));
    }
    if let Some((_, reason)) = refused.first() {
        let kept: Vec<&str> = refused.iter().filter_map(|(index, _)| lines.get(*index)).map(String::as_str).collect();
        notices.refuse(RefusalNotice {
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
    let zone = list.near().zone;
    let begins = |at| format!(". They begin {}", time::day_and_clock(at, None, zone));
    let day = first_at.filter(|_| list.is_day_guessed).map(begins);
    let message = format!("{}{}", outcome(added.len(), unread), day.unwrap_or_default());
    notices.toast_with(message, Some(undo), other_day(open, notices, list, &commands));
}

/// Moves the entries of a list to the day that is the next likely one.
fn other_day(open: OpenPostmortem, notices: Notices, list: &List, commands: &[Command]) -> Option<Correction> {
    let times = list.other_day()?;
    let first = *times.iter().min()?;
    let timed = commands.iter().filter_map(|command| match command {
        Command::AddEntry(id, entry) => Some((id.clone(), entry.at?, entry.until)),
        _ => None,
    });
    let moves: Vec<Command> = timed
        .zip(times)
        .flat_map(|((id, from, until), to)| {
            let until = until.map(|until| EntryChange::Until(Some(until + (*to - from))));
            let changes = std::iter::once(EntryChange::Guessed(*to)).chain(until);
            changes.map(move |change| Command::ChangeEntry(id.clone(), change)).collect::<Vec<_>>()
        })
        .collect();
    let day = time::day_and_clock(first, None, list.near().zone);
    Some(Correction {
        label: format!("Make it {day}"),
        run: Arc::new(move || {
            moves.chunks(TOGETHER).for_each(|part| drop(open.run_each(part)));
            notices.toast(format!("The list begins {day}"), None);
        }),
    })
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
    fn lines_that_could_not_be_read_are_told() {
        assert_eq!(outcome(50, 0), "50 entries added");
        assert_eq!(outcome(50, 3), "50 entries added, 3 without a time: they stand at the end");
    }
}
