//! The open panel beside an entry with everything that was said about it: in the margin, under the entry, or as a sheet
//! from below, as the style sheet decides.

use super::composer::Composer;
use super::entry::EntryHandle;
use super::thread_block::{ResolveButton, ThreadBlock};
use crate::controls::icon::{Icon, IconName};
use crate::controls::list::{List, by_id};
use crate::state::open::use_open;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use postmortem::{Subject, Thread, ThreadId};

/// The panel.
#[component]
pub fn Panel(handle: EntryHandle) -> impl IntoView {
    let open = use_open();
    let subject = Subject::Entry(handle.id.get_value());
    let threads = Memo::new(move |_| open.discussion.of(&subject));
    let waiting = Memo::new(move |_| threads.with(|threads| ids(threads, |thread| thread.resolved.is_none())));
    let settled = Memo::new(move |_| threads.with(|threads| ids(threads, |thread| thread.resolved.is_some())));
    let is_contested = Memo::new(move |_| waiting.with(Vec::len) > 1);
    let count = move || {
        let open = threads.get().into_iter().filter(|thread| thread.resolved.is_none());
        match open.map(|thread| thread.comments.len()).sum::<usize>() {
            0 => "No open comments".to_owned(),
            1 => "1 comment".to_owned(),
            count => format!("{count} comments"),
        }
    };
    // The keyboard goes to the field when the person opens the panel, not when somebody else begins a thread in it.
    let is_opening = StoredValue::new(true);
    Timeout::new(0, move || {
        is_opening.try_update_value(|is_opening| *is_opening = false);
    })
    .forget();
    let close = move || {
        open.discussion.open.set(None);
        handle.focus();
    };
    view! {
        <aside
            class="thread"
            aria-label=move || format!("Comments on {}", handle.clock.get())
            on:keydown=move |event: web_sys::KeyboardEvent| {
                if event.key() == "Escape" && !event.is_composing() {
                    event.stop_propagation();
                    close();
                }
            }
        >
            <span class="grab" aria-hidden="true"></span>
            <header>
                <b>{handle.clock}</b>
                <span class="q">{count}</span>
                <span class="grow"></span>
                {move || match waiting.get().as_slice() {
                    [only] => only.parse().ok().map(|thread| view! { <ResolveButton thread /> }.into_any()),
                    _ => None,
                }}
                <button type="button" class="btn bare icon small" aria-label="Close comments" on:click=move |_| close()>
                    <Icon name=IconName::Close small=true />
                </button>
            </header>
            <List
                keys=waiting
                row=by_id(move |thread: ThreadId| {
                    view! {
                        <ThreadBlock thread=thread.clone() threads focuses=is_opening.get_value() />
                        // Two people who begin at once make two threads; each is then settled for itself.
                        {move || is_contested.get().then(|| view! { <ResolveButton thread=thread.clone() /> }.into_any())}
                    }
                        .into_any()
                })
            />
            <Show when=move || waiting.with(Vec::is_empty)>
                <Composer subject=Subject::Entry(handle.id.get_value()) thread=None label="Comment" focuses=is_opening.get_value() />
            </Show>
            <Show when=move || settled.with(|settled| !settled.is_empty())>
                <details>
                    <summary class="settled">
                        {move || match settled.with(Vec::len) {
                            1 => "1 resolved thread".to_owned(),
                            count => format!("{count} resolved threads"),
                        }}
                    </summary>
                    <List
                        keys=settled
                        row=by_id(move |thread| view! { <ThreadBlock thread threads /> }.into_any())
                    />
                </details>
            </Show>
        </aside>
    }.into_any()
}

fn ids(threads: &[Thread], is_wanted: impl Fn(&Thread) -> bool) -> Vec<String> {
    threads.iter().filter(|thread| is_wanted(thread)).map(|thread| thread.id.to_string()).collect()
}
