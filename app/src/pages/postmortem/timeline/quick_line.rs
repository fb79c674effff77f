//! The line at the foot of the timeline where an entry is written as one writes in a chat: time, what, link.

use crate::controls::field::ErrorLine;
use crate::controls::icon::{Icon, IconName};
use crate::editor::quick_lines::{self, QuickLines};
use crate::state::clock;
use crate::state::notices::{Refusal, use_notices};
use crate::state::open::{OpenPostmortem, use_open};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::Command;

/// The quick line.
#[component]
pub fn QuickLine() -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let line = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    // What is pasted is no part of the line that may be half typed there.
    let add = move |text: String, is_typed: bool| {
        let QuickLines { commands, lines, mut rejected, .. } = quick_lines::read(&text, reference(open));
        let is_single = commands.len() + rejected.len() == 1;
        let mut added = 0;
        let mut last = None;
        for (command, words) in commands.into_iter().zip(lines) {
            match open.run(&command) {
                Ok(()) => {
                    added += 1;
                    if let Command::AddEntry(id, _) = command {
                        last = Some(id);
                    }
                }
                Err(problem) => rejected.push((words, problem.to_string())),
            }
        }
        if added > 0 {
            notices.speak(if added == 1 { "Entry added".to_owned() } else { format!("{added} entries added") });
        }
        if last.is_some() {
            open.selected.set(last);
        }
        match rejected.as_slice() {
            [] => {
                error.set(None);
                if is_typed {
                    line.set(String::new());
                }
            }
            [(_, sentence)] if is_single && is_typed => error.set(Some(sentence.clone())),
            many => {
                let reasons: Vec<&str> = many.iter().take(2).map(|(_, sentence)| sentence.as_str()).collect();
                let kept: Vec<&str> = many.iter().map(|(text, _)| text.as_str()).collect();
                notices.refuse(Refusal {
                    headline: outcome(added, many.len()),
                    advice: reasons.join(" "),
                    text: Some(kept.join("\n")),
                });
            }
        }
    };
    view! {
        <form
            class="quick"
            on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                add(line.get_untracked(), true);
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
                        aria-label="New entry: time in UTC, what happened, link"
                        placeholder="23:07 deploys locked https://…"
                        autocomplete="off"
                        aria-invalid=move || error.with(|error| error.is_some().then_some("true"))
                        prop:value=move || line.get()
                        on:input=move |event| {
                            error.set(None);
                            line.set(event_target_value(&event));
                        }
                        on:keydown=move |event: web_sys::KeyboardEvent| {
                            if event.key() == "Escape" {
                                error.set(None);
                            }
                        }
                        on:paste=move |event: web_sys::ClipboardEvent| {
                            if let Some(text) = quick_lines::pasted_lines(&event) {
                                event.prevent_default();
                                add(text, false);
                            }
                        }
                    />
                    <kbd aria-hidden="true">"↵"</kbd>
                </div>
                <p class="hint">
                    <span>"Time in UTC, what, link."</span>
                    <span>"Paste several lines to make several entries."</span>
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

/// "1 line was added, 2 were not."
fn outcome(added: usize, kept: usize) -> String {
    let added = if added == 1 { "1 line was added".to_owned() } else { format!("{added} lines were added") };
    let kept = if kept == 1 { "1 was not".to_owned() } else { format!("{kept} were not") };
    format!("{added}, {kept}.")
}

/// Where the timeline is: its latest entry, else the start, else now.
fn reference(open: OpenPostmortem) -> DateTime<Utc> {
    let latest = open.parts.timeline.with_untracked(|entries| entries.iter().filter_map(|entry| entry.at).max());
    let start = || open.parts.details.with_untracked(|details| details.started_at);
    latest.or_else(start).unwrap_or_else(clock::now)
}
