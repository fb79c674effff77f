//! The timeline as one text. It is written on a fork of the document and merged when it is taken over: whatever others
//! do meanwhile stays, and an entry whose line was not touched is not touched.

use super::look::use_look;
use crate::controls::field::ErrorLine;
use crate::controls::lock::use_lock;
use crate::state::clock;
use crate::state::drafts::FieldDraft;
use crate::state::notices::use_notices;
use crate::state::open::{OpenPostmortem, use_open};
use leptos::html;
use leptos::prelude::*;
use postmortem::timeline_text::{self, UnreadLine};
use postmortem::{Command, EntryDraft, ItemId, Near, Replica};
use std::rc::Rc;
use std::sync::Arc;

/// How many lines that could not be read are named.
const NAMED: usize = 5;

/// What this browser keeps of a rewriting: the text as it was, and as it is written. On a timeline that was the same text
/// it goes on; on another one its lines could take away what others wrote.
pub fn rewriting(open: OpenPostmortem) -> FieldDraft<(String, String)> {
    FieldDraft::of(&open.id.get_value(), "timeline")
}

/// The text and what can be done with it.
#[component]
pub fn AsText() -> impl IntoView {
    let (open, look, notices) = (use_open(), use_look(), use_notices());
    let zone = look.zone.get_untracked();
    let fork = StoredValue::new_local(open.gate().and_then(|gate| gate.fork().ok()).map(Rc::new));
    let before = fork.with_value(|fork| fork.as_deref().map(drafts).unwrap_or_default());
    let written = timeline_text::write(&before.iter().map(|(_, draft)| draft.clone()).collect::<Vec<_>>(), zone);
    let is_missing = fork.with_value(Option::is_none);
    let draft = rewriting(open);
    let text = RwSignal::new(begun(open, draft, &written));
    let written = StoredValue::new(written);
    let is_changed = move || text.with_untracked(|text| written.with_value(|written| text != written));
    let write = move |words: String| {
        text.set(words.clone());
        let both = (written.get_value(), words);
        draft.keep(is_changed().then_some(&both));
    };
    let problems = RwSignal::new(Vec::<String>::new());
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(area) = node.get() {
            let _ = area.focus();
            let _ = area.set_selection_range(0, 0);
        }
    });
    let close = move || {
        draft.keep(None);
        look.is_text.set(false);
        crate::controls::focus::focus_id_later("timeline".to_owned());
    };
    let first = before.iter().find_map(|(_, draft)| draft.at).unwrap_or_else(clock::now);
    let before = StoredValue::new(before);
    let lock = use_lock();
    let take_over = move || {
        if untrack(|| lock.is_closed()) {
            return;
        }
        let reference = before.with_value(|before| before.iter().rev().find_map(|(_, draft)| draft.at));
        let (started, resolved) =
            open.parts.details.with_untracked(|details| (details.started_at, details.resolved_at));
        let near = Near { reference, started, resolved, ..Near::now(clock::now(), zone) };
        let after = match text.with_untracked(|text| timeline_text::read(text, &near)) {
            Ok(after) => after,
            Err(unread) => return problems.set(told(&unread)),
        };
        let commands = before.with_value(|before| timeline_text::edits(before, &after, &mut clock::new_item_id));
        let (Some(gate), Some(fork)) = (open.gate(), fork.get_value()) else { return };
        // On a copy of the fork, so that a refusal leaves nothing half done.
        let Ok(draft) = fork.fork(clock::new_client_id()) else { return };
        let (_, refused) = draft.run_each(&commands);
        if let Some((_, reason)) = refused.first() {
            return problems.set(vec![reason.to_string()]);
        }
        if gate.merge(&draft).is_err() {
            return problems.set(vec!["This did not go in. Copy the text, reload the page, and try again.".to_owned()]);
        }
        if commands.is_empty() {
            notices.toast("Nothing was changed", None);
        } else {
            notices.toast(outcome(&commands), Some(undo(open, before.get_value(), draft)));
        }
        close();
    };
    let cancel = move || {
        if is_changed() {
            let both = (written.get_value(), text.get_untracked());
            let back = Arc::new(move || {
                rewriting(open).keep(Some(&both));
                look.is_text.set(true);
            });
            notices.toast("What you wrote in the text is not in the timeline", Some(back));
        }
        close();
    };
    let keydown = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" if event.ctrl_key() || event.meta_key() => {
            event.prevent_default();
            take_over();
        }
        // What was written is not thrown away by one key.
        "Escape" if !event.is_composing() && !is_changed() => close(),
        _ => {}
    };
    view! {
        <div class="astext">
            <p class="hint" id="astext-hint">
                "A line an entry: time, what, link. A question mark stands for a time that nobody knows. What others write meanwhile stays. Times in "
                {zone.label(first)} "."
            </p>
            <textarea
                node_ref=node
                class="lines"
                id="timeline-text"
                aria-label="The timeline as text"
                aria-describedby="astext-hint"
                spellcheck="false"
                rows="24"
                disabled=is_missing
                prop:value=move || text.get()
                on:input=move |event| {
                    problems.set(Vec::new());
                    write(event_target_value(&event));
                }
                on:keydown=keydown
            ></textarea>
            {move || problems.get().into_iter().map(|sentence| view! { <ErrorLine sentence /> }.into_any()).collect_view()}
            <div class="ends">
                <button
                    type="button"
                    class="btn primary"
                    disabled=move || lock.is_closed()
                    title=move || lock.reason()
                    on:click=move |_| take_over()
                >
                    "Take over "
                    <kbd>"Ctrl"</kbd>
                    <kbd>"↵"</kbd>
                </button>
                <button type="button" class="btn bare" on:click=move |_| cancel()>
                    "Cancel"
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// The text to begin with: what was written here and not taken over, while the timeline is as it was then. Else that
/// becomes a file.
fn begun(open: OpenPostmortem, draft: FieldDraft<(String, String)>, written: &str) -> String {
    match draft.kept() {
        Some((before, words)) if before == written => words,
        Some((_, words)) => {
            if let Some(gate) = open.gate() {
                draft.keep(None);
                gate.keep_text("The timeline has changed since you began to write it as text.", words);
            }
            written.to_owned()
        }
        None => written.to_owned(),
    }
}

fn drafts(replica: &Replica) -> Vec<(ItemId, EntryDraft)> {
    replica.entries().iter().map(|entry| (entry.id.clone(), timeline_text::draft(entry))).collect()
}

/// Takes the whole rewriting back, on the fork where it was made: what others wrote since stays.
fn undo(open: OpenPostmortem, before: Vec<(ItemId, EntryDraft)>, draft: Replica) -> crate::state::notices::Undo {
    // A toast's undo may be called from anywhere, as far as its type says; it is called from the page.
    let draft = send_wrapper::SendWrapper::new(draft);
    Arc::new(move || {
        draft.run_each(&timeline_text::restoring(&before, &drafts(&draft)));
        if let Some(gate) = open.gate() {
            // A fork that was merged once builds on nothing that is missing.
            let _ = gate.merge(&draft);
        }
    })
}

fn told(unread: &[UnreadLine]) -> Vec<String> {
    let mut sentences: Vec<String> =
        unread.iter().take(NAMED).map(|line| format!("Line {}: {}", line.number, line.problem)).collect();
    if unread.len() > NAMED {
        sentences.push(format!("{} more lines could not be read.", unread.len() - NAMED));
    }
    sentences
}

/// "2 entries added, 1 changed, 3 deleted".
fn outcome(commands: &[Command]) -> String {
    let count = |of: fn(&Command) -> bool| commands.iter().filter(|command| of(command)).count();
    let mut changed: Vec<&ItemId> = commands
        .iter()
        .filter_map(|command| match command {
            Command::ChangeEntry(id, _) | Command::EditText(postmortem::TextId::Entry(id), _) => Some(id),
            _ => None,
        })
        .collect();
    changed.dedup();
    let counts = [
        (count(|command| matches!(command, Command::AddEntry(..))), "added"),
        (changed.len(), "changed"),
        (count(|command| matches!(command, Command::Delete(..))), "deleted"),
    ];
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, verb)| format!("{count} {verb}")).collect();
    format!("Timeline: {}", parts.join(", "))
}
